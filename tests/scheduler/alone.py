"""A machine without clock or event loop, as tests talk to it."""

from dagplan import Limits, Throttle
from dagplan.events import PlanFinished, StepPlanned, StepStarted
from dagplan.protocols import at_once
from dagplan.scheduler.limits import Share
from dagplan.scheduler.machine import Machine
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.stimuli import Raised, Start
from tests.scheduler.script import never

LATE = TimeoutError("late")


class Alone:
    """A machine whose commands are told in few words.

    `Start` becomes (key, id, attempt), all else stays as it is. What tells of the same
    start is left out.
    """

    def __init__(self, limits: Limits | None = None, **rules: object) -> None:
        self.throttle = Throttle(limits or Limits())
        self.machine = Machine(
            Rules(never, **rules),  # type: ignore[arg-type]
            Share(self.throttle, lambda: None),
            lambda event: None,
            lambda tool: at_once,
        )

    def __call__(self, *stimuli):
        told: list[object] = []
        for command in self.machine.handle(*stimuli):
            if isinstance(command, Start):
                told.append((command.attempt, command.call.id, command.call.attempt))
            elif not isinstance(command, StepStarted) or command.items is not None:
                told.append(command)
        return told

    def begin(self, graph):
        steps = [StepPlanned(0.0, s.id, s) for s in graph.steps]
        return self(*steps, PlanFinished(0.0, graph.answer))

    def raises(self, at, key, error=LATE):
        return self(Raised(at, key, error, f"{type(error).__name__}: {error}"))

    @property
    def wake_at(self):
        return self.machine.wake_at

    def idle(self) -> bool:
        return self.machine.idle

    def over(self) -> bool:
        return self.machine.over

    def statuses(self):
        return {k: r.status for k, r in self.machine.results().items()}

    def used(self):
        return self.throttle.slots[0].used
