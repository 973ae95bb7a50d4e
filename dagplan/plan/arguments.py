"""A tool's arguments against its JSON schema, references allowed for any value."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from dagplan.plan.references import clip, find, holds_reference, short
from dagplan.plan.returns import first

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    Errors = Iterator[ValidationError] | None
    Keyword = Callable[[Validator, object, object, Mapping[str, object]], Errors]

_MESSAGE = 200


def argument_problems(
    args: Mapping[str, object], schema: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """Find what a tool would refuse, as pairs of (value, remedy).

    A text that holds a reference passes every keyword: what it becomes is known only
    when the step starts, and the tool checks its arguments again then.

    Args:
        args: The arguments as the plan has them.
        schema: JSON schema of the arguments, an object schema.
    """
    from jsonschema.exceptions import UnknownType
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import EMPTY_REGISTRY

    if "properties" in schema:
        # Most generators leave this out, and an invented argument would be dropped.
        schema = {"additionalProperties": False, **schema}
    # Without a registry of its own a validator would fetch remote schemas.
    validator = _validator_class()(schema, registry=EMPTY_REGISTRY)
    try:
        for error in validator.iter_errors(dict(args)):  # type: ignore[arg-type]
            where = clip(".".join(map(str, error.absolute_path))) or "args"
            yield f"{where} = {short(error.instance)}", _remedy(error.message, schema)
    except RecursionError:
        yield "args", "nest lists and objects less"
    except (UnknownType, Unresolvable, re.error) as error:
        said = clip(" ".join(str(error).split()), _MESSAGE)
        yield "args", f"use another tool; the schema of this one is broken: {said}"


def make_ready() -> None:
    """Load what the first check would wait for: jsonschema, about 20 ms."""
    _validator_class()


def _remedy(message: str, schema: Mapping[str, object]) -> str:
    names = schema.get("properties")
    known = first(names) if isinstance(names, Mapping) else ""
    said = clip(message, _MESSAGE)
    return f"{said}; the arguments are: {known}" if known else said


@cache
def _validator_class() -> "type[Validator]":
    """Return a JSON schema validator that lets references stand for any value."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    keywords: dict[str, Keyword] = dict(Draft202012Validator.VALIDATORS)
    # With a value still missing, more alternatives may fit than will in the end, and
    # a condition may seem to hold that will not.
    keywords["oneOf"] = _if_known(keywords["oneOf"], otherwise=_any_of)
    keywords["anyOf"] = _any_of
    for name in ("if", "not"):
        keywords[name] = _if_known(keywords[name], otherwise=_nothing)
    lenient = {name: _unless_reference(check) for name, check in keywords.items()}
    return extend(Draft202012Validator, lenient)  # type: ignore[no-any-return, no-untyped-call]


def _unless_reference(check: "Keyword") -> "Keyword":
    def keyword(
        validator: "Validator",
        rule: object,
        instance: object,
        schema: Mapping[str, object],
    ) -> "Errors":
        if isinstance(instance, str) and holds_reference(instance):
            return None
        return check(validator, rule, instance, schema)

    return keyword


def _if_known(check: "Keyword", *, otherwise: "Keyword") -> "Keyword":
    def keyword(
        validator: "Validator",
        rule: object,
        instance: object,
        schema: Mapping[str, object],
    ) -> "Errors":
        chosen = check if next(find(instance), None) is None else otherwise
        return chosen(validator, rule, instance, schema)

    return keyword


def _any_of(
    validator: "Validator",
    options: object,
    instance: object,
    schema: Mapping[str, object],  # noqa: ARG001 - what jsonschema calls it with
) -> "Iterator[ValidationError]":
    """Check alternatives up to the first error of each; jsonschema collects all."""
    from jsonschema import ValidationError

    said = []
    for option in options if isinstance(options, list) else []:
        kind = option.get("type") if isinstance(option, Mapping) else None
        if isinstance(kind, str):
            # Most alternatives are told by their type, without a validator of theirs.
            if not validator.is_type(instance, kind):  # type: ignore[arg-type]
                said.append(f"{short(instance)} is not of type {kind!r}")
                continue
            if len(option) == 1:
                return
        errors = validator.evolve(schema=option).iter_errors(instance)  # type: ignore[arg-type]
        error = next(errors, None)
        if error is None:
            return
        said.append(error.message[:_MESSAGE])
    yield ValidationError("; ".join(dict.fromkeys(said)))


def _nothing(*_: object) -> None:
    """Check nothing."""
