"""What has happened in a run since the replanner was last asked."""

from dagplan.events import Event, StepCancelled, StepFailed, StepSucceeded
from dagplan.policy import Replan
from dagplan.scheduler import Execution

Ended = StepSucceeded | StepFailed | StepCancelled

_KINDS: dict[Replan, tuple[type[Ended], ...]] = {
    "idle": (),
    "never": (),
    "eager": (StepFailed,),
    "step": (StepSucceeded, StepFailed, StepCancelled),
}


class News:
    """Tells whether a step has ended that the replanner is to be asked about.

    Items of a `for_each` step are no news: their step may go on without them.

    Args:
        execution: The run; what happened before it was resumed is no news.
        when: When the replanner is asked.
    """

    def __init__(self, execution: Execution, when: Replan) -> None:
        self._execution = execution
        self._kinds = _KINDS[when]
        self._next = execution.log.earlier
        self._is_there = False

    async def watch(self) -> None:
        """Wake whoever waits for the run at each piece of news, until the run ends."""
        if not self._kinds:
            return
        log, index = self._execution.log, self._next
        while (event := await log.at(index)) is not None:
            index += 1
            if self._is_news(event):
                self._execution.wake()

    def is_there(self) -> bool:
        """Tell whether there is any, as far as it is known to anybody."""
        events = self._execution.log.events
        while self._kinds and self._next < len(events):
            self._is_there |= self._is_news(events[self._next])
            self._next += 1
        return self._is_there

    def considered(self) -> None:
        """Take what has happened so far for known."""
        self._next = len(self._execution.log.events)
        self._is_there = False

    def again(self) -> None:
        """Have the replanner asked once more about what it knows."""
        self._is_there = True

    def _is_news(self, event: Event) -> bool:
        return isinstance(event, self._kinds) and "[" not in event.step_id
