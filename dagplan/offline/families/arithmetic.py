"""Plain arithmetic: "What's 3*7?", "the sum of 3 and 7", "20% of 150"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dagplan.offline.clause import Clause, Fillings
from dagplan.offline.draft import Draft
from dagplan.offline.families.conversion import number_at
from dagplan.offline.findings import Findings
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned, Result
from dagplan.offline.pattern import whole
from dagplan.plan.references import for_people

DIMENSION: Final = "number"
_LONGEST = 900  # characters: `calculate` takes 1,000


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """An expression to work out.

    Attributes:
        expression: As `calculate` takes it.
        shown: As an answer shows it.
    """

    expression: str
    shown: str

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Work it out."""
        args: dict[str, object] = {"expression": self.expression}
        number = 1 + sum(step.tool == "calculate" for step in draft.steps.values())
        step = draft.call(f"part_{number}", f"Work out {self.shown}", "calculate", args)

        def tell(found: Findings) -> list[str]:
            value = found.number(step)
            return [] if value is None else [f"{self.shown} = {for_people(value)}."]

        return Planned(tell, (Result(step, self.shown, dimension=DIMENSION),))


_SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "**", "**": "**", "x": "*"}
_WORDS: dict[tuple[str, ...], str] = {
    ("plus",): "+",
    ("minus",): "-",
    ("times",): "*",
    ("over",): "/",
    ("multiplied", "by"): "*",
    ("divided", "by"): "/",
    ("to", "the", "power", "of"): "**",
}
_AFTER: dict[tuple[str, ...], str] = {
    ("squared",): " ** 2",
    ("cubed",): " ** 3",
}
_SHARES = (("%", "of"), ("percent", "of"), ("per", "cent", "of"))


def _expression(clause: Clause, at: int) -> Fillings:
    """Read operands and operators in turn; every whole expression counts."""
    text, depth, found = "", 0, []
    while True:
        while clause.word(at) == "(":
            text, depth, at = f"{text}(", depth + 1, at + 1
        operand = _operand(clause, at)
        if operand is None:
            break
        text, at = text + operand[0], operand[1]
        while clause.word(at) == ")" and depth:
            text, depth, at = f"{text})", depth - 1, at + 1
        if depth == 0:
            found.append((text, at))
        operator, at = _operator(clause, at)
        if not operator or len(text) > _LONGEST:
            break
        text = f"{text} {operator} "
    return found[::-1]  # type: ignore[return-value]


def _operand(clause: Clause, at: int) -> tuple[str, int] | None:
    root = clause.words(at, at + 3) == ("square", "root", "of")
    if root:
        at += 3
    read_number = number_at(clause, at)
    if read_number is None:
        return None
    text, at = str(read_number[0]), read_number[1]
    for share in _SHARES:
        if clause.words(at, at + len(share)) == share and not root:
            whole_of = _operand(clause, at + len(share))
            return whole_of and (f"{text} / 100 * {whole_of[0]}", whole_of[1])
    for words, suffix in _AFTER.items():
        if clause.words(at, at + len(words)) == words:
            base = f"({text})" if text.startswith("-") else text
            text, at = f"{base}{suffix}", at + len(words)
    return (f"sqrt({text})" if root else text), at


def _operator(clause: Clause, at: int) -> tuple[str, int]:
    if clause.word(at) in _SIGNS:
        return _SIGNS[clause.word(at)], at + 1
    for words, sign in _WORDS.items():
        if clause.words(at, at + len(words)) == words:
            return sign, at + len(words)
    return "", at


def _numbers(clause: Clause, at: int) -> Fillings:
    """Read a list of numbers: "3, 4 and 5"."""
    numbers: list[str] = []
    found: Fillings = []
    while (read_number := number_at(clause, at)) is not None:
        numbers.append(str(read_number[0]))
        at = read_number[1]
        found.append((tuple(numbers), at))
        after = at
        while clause.word(after) in {",", "and", "by", "to", "from"}:
            after += 1
        if after == at:
            break
        at = after
    return found[::-1]


_OPERATION = "the? <operation> of|between|from? <numbers>"
_PATTERNS = (
    "what|how is|are|much the? <expression> equal? =?",
    "how much is|are <expression>",
    "calculate|compute|evaluate|solve|work? out? <expression> =?",
    "what does <expression> equal|make|give",
    "<expression> =?",
    f"what|how is|much {_OPERATION}",
    f"calculate|compute|find {_OPERATION}",
    _OPERATION,
    "add|sum|adding up? <numbers:summed>",
    "multiply <numbers:multiplied>",
    "divide <numbers:divided>",
    "subtract <numbers:subtracted>",
)
SLOTS: Final = {**NOUNS, "expression": _expression, "numbers": _numbers}


def read(clause: Clause) -> Iterator[tuple[Arithmetic, ...]]:
    """Recognise arithmetic."""
    for filled in whole(_PATTERNS, clause, SLOTS):
        text = _written(filled)
        if text and len(text) <= _LONGEST:
            yield (Arithmetic(text, text.replace(" ** ", "^")),)


def _written(filled: dict[str, Any]) -> str:
    if "expression" in filled:
        return str(filled["expression"])
    for key, sign in (("summed", "+"), ("multiplied", "*"), ("divided", "/")):
        if key in filled:
            return f" {sign} ".join(_bracketed(filled[key]))
    if "subtracted" in filled:
        return " - ".join(_bracketed(filled["subtracted"])[::-1])
    return _operated(str(filled["operation"]), _bracketed(filled["numbers"]))


def _bracketed(numbers: Sequence[str]) -> list[str]:
    return [f"({n})" if n.startswith("-") else n for n in numbers]


def _operated(operation: str, numbers: list[str]) -> str:
    signs = {"sum": "+", "difference": "-", "ratio": "/", "product": "*"}
    if operation in signs:
        return f" {signs[operation]} ".join(numbers) if len(numbers) > 1 else ""
    return f"{operation}({', '.join(numbers)})"
