"""Steps that follow a script, attempt by attempt, and what a run told of a step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeVar

import anyio

from dagplan import Run
from dagplan.events import Event, StepPlanned
from dagplan.protocols import StepCall

T = TypeVar("T", bound=Event)


@dataclass(frozen=True)
class Do:
    """What one attempt does.

    Attributes:
        seconds: How long it takes.
        error: What it then raises; None to return the argument `value`, else the id.
        clings: Seconds for which it goes on when it is cancelled.
        swallows: Whether it then returns as if it had not been.
    """

    seconds: float = 0.0
    error: Exception | None = None
    clings: float = 0.0
    swallows: bool = False


class RefusedError(Exception):
    """A 429, as clients of HTTP raise it."""

    status_code = 429

    def __init__(self, after: float | None = None, host: str = "api.test") -> None:
        super().__init__("slow down")
        self.url = f"https://{host}/v1"
        self.headers = {} if after is None else {"Retry-After": f"{after:g}"}


FOREVER = Do(inf)
LATE = Do(1.0, TimeoutError("late"))


class Script:
    """Runs steps by a script: for an id, what its attempts do, one after the other.

    The last one holds for all further attempts. An item without an entry takes that of
    its step, and steps without one return at once.

    Attributes:
        calls: All attempts, in the order in which they began.
        starts: The same as moment, id and number.
        cancelled: Attempts that were cancelled, likewise.
        most: Most attempts at once.
    """

    def __init__(self, attempts: Mapping[str, Sequence[Do]] | None = None) -> None:
        self.attempts = attempts or {}
        self.calls: list[StepCall] = []
        self.starts: list[tuple[float, str, int]] = []
        self.cancelled: list[tuple[float, str, int]] = []
        self.running = 0
        self.most = 0

    async def __call__(self, call: StepCall) -> object:
        self.calls.append(call)
        self.starts.append(_now(call))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self._play(self._line(call), call)
        finally:
            self.running -= 1
        return call.args.get("value", call.id)

    def moments(self, step_id: str) -> list[float]:
        """When attempts at a step began."""
        return [at for at, started, _ in self.starts if started == step_id]

    def order(self) -> list[str]:
        """In which order attempts began."""
        return [call.id for call in self.calls]

    def keys(self, step_id: str) -> set[str]:
        """By which keys attempts at a step were known."""
        return {call.idempotency_key for call in self.calls if call.id == step_id}

    def _line(self, call: StepCall) -> Do:
        lines = self.attempts.get(call.id) or self.attempts.get(call.step.id)
        return lines[min(call.attempt, len(lines)) - 1] if lines else Do()

    async def _play(self, line: Do, call: StepCall) -> None:
        try:
            await anyio.sleep(line.seconds)
        except anyio.get_cancelled_exc_class():
            self.cancelled.append(_now(call))
            with anyio.CancelScope(shield=True):
                await anyio.sleep(line.clings)
            if not line.swallows:
                raise
        if line.error is not None:
            raise line.error


def _now(call: StepCall) -> tuple[float, str, int]:
    return anyio.current_time(), call.id, call.attempt


def told(run: Run | Sequence[Event], step_id: str) -> list[Event]:
    """Return what was told of a step once it was planned, in order."""
    events = run.events if isinstance(run, Run) else run
    return [
        event
        for event in events
        if getattr(event, "step_id", None) == step_id
        and not isinstance(event, StepPlanned)
    ]


def named(run: Run | Sequence[Event], kind: type[T]) -> list[T]:
    """Return the events of one kind, in order."""
    events = run.events if isinstance(run, Run) else run
    return [event for event in events if isinstance(event, kind)]


def never() -> float:
    """A chance that changes nothing."""
    return 0.0
