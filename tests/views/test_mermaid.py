import re

import pytest

from dagplan.plan import Plan
from dagplan.views import to_mermaid
from tests.programs import needs_mermaid
from tests.views.hostile import SLICES, hostile_plan, hostile_results, in_slices
from tests.views.plans import figures, figures_results, plan, random_plan
from tests.views.readers import mermaid_errors

# Nothing but what the view itself writes: generated ids, and labels in which every
# character that Mermaid, Markdown or HTML minds is a number.
LABEL = r'"(?:[^\x00-\x1f"#<>&`;$*\[\]{}~|\\/:@!-]|#\d+;|<br/>)*"'
LINE = re.compile(
    rf"flowchart LR|  accTitle: Plan of [\d,]+ steps|  n\d+\[{LABEL}\]"
    rf"|  n\d+\[\[{LABEL}\]\]|  n\d+ (?:-->|-\.->) n\d+"
    r"|  classDef \w+ [\w:#, -]+|  class n\d+(?:,n\d+)* \w+"
)


def test_steps_and_dependencies_are_written_with_generated_ids() -> None:
    lines = to_mermaid(figures()).splitlines()

    assert lines[0] == "flowchart LR"
    assert '  n0["pop_fr<br/>figure(France)"]' in lines
    assert "  n0 --> n4" in lines
    assert "  n3 -.-> n5" in lines


def test_a_for_each_step_looks_different_and_counts_its_items() -> None:
    alone = to_mermaid(figures())
    run = to_mermaid(figures(), figures_results())

    assert '  n3[["⧉ pops<br/>for each' in alone
    assert "✗ ⧉ pops<br/>1 of 2 items failed" in run


def test_a_status_is_told_by_sign_and_colour() -> None:
    lines = to_mermaid(figures(), figures_results()).splitlines()

    assert '  n1["◆ ✓ area_fr ↻2<br/>figure(France)"]' in lines
    assert any(line.startswith("  classDef failed fill:#") for line in lines)
    assert "  class n0,n1,n2,n4 succeeded" in lines
    assert "  class n3 failed" in lines
    assert "  class n1,n4 critical" in lines


def test_a_plan_alone_has_no_status() -> None:
    assert "class" not in to_mermaid(figures())


def test_a_dependency_that_the_plan_lacks_is_drawn_as_missing() -> None:
    lines = to_mermaid(plan({"id": "a", "depends_on": ["b"]})).splitlines()

    assert '  n1["b<br/>not in the plan"]' in lines
    assert "  n1 --> n0" in lines
    assert "  class n1 missing" in lines


def test_markdown_html_and_syntax_in_a_task_are_text() -> None:
    drawn = to_mermaid(
        plan({"id": "a", "task": '1. <b>"x"</b> `y` #35; $$z$$ _a_ b_c'})
    )

    assert (
        "1#46; #60;b#62;#34;x#34;#60;#47;b#62; #96;y#96; #35;35#59; "
        "#36;#36;z#36;#36; #95;a#95; b_c" in drawn
    )


@in_slices
def test_hostile_texts_stay_inside_their_labels(texts: list[str]) -> None:
    hostile = hostile_plan(texts)

    for line in to_mermaid(hostile, hostile_results(hostile)).splitlines():
        assert LINE.fullmatch(line), line


@needs_mermaid
@pytest.mark.timeout(60)
def test_mermaid_itself_can_read_every_plan() -> None:
    plans = [hostile_plan(texts) for texts in SLICES]
    drawn = [to_mermaid(one, hostile_results(one)) for one in plans]
    drawn += [to_mermaid(random_plan(seed, 40)) for seed in range(10)]
    drawn += [to_mermaid(figures(), figures_results()), to_mermaid(Plan(steps=[]))]

    found = mermaid_errors([*drawn, 'flowchart LR\n n0["a " b"]'])
    assert {*found} == {"11", "12"}
    for errors in found.values():
        assert errors[:-1] == [""] * len(drawn)
        assert errors[-1]
