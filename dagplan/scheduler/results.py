"""What became of the steps of a run that is over."""

from collections.abc import Iterator, Mapping

from dagplan.events import StepResult
from dagplan.scheduler.graph import StepGraph


class Results(Mapping[str, StepResult]):
    """Results by id, items after their `for_each` step.

    Each is put together when somebody looks: of a large run that is seldom all of them.

    Args:
        graph: The steps; they no longer change.
    """

    __slots__ = ("_graph",)

    def __init__(self, graph: StepGraph) -> None:
        self._graph = graph

    def __getitem__(self, step_id: str) -> StepResult:
        return self._graph.nodes[step_id].result()

    def __iter__(self) -> Iterator[str]:
        return (node.id for node in self._graph)

    def __len__(self) -> int:
        return len(self._graph.nodes)

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[type, tuple[dict[str, StepResult]]]:
        """Copy and pickle as a plain dict, which drags no graph along."""
        return dict, (dict(self),)
