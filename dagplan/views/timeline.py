"""The timeline of a run as an SVG picture."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import floor, log10
from typing import Final, get_args

from dagplan.events import Event, StepStatus
from dagplan.views.boxes import draw_sign
from dagplan.views.captions import cut_to
from dagplan.views.frame import framed
from dagplan.views.legend import Entry, draw_legend
from dagplan.views.measure import fit, text_width
from dagplan.views.rows import Bar, Chart, Row, chart
from dagplan.views.signs import CRITICAL, SIGNS
from dagplan.views.waterfall import duration
from dagplan.views.xml import element, lines, number, text

_ROW: Final = 22.0
_BAR: Final = 12.0
_AXIS: Final = 24.0
_STRIP: Final = 48.0
_MOST_LABEL: Final = 220.0
_BEFORE: Final = 34.0  # the mark of the critical path, and the sign
_WIDTH: Final = 720.0
_AFTER: Final = 72.0
_THINNEST: Final = 1.5


def to_timeline(events: Sequence[Event]) -> str:
    """Draw when each part of a run ran, as one SVG element.

    One row for the planner, each step and item, each revision and the answer, in the
    order in which they began: a bar for each attempt, thin ones for second attempts
    that joined one that took long, dots for waits to be tried again, a line under a bar
    for calls of models. A diamond marks the critical path, upright lines are revisions
    and ends of the budget, grey bands are pauses that a provider asked for. Below, how many attempts ran at each
    moment. A pointer over a row shows its times, errors and tokens. A run that still
    goes on is drawn up to its last event.

    Args:
        events: The events of a run so far, in order.
    """
    return draw_timeline(chart(events), {})


def draw_timeline(run: Chart, names: Mapping[str, str], *, styled: bool = True) -> str:
    """Draw rows that were read already.

    Args:
        run: What to draw.
        names: By id of a step, its generated name in the picture of the plan.
        styled: Whether to put the style sheet in; a page may have it already.
    """
    return _Drawing(run, names).drawn(styled=styled)


class _Drawing:
    """One drawing of a timeline."""

    def __init__(self, run: Chart, names: Mapping[str, str]) -> None:
        self.run = run
        self.names = names
        room = max(
            (_indent(row) + text_width(_label(row), 12) for row in run.rows),
            default=0.0,
        )
        self.left = _BEFORE + min(room + 8, _MOST_LABEL)
        self.bottom = _AXIS + _ROW * len(run.rows)
        self.width = self.left + _WIDTH + _AFTER

    def drawn(self, *, styled: bool) -> str:
        if not self.run.rows:
            nothing = element("text", "(nothing ran)", class_="faint", y=12.0)
            return framed([nothing], (300.0, 20.0), "Nothing ran", styled=styled)
        body = [
            *self._pauses(),
            *self._axis(),
            *(self._row(row, index) for index, row in enumerate(self.run.rows)),
            *self._revisions(),
            *self._strip(),
        ]
        top = self.bottom + _STRIP + 26
        legend, at = draw_legend([*self._entries()], top, self.width)
        took = duration(self.run.total)
        label = f"Timeline of a run of {took}, {len(self.run.rows):,} rows"
        return framed([*body, *legend], (self.width, at), label, styled=styled)

    def _x(self, seconds: float) -> float:
        share = seconds / self.run.total if self.run.total > 0 else 0.0
        return self.left + _WIDTH * min(max(share, 0.0), 1.0)

    def _axis(self) -> Iterator[str]:
        for at in ticks(self.run.total):
            x = self._x(at)
            yield element(
                "path",
                d=f"M{number(x)} {number(_AXIS - 6)}V{number(self.bottom + _STRIP)}",
                class_="rule",
            )
            label = text(duration(at))
            yield element("text", label, class_="small faint mid", x=x, y=12.0)

    def _row(self, row: Row, index: int) -> str:
        top = _AXIS + _ROW * index
        looks = ["row", "item" if row.item else "step", row.status or "around"]
        # The whole row answers to a pointer, not only what is drawn in it.
        ground = element("rect", class_="ground", width=self.width, height=_ROW)
        return element(
            "g",
            element("title", lines(row.said)),
            ground,
            *self._heading(row),
            *self._waits(row),
            *(self._bar(bar, row) for bar in row.bars),
            *self._calls(row),
            self._took(row),
            class_=" ".join(looks),
            transform=f"translate(0 {number(top)})",
            role="img",
            aria_label=row.said[:500],
            data_step=self.names.get(row.step_id or ""),
        )

    def _heading(self, row: Row) -> Iterator[str]:
        if row.critical:
            mark = element("path", d=CRITICAL, class_="mark")
            yield element("g", mark, transform="translate(1 6) scale(.65)")
        if row.status is not None:
            sign = draw_sign(row.status)
            yield element("g", sign, transform="translate(16 5) scale(.75)")
        x = _BEFORE + _indent(row)
        label = fit(_label(row), self.left - x - 6, 12)
        yield element("text", text(label), class_="small", x=x, y=15.0)

    def _bar(self, bar: Bar, row: Row) -> str:
        x, end = self._x(bar.start), self._x(bar.end)
        height = _BAR / 3 if bar.second else _BAR
        if bar.second:
            top = _ROW - 5
        else:
            top = (_ROW - _BAR) / 2 - (2 if _has_second(row) else 0)
        drawn = element(
            "rect",
            class_="bar model" if bar.status is None else "bar",
            x=x,
            y=top,
            width=max(end - x, _THINNEST),
            height=height,
            rx=2.0,
        )
        if bar.status is None or bar.status == row.status:
            return drawn
        # An attempt that failed or lost: its sign stands in it, where there is room.
        room = end - x >= _BAR and not bar.second
        shape = element("path", d=SIGNS[bar.status], class_="inside")
        at = f"translate({number(end - _BAR + 2)} {number(top + 2)}) scale(.5)"
        sign = element("g", shape, transform=at) if room else ""
        return element("g", drawn, sign, class_=bar.status)

    def _waits(self, row: Row) -> Iterator[str]:
        for start, end in row.waits:
            path = (
                f"M{number(self._x(start))} {number(_ROW / 2)}H{number(self._x(end))}"
            )
            yield element("path", d=path, class_="wait")

    def _calls(self, row: Row) -> Iterator[str]:
        # Around the steps a bar is a call of a model anyway.
        for call in row.calls if row.status is not None else ():
            x, end = self._x(call.started), self._x(call.ended)
            width = max(end - x, _THINNEST)
            yield element(
                "rect", class_="call", x=x, y=_ROW - 8, width=width, height=3.0
            )

    def _took(self, row: Row) -> str:
        if row.seconds is None:
            return ""
        took = text(duration(row.seconds))
        return element("text", took, class_="small faint end", x=self.width, y=15.0)

    def _pauses(self) -> Iterator[str]:
        for pause in self.run.log.throttled:
            x, end = self._x(pause.at), self._x(pause.at + pause.wait)
            who = f"{cut_to(pause.resource, 80)} asked to slow down"
            title = element("title", text(f"{who}: {duration(pause.wait)}"))
            height = self.bottom - _AXIS
            yield element(
                "rect",
                title,
                class_="band",
                x=x,
                y=_AXIS,
                width=max(end - x, _THINNEST),
                height=height,
            )

    def _revisions(self) -> Iterator[str]:
        for index, revised in enumerate(self.run.log.revised, 1):
            said = (
                f"revision {index}: {len(revised.added):,} added, "
                f"{len(revised.redefined):,} redefined, {len(revised.dropped):,} dropped"
            )
            yield self._upright(revised.at, said, "revision")
        for reached in self.run.log.reached:
            yield self._upright(reached.at, reached.said, "budget")

    def _upright(self, at: float, said: str, look: str) -> str:
        path = f"M{number(self._x(at))} {number(_AXIS - 4)}V{number(self.bottom)}"
        return element("path", element("title", text(said)), d=path, class_=look)

    def _strip(self) -> Iterator[str]:
        """Draw how many attempts ran at each moment."""
        changes = self.run.log.running()
        most = max((count for _, count in changes), default=0)
        if not most:
            return
        base = self.bottom + 14 + _STRIP - 14
        per = (_STRIP - 20) / most
        path = [f"M{number(self._x(changes[0][0]))} {number(base)}"]
        for (_, count), (until, _) in pairwise([*changes, (self.run.total, 0)]):
            path.append(f"V{number(base - per * count)}H{number(self._x(until))}")
        slots = self.run.log.slots
        of = f" of {slots:,} slots" if slots is not None else ""
        share = f"/{slots:,}" if slots is not None else ""
        said = f"at most {most:,} running at once{of}"
        yield element(
            "g",
            element("title", text(said)),
            element("path", d="".join([*path, f"V{number(base)}Z"]), class_="area"),
            element(
                "path",
                d=f"M{number(self.left)} {number(base)}h{_WIDTH:g}",
                class_="rule",
            ),
            element("text", "running", class_="small faint", x=_BEFORE, y=base - 4),
            element(
                "text",
                text(f"max {most:,}{share}"),
                class_="small faint end",
                x=self.width,
                y=base - 4,
            ),
            role="img",
            aria_label=said,
        )

    def _entries(self) -> Iterator[Entry]:
        """Explain what occurs."""
        counts = Counter(row.status for row in self.run.rows if not row.item)
        for status in get_args(StepStatus):
            if counts[status]:
                sign = element("g", draw_sign(status), class_=status)
                yield sign, f"{counts[status]:,} {status}"
        yield from self._marks()

    def _marks(self) -> Iterator[Entry]:
        rows, found = self.run.rows, self.run.log
        if any(row.critical for row in rows):
            yield element("path", d=CRITICAL, class_="mark"), "critical path"
        if any(row.waits for row in rows):
            wait = element("path", d="M-6 8H16", class_="wait")
            yield element("g", wait, class_="waiting"), "waits to be tried again"
        if any(map(_has_second, rows)):
            thin = element("rect", class_="bar", x=-4.0, y=6.0, width=18.0, height=4.0)
            yield element("g", thin, class_="waiting"), "second attempt"
        if any(row.calls for row in rows if row.status is not None):
            line = element("rect", class_="call", x=-4.0, y=6.0, width=18.0, height=3.0)
            yield line, "call of a model"
        if found.revised:
            yield element("path", d="M8 0V16", class_="revision"), "plan revised"
        if found.reached:
            yield element("path", d="M8 0V16", class_="budget"), "budget reached"
        if found.throttled:
            pause = element("rect", class_="band", width=14.0, height=14.0)
            yield pause, "provider asked to slow down"


def _indent(row: Row) -> float:
    return 12.0 if row.item else 0.0


def _label(row: Row) -> str:
    attempts = len(row.bars) if row.status is not None else 1
    return (cut_to(row.label, 70) or "(no id)") + (
        f" ↻{attempts}" if attempts > 1 else ""
    )


def _has_second(row: Row) -> bool:
    return any(bar.second for bar in row.bars)


def ticks(total: float, most: int = 8) -> list[float]:
    """Return round moments from 0 to `total` seconds, at most so many and one."""
    if total <= 0:
        return [0.0]
    step = 10.0 ** floor(log10(total / most))
    for factor in (1, 2, 5, 10):
        if total / (step * factor) <= most:
            step *= factor
            break
    return [index * step for index in range(floor(total / step + 1e-9) + 1)]
