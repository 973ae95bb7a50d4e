import random
import re
from collections.abc import Mapping
from typing import get_args

import pytest

from dagplan.events import StepResult, StepStatus
from dagplan.plan import Plan
from dagplan.views import to_text
from dagplan.views.cells import cells
from tests.views.hostile import hostile_plan, hostile_results, in_slices


def plan(*steps: Mapping[str, object], answer: str | None = None) -> Plan:
    return Plan.model_validate({"steps": steps, "answer": answer})


def random_plan(seed: int, size: int, *, reach: int = 5, fan: int = 4) -> Plan:
    rng = random.Random(seed)
    steps = []
    for i in range(size):
        near = range(max(0, i - reach), i)
        needs = [f"s{j}" for j in rng.sample(near, min(len(near), rng.randrange(fan)))]
        spared = [name for name in needs if rng.random() < 0.3]
        steps.append({"id": f"s{i}", "depends_on": needs, "optional": spared})
    return plan(*steps)


def edges_of(drawn: Plan) -> set[tuple[str, str, bool]]:
    return {
        (before, step.id, required)
        for step in drawn.steps
        for before, required in step.dependencies().items()
    }


def read_back(drawing: str) -> set[tuple[str, str, bool]]:
    """Recover the edges by following the lanes, knowing only the picture."""
    edges: set[tuple[str, str, bool]] = set()
    lanes: dict[int, str] = {}
    for line in drawing.splitlines():
        at = line.index("○")
        match = re.search(r"s\d+", line)
        assert match
        for direction, last in ((-1, "├╰"), (1, "┤╯")):
            position = at + direction
            dash = line[position]
            while dash in "─┄":
                if line[position] in "─┄":
                    dash = line[position]
                elif line[position] in "├╰┤╯┼┴":
                    edges.add((lanes[position], match[0], dash == "─"))
                    if line[position] in last:
                        break
                else:
                    assert line[position] == "│"
                position += direction
        lanes = {p: s for p, s in lanes.items() if line[p] in "│├┼┤"}
        lanes[at] = match[0]
    return edges


def test_a_fan_in_keeps_each_step_below_what_it_reads() -> None:
    figures = [
        {"id": f"{figure}_{place}", "tool": "figure", "args": {"of": place}}
        for place in ("fr", "jp")
        for figure in ("pop", "area")
    ]
    densities = [
        {
            "id": f"density_{place}",
            "tool": "calculate",
            "args": {"expression": f"${{pop_{place}}} / ${{area_{place}}}"},
        }
        for place in ("fr", "jp")
    ]
    top = {"id": "top", "task": "Compare ${density_fr} and ${density_jp}"}
    drawn = to_text(plan(*figures, *densities, top, answer="It is ${top}."))

    assert drawn.splitlines() == [
        "○ pop_fr                figure(fr)",
        "│ ○ area_fr             figure(fr)",
        "╰─┴─○ density_fr        calculate(${pop_fr} / ${area_fr})",
        "    │ ○ pop_jp          figure(jp)",
        "    │ │ ○ area_jp       figure(jp)",
        "    │ ╰─┴─○ density_jp  calculate(${pop_jp} / ${area_jp})",
        "    ╰─────┴─○ top       Compare ${density_fr} and ${density_jp}",
        "» answer  It is ${top}.",
    ]


def test_a_line_that_crosses_a_lane_without_reading_it_leaves_a_gap() -> None:
    diamond = plan(
        {"id": "a", "task": "start"},
        {"id": "b", "task": "left", "depends_on": ["a"]},
        {"id": "c", "task": "right", "depends_on": ["a"]},
        {"id": "d", "task": "join", "depends_on": ["b"], "optional": ["c"]},
    )

    assert to_text(diamond).splitlines() == [
        "○ a        start",
        "├─○ b      left",
        "╰─│─○ c    right",
        "  ╰─┴┄○ d  join",
    ]
    assert to_text(diamond, ascii_only=True).splitlines() == [
        "o a        start",
        "+-o b      left",
        "'-|-o c    right",
        "  '-'.o d  join",
    ]


