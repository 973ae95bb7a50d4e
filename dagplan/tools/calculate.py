"""The tool `calculate`: arithmetic on bound names, with every cost bounded.

An expression comes from a model, so it is hostile until proven otherwise. It passes
three gates before simpleeval sees it: its text (length, characters, words), its
tree (size, depth, an allow-list of nodes) and its names. Then every operator and
function (arithmetic.py) bounds what it is given and gives. Whatever fits in the text
limit ends in well under 0.1 s.
"""

import ast
import keyword
import re
import threading
from collections.abc import Mapping, Sequence

from simpleeval import (
    EvalWithCompoundTypes,
    InvalidExpression,
)

from dagplan.errors import ToolError
from dagplan.tools.arithmetic import FUNCTIONS, OPERATORS, Number, bounded, fits
from dagplan.tools.figure import is_number, number_in, shown

MAX_LENGTH = 1_000
MAX_NODES = 1_200
MAX_DEPTH = 100  # simpleeval uses three frames for a level, of about 1,000
MAX_ITEMS = 10_000  # of all lists together, each as often as it is named

_Operand = Number | Sequence[Number]

_ALIEN = re.compile(r"[^\w\s.+\-*/%(),\[\]^]", re.ASCII)
# No word boundary in front: Python reads `1if` as two words.
_KEYWORD = re.compile(rf"(?<![A-Za-z_])(?:{'|'.join(keyword.kwlist)})(?!\w)")
_PERCENT = re.compile(r"[\w.)\]]\s*%\s*(?:$|[-+*/%),\]]|of\b)")
_GROUPED = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)")

_NODES = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Constant),
    *(ast.List, ast.Load, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv),
    *(ast.Mod, ast.Pow, ast.USub, ast.UAdd),
)

# simpleeval's constructor swaps the warning filters of the whole process and puts
# them back; two threads doing so at once would leave the wrong ones behind.
_BUILDING = threading.Lock()


def calculate(expression: str, values: Mapping[str, object] | None = None) -> Number:
    """Work out an arithmetic expression.

    Args:
        expression: Numbers and names with + - * / // % ** and brackets, e.g.
            "pop / area". Functions: min, max, sum, mean, len, abs, round(x, 1), sqrt,
            log, exp, floor, ceil. Powers are **, numbers have no thousands separators,
            20% is 0.2. A list, also of a for_each step, goes into a function whole:
            "sum(${pops})".
        values: Names that the expression uses, each a number, a figure, or a list of
            these (also what a for_each step yields) for sum, min, max, mean and len.

    Returns:
        The number; an integer only where every operation kept it one.

    Raises:
        ToolError: The expression is not arithmetic, is too long, divides by zero,
            grows out of bounds, or uses a name without a value.
    """
    tree = _parse(_checked_text(expression))
    try:
        result = _evaluate(tree, _bind(tree, values or {}))
    except ZeroDivisionError as error:
        raise ToolError(
            f"{shown(expression)} divides by zero; check the values"
        ) from error
    except OverflowError as error:
        raise _too_large(expression) from error
    except (InvalidExpression, ArithmeticError, ValueError, TypeError) as error:
        raise ToolError(
            f"{shown(expression)} cannot be worked out: {_line(error)}; "
            "check the values and the arguments of the functions"
        ) from error
    return _finite(result, expression)


def _evaluate(tree: ast.Expression, names: dict[str, _Operand]) -> object:
    with _BUILDING:
        evaluator = EvalWithCompoundTypes(
            # A copy: its constructor writes to what it is given.
            operators=OPERATORS,
            functions=dict(FUNCTIONS),
            names=names,
        )
    result: object = evaluator.eval("", previously_parsed=tree.body)
    return result


def _checked_text(expression: str) -> str:
    if not expression.strip():
        raise ToolError("expression is empty; write e.g. 'a / b'")
    if len(expression) > MAX_LENGTH:
        raise ToolError(
            f"an expression may have {MAX_LENGTH} characters, got {len(expression)}; "
            "use sum() over a list or several steps"
        )
    for pattern, remedy in _REMEDIES:
        if found := pattern.search(expression):
            raise ToolError(f"{found[0].strip()!r} in {shown(expression)}: {remedy}")
    return expression.strip()


