"""The timeline of a run in block characters."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dagplan.events import Event, StepStatus
from dagplan.views.cells import pad
from dagplan.views.glyphs import DIM, TONES, Glyphs, tally
from dagplan.views.pen import Pen, pen
from dagplan.views.spans import Span, Timeline, timeline

_ITEMS_SHOWN = 8
_DURATION_WIDTH = 8
WORST_FIRST: tuple[StepStatus, ...] = (
    "failed",
    "in_doubt",
    "cancelled",
    "running",
    "parked",
    "ready",
    "waiting",
    "skipped",
    "succeeded",
)


def to_waterfall(
    events: Sequence[Event],
    *,
    width: int = 80,
    colour: bool = False,
    ascii_only: bool = False,
) -> str:
    """Draw when each step of a run ran, one row per step, in the order of starts.

    Planning, replanning and answering are rows too where they took time. Items of a
    `for_each` step stand under it, many of them as one row. `◆` marks the critical
    path: what ended last, what that waited for longest, and so on back; `↻2` says
    that a step was started twice. Attempts that were repeated are bars of one row with
    the waits dotted between them; `⇉` stands where a second attempt joined one that
    took long. A run that still goes on is drawn up to its last event.

    Args:
        events: The events of a run so far, in order.
        width: Columns that no line exceeds.
        colour: Whether to colour by status with ANSI codes.
        ascii_only: Whether to use no character beyond ASCII.
    """
    with_pen = pen(width, colour=colour, ascii_only=ascii_only)
    return "\n".join(_Chart(timeline(events), with_pen).lines())


@dataclass(frozen=True, slots=True)
class _Bar:
    """One row to draw: a span, or what is left of many items."""

    indent: str
    label: str
    status: StepStatus
    pieces: Sequence[tuple[float, float]]
    seconds: float | None
    critical: bool
    waits: Sequence[tuple[float, float]] = ()
    hedges: Sequence[float] = ()


class _Chart:
    """One drawing of a timeline."""

    def __init__(self, run: Timeline, with_pen: Pen) -> None:
        self.run = run
        self.pen = with_pen
        self.bars = [*_bars(run.spans, with_pen.glyphs)]
        widths = (len(bar.indent + bar.label) for bar in self.bars)
        self.label_width = min(max(widths, default=0), with_pen.width * 2 // 5)
        # Mark and sign, a space after each column, the duration.
        taken = 4 + self.label_width + 1 + 1 + _DURATION_WIDTH
        self.bar_width = max(with_pen.width - taken, 1)

    def lines(self) -> list[str]:
        if not self.bars:
            return [self.pen.line(("(nothing ran)", DIM))]
        steps = (span for span in self.run.spans if span.kind == "step")
        legend = [
            *self._marks(),
            *tally((span.status for span in steps), self.pen.glyphs),
        ]
        rows = [self._line(bar) for bar in self.bars]
        return [self._axis(), *rows, "", *self.pen.legend(legend)]

    def _marks(self) -> list[str]:
        """Explain the signs that were drawn, but for those of statuses."""
        glyphs = self.pen.glyphs
        drawn: dict[str, Sequence[object]] = {
            f"{glyphs.critical} critical path": [bar.critical for bar in self.bars],
            f"{glyphs.pause} waits for a retry": [bar.waits for bar in self.bars],
            f"{glyphs.hedged} second attempt": [bar.hedges for bar in self.bars],
        }
        return [sign for sign, found in drawn.items() if any(found)]

    def _axis(self) -> str:
        ticks = axis(self.run.total, self.bar_width, self.pen.glyphs)
        return self.pen.line((" " * (5 + self.label_width), ""), (ticks, DIM))

    def _line(self, bar: _Bar) -> str:
        glyphs, tone = self.pen.glyphs, TONES[bar.status]
        room = self.label_width - len(bar.indent)
        label = bar.indent + self.pen.safe(bar.label, room)
        took = "" if bar.seconds is None else duration(bar.seconds, glyphs.micro)
        return self.pen.line(
            (f"{glyphs.critical if bar.critical else ' '} ", ""),
            (f"{glyphs.status[bar.status]} ", tone),
            (f"{pad(label, self.label_width)} ", ""),
            (_drawn(bar, self.run.total, self.bar_width, glyphs), tone),
            (f" {took:>{_DURATION_WIDTH}}", ""),
        )


def _bars(spans: Sequence[Span], glyphs: Glyphs) -> Iterator[_Bar]:
    for span in spans:
        yield _bar(span, "", glyphs)
        # One row saved is not worth a row that says so.
        shown = len(span.items) if len(span.items) <= _ITEMS_SHOWN + 1 else _ITEMS_SHOWN
        for item in span.items[:shown]:
            yield _bar(item, "  ", glyphs)
        if rest := span.items[shown:]:
            yield _merged(rest)


def _bar(span: Span, indent: str, glyphs: Glyphs) -> _Bar:
    again = f" {glyphs.retried}{span.attempts}" if span.attempts > 1 else ""
    return _Bar(
        indent,
        span.label + again,
        span.status,
        span.pieces,
        span.ended - span.started if span.pieces else None,
        span.critical,
        span.waits,
        span.hedges,
    )


def _merged(items: Sequence[Span]) -> _Bar:
    counts = Counter(item.status for item in items)
    worst = next(status for status in WORST_FIRST if counts[status])
    failed = f", {counts['failed']:,} failed" if counts["failed"] else ""
    ran = [item for item in items if item.pieces]
    start = min((item.started for item in ran), default=0.0)
    end = max((item.ended for item in ran), default=0.0)
    return _Bar(
        "  ",
        f"+ {len(items):,} more items{failed}",
        worst,
        [(start, end)] if ran else [],
        end - start if ran else None,
        any(item.critical for item in items),
    )


def _drawn(bar: _Bar, total: float, width: int, glyphs: Glyphs) -> str:
    """Draw a row to scale: its waits, its attempts over them, then its marks."""
    drawn = [" "] * width
    per_second = width / total if total > 0 else 0.0
    for start, end in bar.waits:
        first, last = int(start * per_second), min(round(end * per_second), width)
        drawn[first:last] = glyphs.pause * (last - first)
    _fill(drawn, bar.pieces, 8 * per_second, glyphs)
    for at in bar.hedges:
        drawn[min(int(at * per_second), width - 1)] = glyphs.hedged
    return "".join(drawn)


def _fill(
    drawn: list[str],
    pieces: Sequence[tuple[float, float]],
    scale: float,
    glyphs: Glyphs,
) -> None:
    """Draw bars to an eighth of a column, `scale` of them to a second.

    What ran at all is seen.
    """
    width = len(drawn)
    for start, end in pieces:
        first = min(round(start * scale), 8 * width - 1)
        last = min(max(round(end * scale), first + 1), 8 * width)
        for column in range(first // 8, (last - 1) // 8 + 1):
            left = max(first - 8 * column, 0)
            right = min(last - 8 * column, 8)
            from_right = left > 0 and right == 8
            partial = glyphs.tails if from_right else glyphs.parts
            drawn[column] = partial[right - left - 1]


def axis(total: float, width: int, glyphs: Glyphs) -> str:
    """Write an axis from 0 to `total` seconds in `width` columns."""
    end = duration(total, glyphs.micro)
    middle = duration(total / 2, glyphs.micro)
    rule = list(glyphs.between * width)
    if width >= len(middle) + 2 * len(end) + 12:
        _write(rule, (width - len(middle)) // 2 - 1, f" {middle} ")
    _write(rule, 0, "0 ")
    _write(rule, width - len(end) - 1, f" {end}")
    return "".join(rule)


def _write(cells_of: list[str], at: int, text: str) -> None:
    for index, char in enumerate(text, at):
        if 0 <= index < len(cells_of):
            cells_of[index] = char


def duration(seconds: float, micro: str = "µ") -> str:
    """Write seconds in the unit that suits: `85 µs`, `3.1 ms`, `0.42 s`, `1 m 05 s`."""
    if seconds >= 3600:
        minutes = round(seconds / 60)
        return f"{minutes // 60:,} h {minutes % 60:02} m"
    if seconds >= 59.95:
        whole = round(seconds)
        return f"{whole // 60} m {whole % 60:02} s"
    if seconds >= 0.0995:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    if seconds >= 0.000_9995:
        decimals = 1 if seconds < 0.00995 else 0
        return f"{seconds * 1e3:.{decimals}f} ms"
    return f"{seconds * 1e6:.0f} {micro}s" if seconds >= 0.000_000_5 else "0 s"
