"""Units: "How many miles are 5 km?", "Convert 20 °C to °F"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dagplan.offline.clause import Clause, Fillings
from dagplan.offline.draft import Draft
from dagplan.offline.findings import Findings, quantity, unit_words
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned, Result
from dagplan.offline.pattern import whole
from dagplan.plan.references import for_people

_SIGNS = {"c": "degC", "f": "degF"}


@dataclass(frozen=True, slots=True)
class Convert:
    """A number in one unit, to be given in another.

    Attributes:
        value: The number.
        unit: Its unit.
        to: The unit to give it in.
    """

    value: int | float
    unit: str
    to: str

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Convert it."""
        start = quantity(self.value, self.unit)
        step = draft.call(
            f"convert_{self.value}_{self.unit}",
            f"Convert {start} to {self.to}",
            "convert",
            {"value": self.value, "unit": self.unit, "to": self.to},
        )

        def tell(found: Findings) -> list[str]:
            value = found.number(step)
            if value is None:
                return []
            ends = ((self.value, self.unit), (value, self.to))
            one, two = (f"{for_people(n)} {unit_words(u, n)}" for n, u in ends)
            return [f"{one} = {two}."]

        return Planned(tell, (Result(step, start, self.to, self.to),))


_PATTERNS = (
    "convert <amount> to|into <target>",
    "what is|are <amount> in <target>",
    "how many <target> is|are|make there? in? <amount>",
    "how much is|are <amount> in <target>",
    "<amount> in|to <target>",
    "express <amount> in|as <target>",
    "how many <target> does <amount> have",
)


def number_at(clause: Clause, at: int) -> tuple[int | float, int] | None:
    """Read a number, signed or not; return it with the index after it."""
    sign = -1 if clause.word(at) == "-" else 1
    at += sign < 0
    if at >= len(clause) or clause.tokens[at].kind != "number":
        return None
    text = clause.word(at)
    if len(text) > 300:
        return None
    value = float(text) if "." in text else int(text)
    return sign * value, at + 1


def _unit(clause: Clause, at: int) -> Fillings:
    if clause.word(at) == "°" and clause.word(at + 1) in _SIGNS:
        return [(_SIGNS[clause.word(at + 1)], at + 2)]
    if clause.word(at) == "degrees" and clause.word(at + 1) in _SIGNS:
        return [(_SIGNS[clause.word(at + 1)], at + 2)]
    return NOUNS["unit"](clause, at)


def _amount(clause: Clause, at: int) -> Fillings:
    found = number_at(clause, at)
    if found is None and clause.word(at) not in {"a", "an", "one"}:
        return []
    value, end = found or (1, at + 1)
    return [((value, unit), stop) for unit, stop in _unit(clause, end)]


SLOTS: Final = {**NOUNS, "amount": _amount, "target": _unit}


def read(clause: Clause) -> Iterator[tuple[Convert, ...]]:
    """Recognise a conversion of a number."""
    for filled in whole(_PATTERNS, clause, SLOTS):
        amount: Any = filled["amount"]
        to: Any = filled["target"]
        value, unit = amount
        yield (Convert(value, unit, to),)
