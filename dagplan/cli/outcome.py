"""What came of a run: the answer, the figures, the steps that went wrong."""

from collections.abc import Iterator

from dagplan.agent.approval import Held
from dagplan.cli.exits import ANSWERED, INCOMPLETE, NO_ANSWER, Ending
from dagplan.cli.values import value_text
from dagplan.events import BudgetReached, StepResult
from dagplan.scheduler import Run
from dagplan.views import one_line
from dagplan.views.cells import cut

_LONGEST_REASON = 4_000


def ends_text(run: Run) -> str:
    """Write what was found by the steps on which no other depends."""
    needed = {name for step in run.plan.steps for name in step.dependencies()}
    ends = [step.id for step in run.plan.steps if step.id not in needed]
    found = [name for name in ends if run.results[name].status == "succeeded"]
    return "\n".join(f"{name}: {value_text(run.results[name].value)}" for name in found)


def ending_of(run: Run, response: str) -> Ending:
    """Say how the program ends after a run, and name the steps without a value."""
    lines = tuple(
        f"step {step_id} {result.status}: {_reason(result)}"
        for step_id, result in run.results.items()
        if result.status != "succeeded"
    )
    if lines:
        # Why the rest was not done comes first.
        lines = (*_bounds(run), *lines)
    if not response:
        return Ending(NO_ANSWER, (*lines, "there is no answer: nothing was found"))
    return Ending(INCOMPLETE if lines else ANSWERED, lines)


def held_ending(held: Held, *, recorded: bool = True) -> Ending:
    """Say what a run waits for, and how to go on with it.

    Args:
        held: The run.
        recorded: Whether it can be resumed.
    """
    if held.asked is not None:
        return Ending(NO_ANSWER, _asked_lines(held, held.asked.question, recorded))
    doubt = "in doubt: it had begun when the run was cut off, and may have been done"
    lines = [f"step {past.step_id} {doubt}" for past in held.in_doubt]
    lines += [f"step {each.step_id} waits for approval" for each in held.parked]
    if held.plan_digest is not None:
        lines.append("the plan waits for approval")
    go_on = f"dagplan resume {held.run_id}"
    if held.in_doubt:
        step_id = held.in_doubt[0].step_id
        go_on += f" --retry {step_id}, or --accept {step_id}=VALUE"
    return Ending(NO_ANSWER, (*lines, f"go on with: {go_on}"))


def _asked_lines(held: Held, asked: str, recorded: bool) -> tuple[str, str]:
    go_on = (
        f'dagplan resume {held.run_id} --answer "…"'
        if recorded
        else ("the same question, with the answer in it")
    )
    return (
        f"before it can plan it has to know: {one_line(asked)}",
        f"go on with: {go_on}",
    )


def _bounds(run: Run) -> Iterator[str]:
    for event in run.events:
        if isinstance(event, BudgetReached):
            yield f"ended early: {event.said}"


def _reason(result: StepResult) -> str:
    # Tools put whole documents into errors.
    return cut(one_line((result.error or "it was ended")[:_LONGEST_REASON]), 500)
