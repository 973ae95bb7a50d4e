from dagplan.events import (
    AnswerText,
    Event,
    ModelCalled,
    PlanFinished,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan import Step
from dagplan.views.spans import timeline


def begun(*steps: Step, planned: float = 0.0, question: str = "q") -> list[Event]:
    return [
        RunStarted(0.0, "2026-01-01T00:00:00Z", question, 16),
        *(StepPlanned(planned, step.id, step) for step in steps),
        PlanFinished(planned),
    ]


A = Step(id="a", task="x")
B = Step(id="b", task="x")
C = Step(id="c", task="${a} ${b}")


def test_the_critical_path_leads_through_what_ended_last() -> None:
    run = timeline(
        [
            *begun(A, B, C, planned=0.5),
            StepStarted(0.5, "a"),
            StepStarted(0.5, "b"),
            StepSucceeded(1.0, "b", 1),
            StepSucceeded(2.0, "a", 1),
            StepStarted(2.0, "c"),
            StepSucceeded(2.5, "c", 1),
            AnswerText(2.75, "It"),
            RunFinished(3.0, "answered"),
        ]
    )

    rows = [(s.label, s.pieces, s.status, s.critical) for s in run.spans]
    assert run.total == 3.0
    assert rows == [
        ("planner", [(0.0, 0.5)], "succeeded", True),
        ("a", [(0.5, 2.0)], "succeeded", True),
        ("b", [(0.5, 1.0)], "succeeded", False),
        ("c", [(2.0, 2.5)], "succeeded", True),
        ("answer", [(2.5, 3.0)], "succeeded", True),
    ]


def test_a_run_that_goes_on_ends_at_its_last_event() -> None:
    run = timeline([*begun(A, B), StepStarted(0.0, "a"), StepStarted(1.0, "b")])

    a, b = (span for span in run.spans if span.kind == "step")
    assert (a.pieces, a.status) == ([(0.0, 1.0)], "running")
    assert (b.pieces, b.status) == ([(1.0, 1.0)], "running")


def test_any_beginning_of_a_run_can_be_told() -> None:
    events = [
        *begun(A, B, C),
        StepStarted(0.0, "a"),
        StepFailed(1.0, "a", "no", "ToolError"),
        StepCancelled(1.0, "b"),
        StepSkipped(1.0, "c", "a"),
        AnswerText(1.5, "Let me see"),
        Revised(2.0, added=(Step(id="d", task="x"),), dropped=("c",)),
        StepStarted(2.0, "d"),
        StepSucceeded(3.0, "d", 1),
        RunFinished(4.0, "failed"),
    ]

    for count in range(len(events) + 1):
        assert timeline(events[:count]).total == max(
            [0.0, *(e.at for e in events[:count])]
        )
    rows = [(s.label, s.status, s.critical) for s in timeline(events).spans]
    assert rows == [
        ("planner", "succeeded", True),
        ("a", "failed", True),
        ("replan 1", "succeeded", True),
        ("d", "succeeded", True),
        ("b", "cancelled", False),
    ]


def test_attempts_are_pieces_of_one_row() -> None:
    run = timeline(
        [
            *begun(A, question=""),
            StepStarted(0.0, "a"),
            StepFailed(1.0, "a", "busy", "ToolError"),
            StepStarted(1.5, "a", 2),
            StepSucceeded(2.0, "a", 1),
            RunFinished(2.5, "answered"),
        ]
    )

    (a,) = run.spans
    assert (a.pieces, a.attempts, a.status) == (
        [(0.0, 1.0), (1.5, 2.0)],
        2,
        "succeeded",
    )


def test_replanning_begins_with_the_call_to_the_model() -> None:
    run = timeline(
        [
            *begun(A),
            StepStarted(0.0, "a"),
            StepSucceeded(1.0, "a", 1),
            ModelCalled(1.75, "replanner", None, "m", None, 1.25, 1.75),
            ModelCalled(2.0, "replanner", None, "m", None, 1.75, 2.0),
            Revised(2.0, added=(B,)),
        ]
    )

    replan = next(s for s in run.spans if s.label == "replan 1")
    assert replan.pieces == [(1.25, 2.0)]


def test_items_stand_under_their_step() -> None:
    run = timeline(
        [
            *begun(Step(id="a", task="${item}", for_each="${b}")),
            StepStarted(0.0, "a", items=2),
            StepStarted(0.0, "a[0]"),
            StepStarted(0.0, "a[1]"),
            StepSucceeded(1.0, "a[1]", 1),
            StepSucceeded(2.0, "a[0]", 1),
            StepSucceeded(2.0, "a", []),
        ]
    )

    a = run.spans[-1]
    assert [(i.label, i.ended, i.critical) for i in a.items] == [
        ("[0]", 2.0, True),
        ("[1]", 1.0, False),
    ]


def test_a_plan_that_streams_in_does_not_hide_the_dependency() -> None:
    run = timeline(
        [
            RunStarted(0.0, "2026-01-01T00:00:00Z", "q", 16),
            StepPlanned(0.5, "a", A),
            StepStarted(0.5, "a"),
            StepPlanned(1.0, "c", Step(id="c", task="${a}")),
            StepSucceeded(1.5, "a", 1),
            StepStarted(1.5, "c"),
            PlanFinished(2.0),
            StepSucceeded(3.0, "c", 1),
        ]
    )

    assert [s.label for s in run.spans if s.critical] == ["planner", "a", "c"]


def test_a_retried_step_has_its_attempts_and_the_waits_between_them() -> None:
    events = [
        *begun(A, C, question=""),
        StepStarted(0.0, "a"),
        StepRetried(1.0, "a", 1, "late", "TimeoutError", 0.5),
        StepStarted(1.5, "a", 2),
        StepRetried(2.0, "a", 2, "late", "TimeoutError", 1.0),
        StepStarted(3.0, "a", 3),
        StepSucceeded(4.0, "a", 1, 3),
        StepStarted(4.0, "c"),
        StepSucceeded(5.0, "c", 1),
        RunFinished(5.0, "answered"),
    ]
    a, c = timeline(events).spans

    assert a.pieces == [(0.0, 1.0), (1.5, 2.0), (3.0, 4.0)]
    assert a.waits == [(1.0, 1.5), (2.0, 3.0)]
    assert (a.attempts, a.status) == (3, "succeeded")
    assert a.critical
    assert c.critical
    a = next(s for s in timeline(events[:8]).spans if s.label == "a")
    assert (a.status, a.waits) == ("waiting", [(1.0, 1.5), (2.0, 2.0)])


def test_a_hedge_is_a_moment_of_the_attempt_that_it_joins() -> None:
    run = timeline(
        [
            *begun(A, question=""),
            StepStarted(0.0, "a"),
            StepHedged(1.0, "a", 2),
            StepSucceeded(1.5, "a", 1, 2),
        ]
    )

    (a,) = run.spans
    assert (a.pieces, a.hedges, a.attempts) == ([(0.0, 1.5)], [1.0], 2)


def test_a_step_that_is_cancelled_while_it_waits_waits_no_longer() -> None:
    run = timeline(
        [
            *begun(A, question=""),
            StepStarted(0.0, "a"),
            StepRetried(1.0, "a", 1, "late", "TimeoutError", 9.0),
            StepCancelled(2.0, "a"),
            RunFinished(3.0, "cancelled"),
        ]
    )

    (a,) = run.spans
    assert (a.pieces, a.waits, a.status) == ([(0.0, 1.0)], [(1.0, 2.0)], "cancelled")


def test_odd_ids_of_a_plan_that_was_not_checked_give_no_odd_times() -> None:
    run = timeline(
        [
            *begun(Step(id="a[0]", task="x")),
            StepStarted(0.5, "a[0]"),
            StepSucceeded(1.0, "a[0]", 1),
            RunFinished(2.0, "answered"),
        ]
    )

    assert all(0 <= s.started <= s.ended <= 2 for s in run.spans if s.pieces)


def test_a_step_that_a_revision_drops_ends_there() -> None:
    run = timeline(
        [
            *begun(A, B),
            StepStarted(0.0, "a"),
            StepStarted(0.0, "b"),
            Revised(1.0, dropped=("a",)),
            StepSucceeded(3.0, "b", 1),
            RunFinished(3.0, "answered"),
        ]
    )

    (a,) = (span for span in run.spans if span.label == "a")
    assert (a.pieces, a.status) == ([(0.0, 1.0)], "cancelled")


def test_the_planner_rests_while_the_user_thinks() -> None:
    run = timeline(
        [
            RunStarted(0.0, "", "q", 16),
            QuestionAsked(1.0, "d", "Which?"),
            QuestionAnswered(5.0, "d", "This."),
            StepPlanned(6.0, "a", A),
            PlanFinished(6.0),
            StepStarted(6.0, "a"),
            StepSucceeded(7.0, "a", 1),
            RunFinished(7.0, "answered"),
        ]
    )
    planner = run.spans[0]
    assert planner.pieces == [(0.0, 1.0), (5.0, 6.0)]
    assert planner.status == "succeeded"


def test_a_planner_that_nobody_has_answered_is_shown_waiting() -> None:
    asked: list[Event] = [
        RunStarted(0.0, "", "q", 16),
        QuestionAsked(1.0, "d", "Which?"),
        RunFinished(1.0, "paused"),
    ]
    (planner,) = timeline(asked).spans
    assert (planner.pieces, planner.status) == ([(0.0, 1.0)], "parked")


def test_a_planner_that_was_cut_off_goes_on_when_the_run_does() -> None:
    run = timeline(
        [
            RunStarted(0.0, "", "q", 16),
            QuestionAsked(1.0, "d", "Which?"),
            RunFinished(1.0, "paused"),
            QuestionAnswered(1.0, "d", "This."),
            RunResumed(1.0, ""),
            PlanFinished(3.0),
        ]
    )
    (planner,) = run.spans
    assert planner.pieces[0] == (0.0, 1.0)
    assert planner.pieces[-1] == (1.0, 3.0)
