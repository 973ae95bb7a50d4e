"""The rows of a drawn timeline: which bars stand in each, and what is said of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dagplan.events import Event, ModelCalled, StepStatus
from dagplan.usage import Usage
from dagplan.views.attempts import Attempt, AttemptLog, attempt_log, of_step
from dagplan.views.details import clipped
from dagplan.views.spans import Span, Timeline, timeline
from dagplan.views.waterfall import WORST_FIRST, duration

_ITEMS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a row.

    Attributes:
        start: Seconds since the run began.
        end: The same.
        status: How it ended; None for what a model does around the steps.
        second: Whether it stands below another that it joined.
    """

    start: float
    end: float
    status: StepStatus | None
    second: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a timeline.

    Attributes:
        label: What it is about.
        step_id: The step that it belongs to; None for planning and answering.
        status: Where that stands; None for planning and answering.
        item: Whether it is about items of a `for_each` step.
        critical: Whether it lies on the critical path.
        bars: Its attempts, or what a model did.
        waits: Seconds from and to: waits to be tried again.
        calls: Calls of models within it.
        seconds: From its first beginning to its last end; None if it never ran.
        said: All that is known of it, in lines.
    """

    label: str
    step_id: str | None
    status: StepStatus | None
    item: bool
    critical: bool
    bars: tuple[Bar, ...]
    waits: tuple[tuple[float, float], ...] = ()
    calls: tuple[ModelCalled, ...] = ()
    seconds: float | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A timeline before it is drawn.

    Attributes:
        rows: In the order in which they began.
        log: What they were made of.
        total: Seconds from the beginning of the run to its last event.
    """

    rows: tuple[Row, ...]
    log: AttemptLog
    total: float


def chart(events: Sequence[Event]) -> Chart:
    """Fold the events of a run, or the first of them while it still goes on."""
    run = timeline(events)
    found = attempt_log(events)
    return Chart(tuple(_Maker(run, found).rows()), found, run.total)


@dataclass
class _Maker:
    run: Timeline
    found: AttemptLog
    attempts: Mapping[str, list[Attempt]] = field(init=False)
    calls: dict[str | None, list[ModelCalled]] = field(init=False)

    def __post_init__(self) -> None:
        self.attempts = of_step(self.found.attempts)
        self.calls = {}
        for call in self.found.calls:
            self.calls.setdefault(call.step_id, []).append(call)

    def rows(self) -> Iterator[Row]:
        for span in self.run.spans:
            if span.kind == "model":
                yield self._around(span)
                continue
            yield self._row(span, span.label, span.label)
            # One row saved is not worth a row that says so.
            many = len(span.items) > _ITEMS_SHOWN + 1
            shown = _ITEMS_SHOWN if many else len(span.items)
            for item in span.items[:shown]:
                yield self._row(item, span.label + item.label, span.label)
            if rest := span.items[shown:]:
                yield self._merged(span.label, rest)

    def _around(self, span: Span) -> Row:
        calls = [
            call
            for call in self.calls.get(None, ())
            if span.started <= call.started and call.ended <= span.ended
        ]
        said = [_times(span.label, span), *map(_spoken, calls)]
        return Row(
            span.label,
            None,
            None,
            item=False,
            critical=span.critical,
            bars=tuple(Bar(start, end, None) for start, end in span.pieces),
            calls=tuple(calls),
            seconds=_seconds(span),
            said="\n".join(said),
        )

    def _row(self, span: Span, key: str, step_id: str) -> Row:
        attempts = self.attempts.get(key, ())
        bars = [Bar(a.started, a.ended, a.outcome, a.hedge) for a in attempts]
        if span.items:
            # The step itself waits while its items run.
            bars = [Bar(start, end, span.status) for start, end in span.pieces]
        calls = self.calls.get(key, [])
        return Row(
            span.label,
            step_id,
            span.status,
            item=span.kind == "item",
            critical=span.critical,
            bars=tuple(bars),
            waits=tuple(span.waits),
            calls=tuple(calls),
            seconds=_seconds(span),
            said="\n".join(self._said(span, key, attempts, calls)),
        )

    def _said(
        self,
        span: Span,
        key: str,
        attempts: Sequence[Attempt],
        calls: Sequence[ModelCalled],
    ) -> Iterator[str]:
        yield f"{_times(key, span)}, {span.status}"
        if len(attempts) > 1 or any(attempt.error for attempt in attempts):
            yield from map(_told, attempts)
        for start, end in span.waits:
            yield f"waited {duration(end - start)} to be tried again"
        for stuck in self.found.stuck:
            if stuck.step_id == key:
                yield f"attempt {stuck.attempt} did not end when it was cancelled"
        yield from map(_spoken, calls)

    @staticmethod
    def _merged(step_id: str, items: Sequence[Span]) -> Row:
        counts = Counter(item.status for item in items)
        worst = next(status for status in WORST_FIRST if counts[status])
        ran = [item for item in items if item.pieces]
        start = min((item.started for item in ran), default=0.0)
        end = max((item.ended for item in ran), default=0.0)
        told = ", ".join(f"{count:,} {status}" for status, count in counts.items())
        return Row(
            f"+ {len(items):,} more items",
            step_id,
            worst,
            item=True,
            critical=any(item.critical for item in items),
            bars=(Bar(start, end, worst),) if ran else (),
            seconds=end - start if ran else None,
            said=f"{len(items):,} more items of {clipped(step_id, 64)}: {told}",
        )


def _seconds(span: Span) -> float | None:
    return span.ended - span.started if span.pieces else None


def _times(name: str, span: Span) -> str:
    critical = ", on the critical path" if span.critical else ""
    shown = clipped(name, 100)
    if not span.pieces:
        return f"{shown}: never ran"
    start, end = duration(span.started), duration(span.ended)
    return f"{shown}: {start} to {end}{critical}"


def _told(attempt: Attempt) -> str:
    kind = "second attempt beside it" if attempt.hedge else f"attempt {attempt.number}"
    why = f": {clipped(attempt.error, 1000)}" if attempt.error is not None else ""
    took = duration(attempt.ended - attempt.started)
    return f"{kind}, {took}, {attempt.outcome}{why}"


def _spoken(call: ModelCalled) -> str:
    tokens = "tokens unknown"
    if call.tokens is not None:
        price = Usage().plus(call).price_phrase
        cached = f" ({call.tokens.cached:,} cached)" if call.tokens.cached else ""
        read = f"{call.tokens.input:,} tokens in{cached}"
        tokens = f"{read}, {call.tokens.output:,} out, {price}"
    took = duration(call.ended - call.started)
    return f"{call.role} called {clipped(call.model, 100)}: {took}, {tokens}"
