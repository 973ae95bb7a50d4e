"""Operators and functions on numbers whose cost and results are bounded.

`calculate` evaluates what a model wrote with these and nothing else. Each takes
finite numbers only and gives one, or raises TypeError, ValueError or OverflowError.
"""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from dagplan.tools.figure import is_number, shown

# 4,000 digits: below the 4,300 from which Python refuses to write an integer.
MAX_BITS = 13_287
MAX_DIGITS = 400  # places that round() takes: more than any float has

Number = int | float


def fits(value: object) -> bool:
    """Tell whether a value is a number within the bounds."""
    return is_number(value) and (
        isinstance(value, float) or value.bit_length() <= MAX_BITS
    )


def bounded(value: Number) -> Number:
    """Return a number as it is.

    Raises:
        OverflowError: It has more than 4,000 digits, or is infinite.
    """
    if not fits(value):
        raise OverflowError(f"{shown(value)} is out of bounds")
    return value


def _operator(function: Callable[..., Any]) -> Callable[..., Number]:
    """Let an operator take numbers only, and bound what it gives."""

    def apply(*operands: object) -> Number:
        result = function(*map(_number, operands))
        if not isinstance(result, complex):
            return bounded(result)
        raise ArithmeticError("the result is not a real number")

    return apply


def _number(value: object) -> Number:
    if not is_number(value):
        raise TypeError(f"{shown(value)} is not a number")
    return value


def _power(base: Number, exponent: Number) -> Any:
    # Integer powers are the one operator whose cost outgrows its operands.
    both_whole = isinstance(base, int) and isinstance(exponent, int)
    if both_whole and (int(base).bit_length() - 1) * abs(exponent) > MAX_BITS:
        raise OverflowError("the power is out of bounds")
    return base**exponent


def _round(value: Number, digits: Number = 0) -> Number:
    # round(5, -10**9) would compute 10**10**9.
    if not isinstance(digits, int) or abs(digits) > MAX_DIGITS:
        raise ValueError(f"round() takes whole digits up to {MAX_DIGITS}")
    return round(value, digits) if digits else round(value)


def _list_function(function: Callable[[list[Number]], Any]) -> Callable[..., Number]:
    """Let a function take one list, or numbers one by one."""

    def apply(*arguments: object) -> Number:
        first = arguments[0] if len(arguments) == 1 else None
        numbers = [
            _number(n) for n in (first if isinstance(first, list) else arguments)
        ]
        if not numbers and function is not len:
            raise ValueError("there are no numbers in the list")
        return bounded(function(numbers))

    return apply


def _sum(numbers: list[Number]) -> Number:
    # fsum is exact where sum drifts: ten times 0.1 is 1.0.
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    return math.fsum(numbers)


OPERATORS: dict[type[ast.AST], Callable[..., Number]] = {
    ast.Add: _operator(operator.add),
    ast.Sub: _operator(operator.sub),
    ast.Mult: _operator(operator.mul),
    ast.Div: _operator(operator.truediv),
    ast.FloorDiv: _operator(operator.floordiv),
    ast.Mod: _operator(operator.mod),
    ast.Pow: _operator(_power),
    ast.USub: _operator(operator.neg),
    ast.UAdd: _operator(operator.pos),
}

FUNCTIONS: dict[str, Callable[..., Number]] = {
    "min": _list_function(min),
    "max": _list_function(max),
    "sum": _list_function(_sum),
    "mean": _list_function(lambda numbers: _sum(numbers) / len(numbers)),
    "len": _list_function(len),
    "abs": _operator(abs),
    "round": _operator(_round),
    "sqrt": _operator(math.sqrt),
    "log": _operator(math.log),
    "exp": _operator(math.exp),
    "floor": _operator(math.floor),
    "ceil": _operator(math.ceil),
}
