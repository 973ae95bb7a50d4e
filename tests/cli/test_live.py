"""A run on a terminal."""

import io

from dagplan.cli.board import Board
from dagplan.cli.live import LivePresenter, RichArea
from dagplan.cli.screen import Screen
from dagplan.events import (
    AnswerText,
    Event,
    PlanFinished,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunFinished,
    RunStarted,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.plan import Step


class Picture:
    """An area that remembers what it last showed."""

    def __init__(self) -> None:
        self.now: str | None = None
        self.shown = 0

    def show(self, drawing: str) -> None:
        self.now = drawing
        self.shown += 1

    def clear(self) -> None:
        self.now = None


class Shown:
    """A run on a terminal of 80 x 24 whose picture and text are kept apart."""

    def __init__(self, steps: int = 2, model: str | None = None) -> None:
        self.now = 0.0
        self.board = Board(lambda: self.now)
        self.stream = io.StringIO()
        self.picture = Picture()
        self.steps = [Step(id=f"s{n}", tool="look") for n in range(steps)]
        screen = Screen(self.stream, terminal=True, environ={"COLUMNS": "80"})
        self.live = LivePresenter(
            self.board, screen, "planned by me", model=model, area=self.picture
        )
        self.take(RunStarted(0.0, "", "q", 16))

    def plan(self) -> None:
        planned = [StepPlanned(0.0, step.id, step) for step in self.steps]
        self.take(*planned, PlanFinished(0.0))

    def take(self, *events: Event) -> None:
        for event in events:
            self.board.take(event)
            self.live.take(event)

    def refreshed(self, now: float) -> list[str]:
        self.now = now
        self.live.refresh()
        return (self.picture.now or "").splitlines()


def test_planning_shows_who_plans_and_for_how_long():
    assert Shown(model="gpt-5-mini").refreshed(2.1) == [
        "gpt-5-mini is planning  2.10 s"
    ]


def test_running_steps_show_their_seconds():
    shown = Shown()
    shown.plan()
    shown.take(
        StepStarted(0.1, "s0"), StepStarted(0.3, "s1"), StepSucceeded(1, "s0", 1)
    )

    assert shown.refreshed(1.5) == [
        "planned by me",
        "",
        "✓ s0  look()",
        "◐ s1  look()",
        "",
        "◐ 1 running   ✓ 1 succeeded",
        "1.5 s  1 of 16 slots  ◐ s1 1.2 s",
    ]
    assert shown.stream.getvalue() == ""


def test_revisions_are_counted():
    shown = Shown()
    shown.plan()
    shown.take(Revised(1.0, added=(Step(id="s9", task="look"),)))
    shown.take(StepStarted(1.0, "s9"))

    last = shown.refreshed(1.5)[-1]
    assert last == "1.5 s  revised once  1 of 16 slots  ◐ s9 0.5 s"
    shown.take(Revised(1.5, dropped=("s9",)))
    assert shown.refreshed(1.5)[-1].startswith("1.5 s  revised 2 times  dagplan reads")


def test_a_plan_taller_than_the_terminal_is_told_in_numbers():
    shown = Shown(steps=30)
    shown.plan()
    shown.take(StepStarted(0.0, "s0"), StepSucceeded(0.5, "s0", 1))
    shown.take(*(StepStarted(0.5, f"s{n}") for n in range(1, 16)))

    header, _, counted, running = shown.refreshed(1.0)
    assert header == "planned by me"
    assert counted == "1 of 30 steps done"
    assert running.startswith("1.0 s  15 of 16 slots  ◐ s1 0.5 s, s2")
    assert len(running) == 80


def test_waiting_for_the_answer_is_said():
    shown = Shown(steps=1, model="gpt-5-mini")
    shown.plan()
    shown.take(StepStarted(0.0, "s0"), StepSucceeded(0.5, "s0", 1))

    assert shown.refreshed(1.0)[-1] == "1.0 s  gpt-5-mini reads the results"


def test_the_final_plan_stays_and_the_answer_follows():
    shown = Shown(steps=1)
    shown.plan()
    shown.refreshed(0.1)
    shown.take(
        StepStarted(0.1, "s0"),
        StepSucceeded(0.5, "s0", 1),
        AnswerText(0.6, "It is "),
        AnswerText(0.6, "so."),
        RunFinished(0.6, "answered"),
    )
    shown.refreshed(0.7)
    shown.live.close()

    assert shown.picture.now is None
    assert shown.picture.shown == 1
    assert shown.stream.getvalue().splitlines() == [
        "planned by me",
        "",
        "✓ s0  look()",
        "",
        "✓ 1 succeeded",
        "",
        "It is so.",
    ]


def test_a_run_that_is_left_early_leaves_its_plan():
    shown = Shown()
    shown.plan()
    shown.take(StepStarted(0.1, "s0"))
    shown.live.close()

    assert "◐ s0  look()" in shown.stream.getvalue()


def test_without_a_plan_there_is_nothing_to_leave():
    shown = Shown()
    shown.refreshed(0.5)
    shown.live.close()

    assert shown.picture.now is None
    assert shown.stream.getvalue() == ""


def test_a_revision_after_some_text_goes_on_drawing():
    shown = Shown(steps=1)
    shown.plan()
    shown.take(AnswerText(0.5, "Let me see"), Revised(0.6, redefined=(shown.steps[0],)))

    assert shown.refreshed(0.7)[0] == "○ s0  look()"
    shown.live.close()
    assert shown.stream.getvalue().count("planned by me") == 1


def test_rich_draws_in_place_and_takes_away():
    stream = io.StringIO()
    area = RichArea(Screen(stream, terminal=True, colour=True))
    area.show("\x1b[32m✓\x1b[0m [bold]one[/bold]")
    area.show("two")
    area.clear()
    area.clear()

    text = stream.getvalue()
    assert "\x1b[32m✓\x1b[0m" in text
    assert "[bold]one[/bold]" in text
    assert text.index("two") > text.index("\x1b[2K")
    assert text.endswith("\x1b[2K")


def test_what_a_run_waits_for_stands_in_the_last_line():
    shown = Shown()
    shown.plan()
    shown.take(
        StepStarted(0.0, "s0"),
        StepStarted(0.0, "s1"),
        StepRetried(1.0, "s0", 1, "late \x1b[2J", "TimeoutError", 4.0),
        StepHedged(1.0, "s1", 2),
        StepStuck(2.0, "s0", 1),
        Throttled(2.0, "s1", "api\x1b[2J.com", 1.0),
    )

    assert shown.refreshed(2.5) == [
        "planned by me",
        "",
        "○ s0  late �[2J",
        "◐ s1  ↻2 look()",
        "",
        "○ 1 waiting   ◐ 1 running",
        "2.5 s  ⏸ api�[2J.com 0.5 s  ! s0  ↻ s0 2.5 s  1 of 16 slots  ◐ s1 2.5 s",
    ]
    shown.take(StepStarted(5.0, "s0", 2), StepSucceeded(5.5, "s1", 1))
    assert shown.refreshed(6.0)[-1] == "6.0 s  ! s0  1 of 16 slots  ◐ s0 1.0 s"


def test_while_a_step_waits_to_be_tried_again_nobody_reads_results():
    shown = Shown(steps=1)
    shown.plan()
    shown.take(StepStarted(0.0, "s0"), StepRetried(1.0, "s0", 1, "late", "E", 4.0))

    assert shown.refreshed(2.0)[-1] == "2.0 s  ↻ s0 3.0 s"


def test_a_planner_that_has_to_wait_says_so():
    shown = Shown(model="m")
    shown.take(Throttled(1.0, None, "api.openai.com", 5.0))

    assert shown.refreshed(2.0) == ["m is planning  2.00 s  ⏸ api.openai.com 4.0 s"]


def test_steps_run_in_the_picture_while_the_plan_is_still_being_written():
    shown = Shown(model="gpt-5-mini")
    assert shown.refreshed(0.1) == ["gpt-5-mini is planning  0.10 s"]
    shown.take(StepPlanned(0.2, "s0", shown.steps[0]), StepStarted(0.2, "s0"))
    picture = shown.refreshed(0.5)
    assert any("s0" in line and "◐" in line for line in picture[:-1])
    assert picture[-1] == "0.5 s  gpt-5-mini is planning  1 of 16 slots  ◐ s0 0.3 s"
    shown.take(StepPlanned(0.6, "s1", shown.steps[1]), PlanFinished(0.6))
    assert "planning" not in shown.refreshed(0.7)[-1]


def test_nothing_moves_while_the_user_is_asked():
    shown = Shown(model="gpt")
    assert shown.refreshed(0.5)
    shown.take(QuestionAsked(0.5, "d", "Which?"))
    assert shown.refreshed(1.0) == []
    shown.take(QuestionAnswered(9.0, "d", "This."))
    assert shown.refreshed(9.5) == ["gpt is planning  9.50 s"]


def test_a_run_that_waits_for_an_answer_leaves_nothing_behind():
    shown = Shown(model="gpt")
    shown.refreshed(0.5)
    shown.take(QuestionAsked(0.5, "d", "Which?"), RunFinished(0.5, "paused"))
    shown.live.close()
    assert (shown.picture.now, shown.stream.getvalue()) == (None, "")