def test_a_long_chain_goes_on_at_the_left() -> None:
    steps = [{"id": "a", "task": "0"}]
    steps += [{"id": b, "task": f"${{{a}}}"} for a, b in ("ab", "bc", "cd", "de")]

    assert to_text(plan(*steps), width=24).splitlines() == [
        "○ a      0",
        "╰─○ b    ${a}",
        "  ╰─○ c  ${b}",
        "○───╯ d  ${c}",
        "╰─○ e    ${d}",
    ]


def test_independent_steps_are_a_plain_list_and_a_wide_join_says_so() -> None:
    steps = [{"id": f"q{i}", "task": f"Ask {i}"} for i in range(40)]
    join = {"id": "all", "task": "Join", "depends_on": [f"q{i}" for i in range(40)]}

    lines = to_text(plan(*steps, join)).splitlines()

    assert lines[0] == "○ q0   Ask 0"
    assert lines[39] == "○ q39  Ask 39"
    assert lines[40] == "○ all  Join  ← the 40 steps above"


def test_dependencies_without_a_lane_are_named() -> None:
    steps = [{"id": f"q{i}", "task": "x"} for i in range(12)]
    needs = [f"q{i}" for i in range(12)]
    early = {"id": "early", "task": "y", "depends_on": needs}
    late = {"id": "late", "task": "z", "depends_on": needs}

    lines = to_text(plan(*steps, early, late)).splitlines()

    assert lines[-2:] == [
        "○ early  y  ← the 12 steps above",
        "○ late   z  ← q0, q1, q2, +9 more",
    ]


def test_few_names_are_written_out() -> None:
    join = {"id": "c", "task": "z", "depends_on": ["a", "b"]}
    narrow = plan({"id": "a", "task": "x"}, {"id": "b", "task": "y"}, join)

    assert to_text(narrow, width=15).splitlines() == [
        "○ a  x",
        "○ b  y",
        "○ c  z  ← a, b",
    ]


def test_for_each_is_marked_and_counts_its_items() -> None:
    spread = plan(
        {"id": "all", "tool": "neighbours", "args": {"of": "France"}},
        {"id": "pop", "tool": "f", "args": {"x": "${item}"}, "for_each": "${all}"},
    )
    results = {
        "all": StepResult("succeeded"),
        "pop": StepResult("running"),
        "pop[0]": StepResult("succeeded"),
        "pop[1]": StepResult("failed"),
        "pop[2]": StepResult("succeeded"),
    }

    assert to_text(spread).splitlines()[1] == "╰─○ pop  ⧉ for each ${all}: f(${item})"
    assert to_text(spread, results).splitlines() == [
        "✓ all    neighbours(France)",
        "╰─◐ pop  ⧉ (2 succeeded, 1 failed) for each ${all}: f(${item})",
        "",
        "◐ 1 running   ✓ 1 succeeded",
    ]


def test_statuses_have_signs_and_failures_their_reason() -> None:
    chain = plan({"id": "a", "task": "x"}, {"id": "b", "task": "${a}"})
    results = {
        "a": StepResult("failed", error="no country named 'Frnace';\n check"),
        "b": StepResult("skipped", error="a has no value"),
    }

    assert to_text(chain, results).splitlines() == [
        "✗ a    no country named 'Frnace'; check",
        "╰─⊘ b  a has no value",
        "",
        "✗ 1 failed   ⊘ 1 skipped",
    ]


def test_every_status_has_a_sign_of_its_own() -> None:
    for ascii_only in (False, True):
        signs = {
            to_text(
                plan({"id": "a"}), {"a": StepResult(status)}, ascii_only=ascii_only
            )[0]
            for status in get_args(StepStatus)
        }
        assert len(signs) == len(get_args(StepStatus)) == 9


