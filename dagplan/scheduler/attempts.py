"""Attempts at steps: how they start and end, are retried, timed out and hedged."""

from collections.abc import Callable
from functools import partial
from math import inf

from dagplan.errors import StepError
from dagplan.events import (
    StepFailed,
    StepHedged,
    StepRetried,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.policy import GRACE, Timeout
from dagplan.protocols import Admit, Emit
from dagplan.scheduler.durations import Durations
from dagplan.scheduler.failure import one_line
from dagplan.scheduler.gates import Gate
from dagplan.scheduler.limits import Share
from dagplan.scheduler.memory import Memory
from dagplan.scheduler.node import Attempt, Node
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.stimuli import Cancel, Gone, Raised, Returned, Start
from dagplan.scheduler.weighing import Weighing
from dagplan.trouble import classify


class Attempts(Weighing):
    """The upper middle storey of the machine: from a step that may start to its end.

    An attempt whose outcome no longer counts has left its step, but holds its slot
    until it has really ended.
    """

    def __init__(
        self,
        rules: Rules,
        share: Share,
        emit: Emit,
        admit: Callable[[str | None], Admit],
        memory: Memory,
    ) -> None:
        super().__init__(rules, memory)
        self._share = share
        self._emit = emit
        self._admit = admit
        self._durations = Durations()
        # Attempts that shall be joined by a second one as soon as there is room.
        self._slow: list[Attempt] = []
        # All attempts that have not ended, those that no longer count included.
        self._attempts: dict[int, Attempt] = {}
        self._started = 0
        self._active = 0
        self._grant: tuple[Gate, ...] | None = None
        self._held_until = inf
        # Looked up once: most runs have none, and then no attempt pays for them.
        self._slots = rules.slots
        self._name = rules.name
        self._timed = rules.timeout != Timeout()
        self._hedged = rules.hedge is not None
        self._told_start = self._named_start if self._names_work else StepStarted

    # Starting

    def _may_start(self, tool: str | None) -> bool:
        """Take what an attempt takes of the limits, if they allow one."""
        self._grant = self._share.take(tool, self._now)
        if self._grant is not None:
            return True
        self._held_until = min(self._held_until, self._share.held_until)
        return False

    def _start(self, node: Node) -> None:
        at = self._now
        try:
            attempt = self._begin(node)
        except StepError as error:
            self._share.undo(self._grant or ())
            self._decide_failure(node, error)
            return
        except Exception as error:  # noqa: BLE001 - values of the user's, no one else's
            self._share.undo(self._grant or ())
            text = f"its arguments cannot be put together: {one_line(error)}"
            self._decide_failure(node, StepError(text))
            return
        node.status = "running"
        if node.started is None:
            node.started = at
            if self._timed:
                self._limit_step(node)
        if self._timed or self._hedged:
            self._watch(attempt)

    def _begin(self, node: Node, *, hedge: bool = False) -> Attempt:
        """Command an attempt for which `_grant` was taken."""
        if self._names_work:
            node.digest = self._graph.work(node)
        admit = self._admit(node.tool)
        call = self._graph.call(node, self._name, self._emit, admit, self.wants)
        node.attempts = number = node.attempts + 1
        self._started = key = self._started + 1
        at = self._now
        attempt = Attempt(key, node, at, self._grant or ())
        node.active = (*node.active, attempt) if hedge else (attempt,)
        self._attempts[key] = attempt
        self._active += 1
        told = StepHedged if hedge else self._told_start
        self._commands += (told(at, node.id, number), Start(key, call))
        return attempt

    def _named_start(self, at: float, step_id: str, number: int) -> StepStarted:
        """Tell of a start together with what names the work."""
        node = self._graph.nodes[step_id]
        intent = node.tool in self._rules.side_effects
        return StepStarted(at, step_id, number, None, node.digest, intent)

    # The end of an attempt

    def _end(self, key: int, *, answered: bool = False) -> Attempt:
        """Free what an attempt held."""
        attempt = self._attempts.pop(key)
        for timer in attempt.timers:
            timer.off = True
        self._share.give_back(attempt.grant, answered=answered)
        if not attempt.left:
            self._leave(attempt)
        return attempt

    def _leave(self, attempt: Attempt) -> None:
        """Take an attempt from its step; its slot is free only when it has ended."""
        self._active -= 1
        node = attempt.node
        active = node.active
        node.active = (
            () if len(active) == 1 else tuple([a for a in active if a is not attempt])
        )

    def _returned(self, stimulus: Returned) -> None:
        attempt = self._end(stimulus.attempt, answered=True)
        if attempt.left:
            return
        node, at, value = attempt.node, stimulus.at, stimulus.value
        for rival in node.active:
            self._give_up(rival)
        if self._hedged:
            self._learn(node, at - attempt.started)
        node.ended = at
        node.error = None  # of earlier attempts
        self._commands.append(StepSucceeded(at, node.id, value, attempt.number))
        self._succeed(node, value)

    def _raised(self, stimulus: Raised) -> None:
        attempt = self._end(stimulus.attempt)
        trouble = classify(stimulus.error)
        if trouble.resource is not None:
            attempt.node.refusals += 1
            self._slow_down(attempt, trouble.resource, trouble.after)
        # The other attempt at the step goes on.
        if attempt.left or attempt.node.active:
            return
        self._attempt_failed(
            attempt, stimulus.error, stimulus.text, trouble.after or 0.0
        )

    def _gone(self, stimulus: Gone) -> None:
        attempt = self._end(stimulus.attempt)
        node = attempt.node
        if attempt.left or node.active:
            return
        node.ended = stimulus.at
        self._cancelled(node)
        self._release(node)

    def _give_up(self, attempt: Attempt) -> None:
        """Cancel an attempt whose outcome no longer counts."""
        attempt.left = True
        self._leave(attempt)
        self._cancel(attempt)

    def _cancel(self, attempt: Attempt) -> None:
        if attempt.cancelled:
            return
        attempt.cancelled = True
        for timer in attempt.timers:
            timer.off = True
        stuck = self._timers.add(self._now + GRACE, partial(self._stuck, attempt))
        attempt.timers = (stuck,)
        self._commands.append(Cancel(attempt.key))

    def _stuck(self, attempt: Attempt) -> None:
        self._tell(StepStuck(self._now, attempt.node.id, attempt.number))

    # Retries

    def _attempt_failed(
        self, attempt: Attempt, error: BaseException, text: str, after: float
    ) -> None:
        """Try the step again, or fail it."""
        node, at = attempt.node, self._now
        kind = type(error).__name__
        try:
            wait = self._wait(node, error, after)
        except Exception as broken:  # noqa: BLE001 - said with the step's own error
            # `Retry.errors` may be a function of the user's.
            wait = None
            text = f"{text}; Retry.errors failed on it: {type(broken).__name__}"
        if wait is None:
            node.ended = at
            self._tell(StepFailed(at, node.id, text, kind))
            self._fail(node, text)
            return
        self._tell(StepRetried(at, node.id, attempt.number, text, kind, wait))
        node.status = "waiting"
        node.error, node.kind = text, kind
        self._backing_off += 1
        node.retry = self._timers.add(at + wait, partial(self._try_again, node))

    def _wait(self, node: Node, error: BaseException, after: float) -> float | None:
        """Return the seconds until a step is tried again; None if it is not."""
        retry = self._rules.retry_of(node.step)
        tries = node.attempts - node.hedges - node.earlier
        ends = self._stopped or self._holds
        if ends or tries >= retry.attempts or not retry.covers(error):
            return None
        wait = max(retry.wait(tries, self._rules.chance()), after)
        # An attempt that could only begin when the step's time is up helps nobody.
        if node.deadline is not None and self._now + wait >= node.deadline.at:
            return None
        return wait

    def _try_again(self, node: Node) -> None:
        self._call_off_retry(node)
        # It is the same work still, even if a revision has since redefined an optional
        # dependency that was not there when it began.
        self._make_ready(node)

    def _slow_down(self, attempt: Attempt, resource: str, after: float | None) -> None:
        node, at = attempt.node, self._now
        wait = self._share.refused(
            node.tool, resource, after, attempt.started, at, self._rules.chance()
        )
        self._tell(Throttled(at, node.id, resource, wait))

    # Timeouts

    def _limit_step(self, node: Node) -> None:
        limit = self._rules.timeout.of(node.step.id, node.tool).step
        if limit is not None:
            late = partial(self._step_late, node, limit)
            node.deadline = self._timers.add(self._now + limit, late)

    def _step_late(self, node: Node, limit: float) -> None:
        at = self._now
        node.deadline = None
        for attempt in node.active:
            self._give_up(attempt)
        self._call_off_retry(node)
        if node.status == "ready":
            self._ready.remove(node)
        earlier = f"; before that: {node.error}" if node.error else ""
        text = f"TimeoutError: the step took longer than {limit:g} s{earlier}"
        node.ended = at
        self._tell(StepFailed(at, node.id, text, "TimeoutError"))
        self._fail(node, text)

    def _attempt_late(self, attempt: Attempt, limit: float) -> None:
        self._give_up(attempt)
        if not attempt.node.active:
            text = (
                f"TimeoutError: attempt {attempt.number} took longer than {limit:g} s"
            )
            self._attempt_failed(attempt, TimeoutError(), text, 0.0)

    def _watch(self, attempt: Attempt) -> None:
        """Set the timers of an attempt."""
        step, at = attempt.node.step, self._now
        limit = self._rules.timeout.of(step.id, step.tool).attempt
        if limit is not None:
            late = partial(self._attempt_late, attempt, limit)
            attempt.timers = (self._timers.add(at + limit, late),)
        self._expect(attempt)

    # Hedges

    def _expect(self, attempt: Attempt) -> None:
        """Set the timer after which a second attempt joins, if one may."""
        step = attempt.node.step
        hedge = None if attempt.hedged else self._rules.hedge_of(step)
        if hedge is None:
            return
        after = hedge.after
        if hedge.quantile is not None:
            learned = self._durations.quantile(step.tool, hedge.quantile)
            after = after if learned is None else learned
        if after is not None:
            join = partial(self._too_slow, attempt)
            timer = self._timers.add(max(self._now, attempt.started + after), join)
            attempt.timers = (*attempt.timers, timer)

    def _learn(self, node: Node, seconds: float) -> None:
        """Learn how long a tool takes; what was started before that is known is met."""
        if self._durations.add(node.tool, seconds):
            for attempt in self._attempts.values():
                if attempt.node.tool == node.tool and not attempt.cancelled:
                    self._expect(attempt)

    def _too_slow(self, attempt: Attempt) -> None:
        # Both the time that was given and the one that was learned may come up.
        joined = attempt.hedged or attempt in self._slow
        if not (self._stopped or self._holds or joined):
            self._slow.append(attempt)

    def _hedge_one(self) -> bool:
        """Start a second attempt, before any step that has not begun, if there is room.

        Tells whether one was started.
        """
        if self._share.is_full:
            return False
        self._slow = [a for a in self._slow if a.node.active == (a,)]
        for attempt in self._slow:
            node = attempt.node
            if self._slots is not None and len(self._attempts) >= self._slots:
                return False
            if not self._may_start(node.tool):
                continue
            self._slow.remove(attempt)
            attempt.hedged = True
            node.hedges += 1
            try:
                second = self._begin(node, hedge=True)
            except StepError:
                # The first attempt had the same values: what it was given has changed
                # under it, and its own outcome will tell.
                self._share.undo(self._grant or ())
                continue
            second.hedged = True
            self._watch(second)
            return True
        return False