_REMEDIES = (
    (re.compile(r"['\"`]"), "text is not a number; only numbers and names can be used"),
    (re.compile(r"\^"), "^ is not power; write ** instead"),
    (_ALIEN, "this character is not arithmetic; use + - * / // % ** and brackets"),
    (_KEYWORD, "this word is not arithmetic; use operators, min, max, sum or round"),
    (_PERCENT, "a percentage cannot be written so; write 0.2 for 20%"),
    (
        _GROUPED,
        "a comma does not group digits; write 1000 for 1,000, and f(1, 200) in calls",
    ),
)


def _parse(text: str) -> ast.Expression:
    try:
        # Brackets let an expression run over several lines.
        tree = ast.parse(f"({text}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ToolError(
            f"{shown(text)} is not an arithmetic expression; write e.g. '(a - b) / 2'"
        ) from error
    _check_size(tree, text)
    for node in ast.walk(tree):
        _check_node(node, text)
    return tree


def _check_size(tree: ast.AST, text: str) -> None:
    """Bound nodes and depth level by level, without recursion."""
    level: list[ast.AST] = [tree]
    nodes = depth = 0
    while level:
        nodes, depth = nodes + len(level), depth + 1
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise ToolError(
                f"{shown(text)} has too many terms or brackets (about {MAX_DEPTH} "
                "are allowed); use sum() over a list or several steps"
            )
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def _check_node(node: ast.AST, text: str) -> None:
    if isinstance(node, ast.Tuple):
        raise ToolError(
            f"{shown(text)} has a comma outside a function; write 1000 for 1,000 "
            "and 0.5 for 0,5"
        )
    if not isinstance(node, _NODES):
        raise ToolError(
            f"{shown(text)} uses {type(node).__name__}, which is not arithmetic; "
            "use numbers, names, operators and functions"
        )
    if isinstance(node, ast.Constant) and not fits(node.value):
        raise ToolError(
            f"{shown(text)} has a constant that is no number, or too large a one; "
            "use numbers below 1e308"
        )
    if isinstance(node, ast.Call):
        _check_call(node, text)


def _check_call(call: ast.Call, text: str) -> None:
    name = call.func.id if isinstance(call.func, ast.Name) else None
    if name is None:
        raise ToolError(f"{shown(text)} calls a number; write * to multiply")
    if name not in FUNCTIONS:
        raise ToolError(
            f"{shown(text)} uses an unknown function {name!r}; "
            f"there are {', '.join(FUNCTIONS)}"
        )
    if call.keywords:
        raise ToolError(f"{name} takes no named arguments; write {name}(a, b)")


def _bind(tree: ast.AST, values: Mapping[str, object]) -> dict[str, _Operand]:
    """Read the values of the names in use; the others are left alone."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    used = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and id(node) not in called
    ]
    for name in used:
        if name not in values:
            known = ", ".join(sorted(map(str, values))[:10]) or "none"
            raise ToolError(f"{name!r} has no value; names with values: {known}")
    items = sum(len(_listed(values[name]) or ()) for name in used)
    if items > MAX_ITEMS:
        raise ToolError(
            f"lists may hold {MAX_ITEMS} numbers together, counted each time they are "
            f"named, got {items}; use several steps"
        )
    return {name: _operand(name, values[name]) for name in used}


def _listed(value: object) -> Sequence[object] | None:
    """Return the list that a value is, or that a figure holds."""
    if isinstance(value, Mapping):
        value = value.get("value")
    return value if isinstance(value, list | tuple) else None


def _operand(name: str, value: object) -> _Operand:
    listed = _listed(value)
    if listed is None:
        return bounded(number_in(value, name))
    return [
        bounded(number_in(item, f"{name}[{place}]"))
        for place, item in enumerate(listed)
    ]


def _finite(result: object, expression: str) -> Number:
    if is_number(result):
        return result
    raise ToolError(
        f"{shown(expression)} gives {shown(result)}, not a number; "
        "use sum, min, max, mean or len on a list"
    )


def _too_large(expression: str) -> ToolError:
    return ToolError(
        f"{shown(expression)} grows beyond 1e308 (4,000 digits for integers); "
        "use smaller numbers"
    )


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
