"""What is known of a run's steps from before it was resumed, and from the user."""

from dagplan.events import StepApproved
from dagplan.history import History, Past


class Memory:
    """What has been found, begun and decided before.

    A result is good for exactly the work that it came from, which its digest names;
    items of a `for_each` step are thus known by what they are, not by their place.

    Args:
        history: What the run has come to; an empty one for a new run.

    Attributes:
        decisions: What the user decided about parked calls, by digest.
    """

    def __init__(self, history: History | None = None) -> None:
        past = history or History()
        self.decisions: dict[str, StepApproved] = dict(past.decisions)
        self._by_digest = {
            each.digest: each for each in past.steps.values() if each.digest is not None
        }
        self._by_id = dict(past.steps)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self._by_id or self.decisions)

    def of(self, step_id: str, digest: str, *, is_item: bool) -> Past | None:
        """Return what became of a piece of work.

        Args:
            step_id: Id of the step, or of the item.
            digest: The work. A step that is no item is also known by its id, should it
                have begun other work: that may have had effects as well.
            is_item: Whether it is an item, which may stand in another place now.
        """
        past = self._by_digest.get(digest)
        return past if past is not None or is_item else self._by_id.get(step_id)

    def attempts(self, step_id: str) -> int:
        """Return how often a step has been started before."""
        past = self._by_id.get(step_id)
        return 0 if past is None else past.attempts

    def forget(self, past: Past) -> None:
        """Forget what became of a step: it begins anew."""
        self._by_id.pop(past.step_id, None)
        if past.digest is not None:
            self._by_digest.pop(past.digest, None)

    def decide(self, decision: StepApproved) -> None:
        """Keep what the user decided."""
        self.decisions[decision.digest] = decision
