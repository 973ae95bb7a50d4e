"""All that a page tells of each step, as plain JSON."""

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Final

from dagplan.errors import DagplanError
from dagplan.events import ModelCalled, StepResult, Tokens
from dagplan.plan.model import Step
from dagplan.plan.references import ITEM, Reference, resolve
from dagplan.usage import Usage
from dagplan.views.attempts import Attempt, AttemptLog, of_step
from dagplan.views.captions import counted, name_of
from dagplan.views.details import clipped, shown
from dagplan.views.diagram import Diagram, Node
from dagplan.views.escape import printable
from dagplan.views.waterfall import duration

Field = tuple[str, str]
"""What it is, and the text."""

_MOST: Final = 20_000
_MOST_OF_AN_INPUT: Final = 2_000
_ITEMS: Final = 50

# `<` and `>` end a script element or begin a comment in one, `&` is for those who read
# a page as XML, and the two separators end a line of old scripts.
_ESCAPED: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def safe_json(value: object) -> str:
    """Write JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPED)


def ascii_json(value: object) -> str:
    """Write the same in ASCII alone, whatever half characters its texts hold."""
    return json.dumps(value).translate(_ESCAPED)


class Records:
    """The records of all steps of a picture.

    Args:
        drawn: The picture.
        results: What became of its steps.
        log: What happened in the run, attempt by attempt.
    """

    def __init__(
        self, drawn: Diagram, results: Mapping[str, StepResult], log: AttemptLog
    ) -> None:
        self.drawn = drawn
        self.results = results
        self.attempts: Mapping[str, list[Attempt]] = of_step(log.attempts)
        self.calls: dict[str, list[ModelCalled]] = {}
        for call in log.calls:
            # Calls for an item are calls for its step.
            step_id = (call.step_id or "").partition("[")[0]
            self.calls.setdefault(step_id, []).append(call)
        self._sources: dict[int, list[str]] = {}
        self._targets: dict[int, list[str]] = {}
        for link in drawn.links:
            self._sources.setdefault(link.target, []).append(f"n{link.source}")
            self._targets.setdefault(link.source, []).append(f"n{link.target}")
        self.items: dict[str, list[str]] = {}
        for key in results:
            step_id, bracket, _ = key.partition("[")
            if bracket:
                self.items.setdefault(step_id, []).append(key)

    def as_json(self) -> str:
        """Return the records by generated name, safe inside a script element."""
        nodes = self.drawn.nodes
        steps = {node.name: self.plain(index) for index, node in enumerate(nodes)}
        return safe_json({"steps": steps})

    def plain(self, index: int) -> dict[str, object]:
        """Return the record of one step of the picture in plain JSON."""
        node = self.drawn.nodes[index]
        return {
            "id": name_of(node),
            "status": node.status or "",
            "needs": self._sources.get(index, []),
            "feeds": self._targets.get(index, []),
            "fields": [[name, _safe(told)] for name, told in self._fields(node)],
        }

    def tokens(self, node: Node) -> Tokens | None:
        """Return the tokens of all calls for a step; None if there was none."""
        counted_calls = [c.tokens for c in self.calls.get(node.label, ()) if c.tokens]
        return sum(counted_calls, Tokens()) if counted_calls else None

    def _fields(self, node: Node) -> Iterator[Field]:
        step = node.step
        if step is None:
            yield "note", "a step needs it, but the plan has no such step"
            return
        yield from _plan_fields(step)
        yield from self._inputs(step)
        if node.result is not None:
            yield from self._outcome(node, node.result)
        yield from self._items(step, node)
        yield from self._attempts(node)
        yield from self._model_calls(node)

    def _inputs(self, step: Step) -> Iterator[Field]:
        for reference in dict.fromkeys(step.references()):
            if reference.step != ITEM:
                found = self._input(reference)
                yield f"input {reference}", found

    def _input(self, reference: Reference) -> str:
        result = self.results.get(reference.step)
        if result is None or result.status != "succeeded":
            return "(not available)"
        try:
            value = resolve(result.value, reference)
        except DagplanError as error:
            return f"({error})"
        return shown(value, _MOST_OF_AN_INPUT, indent=True)

    @staticmethod
    def _outcome(node: Node, result: StepResult) -> Iterator[Field]:
        if result.started is not None and result.ended is not None:
            start, end = duration(result.started), duration(result.ended)
            critical = ", on the critical path" if node.critical else ""
            took = duration(result.ended - result.started)
            yield "time", f"{took}, from {start} to {end}{critical}"
        if result.error is not None:
            yield "error", clipped(result.error, _MOST)
        if result.status == "succeeded" or result.value is not None:
            yield "output", shown(result.value, _MOST, indent=True)

    def _items(self, step: Step, node: Node) -> Iterator[Field]:
        if not node.items:
            return
        items = self.items.get(step.id, [])
        rows = [counted(node)]
        for key in items[:_ITEMS]:
            result = self.results[key]
            value = result.value if result.error is None else result.error
            rows.append(f"{key[len(step.id) :]} {result.status}: {shown(value, 300)}")
        if len(items) > _ITEMS:
            rows.append(f"and {len(items) - _ITEMS:,} more")
        yield "items", "\n".join(rows)

    def _attempts(self, node: Node) -> Iterator[Field]:
        found = self.attempts.get(node.label, ())
        rows = []
        for attempt in found:
            why = f": {clipped(attempt.error)}" if attempt.error is not None else ""
            beside = " beside the one before" if attempt.hedge else ""
            start, end = duration(attempt.started), duration(attempt.ended)
            rows.append(
                f"{attempt.number}{beside}, {start} to {end}, {attempt.outcome}{why}"
            )
        if rows:
            yield "attempts", "\n".join(rows)
        elif node.result is not None and node.result.attempts > 1:
            yield "attempts", str(node.result.attempts)

    def _model_calls(self, node: Node) -> Iterator[Field]:
        calls = self.calls.get(node.label, ())
        rows = [_call(call) for call in calls]
        if len(calls) > 1:
            used = reduce(Usage.plus, calls, Usage())
            rows.append(f"in all {tokens_text(used.tokens)}, {used.price_phrase}")
        if rows:
            yield "model calls", "\n".join(rows)


def _plan_fields(step: Step) -> Iterator[Field]:
    if step.task.strip():
        yield "task", clipped(step.task, _MOST)
    if step.tool is not None:
        yield "tool", clipped(step.tool)
    if step.args:
        yield "arguments", shown(step.args, _MOST, indent=True)
    if step.for_each is not None:
        yield "for each", shown(step.for_each)
    if step.returns is not None:
        yield "returns", shown(step.returns)


def _call(call: ModelCalled) -> str:
    took = duration(call.ended - call.started)
    tokens = "tokens unknown"
    if call.tokens is not None:
        tokens = f"{tokens_text(call.tokens)}, {Usage().plus(call).price_phrase}"
    return f"{call.role}, {clipped(call.model, 100)}: {took}, {tokens}"


def tokens_text(tokens: Tokens) -> str:
    """Write tokens that were read and written."""
    cached = f" ({tokens.cached:,} cached)" if tokens.cached else ""
    return f"{tokens.input:,} in{cached}, {tokens.output:,} out"


def _safe(value: str) -> str:
    return printable(value, lines=True)
