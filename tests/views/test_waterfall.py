import re

import pytest

from dagplan.events import (
    Event,
    PlanFinished,
    RunFinished,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan import Step
from dagplan.views import to_waterfall
from dagplan.views.cells import cells
from dagplan.views.waterfall import duration
from tests.views.hostile import hostile_events, in_slices


def begun(*steps: Step, planned: float = 0.0, question: str = "") -> list[Event]:
    return [
        RunStarted(0.0, "2026-01-01T00:00:00Z", question, 16),
        *(StepPlanned(planned, step.id, step) for step in steps),
        PlanFinished(planned),
    ]


def test_a_run_is_drawn_to_scale() -> None:
    steps = [Step(id="a", task="x"), Step(id="b", task="x"), Step(id="c", task="${a}")]
    events = [
        *begun(*steps, planned=0.5, question="q"),
        StepStarted(0.5, "a"),
        StepStarted(0.5, "b"),
        StepFailed(0.75, "b", "no", "ToolError"),
        StepSucceeded(1.5, "a", 1),
        StepStarted(1.5, "c"),
        StepSucceeded(1.503, "c", 1),
        RunFinished(2.0, "answered"),
    ]

    assert to_waterfall(events, width=54).splitlines() == [
        "            0 ────────── 1.00 s ────── 2.00 s",
        "◆ ✓ planner ████████▎                           0.50 s",
        "◆ ✓ a               ▐███████████████▊           1.00 s",
        "  ✗ b               ▐███▍                       0.25 s",
        "◆ ✓ c                               ▏           3.0 ms",
        "◆ ✓ answer                          ▕████████   0.50 s",
        "",
        "◆ critical path   ✓ 2 succeeded   ✗ 1 failed",
    ]


def test_a_run_that_goes_on_shows_what_waits() -> None:
    steps = [Step(id="a", task="x"), Step(id="b", task="${a}")]
    events = [*begun(*steps), StepStarted(0.0, "a"), StepPlanned(4.0, "b", steps[1])]

    assert to_waterfall(events, width=40, ascii_only=True).splitlines() == [
        "      0 ---------------- 4.00 s",
        "* > a =========================   4.00 s",
        "  o b",
        "",
        "* critical path   o 1 waiting",
        "> 1 running",
    ]


def test_many_items_share_one_row() -> None:
    spread = Step(id="pop", task="${item}", for_each="${all}")
    events = [*begun(spread), StepStarted(0.0, "pop", items=3_000)]
    events += [StepStarted(0.0, f"pop[{i}]") for i in range(3_000)]
    events += [StepSucceeded(1.0, f"pop[{i}]", i) for i in range(2_999)]
    events += [StepFailed(2.0, "pop[2999]", "no", "ToolError")]

    lines = to_waterfall(events).splitlines()

    assert len(lines) == 1 + 1 + 8 + 1 + 2
    assert lines[10].startswith("◆ ✗   + 2,992 more items, 1 failed ")
    assert lines[10].endswith(" 2.00 s")


def test_a_retried_and_a_cancelled_step_are_marked() -> None:
    steps = [Step(id="a", task="x"), Step(id="b", task="x")]
    events = [
        *begun(*steps),
        StepStarted(0.0, "a"),
        StepStarted(1.0, "a", 2),
        StepStarted(1.0, "b"),
        StepSucceeded(1.75, "a", 1),
        StepCancelled(2.0, "b"),
    ]

    _, a, b, *_ = to_waterfall(events).splitlines()

    assert a.startswith("  ✓ a ↻2 ")
    assert b.startswith("◆ ■ b ")


@pytest.mark.parametrize("width", [1, 8, 20, 41, 80, 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_too_wide(width: int, *, ascii_only: bool) -> None:
    steps = [Step(id="s" * 64, task="x"), Step(id="東" * 40 + "\x1b[2J", task="x")]
    events = [*begun(*steps, planned=0.1, question="q")]
    events += [StepStarted(0.1 + i / 7, s.id) for i, s in enumerate(steps)]
    events += [StepSucceeded(1 + i / 7, s.id, 1) for i, s in enumerate(steps)]

    picture = to_waterfall(events, width=width, ascii_only=ascii_only)

    lines = picture.split("\n")
    assert all(line.isprintable() and cells(line) <= width for line in lines)
    assert picture.isascii() or not ascii_only


def test_a_long_name_leaves_room_for_the_bar() -> None:
    step = Step(id="s" * 64, task="x")
    events = [*begun(step), StepStarted(0.0, step.id), StepSucceeded(1.0, step.id, 1)]

    row = to_waterfall(events).splitlines()[1]

    assert row == f"◆ ✓ {'s' * 31}… {'█' * 34}   1.00 s"


def test_colour_changes_nothing_but_colour() -> None:
    events = [*begun(Step(id="a", task="x")), StepStarted(0.0, "a")]
    events += [StepSucceeded(1.0, "a", 1)]

    coloured = to_waterfall(events, colour=True)

    assert "\x1b[32m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == to_waterfall(events)


def test_nothing_ran() -> None:
    assert to_waterfall([]) == "(nothing ran)"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.000_085, "85 µs"),
        (0.003_1, "3.1 ms"),
        (0.042, "42 ms"),
        (0.099_9, "0.10 s"),
        (0.42, "0.42 s"),
        (9.999, "10.0 s"),
        (59.96, "1 m 00 s"),
        (83.4, "1 m 23 s"),
        (3600 * 2 + 61, "2 h 01 m"),
    ],
)
def test_durations_have_the_unit_that_suits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def delayed() -> list[Event]:
    steps = [Step(id="a", task="x"), Step(id="b", task="x")]
    return [
        *begun(*steps),
        StepStarted(0.0, "a"),
        StepStarted(0.0, "b"),
        StepRetried(0.5, "a", 1, "late", "TimeoutError", 1.0),
        StepHedged(1.0, "b", 2),
        StepStarted(1.5, "a", 2),
        StepSucceeded(1.75, "b", 1, 2),
        StepSucceeded(2.0, "a", 1, 2),
        RunFinished(2.0, "answered"),
    ]


def test_waits_between_attempts_and_second_attempts_are_seen() -> None:
    assert to_waterfall(delayed(), width=44).splitlines() == [
        "         0 ───────────────── 2.00 s",
        "◆ ✓ a ↻2 ██████▌┄┄┄┄┄┄┄┄┄┄┄┄▐██████   2.00 s",
        "  ✓ b ↻2 █████████████⇉████████▊      1.75 s",
        "",
        "◆ critical path   ┄ waits for a retry",
        "⇉ second attempt   ✓ 2 succeeded",
    ]


@pytest.mark.parametrize("width", [1, 8, 20, 41])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_with_waits_is_too_wide(width: int, *, ascii_only: bool) -> None:
    events = delayed()
    for count in range(len(events) + 1):
        picture = to_waterfall(events[:count], width=width, ascii_only=ascii_only)
        assert all(cells(line) <= width for line in picture.split("\n"))
        assert picture.isascii() or not ascii_only


@in_slices
def test_hostile_runs_are_lines_that_can_be_shown(texts: list[str]) -> None:
    for line in to_waterfall(hostile_events(texts), width=100).split("\n"):
        assert line.isprintable()
        assert cells(line) <= 100
