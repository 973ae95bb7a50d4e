import re
import shlex
from xml.etree import ElementTree as ET

import pytest

from dagplan.plan import Plan
from dagplan.views import to_dot
from tests.programs import needs_dot
from tests.views.hostile import SLICES, hostile_plan, hostile_results, in_slices
from tests.views.plans import figures, figures_results, plan, random_plan
from tests.views.readers import dot

QUOTED = r'"(?:[^"\\&\x00-\x1f]|\\[\\"n]|&amp;)*"'
ATTRIBUTES = rf"(?: \[\w+={QUOTED}(?:, \w+={QUOTED})*\])?"
LINE = re.compile(rf"  n\d+(?: -> n\d+)?{ATTRIBUTES}")


def body(drawn: str) -> list[str]:
    return [line for line in drawn.splitlines() if re.match(r"  n\d", line)]


def test_steps_and_dependencies_are_written_with_generated_ids() -> None:
    lines = body(to_dot(figures()))

    assert '  n0 [label="pop_fr\\nfigure(France)"]' in lines
    assert "  n0 -> n4" in lines


def test_an_optional_dependency_is_dashed() -> None:
    assert '  n3 -> n5 [style="dashed"]' in body(to_dot(figures()))


def test_a_for_each_step_has_a_double_border() -> None:
    borders = [line for line in body(to_dot(figures())) if "peripheries" in line]

    assert [line.split()[0] for line in borders] == ["n3"]


def test_a_status_is_told_by_sign_and_colour() -> None:
    lines = body(to_dot(figures(), figures_results()))

    assert lines[0].startswith('  n0 [label="✓ pop_fr\\nfigure(France)", fillcolor=')
    assert lines[3].startswith('  n3 [label="✗ ⧉ pops\\n1 of 2 items failed"')
    assert '  n1 -> n4 [penwidth="3"]' in lines


def test_quotes_backslashes_and_entities_are_text() -> None:
    drawn = to_dot(plan({"id": "a", "task": r'say "\N" &lt; \"'}))

    assert r'label="a\nsay \"\\N\" &amp;lt; \\\""' in drawn


@in_slices
def test_hostile_texts_stay_inside_their_labels(texts: list[str]) -> None:
    hostile = hostile_plan(texts)

    for line in body(to_dot(hostile, hostile_results(hostile))):
        assert LINE.fullmatch(line), line


@needs_dot
def test_graphviz_finds_the_nodes_edges_and_labels_that_were_meant() -> None:
    drawn = [shlex.split(line) for line in dot(to_dot(figures())).splitlines()]

    labels = {line[1]: line[6] for line in drawn if line[0] == "node"}
    edges = {(line[1], line[2]) for line in drawn if line[0] == "edge"}
    assert labels["n4"] == r"density\ncalculate(${pop_fr} / ${area_fr})"
    assert edges == {
        ("n0", "n4"),
        ("n1", "n4"),
        ("n2", "n3"),
        ("n3", "n5"),
        ("n4", "n5"),
    }


@needs_dot
@pytest.mark.timeout(120)
def test_graphviz_can_read_every_plan_and_sees_no_link() -> None:
    plans = [hostile_plan(texts) for texts in SLICES]
    graphs = [to_dot(one, hostile_results(one)) for one in plans]
    graphs += [to_dot(random_plan(1, 40)), to_dot(Plan(steps=[]))]
    # One process for all: Graphviz reads one graph after the other.
    drawn = dot("".join(graphs), "svg")

    pictures = re.findall(r"<svg.*?\n</svg>", drawn, re.DOTALL)
    assert len(pictures) == len(graphs)
    for picture in pictures:
        root = ET.fromstring(picture)
        assert not root.findall(".//{http://www.w3.org/2000/svg}a")
    nodes = "".join(pictures).count('class="node"')
    assert nodes == sum(len(re.findall(r"^  n\d+ \[", g, re.MULTILINE)) for g in graphs)
