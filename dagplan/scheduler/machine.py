"""Every decision of a run: what happened in, commands out; no clock, no event loop."""

from collections import deque
from collections.abc import Callable
from functools import partial
from math import inf

from dagplan.errors import StepError
from dagplan.events import (
    PlanFinished,
    Revised,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepResult,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.plan.references import find, short
from dagplan.policy import GRACE, Timeout
from dagplan.protocols import Admit, Emit
from dagplan.scheduler.durations import Durations
from dagplan.scheduler.graph import StepGraph
from dagplan.scheduler.limits import Gate, Share
from dagplan.scheduler.node import Attempt, Node
from dagplan.scheduler.ready import ReadyQueue
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.stimuli import (
    Cancel,
    Command,
    Decided,
    Gone,
    Raised,
    Returned,
    Start,
    Stop,
    Tick,
)
from dagplan.scheduler.timers import Timers
from dagplan.trouble import classify

Stimulus = Returned | Raised | Gone | Tick | Stop | StepPlanned | PlanFinished | Revised
_NO_TIME_AT_ALL = 1e-9  # what adding and taking away the start of a run may round off
_MOST_NAMED = 5  # items that failed, in one line


class Machine:
    """The state of a run and the rules that change it.

    Args:
        rules: By which policies it decides.
        share: What it may use of the limits.
        emit: Handed to each step's call; the machine itself never calls it.
        admit: Returns what is handed to the calls of a tool, likewise.

    Attributes:
        wake_at: The moment at which it wants a `Tick`; infinity for none.
    """

    def __init__(
        self,
        rules: Rules,
        share: Share,
        emit: Emit,
        admit: Callable[[str | None], Admit],
    ) -> None:
        self.wake_at = inf
        self._rules = rules
        self._share = share
        self._emit = emit
        self._admit = admit
        self._graph = StepGraph()
        self._timers = Timers()
        self._durations = Durations()
        self._ready = ReadyQueue()
        # Steps that became ready before it was known how urgent they are.
        self._fresh: list[Node] = []
        # `for_each` steps whose list is known; going over to their items needs no slot.
        self._lists: deque[Node] = deque()
        # Attempts that shall be joined by a second one as soon as there is room.
        self._slow: list[Attempt] = []
        # All attempts that have not ended, those that no longer count included.
        self._attempts: dict[int, Attempt] = {}
        self._started = 0
        self._active = 0
        self._backing_off = 0
        self._goals: set[str] | None = None
        self._complete = False
        self._stopped = False
        self._slots = rules.slots
        self._name = rules.name
        self._grant: tuple[Gate, ...] | None = None
        self._now = 0.0
        self._held_until = inf
        self._commands: list[Command] = []
        # Looked up once: most runs have none, and then no attempt pays for them.
        self._timed = rules.timeout != Timeout()
        self._hedged = rules.hedge is not None

    @property
    def idle(self) -> bool:
        """Whether the plan is complete and nothing runs, waits to or can start."""
        return (
            not self._active
            and self._complete
            and not self._ready.count
            and not self._backing_off
        )

    @property
    def over(self) -> bool:
        """Whether it is idle and every attempt has really ended."""
        return self.idle and not self._attempts

    def ends(self) -> list[str]:
        """Return the ids of the steps that no other waits for."""
        return [n.id for n in self._graph if n.parent is None and not n.dependents]

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step, items after their `for_each` step."""
        return {node.id: node.result() for node in self._graph}

    def handle(self, *stimuli: Stimulus) -> list[Command]:
        """Take what happened and decide what to do about it.

        Several stimuli count as one moment: slots are filled after the last, so that
        a whole plan can be weighed before its first step starts.

        Raises:
            ValueError: `Rules.estimate` gave no length of time.
        """
        self._commands = []
        for stimulus in stimuli:
            self._now = stimulus.at
            if type(stimulus) is Returned:
                self._returned(stimulus)
            else:
                self._transition(stimulus)
        if self._graph.changed:
            self._rank()
        self._go_on()
        return self._commands

    def _transition(self, stimulus: Stimulus) -> None:
        match stimulus:
            case StepPlanned():
                self._advance(self._graph.add(stimulus.step))
            case Returned():
                self._returned(stimulus)
            case Raised():
                self._raised(stimulus)
            case Gone():
                self._gone(stimulus)
            case Tick():
                self._timers.run(stimulus.at + _NO_TIME_AT_ALL)
            case PlanFinished():
                self._plan_finished(stimulus)
            case Revised():
                self._revise(stimulus)
            case Stop():
                self._stop()

    def _tell(self, event: Decided) -> None:
        self._commands.append(event)

    # Waiting

    def _plan_finished(self, event: PlanFinished) -> None:
        self._complete = True
        self._graph.wanted.update(ref.step for ref in find(event.answer))
        self._count_goals()

    def _count_goals(self) -> None:
        if self._rules.until is not None:
            nodes = self._graph.nodes
            goals = (nodes.get(step_id) for step_id in self._rules.until)
            self._goals = {n.id for n in goals if n is not None and not n.settled}

    def _rank(self) -> None:
        """Weigh all steps anew; called when the plan has grown or changed."""
        self._graph.rank(self._rules.estimate, self._rules.until)
        self._ready.extend([*self._ready.take_all(), *self._fresh])
        self._fresh.clear()

    def _advance(self, node: Node) -> None:
        """Skip a waiting node, make it ready, or leave it waiting."""
        # Where none has settled, none has failed.
        settled = node.waits < len(node.dependencies)
        failed = self._graph.requirement_failed(node) if settled else None
        if failed is not None:
            self._skip(node, failed)
        elif node.waits == 0 and node.retry is None:
            self._make_ready(node)

    def _make_ready(self, node: Node) -> None:
        if self._stopped:
            return
        node.status = "ready"
        if node.step.for_each is not None and node.parent is None:
            self._lists.append(node)
        elif self._graph.changed:
            self._fresh.append(node)
        else:
            self._ready.push(node)

    # Starting

    def _go_on(self) -> None:
        """Do all that can be done at this moment.

        A loop, since a step that cannot start settles at once and may free others: by
        recursion a chain of a thousand empty lists would exhaust the stack.
        """
        self._held_until = inf
        while True:
            if self._lists:
                self._expand(self._lists.popleft())
            elif self._goals is not None and not self._goals and not self._stopped:
                self._stop()
            elif self._slow and self._hedge_one():
                pass
            elif self._ready.count and (node := self._next()) is not None:
                self._start(node)
            else:
                break
        if self._share.queued:
            self._share.looked()
        self.wake_at = min(self._timers.next, self._held_until)

    def _next(self) -> Node | None:
        """Take out the next step, with what it takes of the limits in `_grant`."""
        if self._slots is not None and len(self._attempts) >= self._slots:
            return None
        return self._ready.pop(self._may_start)

    def _may_start(self, tool: str | None) -> bool:
        """Take what an attempt takes of the limits, if they allow one."""
        self._grant = self._share.take(tool, self._now)
        if self._grant is None:
            self._held_until = min(self._held_until, self._share.held_until)
            return False
        return True

    def _start(self, node: Node) -> None:
        at = self._now
        try:
            attempt = self._begin(node)
        except StepError as error:
            self._share.give_back(self._grant or ())
            self._decide_failure(node, error)
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
        tool = node.step.tool
        call = self._graph.call(node, self._name, self._emit, self._admit(tool))
        node.attempts += 1
        self._started += 1
        at, key = self._now, self._started
        attempt = Attempt(key, node, at, self._grant or ())
        node.active = (*node.active, attempt) if hedge else (attempt,)
        self._attempts[key] = attempt
        self._active += 1
        self._tell(
            StepHedged(at, node.id, attempt.number)
            if hedge
            else StepStarted(at, node.id, attempt.number)
        )
        self._commands.append(Start(key, call))
        return attempt

    # The end of an attempt

    def _end(self, key: int) -> Attempt:
        """Free what an attempt held."""
        attempt = self._attempts.pop(key)
        if attempt.timers:
            for timer in attempt.timers:
                timer.off = True
        self._share.give_back(attempt.grant)
        if not attempt.left:
            self._leave(attempt)
        return attempt

    def _leave(self, attempt: Attempt) -> None:
        """Take an attempt from its step; its slot is free only when it has ended."""
        self._active -= 1
        active = attempt.node.active
        attempt.node.active = (
            () if len(active) == 1 else tuple([a for a in active if a is not attempt])
        )

    def _returned(self, stimulus: Returned) -> None:
        at, key, value = stimulus
        attempt = self._end(key)
        self._share.succeeded(attempt.grant)
        if attempt.left:
            return
        node = attempt.node
        if node.active:
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
        node.error = text
        self._backing_off += 1
        node.retry = self._timers.add(at + wait, partial(self._try_again, node))

    def _wait(self, node: Node, error: BaseException, after: float) -> float | None:
        """Return the seconds until a step is tried again; None if it is not."""
        retry = self._rules.retry.of(node.step.id, node.step.tool)
        tries = node.attempts - node.hedges
        if self._stopped or tries >= retry.attempts or not retry.covers(error):
            return None
        wait = max(retry.wait(tries, self._rules.chance()), after)
        # An attempt that could only begin when the step's time is up helps nobody.
        if node.deadline is not None and self._now + wait >= node.deadline.at:
            return None
        return wait

    def _try_again(self, node: Node) -> None:
        self._call_off_retry(node)
        self._make_ready(node)

    def _call_off_retry(self, node: Node) -> None:
        if node.retry is not None:
            node.retry.off = True
            node.retry = None
            self._backing_off -= 1

    def _slow_down(self, attempt: Attempt, resource: str, after: float | None) -> None:
        node, at = attempt.node, self._now
        wait = self._share.refused(
            node.step.tool, resource, after, attempt.started, at, self._rules.chance()
        )
        self._tell(Throttled(at, node.id, resource, wait))

    # Timeouts

    def _limit_step(self, node: Node) -> None:
        limit = self._rules.timeout.of(node.step.id, node.step.tool).step
        if limit is not None:
            late = partial(self._step_late, node, limit)
            node.deadline = self._timers.add(self._now + limit, late)

    def _call_off_deadline(self, node: Node) -> None:
        if node.deadline is not None:
            node.deadline.off = True
            node.deadline = None

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
        if self._rules.hedge is None or attempt.hedged:
            return
        hedge = self._rules.hedge.of(step.id, step.tool)
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
        if self._durations.add(node.step.tool, seconds):
            for attempt in self._attempts.values():
                if attempt.node.step.tool == node.step.tool and not attempt.cancelled:
                    self._expect(attempt)

    def _too_slow(self, attempt: Attempt) -> None:
        if not self._stopped and attempt not in self._slow:
            self._slow.append(attempt)

    def _hedge_one(self) -> bool:
        """Start a second attempt, before any step that has not begun, if there is room.

        Tells whether one was started.
        """
        self._slow = [a for a in self._slow if a.node.active == (a,)]
        for attempt in self._slow:
            node = attempt.node
            if self._slots is not None and len(self._attempts) >= self._slots:
                return False
            if not self._may_start(node.step.tool):
                continue
            self._slow.remove(attempt)
            attempt.hedged = True
            node.hedges += 1
            try:
                second = self._begin(node, hedge=True)
            except StepError:
                # The first attempt had the same values: what it was given has changed
                # under it, and its own outcome will tell.
                self._share.give_back(self._grant or ())
                continue
            second.hedged = True
            self._watch(second)
            return True
        return False

    # Items of a `for_each` step

    def _expand(self, node: Node) -> None:
        at = self._now
        try:
            items = self._graph.items(node)
        except StepError as error:
            self._decide_failure(node, error)
            return
        node.status = "running"
        node.attempts = 1
        node.started = at
        node.unsettled = len(items)
        self._tell(StepStarted(at, node.id, items=len(items)))
        children = self._graph.unfold(node, items)
        for child in children:
            child.status = "ready"
        (self._fresh if self._graph.changed else self._ready).extend(children)
        if not items:
            self._gather(node)

    def _gather(self, node: Node) -> None:
        """Settle a `for_each` step whose items have all settled."""
        children = node.items or []
        good = [child for child in children if child.status == "succeeded"]
        node.ended = self._now
        if len(good) < len(children) and not (node.step.partial and good):
            self._decide_failure(node, _items_failed(children))
            return
        value = [{"item": child.item, "value": child.value} for child in good]
        node.error = _left_out(children) if len(good) < len(children) else None
        self._tell(StepSucceeded(self._now, node.id, value))
        self._succeed(node, value)

    # Settling

    def _succeed(self, node: Node, value: object) -> None:
        node.status = "succeeded"
        node.value = value
        self._release(node)

    def _decide_failure(self, node: Node, error: StepError) -> None:
        """Fail a step that the machine itself finds unable to go on."""
        kind = type(error).__name__
        self._tell(StepFailed(self._now, node.id, str(error), kind))
        self._fail(node, str(error))

    def _fail(self, node: Node, error: str) -> None:
        node.status = "failed"
        node.error = error
        self._release(node)

    def _cancelled(self, node: Node) -> None:
        self._call_off_retry(node)
        self._settled(node)
        node.status = "cancelled"
        node.error = None
        if node.started is not None:
            node.ended = self._now
        self._tell(StepCancelled(self._now, node.id))

    def _skip(self, node: Node, because: str) -> None:
        """Skip a step and, in turn, all that require it."""
        pending = [(node, because)]
        while pending:
            skipped, reason = pending.pop()
            if skipped.status != "waiting":
                continue  # another path led here first
            skipped.status = "skipped"
            skipped.error = f"needs {reason!r}, which has no value"
            self._tell(StepSkipped(self._now, skipped.id, reason))
            self._settled(skipped)
            for dependent in skipped.dependents:
                if dependent.requires(skipped.id):
                    pending.append((dependent, skipped.id))
                    continue
                dependent.waits -= 1
                if dependent.waits or dependent.status != "waiting":
                    continue
                # Asked again, since while a revision is taken in another of its
                # dependencies may have failed long ago.
                failed = self._graph.requirement_failed(dependent)
                if failed is not None:
                    pending.append((dependent, failed))
                else:
                    self._make_ready(dependent)

    def _release(self, node: Node) -> None:
        """Let those go on that waited for a node which has just settled."""
        self._settled(node)
        if node.parent is not None:
            node.parent.unsettled -= 1
            if node.parent.unsettled == 0 and node.parent.status == "running":
                self._gather(node.parent)
            return
        succeeded = node.status == "succeeded"
        for dependent in node.dependents:
            if dependent.status != "waiting":
                continue
            if succeeded or not dependent.requires(node.id):
                dependent.waits -= 1
                if not dependent.waits:
                    self._make_ready(dependent)
            else:
                self._skip(dependent, node.id)

    def _settled(self, node: Node) -> None:
        self._call_off_deadline(node)
        if self._goals is not None:
            self._goals.discard(node.id)

    # Revision and end

    def _revise(self, event: Revised) -> None:
        """Change the graph, then let every step that has not begun wait anew."""
        redefined = {step.id for step in event.redefined}
        skipped = {
            node.id
            for node in self._graph
            if node.status == "skipped" and node.id not in redefined
        }
        ready = [*self._ready.take_all(), *self._fresh]
        self._fresh.clear()
        self._lists.clear()
        waiting = self._graph.revise(event, self._drop)
        # Steps come back when they are counted below; items stay, unless their step is
        # gone.
        nodes = self._graph.nodes
        self._fresh += [
            n for n in ready if n.parent is not None and nodes.get(n.id) is n
        ]
        told = len(self._commands)
        for node in waiting:
            if node.status == "waiting":
                self._advance(node)
        # A step that was skipped and still is needs no second word about it.
        self._commands[told:] = [
            command
            for command in self._commands[told:]
            if not (isinstance(command, StepSkipped) and command.step_id in skipped)
        ]
        self._count_goals()

    def _drop(self, node: Node) -> None:
        """Make void what was begun for a step that is gone or another one now."""
        for attempt in node.active:
            self._give_up(attempt)
        self._call_off_retry(node)
        self._call_off_deadline(node)

    def _stop(self) -> None:
        self._stopped = True
        self._ready.take_all()
        self._fresh.clear()
        self._lists.clear()
        self._slow.clear()
        for node in self._graph:
            if node.active:
                self._call_off_deadline(node)
                for attempt in node.active:
                    self._cancel(attempt)
            elif node.status in ("waiting", "ready", "running"):
                self._cancelled(node)


def _items_failed(children: list[Node]) -> StepError:
    bad = [child for child in children if child.status != "succeeded"]
    first = bad[0]
    return StepError(
        f"{len(bad)} of {len(children)} items failed, "
        f"first {short(first.item)}: {first.error or first.status}"
    )


def _left_out(children: list[Node]) -> str:
    """Name the items that `partial` leaves out."""
    bad = [child for child in children if child.status != "succeeded"]
    names = ", ".join(short(child.item) for child in bad[:_MOST_NAMED])
    more = f" and {len(bad) - _MOST_NAMED} more" if len(bad) > _MOST_NAMED else ""
    return f"{len(bad)} of {len(children)} items left out: {names}{more}"
