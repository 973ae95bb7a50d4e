"""A slice of the campaign, and that the campaign can fail."""

from dataclasses import replace

import pytest

from dagplan.events import StepFailed, StepStarted, StepSucceeded
from tests.simulate.campaign import examine, explain, run_seeds
from tests.simulate.case import Case, Flow, Script, Task, source
from tests.simulate.drive import play
from tests.simulate.invariants import check
from tests.simulate.plans import case_of
from tests.simulate.shrink import shrunk
from tests.simulate.world import Began, Ended, Entry, Story


@pytest.mark.parametrize("part", range(4))
def test_a_slice_of_the_campaign_finds_nothing(part):
    outcome = run_seeds(range(60 * part, 60 * part + 60))
    assert outcome.failed == {}
    assert outcome.counts["cases"] == 60


def test_a_seed_gives_the_same_case_and_the_same_story():
    first, second = play(case_of(11)), play(case_of(11))
    assert case_of(11) == case_of(11)
    assert [_plain(e) for e in first.log] == [_plain(e) for e in second.log]


def test_a_case_is_written_as_python_without_its_defaults():
    case = chain(seconds=2.0)
    assert source(case) == (
        "Case(flows=(Flow(tasks=(Task(id='a', scripts=((Script(seconds=2.0),),)), "
        "Task(id='b', refers=('a',)), Task(id='c', needs=('a',)))),), slots=1)"
    )


# The campaign can fail: each wrong story is seen to be wrong


def chain(seconds: float = 1.0) -> Case:
    first = Task("a", scripts=((Script(seconds=seconds),),))
    tasks = (first, Task("b", refers=("a",)), Task("c", needs=("a",)))
    return Case((Flow(tasks),), slots=1)


def _plain(entry: Entry) -> str:
    what = entry.what
    if isinstance(what, Began | Ended):
        return f"{entry.at} {type(what).__name__} {what.ran.node} {what.ran.attempt}"
    return "" if type(what).__name__ == "RunStarted" else f"{entry.at} {what}"


def rules(story: Story) -> set[str]:
    return {violation.rule for violation in check(story)}


def place(story: Story, kind: type, step_id: str) -> int:
    return next(
        n
        for n, entry in enumerate(story.log)
        if isinstance(entry.what, kind)
        and getattr(entry.what, "step_id", None) == step_id
    )


def ran_place(story: Story, kind: type[Began] | type[Ended], node: str) -> int:
    return next(
        n
        for n, entry in enumerate(story.log)
        if isinstance(entry.what, Began | Ended)
        and isinstance(entry.what, kind)
        and entry.what.ran.node == node
    )


def put(story: Story, position: int, entry: Entry) -> None:
    """Put a line into the log, and an event into the run's own list as well."""
    story.log.insert(position, entry)
    told = (e.what for e in story.log)
    story.runs[0].events = [e for e in told if not isinstance(e, Began | Ended)]


def moved(story: Story, position: int, to: int) -> None:
    entry = story.log.pop(position)
    put(story, to, entry)


def test_an_honest_story_has_nothing_wrong():
    assert rules(play(chain())) == set()


def test_a_step_before_its_dependency_is_seen():
    story = play(chain())
    moved(story, place(story, StepStarted, "b"), place(story, StepSucceeded, "a"))
    assert "early" in rules(story)


def test_two_steps_over_one_slot_are_seen_in_the_events():
    story = play(chain(0.0))
    moved(story, place(story, StepStarted, "c"), place(story, StepSucceeded, "b"))
    assert "slots" in rules(story)


def test_two_attempts_over_one_slot_are_seen_in_the_world():
    story = play(chain(0.0))
    moved(story, ran_place(story, Began, "c"), ran_place(story, Ended, "b"))
    assert "slots" in rules(story)


def test_two_final_statuses_are_seen():
    story = play(chain())
    position = place(story, StepSucceeded, "b")
    at = story.log[position].at
    epoch = story.runs[0].epoch
    put(
        story,
        position + 1,
        Entry(at, 0, StepFailed(at - epoch, "b", "no", "BrokenError")),
    )
    assert "two-final" in rules(story)


def test_a_missing_final_status_is_seen():
    story = play(chain())
    moved(story, place(story, StepSucceeded, "b"), len(story.log))
    del story.log[-1]
    story.runs[0].events.pop()
    assert "no-final" in rules(story)


def test_a_wrong_value_is_seen():
    story = play(chain())
    position = place(story, StepSucceeded, "b")
    entry = story.log[position]
    assert isinstance(entry.what, StepSucceeded)
    told = replace(entry.what, value="another's")
    story.log[position] = replace(entry, what=told)
    assert {"value", "results"} <= rules(story)


def test_a_wrong_result_is_seen():
    story = play(chain())
    results = dict(story.runs[0].results or {})
    results["b"] = replace(results["b"], value="another's")
    story.runs[0].results = results
    assert {"value", "results"} <= rules(story)


def test_a_step_that_starts_late_is_seen():
    story = play(chain())
    for position, entry in enumerate(story.log):
        if position >= place(story, StepStarted, "b"):
            story.log[position] = replace(entry, at=entry.at + 1.0)
    assert {"eager", "moment"} <= rules(story)


def test_an_attempt_that_nobody_told_of_is_seen():
    story = play(chain())
    story.rans.append(replace(story.rans[-1], attempt=2))
    assert "untold" in rules(story)


def test_an_attempt_that_outlives_its_run_is_seen():
    story = play(chain())
    story.runs[0].alive = 1
    assert "alive" in rules(story)


def test_shrinking_leaves_what_the_failure_needs_and_nothing_else():
    def fails(case: Case) -> bool:
        return any(
            script.kind == "lasting" and task.optional
            for flow in case.flows
            for task in flow.tasks
            for attempts in task.scripts
            for script in attempts
        )

    seed = next(s for s in range(1_000) if fails(case_of(s)))
    small = shrunk(case_of(seed), fails)
    assert len(small.flows) == 1
    flow = small.flows[0]
    (task,) = (task for task in flow.tasks if task.optional)
    assert task.scripts == ((Script(kind="lasting"),),)
    assert len(task.optional) == 1
    assert (flow.retry.attempts, flow.hedge, flow.until) == (1, None, None)
    assert (small.slots, small.per_tool, flow.mode) == (None, {}, "execute")


def test_a_crash_is_told_with_its_case():
    broken = Case((Flow((Task("a", needs=("nowhere",)),)),))
    assert examine(broken)[1]
    assert "nowhere" in explain(broken)
