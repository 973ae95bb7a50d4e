"""A tool's arguments against its JSON schema, references allowed for any value."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

from dagplan.plan.references import Reference, scan, short

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


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
    if "properties" in schema:
        # Most generators leave this out, and an invented argument would be dropped.
        schema = {"additionalProperties": False, **schema}
    validator = _validator_class()(cast("dict[str, Any]", dict(schema)))
    for error in validator.iter_errors(cast("dict[str, Any]", dict(args))):
        where = ".".join(map(str, error.absolute_path)) or "args"
        yield f"{where} = {short(error.instance)}", _remedy(error.message, schema)


def _remedy(message: str, schema: Mapping[str, object]) -> str:
    names = schema.get("properties")
    known = ", ".join(names) if isinstance(names, Mapping) else ""
    cut = message if len(message) <= 200 else message[:200] + "…"
    return f"{cut}; the arguments are: {known}" if known else cut


Keyword = Callable[["Validator", object, object, object], Iterable[object] | None]


@cache
def _validator_class() -> "type[Validator]":
    """Return a JSON schema validator that lets references stand for any value."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    keywords: dict[str, Keyword] = dict(Draft202012Validator.VALIDATORS)
    lenient = {name: _unless_reference(check) for name, check in keywords.items()}
    made = extend(Draft202012Validator, lenient)  # type: ignore[no-untyped-call]
    return cast("type[Validator]", made)


def _unless_reference(check: Keyword) -> Keyword:
    def keyword(
        validator: "Validator", rule: object, instance: object, schema: object
    ) -> Iterable[object]:
        if isinstance(instance, str) and _holds_reference(instance):
            return ()
        return check(validator, rule, instance, schema) or ()

    return keyword


@lru_cache(maxsize=4096)
def _holds_reference(text: str) -> bool:
    return any(isinstance(part, Reference) for part in scan(text))