def test_colour_changes_nothing_but_colour() -> None:
    drawn = random_plan(1, 30)
    results = {"s0": StepResult("succeeded"), "s1": StepResult("failed", error="why")}

    coloured = to_text(drawn, results, colour=True)

    assert re.sub(r"\x1b\[\d*m", "", coloured) == to_text(drawn, results)
    for line in coloured.splitlines():
        codes = re.findall(r"\x1b\[(\d+)m", line)
        assert codes[1::2] == ["0"] * (len(codes) // 2)
        assert "0" not in codes[::2]


def test_an_answer_alone_is_a_plan() -> None:
    assert to_text(plan(answer="It is 4.")) == "» answer  It is 4."
    assert to_text(plan()) == "(no steps)"


@pytest.mark.parametrize("seed", range(25))
def test_the_edges_can_be_read_off_the_picture(seed: int) -> None:
    drawn = random_plan(seed, 6 + 2 * seed)

    picture = to_text(drawn)

    assert "←" not in picture
    assert read_back(picture) == edges_of(drawn)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("width", [1, 2, 10, 40, 80, 200])
def test_every_step_has_one_row_and_no_line_is_too_wide(seed: int, width: int) -> None:
    drawn = random_plan(seed, 40, reach=40, fan=6)

    lines = to_text(drawn, width=width).splitlines()

    assert len(lines) == len(drawn.steps)
    assert all(cells(line) <= width for line in lines)
    if width >= 40:
        found = [re.findall(r"(?<=[○ ] )s\d+|(?<=[○│╯┤] )s\d+", line) for line in lines]
        assert sorted(names[0] for names in found) == sorted(s.id for s in drawn.steps)


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J\x1b]0;x\x07",
        "\u202egnp.exe",
        "a\r\nb\x85\u2028",
        "👩\u200d💻" * 50,
        "東" * 300,
        "[bold]${",
        "\ud800",
        "z" + "\u0301" * 900,
    ],
)
def test_hostile_texts_stay_in_their_row(text: str) -> None:
    hostile = plan(
        {"id": text, "task": text},
        {"id": "b", "tool": text, "args": {text: [text]}, "optional": [text]},
        {"id": text, "task": "a second one"},
        {
            "id": "c",
            "task": text,
            "for_each": text,
            "depends_on": [text, "gone" + text],
        },
        answer=text,
    )
    results = {text: StepResult("failed", error=text), "b": StepResult("running")}
    for ascii_only in (False, True):
        picture = to_text(hostile, results, width=60, ascii_only=ascii_only)
        lines = picture.split("\n")

        assert len(lines) == 4 + 2 + 1
        assert all(line.isprintable() and cells(line) <= 60 for line in lines)
        assert picture.isascii() or not ascii_only


def test_a_plan_with_a_cycle_can_be_looked_at() -> None:
    cycle = plan({"id": "a", "task": "${b}"}, {"id": "b", "task": "${a}"})

    assert to_text(cycle).splitlines() == ["○ b    ${a}  ← a", "╰─○ a  ${b}"]


def test_a_step_that_was_started_several_times_says_so() -> None:
    drawn = plan({"id": "a", "task": "x"}, {"id": "b", "task": "y"})
    results = {
        "a": StepResult("succeeded", 1, attempts=2),
        "b": StepResult("waiting", error="late", attempts=3),
    }

    assert to_text(drawn, results).splitlines()[:2] == ["✓ a  ↻2 x", "○ b  ↻3 late"]
    assert to_text(drawn, results, ascii_only=True).startswith("v a  r2 x\n")


@in_slices
def test_hostile_plans_and_results_are_lines_that_can_be_shown(
    texts: list[str],
) -> None:
    hostile = hostile_plan(texts)
    drawn = to_text(hostile, hostile_results(hostile), width=100)

    assert len(drawn.split("\n")) >= len(texts)
    assert all(line.isprintable() for line in drawn.split("\n"))
    assert all(cells(line) <= 100 for line in drawn.split("\n"))
