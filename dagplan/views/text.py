"""The plan as a graph in box-drawing characters."""

from collections.abc import Mapping

from dagplan.events import StepResult, StepStatus
from dagplan.plan.model import Plan, Step
from dagplan.views.cells import cells
from dagplan.views.diagram import items_by_status, unique
from dagplan.views.glyphs import DIM, TONES, Glyphs, tally
from dagplan.views.lanes import Row, lay_out
from dagplan.views.pen import Part, Pen, pen
from dagplan.views.summary import summarise

_MOST_LANES = 10
_NAMES_SHOWN = 3
_WAITING = StepResult("waiting")


def to_text(
    plan: Plan,
    results: Mapping[str, StepResult] | None = None,
    *,
    width: int = 80,
    colour: bool = False,
    ascii_only: bool = False,
) -> str:
    """Draw a plan, one row per step, with a line to each step from what it reads.

    A value leaves its step downwards and enters those that read it sideways. A line
    that crosses a lane without touching it (`─│─`) does not read it; dotted lines are
    optional dependencies. Where there is no room for a lane, the step names what it
    waits for: `← a, b`. `↻2` says that a step was started twice. Any plan can be drawn, also one that `Plan.check` refuses.

    Args:
        plan: The plan.
        results: Where its steps stand, those of `for_each` items included; steps that
            are missing are waiting. None draws the plan alone.
        width: Columns that no line exceeds.
        colour: Whether to colour by status with ANSI codes.
        ascii_only: Whether to use no character beyond ASCII.
    """
    drawing = _Drawing(plan, results, pen(width, colour=colour, ascii_only=ascii_only))
    return "\n".join(drawing.lines())


class _Drawing:
    """One drawing of a plan."""

    def __init__(
        self, plan: Plan, results: Mapping[str, StepResult] | None, with_pen: Pen
    ) -> None:
        self.plan = plan
        self.results = results or {}
        self.tracked = results is not None
        self.pen = with_pen
        self.items = items_by_status(self.results)
        # Ids that occur twice are only possible in a plan that was not checked.
        self.steps = unique(plan.steps)
        edges = {key: step.dependencies() for key, step in self.steps.items()}
        most = min(max(with_pen.width // 8, 1), _MOST_LANES)
        self.rows = lay_out(edges, most)
        self.position = {row.step: index for index, row in enumerate(self.rows)}
        self.text_at = self._text_column()

    def lines(self) -> list[str]:
        lines = [self._row(row) for row in self.rows]
        if self.tracked and lines:
            statuses = (self._status(row.step) for row in self.rows)
            lines += ["", *self.pen.legend(tally(statuses, self.pen.glyphs))]
        if (answer := self.plan.answer) is not None:
            sign = f"{self.pen.glyphs.answer} answer  "
            said = self.pen.safe(answer, self.pen.width - len(sign))
            lines.append(self.pen.line((sign, DIM), (said, "")))
        return lines or [self.pen.line(("(no steps)", DIM))]

    def _status(self, key: str) -> StepStatus:
        result = self.results.get(key)
        return "waiting" if result is None else result.status

    def _text_column(self) -> int:
        widest = max(
            (
                _extent(row) + 1 + len(self.steps[row.step].id[: self.pen.width])
                for row in self.rows
            ),
            default=0,
        )
        return min(widest, self.pen.width * 11 // 20)

    def _row(self, row: Row) -> str:
        status = self._status(row.step)
        tone = TONES[status] if self.tracked else ""
        before, sign, after = _lane_parts(row, status, self.pen.glyphs)
        room = max(self.text_at - _extent(row) - 1, 8)
        name = self.pen.safe(self.steps[row.step].id, room)
        left = f"{before}{sign}{after} {name}"
        gap = " " * max(self.text_at - cells(left) + 2, 2)
        return self.pen.line(
            (before, ""),
            (sign, tone),
            (f"{after} ", ""),
            (name, tone),
            (gap, ""),
            *self._text(row, self.pen.width - cells(left + gap)),
        )

    def _text(self, row: Row, room: int) -> list[Part]:
        """Write what a step does, or why it did not, and what has no lane."""
        names = self._names(row)
        names = self.pen.safe(names, max(room * 2 // 3, 0))
        room -= cells(names) + 2 if names else 0
        result = self.results.get(row.step, _WAITING)
        again = ""
        if result.attempts > 1:
            again = f"{self.pen.glyphs.retried}{result.attempts} "
        if result.error is not None:
            tone, said = TONES[result.status], again + result.error
        else:
            said = again + self._summary(self.steps[row.step], room - len(again))
            tone = DIM
        said = self.pen.safe(said, max(room, 0))
        return [(said, tone), ("  " if said and names else "", ""), (names, "")]

    def _summary(self, step: Step, room: int) -> str:
        said = summarise(step, max(room, 1))
        if step.for_each is None:
            return said
        counts = self.items[step.id]
        done = ", ".join(f"{count:,} {status}" for status, count in counts.items())
        return f"{self.pen.glyphs.each} {f'({done}) ' if done else ''}{said}"

    def _names(self, row: Row) -> str:
        if not row.named:
            return ""
        count = len(row.named)
        if count > _NAMES_SHOWN and self._just_above(row):
            return f"{self.pen.glyphs.names} the {count:,} steps above"
        named = ", ".join(name[:64] for name in row.named[:_NAMES_SHOWN])
        more = f", +{count - _NAMES_SHOWN:,} more" if count > _NAMES_SHOWN else ""
        return f"{self.pen.glyphs.names} {named}{more}"

    def _just_above(self, row: Row) -> bool:
        here = self.position[row.step]
        above = {self.rows[i].step for i in range(max(here - len(row.named), 0), here)}
        return above == set(row.named)


def _extent(row: Row) -> int:
    return 2 * max((row.column, *row.lanes)) + 1


def _lane_parts(row: Row, status: StepStatus, glyphs: Glyphs) -> tuple[str, str, str]:
    """Draw the lanes of a row: what is left of the step, its sign, what is right."""
    drawn = [" "] * _extent(row)
    _draw_lines(drawn, row, glyphs)
    for column in row.lanes:
        drawn[2 * column] = glyphs.lane
    outermost_left, outermost_right = min(row.taps, default=0), max(row.taps, default=0)
    for column, tap in row.taps.items():
        right = column > row.column
        carries = column != (outermost_right if right else outermost_left)
        drawn[2 * column] = glyphs.taps[4 * tap.ends + 2 * right + carries]
    at = 2 * row.column
    after = "".join(drawn[at + 1 :])
    return "".join(drawn[:at]), glyphs.status[status], after


def _draw_lines(drawn: list[str], row: Row, glyphs: Glyphs) -> None:
    """Draw from each lane that is read towards the step, outermost first."""
    at = 2 * row.column
    for column in sorted(row.taps, key=lambda tap: -abs(tap - row.column)):
        line = glyphs.required if row.taps[column].required else glyphs.optional
        start, stop = sorted((2 * column, at))
        drawn[start + 1 : stop] = line * (stop - start - 1)
