"""The attempts at one step, one after the other: each has one right continuation.

Given when attempts began, their scripts and the policies say what had to happen next
and when: a success, a retry, a failure, or nothing since another attempt goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from dagplan.events import (
    Event,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepRetried,
    StepStarted,
    StepStuck,
    StepSucceeded,
)
from dagplan.policy import GRACE
from tests.simulate.case import Flow
from tests.simulate.ledger import FINAL, Item
from tests.simulate.world import ERRORS, Ran

EPS = 1e-6
Found = Iterator[tuple[str, str]]
_NAMES = {**ERRORS, "timeout": "TimeoutError", "refused": "BudgetError"}
_TRANSIENT = ("transient", "limited", "timeout")


@dataclass(frozen=True, slots=True)
class End:
    """When an attempt ends unless something ends it first.

    Attributes:
        at: By the world's clock.
        kinds: How: the kinds of `Script`, or `timeout`; several where two fall
            together.
    """

    at: float
    kinds: frozenset[str]


def end_of(ran: Ran, limit: float | None) -> End:
    """Return when an attempt ends, given its timeout."""
    timeout = inf if limit is None else ran.started + limit
    kind = "refused" if ran.refused else ran.script.kind
    if ran.due < timeout - EPS:
        return End(ran.due, frozenset({kind}))
    if ran.due > timeout + EPS:
        return End(timeout, frozenset({"timeout"}))
    return End(timeout, frozenset({kind, "timeout"}))


@dataclass(slots=True)
class Attempts:
    """Walks through the events of one step or item.

    Attributes:
        flow: The run.
        item: The step.
        rans: Its attempts by number, as the world saw them.
        stop: When the run was cut or the step dropped; infinite if neither.
        live: Attempts that run and that nothing has decided about.
        held: When the run left off, since its budget was spent; infinite if it did not.
        learned: Shortest time of a success of the same tool, for learned hedges.
    """

    flow: Flow
    item: Item
    rans: dict[int, Ran]
    stop: float
    held: float = inf
    live: dict[int, End] = field(default_factory=dict)
    first: float | None = None
    rounds: int = 0
    count: int = 0
    hedged: bool = False
    not_before: float = -inf
    retried: str | None = None
    over: float = inf

    def check(self) -> Found:
        """Yield what is wrong, as (rule, detail)."""
        for at, event in self.item.events:
            yield from self._lost(at)
            yield from self._take(at, event)
            if type(event) in FINAL:
                self.over = at
                break
        else:
            yield from self._unfinished()
        yield from self._endings()

    def _say(self, text: str) -> str:
        return f"{self.item.id}: {text}"

    def _unfinished(self) -> Found:
        if self.stop == inf:
            yield "no-final", self._say(f"no final status, it is {self.item.status}")

    def _lost(self, until: float) -> Found:
        """Take attempts out that failed before a moment while others went on."""
        deadline = self._deadline()
        if deadline < min(until, self.stop) - EPS:
            yield "late", self._say(f"went on after its time was over at {deadline}")
        for number, end in sorted(self.live.items(), key=lambda pair: pair[1].at):
            if end.at >= min(until, self.stop) - EPS:
                return
            certain = "ok" in end.kinds and len(end.kinds) == 1
            if certain or len(self.live) == 1:
                text = f"attempt {number} was over at {end.at} ({set(end.kinds)})"
                yield "late", self._say(f"{text}, nothing was told until {until}")
            del self.live[number]

    def _deadline(self) -> float:
        limit = self.flow.timeout_of(self.item.task).step
        return inf if limit is None or self.first is None else self.first + limit

    def _take(self, at: float, event: Event) -> Found:
        match event:
            case StepStarted():
                yield from self._started(at, event)
            case StepHedged():
                yield from self._hedged(at, event)
            case StepRetried():
                yield from self._retried(at, event)
            case StepSucceeded():
                yield from self._succeeded(at, event)
            case StepFailed():
                yield from self._failed(at, event)
            case StepCancelled():
                yield from self._cancelled(at)
            case _:
                pass
        never = not self.rounds and at >= self.held - EPS
        if at > self.stop + EPS and not (never or self._clung(at)):
            yield "after-the-end", self._say(f"{event} after it stopped at {self.stop}")

    def _begin(self, at: float, number: int) -> Found:
        self.count += 1
        if number != self.count:
            yield "numbers", self._say(f"attempt {number} is number {self.count}")
        ran = self.rans.get(number)
        if ran is None:
            killed = min(self.stop, self._settled_at())
            if killed > at + EPS:
                yield "unseen", self._say(f"attempt {number} never ran")
            self.live[number] = End(inf, frozenset())
            return
        if abs(ran.started - at) > EPS:
            yield "unseen", self._say(f"attempt {number} began at {ran.started}")
        self.live[number] = end_of(ran, self.flow.timeout_of(self.item.task).attempt)

    def _settled_at(self) -> float:
        finals = [at for at, event in self.item.events if type(event) in FINAL]
        return min(finals, default=inf)

    def _started(self, at: float, event: StepStarted) -> Found:
        self.rounds += 1
        if self.live:
            yield "twice", self._say(f"{event} while {sorted(self.live)} run")
        if self.rounds > self.flow.retry_of(self.item.task).attempts:
            yield "too-often", self._say(f"{event} is its round {self.rounds}")
        if at < self.not_before - EPS:
            yield "too-soon", self._say(f"{event} before {self.not_before}")
        self.first = at if self.first is None else self.first
        self.hedged = False
        yield from self._begin(at, event.attempt)

    def _hedged(self, at: float, event: StepHedged) -> Found:
        hedge = self.flow.hedge_of(self.item.task)
        if self.hedged or len(self.live) != 1:
            yield "hedge", self._say(f"{event} beside {sorted(self.live)}")
        known = [self.rans[n].started for n in self.live if n in self.rans]
        started = min(known, default=at)
        if hedge.after is None and hedge.quantile is None:
            yield "hedge", self._say(f"{event} without a hedge")
        if hedge.quantile is None and at < started + (hedge.after or 0.0) - EPS:
            yield "hedge", self._say(f"{event} before its time")
        self.hedged = True
        yield from self._begin(at, event.attempt)

    def _ending(self, at: float) -> dict[int, End]:
        return {n: end for n, end in self.live.items() if abs(end.at - at) <= EPS}

    def _succeeded(self, at: float, event: StepSucceeded) -> Found:
        end = self._ending(at).get(event.attempt)
        if (end is None or "ok" not in end.kinds) and not self._clung(at):
            yield "success", self._say(f"{event} but {self.live}")
        ran = self.rans.get(event.attempt)
        if ran is None or ran.how != "value":
            yield "success", self._say(f"{event} of an attempt that gave no value")

    def _clung(self, at: float) -> bool:
        """Tell whether an attempt that swallowed the end of the run ended just now."""
        return at >= self.stop - EPS and any(
            ran.told_off is not None
            and ran.ended is not None
            and abs(ran.ended - at) <= EPS
            for ran in self.rans.values()
        )

    def _fails(self, at: float) -> set[str]:
        """Return the kinds of the failure that a step can have had at a moment."""
        ending = self._ending(at)
        if not ending or len(ending) < len(self.live):
            return set()
        if any(end.kinds == {"ok"} for end in ending.values()):
            return set()
        return {kind for end in ending.values() for kind in end.kinds} - {"ok"}

    def _waits(self, kind: str) -> tuple[float, float]:
        """Return the bounds of the wait after a failure now."""
        retry = self.flow.retry_of(self.item.task)
        # After a hedge the waits may count by rounds or by attempts.
        exact = [retry.wait(n, 0.0) for n in (self.rounds, self.count)]
        afters = [0.0]
        if kind == "limited":
            # Of two that fail at the same moment, either may be told of last.
            afters = [self.rans[n].script.after or 0.0 for n in self.live] or [0.0]
        low = min(exact) * (1 - retry.jitter)
        return max(low, min(afters)), max(*exact, *afters)

    def _retried(self, at: float, event: StepRetried) -> Found:
        kinds = {k for k in self._fails(at) if _NAMES[k] == event.kind}
        if not kinds or event.attempt not in self.live:
            yield "retry", self._say(f"{event} at {at} but {self.live}")
        if not kinds <= {*_TRANSIENT}:
            yield "retry", self._say(f"{event} of a lasting error")
        if self.rounds >= self.flow.retry_of(self.item.task).attempts:
            yield "too-often", self._say(f"{event} in its round {self.rounds}")
        for kind in kinds:
            low, high = self._waits(kind)
            if not low - EPS <= event.wait <= high + EPS:
                yield "wait", self._say(f"{event} not within {low} and {high}")
        if at + event.wait > self._deadline() + EPS:
            yield "wait", self._say(f"{event} beyond its time {self._deadline()}")
        self.live.clear()
        self.retried = event.kind
        self.not_before = at + event.wait

    def _failed(self, at: float, event: StepFailed) -> Found:
        if self.rounds == 0 or abs(at - self._deadline()) <= EPS:
            if self.rounds == 0 and self.item.task.over is None:
                yield "failure", self._say(f"{event} before it began")
            if self.rounds and event.kind not in _NAMES.values():
                yield "failure", self._say(f"{event} is no error of its own")
            return
        if not self.live and abs(at - self.held) <= EPS and event.kind == self.retried:
            return  # nobody tries it again
        kinds = {k for k in self._fails(at) if _NAMES[k] == event.kind}
        if not kinds and self._clung(at):
            return
        if not kinds:
            yield "failure", self._say(f"{event} at {at} but {self.live}")
        elif all(self._must_retry(at, kind) for kind in kinds):
            yield "failure", self._say(f"{event} could be tried again")

    def _must_retry(self, at: float, kind: str) -> bool:
        if kind not in _TRANSIENT or at >= self.held - EPS:
            return False
        if self.rounds >= self.flow.retry_of(self.item.task).attempts:
            return False
        return at + self._waits(kind)[1] < self._deadline() - EPS

    def _cancelled(self, at: float) -> Found:
        if not self.rounds and at >= self.held - EPS:
            return  # it never began, and never will
        if at < self.stop - EPS:
            yield "cancelled", self._say(f"at {at}, before anything stopped it")
        ends = [r.ended for r in self.rans.values() if r.ended is not None]
        if at > max([self.stop, *ends]) + EPS:
            yield "cancelled", self._say(f"at {at}, long after {self.stop}")

    # Each attempt was ended when it had to be, and by nothing else

    def _endings(self) -> Found:
        for number, ran in self.rans.items():
            if number > self.count:
                yield "untold", self._say(f"attempt {number} ran, no event tells of it")
            yield from self._ending_of(ran)

    def _ending_of(self, ran: Ran) -> Found:
        limit = self.flow.timeout_of(self.item.task).attempt
        timeout = inf if limit is None else ran.started + limit
        killed = min(timeout, self.over, self.stop)
        what = self._say(f"attempt {ran.attempt}")
        if ran.ended is None:
            yield "alive", f"{what} never ended"
        elif ran.due < killed - EPS:
            if ran.told_off is not None:
                yield "killed", f"{what} was cancelled at {ran.told_off} for nothing"
        elif ran.due > killed + EPS:
            told_off = inf if ran.told_off is None else ran.told_off
            if abs(told_off - killed) > EPS:
                yield "killed", f"{what} was cancelled at {told_off}, not at {killed}"


def check_stuck(
    item: str, rans: list[Ran], stuck: list[tuple[float, Event]], over: float
) -> Found:
    """Check that attempts which outlive their cancellation are named once.

    Args:
        item: Id of the step or item, over all its definitions.
        rans: Its attempts.
        stuck: The events `StepStuck` of it, with their moments.
        over: When the run was over, after which nothing is told.
    """
    told = [(at, e.attempt) for at, e in stuck if isinstance(e, StepStuck)]
    for ran in rans:
        if ran.told_off is None or ran.ended is None:
            continue
        moment = ran.told_off + GRACE
        named = (n for at, n in told if n == ran.attempt and abs(at - moment) <= EPS)
        count = sum(1 for _ in named)
        if min(ran.ended, over) > moment + EPS and count != 1:
            yield "stuck", f"{item}: attempt {ran.attempt} named {count} times"
        if ran.ended < moment - EPS and count:
            yield "stuck", f"{item}: attempt {ran.attempt} named, but it ended"
    if len(told) > sum(ran.told_off is not None for ran in rans):
        yield "stuck", f"{item}: named {len(told)} times"
