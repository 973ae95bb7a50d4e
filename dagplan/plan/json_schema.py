"""JSON schemas as tools have them: of any draft, said or not, and at times broken."""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    Errors = Iterator[ValidationError] | None
    Keyword = Callable[[Validator, object, object, Mapping[str, object]], Errors]

_ROOM = 300  # frames that are kept free for what stands between two references
_SHOWN = 120  # characters of what is said of a broken schema


@cache
def validator_class() -> "type[Validator]":
    """Return a validator of draft 2020-12 that also reads what older drafts wrote.

    Tools seldom say which draft they mean, and what older ones wrote otherwise is told
    by its form: `items` that is a list, a bound that is true or false.
    """
    from jsonschema import Draft7Validator, Draft202012Validator
    from jsonschema.validators import extend

    old, new = Draft7Validator.VALIDATORS, Draft202012Validator.VALIDATORS
    keywords: dict[str, Keyword] = {
        "items": _by_form(list, old["items"], new["items"]),
        "additionalItems": old["additionalItems"],
        "dependencies": old["dependencies"],
    }
    for reference in ("$ref", "$dynamicRef"):
        keywords[reference] = _while_shallow(new[reference])
    for limit in ("exclusiveMinimum", "exclusiveMaximum"):
        keywords[limit] = _by_form(bool, _nothing, new[limit])
    return extend(Draft202012Validator, keywords)  # type: ignore[no-any-return, no-untyped-call]


def _by_form(kind: type, older: "Keyword", newer: "Keyword") -> "Keyword":
    def keyword(validator: "Validator", rule: object, *of: Any) -> "Errors":
        return (older if isinstance(rule, kind) else newer)(validator, rule, *of)

    return keyword


def _while_shallow(check: "Keyword") -> "Keyword":
    """Follow a reference only while there is room for what it leads to.

    Without an end of its own a recursion meets Python's inside of code in Rust, which
    makes of it an exception that is none (`PanicException`) and passes every handler.
    """

    def keyword(validator: "Validator", *of: Any) -> "Errors":
        if _stack_is_deep():
            raise RecursionError("a schema that refers to itself was followed too far")
        return check(validator, *of)

    return keyword


def _stack_is_deep() -> bool:
    try:
        # The one way to ask without counting: it fails where there is no such frame.
        sys._getframe(sys.getrecursionlimit() - _ROOM)  # noqa: SLF001
    except ValueError:
        return False
    return True


def _nothing(*_: object) -> None:
    """Check nothing: the keyword only says how another one counts."""


def bound(
    schema: Mapping[str, object], kind: "type[Validator] | None" = None
) -> "Validator":
    """Return a validator of a schema that looks nothing up outside of it.

    Args:
        schema: The schema.
        kind: A class that `validator_class()` was extended to.
    """
    from referencing.jsonschema import EMPTY_REGISTRY

    # A schema that says its draft would be given that draft's own validator wherever a
    # reference leads back to it.
    unsaid = {key: rule for key, rule in schema.items() if key != "$schema"}
    # Without a registry of its own a validator would fetch remote schemas.
    return (kind or validator_class())(unsaid, registry=EMPTY_REGISTRY)


def fault(schema: Mapping[str, object]) -> str | None:
    """Say what is wrong with a schema; None if some draft allows it.

    A reference that leads nowhere is found only where it is followed.
    """
    from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator
    from jsonschema.exceptions import SchemaError

    said = ""
    for draft in (Draft202012Validator, Draft7Validator, Draft4Validator):
        try:
            draft.check_schema(schema)
        except SchemaError as error:
            where = ".".join(map(str, error.absolute_path))
            said = said or f"{where or 'schema'}: {error.message}"
        except RecursionError:
            return "it nests without end"
        else:
            return None
    return said[:_SHOWN]
