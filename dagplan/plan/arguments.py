"""A tool's arguments against its JSON schema, references allowed for any value."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from dagplan.plan.json_schema import bound, fault, validator_class
from dagplan.plan.references import clip, find, holds_reference, short
from dagplan.plan.returns import first

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    from dagplan.plan.json_schema import Errors, Keyword

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

    validator = bound(_closed(schema), _lenient_class())
    try:
        for error in validator.iter_errors(dict(args)):  # type: ignore[arg-type]
            where = clip(".".join(map(str, error.absolute_path))) or "args"
            yield f"{where} = {short(error.instance)}", _remedy(error.message, schema)
    except RecursionError:
        yield "args", "nest lists and objects less"
    except (UnknownType, Unresolvable, re.error) as error:
        yield "args", _broken(str(error))
    except OverflowError:
        yield "args", "write smaller numbers; this one has no place among floats"
    except Exception:
        # What a broken schema leads to depends on where it is broken.
        if (said := fault(schema)) is None:
            raise
        yield "args", _broken(said)


def _broken(said: str) -> str:
    shown = clip(" ".join(said.split()), _MESSAGE)
    return f"use another tool; the schema of this one is broken: {shown}"


_ELSEWHERE = frozenset({"$ref", "allOf", "anyOf", "dependentSchemas", "if", "oneOf"})


def _closed(schema: Mapping[str, object]) -> Mapping[str, object]:
    """Refuse what a schema does not name, also where it does not say that.

    Most generators leave that out, and an invented argument would be dropped.
    """
    if "properties" not in schema or "additionalProperties" in schema:
        return schema
    # What another part of the schema names is not known to `additionalProperties`.
    elsewhere = not _ELSEWHERE.isdisjoint(schema)
    keyword = "unevaluatedProperties" if elsewhere else "additionalProperties"
    return {keyword: False, **schema}


def make_ready() -> None:
    """Load what the first check would wait for: jsonschema, about 20 ms."""
    _lenient_class()


def _remedy(message: str, schema: Mapping[str, object]) -> str:
    names = schema.get("properties")
    known = first(names) if isinstance(names, Mapping) else ""
    said = clip(message, _MESSAGE)
    return f"{said}; the arguments are: {known}" if known else said


@cache
def _lenient_class() -> "type[Validator]":
    """Return a JSON schema validator that lets references stand for any value."""
    from jsonschema.validators import extend

    keywords: dict[str, Keyword] = dict(validator_class().VALIDATORS)
    # With a value still missing, more alternatives may fit than will in the end, and
    # a condition may seem to hold that will not.
    keywords["oneOf"] = _if_known(keywords["oneOf"], otherwise=_any_of)
    keywords["anyOf"] = _any_of
    for name in ("const", "contains", "enum", "if", "not"):
        keywords[name] = _if_known(keywords[name], otherwise=_nothing)
    lenient = {name: _unless_reference(check) for name, check in keywords.items()}
    return extend(validator_class(), lenient)  # type: ignore[no-any-return, no-untyped-call]


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
