"""What a campaign has exercised: so many runs with this, so many with that."""

from collections import Counter

from dagplan.events import (
    BudgetReached,
    Revised,
    RunFinished,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    Throttled,
)
from tests.simulate.world import Began, Ended, Story

_EVENTS = {
    StepRetried: "retries",
    StepHedged: "hedges",
    Throttled: "429s",
    StepSkipped: "skipped steps",
    StepFailed: "failed steps",
    StepCancelled: "cancelled steps",
    StepStuck: "stuck attempts",
    Revised: "revisions",
    BudgetReached: "bounds reached",
}


def tally(story: Story) -> Counter[str]:
    """Count what a story has of each feature."""
    counts: Counter[str] = Counter(cases=1, runs=len(story.runs))
    counts["attempts"] = len(story.rans)
    for entry in story.log:
        what = entry.what
        if isinstance(what, Began | Ended):
            continue
        if (name := _EVENTS.get(type(what))) is not None:
            counts[name] += 1
        if getattr(what, "kind", None) == "TimeoutError":
            counts["timeouts"] += 1
        if isinstance(what, StepStarted) and what.items is not None:
            counts["for_each steps"] += 1
            counts["for_each steps over nothing"] += not what.items
        if isinstance(what, RunFinished) and what.outcome == "cancelled":
            counts["cancelled runs"] += 1
    counts["events"] = sum(len(told.events) for told in story.runs)
    counts["runs left by an exception"] = sum(
        told.flow.mode == "error" and told.cut < float("inf") for told in story.runs
    )
    counts["runs with until"] = sum(told.flow.until is not None for told in story.runs)
    counts["plans written step by step"] = sum(t.flow.pause > 0 for t in story.runs)
    counts["cases of shared throttles"] = len(story.runs) > 1
    counts["cases with requests per minute"] = story.case.per_minute is not None
    counts["attempts that clung"] = sum(
        ran.told_off is not None and ran.ended != ran.told_off for ran in story.rans
    )
    counts["further requests"] = sum(len(ran.requests) for ran in story.rans)
    return counts
