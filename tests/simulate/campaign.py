"""The campaign: many seeds, on several processes, and the first failure made small."""

import gc
import multiprocessing
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.simulate.case import Case, source
from tests.simulate.drive import play
from tests.simulate.invariants import Violation, check
from tests.simulate.plans import case_of
from tests.simulate.shrink import shrunk
from tests.simulate.tally import tally
from tests.simulate.world import Began, Ended, Story

_MOST_FAILURES = 5
_MOST_LINES = 80


@dataclass
class Outcome:
    """What some seeds gave.

    Attributes:
        counts: What was exercised.
        failed: Seeds that failed, with the rules that they break.
    """

    counts: Counter[str] = field(default_factory=Counter)
    failed: dict[int, list[str]] = field(default_factory=dict)

    def add(self, other: "Outcome") -> None:
        """Add what other seeds gave."""
        self.counts += other.counts
        self.failed.update(other.failed)


def examine(case: Case) -> tuple[Story | None, list[Violation]]:
    """Play a case and return its story with all that is wrong with it."""
    try:
        story = play(case)
    except Exception:  # noqa: BLE001 - a crash is a finding, with its traceback
        return None, [Violation("crash", traceback.format_exc())]
    return story, check(story)


def run_seeds(seeds: range) -> Outcome:
    """Examine the cases of some seeds; ends early when too many fail."""
    outcome = Outcome()
    for seed in seeds:
        story, wrong = examine(case_of(seed))
        if story is not None:
            outcome.counts += tally(story)
        if wrong:
            outcome.failed[seed] = sorted({violation.rule for violation in wrong})
            if len(outcome.failed) >= _MOST_FAILURES:
                break
    return outcome


def collect_less() -> None:
    """Let the garbage collector look at what a case leaves behind less often."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def campaign(first: int, runs: int, jobs: int) -> tuple[Outcome, float]:
    """Examine so many seeds; returns what they gave, and the seconds it took."""
    began = time.perf_counter()
    total = Outcome()
    collect_less()
    if jobs == 1:
        total.add(run_seeds(range(first, first + runs)))
        return total, time.perf_counter() - began
    size = max(1, min(2_000, runs // (4 * jobs) + 1))
    last = first + runs
    parts = [range(n, min(n + size, last)) for n in range(first, last, size)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, initializer=collect_less) as pool:
        for outcome in pool.imap_unordered(run_seeds, parts):
            total.add(outcome)
            if len(total.failed) >= _MOST_FAILURES:
                pool.terminate()
                break
    return total, time.perf_counter() - began


def smallest(case: Case, rule: str) -> Case:
    """Return the smallest case that still breaks a rule."""
    return shrunk(case, lambda c: any(v.rule == rule for v in examine(c)[1]))


def explain(case: Case) -> str:
    """Write what a case says, what it breaks, and what happened, line by line."""
    story, wrong = examine(case)
    lines = [f"case = {source(case)}", *(f"  {violation}" for violation in wrong)]
    told = [] if story is None else [_line(story, n) for n in range(len(story.log))]
    shown = told[:_MOST_LINES]
    more = [f"  ... {len(told) - len(shown)} more"] if len(told) > len(shown) else []
    return "\n".join([*lines, *shown, *more])


def _line(story: Story, position: int) -> str:
    entry = story.log[position]
    at = entry.at - story.runs[entry.flow].epoch
    what = entry.what
    if isinstance(what, Began):
        text = f"(attempt {what.ran.attempt} of {what.ran.node} begins)"
    elif isinstance(what, Ended):
        text = f"(attempt {what.ran.attempt} of {what.ran.node} ends: {what.ran.how})"
    else:
        text = str(what)
    return f"  run {entry.flow} {at:10.4f}  {text}"


def report(outcome: Outcome, seconds: float) -> str:
    """Write what a campaign exercised, and how fast."""
    cases = outcome.counts["cases"]
    rate = cases / seconds if seconds else 0.0
    lines = [f"{cases:,} cases in {seconds:.1f} s, {rate:,.0f} a second"]
    lines += [f"  {n:>12,} {name}" for name, n in sorted(outcome.counts.items()) if n]
    return "\n".join(lines)


def show(seed: int, rule: str | None = None) -> None:
    """Print a case, and the smallest case that breaks the same rule."""
    case = case_of(seed)
    wrong = examine(case)[1]
    if not wrong:
        sys.stdout.write(f"seed {seed}: nothing wrong\n{explain(case)}\n")
        return
    rule = rule or wrong[0].rule
    sys.stdout.write(f"seed {seed} breaks {rule!r}; the smallest case that does:\n")
    sys.stdout.write("from tests.simulate.case import *\n")
    sys.stdout.write(f"{explain(smallest(case, rule))}\n")
