"""The world in which steps run: it does what scripts say and writes down what ran."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal
from zlib import crc32

import anyio

from dagplan.errors import BudgetError
from dagplan.events import Event, StepResult
from dagplan.protocols import StepCall
from tests.simulate.case import PROVIDERS, Case, Flow, Script, Task, split


class FlakyError(ConnectionError):
    """Passes by itself."""


class BrokenError(ValueError):
    """Stays."""


class _Response:
    def __init__(self, after: float | None) -> None:
        self.status_code = 429
        self.headers = {} if after is None else {"retry-after": repr(after)}


class _Url:
    def __init__(self, host: str) -> None:
        self.host = host

    def __str__(self) -> str:
        return f"https://{self.host}/v1"


class _Request:
    def __init__(self, host: str) -> None:
        self.url = _Url(host)


class LimitedError(Exception):
    """A 429 as openai raises it: a status, a response with headers, a request."""

    def __init__(self, host: str, after: float | None) -> None:
        super().__init__("slow down")
        self.status_code = 429
        self.response = _Response(after)
        self.request = _Request(host)


ERRORS = {
    "transient": FlakyError.__name__,
    "lasting": BrokenError.__name__,
    "limited": LimitedError.__name__,
}


@dataclass(slots=True, eq=False)
class Ran:
    """One attempt as the world saw it; moments in seconds of the world's clock.

    Attributes:
        flow: Index of the run.
        node: The step or item.
        task: Its definition.
        attempt: Number of the attempt.
        key: Its idempotency key.
        args, inputs: What it was called with.
        started: When it began.
        due: When it would end by itself; infinite where that is not known.
        told_off: When it was cancelled.
        ended: When it was over.
        how: How it was over.
        requests: When its further requests were admitted.
        refused: Whether one was refused, since the budget was spent.
        index: Of the item; None for a step.
    """

    flow: int
    node: str
    task: Task
    attempt: int
    key: str
    args: Mapping[str, object]
    inputs: Mapping[str, object]
    started: float
    due: float = inf
    told_off: float | None = None
    ended: float | None = None
    how: Literal["value", "error", "cancelled"] | None = None
    requests: list[float] = field(default_factory=list)
    refused: bool = False
    index: int | None = None

    @property
    def script(self) -> Script:
        """How it was to go."""
        return self.task.script(self.index, self.attempt)


@dataclass(frozen=True, slots=True)
class Began:
    """An attempt begins, in the world's log."""

    ran: Ran


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt is over, in the world's log."""

    ran: Ran


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the world's log, which holds all runs in the order of causes."""

    at: float
    flow: int
    what: Event | Began | Ended


@dataclass(slots=True)
class Told:
    """What is known of one run when it has been left.

    Attributes:
        flow: What was run.
        epoch: When it began by the world's clock.
        events: What it told.
        results: What its results say; None where the caller never got them.
        left: When it had been left for good.
        cut: When somebody decided to leave it; infinite if nobody did.
        alive: Attempts that ran when it had been left.
        raised: What came out of it against expectation.
    """

    flow: Flow
    epoch: float = 0.0
    events: list[Event] = field(default_factory=list)
    results: Mapping[str, StepResult] | None = None
    left: float | None = None
    cut: float = inf
    alive: int = 0
    raised: str | None = None


@dataclass(slots=True)
class Story:
    """All that happened in a case."""

    case: Case
    runs: list[Told]
    log: list[Entry]
    rans: list[Ran]


class World:
    """Performs attempts as their scripts say.

    Args:
        case: What is run.
    """

    def __init__(self, case: Case) -> None:
        self.story = Story(case, [Told(flow) for flow in case.flows], [], [])
        self._tasks = [flow.versions() for flow in case.flows]
        self._alive = [0] * len(case.flows)

    def alive(self, flow: int) -> int:
        """Return how many attempts of a run are running."""
        return self._alive[flow]

    def hear(self, flow: int, event: Event) -> None:
        """Write down an event; the observer of a run."""
        self.story.log.append(Entry(anyio.current_time(), flow, event))
        self.story.runs[flow].events.append(event)

    async def run(self, flow: int, call: StepCall) -> object:
        """Perform one attempt; the step runner of a run."""
        step_id, index = split(call.id)
        version = call.args["v"]
        assert isinstance(version, int)
        now = anyio.current_time()
        ran = Ran(
            flow,
            call.id,
            self._tasks[flow][step_id, version],
            call.attempt,
            call.idempotency_key,
            call.args,
            call.inputs,
            now,
            index=index,
        )
        self.story.rans.append(ran)
        self.story.log.append(Entry(now, flow, Began(ran)))
        self._alive[flow] += 1
        try:
            value = await self._go(ran, ran.script, call)
        except Exception:
            ran.how = "error"
            raise
        else:
            ran.how = "value"
            return value
        finally:
            ran.how = ran.how or "cancelled"
            ran.ended = anyio.current_time()
            self._alive[flow] -= 1
            self.story.log.append(Entry(ran.ended, flow, Ended(ran)))

    async def _go(self, ran: Ran, script: Script, call: StepCall) -> object:
        try:
            for _ in range(script.asks):
                await call.admit()
                ran.requests.append(anyio.current_time())
            if script.kind == "hang":
                await anyio.sleep_forever()
            ran.due = anyio.current_time() + script.seconds
            await anyio.sleep_until(ran.due)
        except anyio.get_cancelled_exc_class():
            ran.told_off = anyio.current_time()
            if not script.clings:
                raise
            with anyio.CancelScope(shield=True):
                await anyio.sleep(script.clings)
            if script.then == "cancelled":
                raise
            if script.then == "error":
                raise BrokenError("after its cancellation") from None
        except BudgetError:
            ran.due, ran.refused = anyio.current_time(), True
            raise
        else:
            _raise(script, PROVIDERS[ran.task.tool])
        return value_of(ran.task, ran.node, ran.args, ran.inputs)


def _raise(script: Script, host: str) -> None:
    match script.kind:
        case "transient":
            raise FlakyError("try again")
        case "lasting":
            raise BrokenError("never")
        case "limited":
            raise LimitedError(host, script.after)
        case _:
            return


def value_of(
    task: Task, node: str, args: Mapping[str, object], inputs: Mapping[str, object]
) -> object:
    """Return the value of a step: a digest of all that it was called with."""
    called = repr((sorted(args.items()), sorted(inputs.items())))
    text = f"{node}:{crc32(called.encode()):08x}"
    if task.makes is None:
        return text
    return [f"{text}.{n}" for n in range(task.makes)]
