"""A run as lines."""

import io

from dagplan.cli.board import Board
from dagplan.cli.plain import Plain
from dagplan.cli.screen import Screen
from dagplan.events import (
    AnswerText,
    Event,
    PlanFinished,
    Revised,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.plan import Step

FIRST = Step(id="first", tool="look", args={"q": "x"})
SECOND = Step(id="second", tool="look", args={"q": "${first}"})


class Shown:
    """A run that is shown as lines, on a clock that stands still unless moved."""

    def __init__(self, *, planned: bool = True) -> None:
        self.now = 0.0
        self.board = Board(lambda: self.now)
        self.stream = io.StringIO()
        self.plain = Plain(self.board, Screen.of(self.stream, {}), "planned by me")
        self.take(RunStarted(0.0, "", "q", 16))
        if planned:
            self.take(
                StepPlanned(0.0, "first", FIRST),
                StepPlanned(0.0, "second", SECOND),
                PlanFinished(0.0),
            )

    def take(self, *events: Event) -> None:
        for event in events:
            self.board.take(event)
            self.plain.take(event)

    def new_text(self) -> str:
        text = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return text


def test_the_plan_comes_first():
    assert Shown().new_text().splitlines() == [
        "planned by me",
        "",
        "○ first     look(x)",
        "╰─○ second  look(${first})",
        "",
    ]


def test_each_step_ends_in_a_line():
    shown = Shown()
    shown.new_text()
    shown.take(
        StepStarted(0.1, "first"),
        StepSucceeded(0.42, "first", 67_848_156),
        StepStarted(0.42, "second"),
        StepFailed(12.5, "second", "no \x1b[2Jx [bold]y[/]", "ToolError"),
    )

    assert shown.new_text().splitlines() == [
        "    0.42 s  ✓ first   67,848,156",
        "   12.50 s  ✗ second  no �[2Jx [bold]y[/]",
    ]


def test_skipped_and_cancelled_steps_have_lines_too():
    shown = Shown()
    shown.new_text()
    shown.take(StepCancelled(1.0, "first"), StepSkipped(1.0, "second", "first"))

    assert shown.new_text().splitlines() == [
        "    1.00 s  ■ first   cancelled",
        "    1.00 s  ⊘ second  needs first",
    ]


def test_a_value_is_cut_to_the_width_and_an_error_is_not():
    shown = Shown()
    shown.new_text()
    shown.take(
        StepSucceeded(1.0, "first", "x" * 200),
        StepFailed(1.0, "second", "y" * 200, "E"),
    )

    value, error = shown.new_text().splitlines()
    assert len(value) == 80
    assert error.endswith("y" * 200)


def test_items_are_told_by_their_step_unless_they_fail():
    shown = Shown()
    shown.new_text()
    shown.take(
        StepStarted(0.1, "first", items=2),
        StepSucceeded(0.2, "first[0]", 1),
        StepFailed(0.2, "first[1]", "no", "E"),
        StepSucceeded(0.2, "first", [{"item": "a", "value": 1}]),
    )

    assert shown.new_text().splitlines() == [
        "    0.20 s  ✗ first[1]  no",
        "    0.20 s  ✓ first   a: 1",
    ]


def test_a_step_that_takes_long_is_mentioned_once():
    shown = Shown()
    shown.new_text()
    shown.take(StepStarted(0.1, "first"))
    for shown.now in (0.5, 1.2, 1.7):
        shown.plain.refresh()

    assert shown.new_text() == "    1.20 s  ◐ first   still running\n"


def test_a_revision_says_what_changes():
    shown = Shown()
    shown.new_text()
    added = Step(id="third", tool="look", args={"q": "z"})
    shown.take(Revised(2.0, added=(added,), redefined=(FIRST,), dropped=("second",)))

    assert shown.new_text() == (
        "    2.00 s  plan revised  added third; changed first; dropped second\n"
    )


def test_the_answer_is_written_as_it_comes():
    shown = Shown()
    shown.new_text()
    shown.take(AnswerText(3.0, ""), AnswerText(3.0, "It is "), AnswerText(3.1, "so. "))
    assert shown.new_text() == "\nIt is so."

    shown.plain.close()
    shown.plain.close()
    assert shown.new_text() == "\n"


def test_ascii_is_enough():
    stream = io.TextIOWrapper(io.BytesIO(), "ascii", write_through=True)
    board = Board(lambda: 0.0)
    plain = Plain(board, Screen.of(stream, {}), "planned by me")
    for event in (
        StepPlanned(0.0, "first", FIRST),
        PlanFinished(0.0),
        StepSucceeded(0.0, "first", "São Paulo…"),
    ):
        board.take(event)
        plain.take(event)

    text = stream.buffer.getvalue()
    assert text.endswith(b"    0.00 s  v first  Sao Paulo...\n")


def test_what_delays_a_run_is_told_when_it_happens():
    shown = Shown()
    shown.new_text()
    shown.take(
        StepStarted(0.1, "first"),
        StepRetried(0.5, "first", 1, "TimeoutError: too slow", "TimeoutError", 0.8),
        StepStarted(1.3, "first", 2),
        StepHedged(2.0, "first", 3),
        StepStuck(3.0, "first", 2),
        Throttled(4.0, None, "api.openai.com", 2.0),
    )

    assert shown.new_text().splitlines() == [
        "    0.50 s  ↻ first   attempt 1 failed: TimeoutError: too slow; again in 0.80 s",
        "    2.00 s  ⇉ first   attempt 3 joins one that takes long",
        "    3.00 s  ! first   does not end: attempt 2, cancelled 1.00 s ago, still runs",
        "    4.00 s  ⏸ api.openai.com  asks to slow down: 2.00 s",
    ]


def test_errors_of_attempts_and_names_of_providers_are_made_safe_and_short():
    shown = Shown()
    shown.new_text()
    shown.take(
        StepRetried(0.5, "first", 1, "no\n\x1b[2J" + "y" * 2_000, "E", 0.8),
        Throttled(4.0, None, "\x1b[2Jx" * 400, 2.0),
    )

    retried, throttled = shown.new_text().splitlines()
    assert retried.startswith("    0.50 s  ↻ first   attempt 1 failed: no �[2Jyyy")
    assert retried.endswith("yyy…; again in 0.80 s")
    assert throttled.startswith("    4.00 s  ⏸ �[2Jx�[2Jx")
    assert throttled.endswith("…  asks to slow down: 2.00 s")


def test_each_attempt_that_takes_long_is_mentioned():
    shown = Shown()
    shown.new_text()
    shown.take(StepStarted(0.0, "first"))
    shown.now = 1.2
    shown.plain.refresh()
    shown.take(StepRetried(2, "first", 1, "x", "E", 1), StepStarted(3, "first", 2))
    for shown.now in (3.5, 4.5):
        shown.plain.refresh()

    assert shown.new_text().count("still running") == 2


def test_steps_that_end_before_the_plan_is_whole_come_before_its_drawing():
    shown = Shown(planned=False)
    shown.take(StepPlanned(0.1, "first", FIRST), StepStarted(0.1, "first"))
    assert shown.new_text() == ""
    shown.take(StepSucceeded(0.2, "first", "found"))
    assert shown.new_text().splitlines() == [
        "planned by me",
        "    0.20 s  ✓ first  found",
    ]
    shown.take(StepPlanned(0.3, "second", SECOND), PlanFinished(0.3))
    lines = shown.new_text().splitlines()
    assert lines[0] == ""
    assert "second" in lines[2]
    assert "planned by me" not in lines
