"""The campaign: seed after seed until enough processes were killed."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random

from tests.crash.kills import series
from tests.crash.nursery import Nursery
from tests.crash.orders import Engine, case_for
from tests.crash.story import Story
from tests.crash.trial import Pace, Trial
from tests.crash.verdicts import VERDICTS, judge, tally

_MOST_SHOWN = 3
_KILLS_A_PART = (
    60  # and some more: a part is some seeds, each with a dozen kills or two
)


@dataclass
class Outcome:
    """What some runs gave.

    Attributes:
        counts: What was exercised.
        faults: How many things are wrong by verdict.
        bad: In how many runs by verdict.
        said: The first failures, to be read.
    """

    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add what other runs gave."""
        self.counts += other.counts
        self.faults += other.faults
        self.bad += other.bad
        self.said = [*self.said, *other.said][: 4 * _MOST_SHOWN]

    def take(self, story: Story, number: int) -> None:
        """Judge a run and add it."""
        self.counts += tally(story)
        for verdict, complaints in judge(story).items():
            self.faults[verdict] += len(complaints)
            self.bad[verdict] += bool(complaints)
            if complaints and self.bad[verdict] <= _MOST_SHOWN:
                kills = "; ".join(map(str, story.kills)) or "none"
                where = f"--only {story.case.seed} (run {number}, kills: {kills})"
                shown = "\n    ".join(complaints[:_MOST_SHOWN])
                self.said.append(f"{verdict}: {where}\n    {shown}")


def runs_of(seed: int, engine: Engine, nursery: Nursery) -> Iterator[Story]:
    """Yield the runs of a seed: one that nobody kills, then those of its kills."""
    case = case_for(engine, seed)
    calm = Trial(case, engine, (), Pace(0.0, 0.0), nursery)
    first = calm.run()
    yield first
    appends = sum(line.kind == "appended" for line in first.lines)
    pace = calm.pace_of_last
    for kills in series(Random(~seed), appends):
        yield Trial(case, engine, kills, pace, nursery).run()


def examine(
    seed: int, engine: Engine, nursery: Nursery, most: int | None = None
) -> Outcome:
    """Judge the runs of a seed, until so many kills were delivered."""
    outcome = Outcome()
    for number, story in enumerate(runs_of(seed, engine, nursery)):
        outcome.take(story, number)
        if most is not None and outcome.counts["kills"] >= most:
            break
    outcome.counts["plans"] = 1
    return outcome


def campaign(
    first: int,
    kills: int,
    jobs: int,
    engine: Engine = "dagplan",
    of_one: int | None = 24,
) -> tuple[Outcome, float]:
    """Examine seeds until so many kills were delivered.

    Args:
        first: The first seed.
        kills: How many kills at least.
        jobs: How many processes examine.
        engine: What is examined.
        of_one: From how many kills on one plan is left for the next; None for all that
            it has boundaries for.

    Returns:
        What they gave, and the seconds it took.
    """
    began = time.perf_counter()
    total = Outcome()
    seed = first
    if jobs == 1:
        with Nursery(engine) as nursery:
            while (left := kills - total.counts["kills"]) > 0:
                most = left if of_one is None else min(left, of_one)
                total.add(examine(seed, engine, nursery, most))
                seed += 1
        return total, time.perf_counter() - began
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        while (left := kills - total.counts["kills"]) > 0:
            size = 1 + left // (_KILLS_A_PART * jobs)
            last = seed + 2 * jobs * size
            parts = [range(n, n + size) for n in range(seed, last, size)]
            for outcome in pool.imap_unordered(partial(_part, engine, of_one), parts):
                total.add(outcome)
            seed = last
    return total, time.perf_counter() - began


def _part(engine: Engine, of_one: int | None, seeds: range) -> Outcome:
    """Examine some seeds in a process of a pool."""
    total = Outcome()
    with Nursery(engine) as nursery:
        for seed in seeds:
            total.add(examine(seed, engine, nursery, of_one))
    return total


def table(outcome: Outcome, engine: Engine, seconds: float) -> str:
    """Write what a campaign exercised, and its verdicts."""
    counts = outcome.counts
    rate = counts["kills"] / seconds if seconds else 0.0
    lines = [f"{engine}: {counts['kills']:,} kills in {seconds:.1f} s, {rate:.1f}/s"]
    lines += [f"  {number:>9,}  {name}" for name, number in sorted(counts.items())]
    lines.append(f"  {'found':>9}  {'in runs':>9}  verdict")
    lines += [
        f"  {outcome.faults[name]:>9,}  {outcome.bad[name]:>9,}  {name}"
        for name in VERDICTS
    ]
    return "\n".join(lines)
