"""How a run ends before everything is done: what runs ends, nothing else begins."""

from dagplan.events import BudgetReached, StepFailed
from dagplan.scheduler.attempts import Attempts
from dagplan.scheduler.node import Node
from dagplan.scheduler.stimuli import Stop


class Ending(Attempts):
    """The storey between attempts and the whole run: leaving off.

    A run that is stopped cancels what runs. One that is held, since its budget is
    reached, lets it end, unless its time is up, and answers from what is there: so
    what was found before it was resumed is still taken over.
    """

    def _leave_off(self, stimulus: Stop | BudgetReached) -> None:
        if isinstance(stimulus, Stop):
            self._stop()
        else:
            self._hold(stimulus)

    def _stop(self) -> None:
        self._stopped = True
        self._forget_ready()
        for node in self._graph:
            if node.active:
                self._cancel_all(node)
            elif not node.settled:
                self._cancelled(node)

    def _hold(self, event: BudgetReached) -> None:
        """Let nothing begin any more; at the deadline also cancel what runs."""
        self._holds = self._calls_off = True
        if event.bound == "deadline":
            for node in self._graph:
                self._cancel_all(node)

    def _cancel_all(self, node: Node) -> None:
        if node.active:
            self._call_off_deadline(node)
            for attempt in node.active:
                self._cancel(attempt)

    def _forget_ready(self) -> None:
        self._ready.take_all()
        self._fresh.clear()
        self._lists.clear()
        self._weighed.clear()
        self._held_back.clear()
        self._slow.clear()

    def _call_off_rest(self) -> bool:
        """End every step that does not run; tells whether that was due.

        First those that never began, so that none of them counts as skipped; then those
        that wait to be tried again, which fail with what they failed with before; then
        lists of which no item runs.
        """
        if not self._calls_off:
            return False
        self._calls_off = False
        rest = [n for n in self._graph if not (n.settled or n.active)]
        lists = [node for node in rest if node.items is not None]
        tried = [node for node in rest if node.kind is not None]
        for node in rest:
            if node.items is None and node.kind is None:
                self._cancelled(node)
                if node.parent is not None:
                    node.parent.unsettled -= 1
        for node in tried:
            self._call_off_retry(node)
            node.ended, error = self._now, node.error or ""
            self._tell(StepFailed(self._now, node.id, error, node.kind or ""))
            self._fail(node, error)
        for node in lists:
            if not node.unsettled and not node.settled:
                self._gather(node)
        self._forget_ready()
        return True
