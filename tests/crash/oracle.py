"""The sequential evaluation: what each step must have come to at the end of a run.

Steps are taken one after the other. Whether one succeeds follows from its task and from
the number of the last process alone; its value must be that of an execution which the
witness saw succeed, of this very step and on the very values that its dependencies have
in the end.
"""

from collections.abc import Iterator, Mapping

from tests.crash.plans import BAD, Case, Result, Task, canonical, gathered
from tests.crash.witness import Execution

Results = Mapping[str, Result]


class Oracle:
    """Judges the results of a run.

    Args:
        case: What was run.
        process: Number of the last process.
        results: Status and value of each step and item.
        runs: What the witness saw.
    """

    def __init__(
        self, case: Case, process: int, results: Results, runs: list[Execution]
    ) -> None:
        self._case = case
        self._process = process
        self._results = results
        self._made: dict[str, list[object]] = {}
        for run in runs:
            if run.succeeded:
                task = case.by_id()[run.node.partition("[")[0]]
                self._made.setdefault(task.work(run.inputs), []).append(run.value)

    def outcome(self) -> str:
        """Return how the run must end, given that the results are right."""
        good = all(
            self._results.get(end, BAD)[0] == "succeeded" for end in self._case.ends()
        )
        return "answered" if good else "failed"

    def complaints(self) -> Iterator[str]:
        """Yield what is wrong with the results."""
        for task in self._case.tasks:
            if task.id not in self._results:
                yield f"{task.id} has no result"
                return
            yield from self._judge(task)

    def _judge(self, task: Task) -> Iterator[str]:
        found = {name: self._results[name] for name in task.sources}
        bad = [name for name in found if found[name][0] != "succeeded"]
        if any(name not in task.optional for name in bad):
            yield from self._compare(task.id, ("skipped", None))
            return
        inputs = {name: None if name in bad else found[name][1] for name in found}
        if task.over is None:
            yield from self._single(task, task.id, inputs)
        else:
            yield from self._each(task, inputs)

    def _single(
        self, task: Task, node: str, inputs: Mapping[str, object]
    ) -> Iterator[str]:
        if task.fails(inputs, self._process):
            yield from self._compare(node, BAD)
            return
        status, value = self._results.get(node, ("missing", None))
        made = self._made.get(task.work(inputs), [])
        if status != "succeeded":
            yield f"{node} {status} rather than succeeded"
        elif value not in made:
            yield f"{node} is {value!r}, but on its inputs only {made!r} was made"

    def _each(self, task: Task, inputs: Mapping[str, object]) -> Iterator[str]:
        items = self._items(task, inputs)
        if items is None:
            yield from self._compare(task.id, BAD)
            return
        names = [f"{task.id}[{index}]" for index in range(len(items))]
        for name, item in zip(names, items, strict=True):
            yield from self._single(task, name, {**inputs, "item": item})
        results = [self._results.get(name, BAD) for name in names]
        yield from self._compare(task.id, gathered(task, items, results))
        if task.draws:
            yield from _shared(task, names, results)

    @staticmethod
    def _items(task: Task, inputs: Mapping[str, object]) -> list[object] | None:
        found = inputs[task.over or ""]
        return task.items(found) if isinstance(found, list) else None

    def _compare(self, node: str, wanted: Result) -> Iterator[str]:
        status, value = self._results.get(node, ("missing", None))
        if (status, value) != wanted:
            yield f"{node} is {(status, value)!r}, expected {wanted!r}"


def _shared(task: Task, names: list[str], results: list[Result]) -> Iterator[str]:
    """Find items that have the result of one execution between them."""
    known: dict[str, str] = {}
    for name, (status, value) in zip(names, results, strict=True):
        if status == "succeeded" and (text := canonical(value)) in known:
            yield f"{name} has the result of {known[text]}: {value!r}"
        elif status == "succeeded":
            known[text] = name
