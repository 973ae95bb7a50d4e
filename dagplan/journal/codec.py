"""Events as JSON text and back, exactly."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, cast, get_args

from dagplan.errors import CorruptJournalError, JournalError
from dagplan.events import AnswerText, Event, StepStarted, StepSucceeded, Tokens
from dagplan.plan.model import Step

# What an answer is made of is told while it is written; the whole of it is recorded.
_KINDS: Mapping[str, Callable[..., Event]] = MappingProxyType(
    {kind.__name__: kind for kind in get_args(Event) if kind is not AnswerText}
)
_FIELDS = {name: frozenset(f.name for f in fields(_KINDS[name])) for name in _KINDS}  # type: ignore[arg-type]
_write = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def encode(event: Event) -> tuple[str, str]:
    """Return the kind of an event, and the rest of it as JSON of ASCII characters.

    Raises:
        JournalError: It holds what JSON cannot; steps are kept from returning that.
    """
    try:
        return type(event).__name__, _write(_plain(event))
    except (TypeError, ValueError, RecursionError) as error:
        raise JournalError(
            f"{type(event).__name__} cannot be recorded: {error}"
        ) from error


def decode(kind: str, body: str) -> Event:
    """Return the event that was encoded.

    Raises:
        CorruptJournalError: It is no event that this version knows.
    """
    make = _KINDS.get(kind)
    if make is None:
        raise CorruptJournalError(
            f"an event of the unknown kind {kind!r}; a newer version of dagplan may "
            "have written it"
        )
    try:
        found: Any = json.loads(body)
        unknown = found.keys() - _FIELDS[kind]
        for name, read in _READ.items():
            if found.get(name) is not None:
                found[name] = read(found[name])
        event = make(**{k: v for k, v in found.items() if k not in unknown})
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise CorruptJournalError(f"a {kind} that cannot be read: {error}") from error
    if unknown:
        raise CorruptJournalError(
            f"a {kind} with unknown fields {', '.join(sorted(unknown))}; a newer "
            "version of dagplan may have written it"
        )
    return event


def _plain(event: Event) -> dict[str, object]:
    # The two of which each step has one, without a look at their fields.
    if isinstance(event, StepSucceeded):
        return {
            "at": event.at,
            "step_id": event.step_id,
            "value": event.value,
            "attempt": event.attempt,
        }
    if isinstance(event, StepStarted):
        return {
            "at": event.at,
            "step_id": event.step_id,
            "attempt": event.attempt,
            "items": event.items,
            "digest": event.digest,
            "intent": event.intent,
        }
    return {field.name: _written(getattr(event, field.name)) for field in fields(event)}


def _written(value: object) -> object:
    match value:
        case Step():
            return value.model_dump(mode="json", exclude_defaults=True)
        case Tokens():
            return [value.input, value.output]
        case tuple():
            return [_written(each) for each in value]
        case Mapping():
            return dict(value)
        case _:
            return value


def _steps(found: object) -> tuple[Step, ...]:
    return tuple(Step.model_validate(each) for each in cast("list[object]", found))


_READ: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "step": Step.model_validate,
        "added": _steps,
        "redefined": _steps,
        "dropped": tuple,
        "tokens": lambda counts: Tokens(*counts),
    }
)
