"""What a benchmark found: figures, tables and the aims that they meet or miss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure and the bound that it should keep.

    Attributes:
        name: What is measured.
        value: The figure.
        bound: What it is held against.
        at_least: True where the figure must not be lower, else it must not be higher.
        promise: True where missing it is a fault, not a matter of speed.
    """

    name: str
    value: float
    bound: float
    at_least: bool = False
    promise: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure keeps its bound."""
        if self.at_least:
            return self.value >= self.bound
        return self.value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        verdict = "met" if self.met else "MISSED"
        return f"{verdict:6} {self.name}: {number(self.value)} ({sign} {self.bound:g})"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `to_text` aligns them.

    Attributes:
        title: What it shows, with its units.
        columns: The headings.
        rows: The cells; numbers are aligned right, None is a dash.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]

    def to_text(self) -> str:
        """Draw the table with spaces only."""
        cells = [self.columns, *[[_cell(value) for value in row] for row in self.rows]]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        right = [
            all(isinstance(row[place], int | float | None) for row in self.rows)
            for place in range(len(self.columns))
        ]
        lines = [
            "  ".join(
                cell.rjust(width) if flush else cell.ljust(width)
                for cell, width, flush in zip(row, widths, right, strict=True)
            ).rstrip()
            for row in cells
        ]
        return "\n".join([self.title, *[f"  {line}" for line in lines]])


@dataclass(frozen=True, slots=True)
class Findings:
    """What one benchmark found.

    Attributes:
        figures: Everything measured, as JSON.
        tables: The same for people.
        aims: Figures with their bounds.
        notes: What a reader has to know beside the tables.
        skipped: Why nothing was measured; None where it was.
    """

    figures: Mapping[str, object] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    aims: Sequence[Aim] = ()
    notes: Sequence[str] = ()
    skipped: str | None = None

    @property
    def broken(self) -> bool:
        """Whether a promise was not kept."""
        return any(aim.promise and not aim.met for aim in self.aims)

    def to_text(self) -> str:
        """Draw all of it."""
        if self.skipped is not None:
            return f"skipped: {self.skipped}"
        parts = [table.to_text() for table in self.tables]
        parts += ["\n".join(self.notes)] if self.notes else []
        parts += ["\n".join(map(str, self.aims))] if self.aims else []
        return "\n\n".join(parts)


def number(value: float) -> str:
    """Write a number with three or four digits that count."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return number(value) if isinstance(value, int | float) else str(value)
