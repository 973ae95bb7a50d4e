"""Events as JSON text and back: what comes back equals what went in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from operator import attrgetter
from typing import Final, get_args

from pydantic import ValidationError

from dagplan.errors import CorruptJournalError, JournalError
from dagplan.events import Event, ModelCalled, Revised, StepPlanned, Tokens
from dagplan.plan.model import Step
from dagplan.plan.references import clip, is_unicode, short

Convert = Callable[[object], object]


def _plain(value: object) -> object:
    """Write what JSON has no word for: a mapping of another kind than dict."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
)
# For texts with half a character, which an error of a tool may hold.
_ASCII_ENCODER: Final = json.JSONEncoder(
    allow_nan=False, separators=(",", ":"), default=_plain
)
_DECODER: Final = json.JSONDecoder()


def _step_out(step: object) -> object:
    assert isinstance(step, Step)
    # What is at its default is left out; a step of a later version with one more
    # field is thereby refused only where the field is used.
    return step.model_dump(exclude_defaults=True)


def _step_in(plain: object) -> object:
    return Step.model_validate(plain)


def _steps_out(steps: object) -> object:
    assert isinstance(steps, tuple)
    return [_step_out(step) for step in steps]


def _steps_in(plain: object) -> object:
    return tuple(map(_step_in, _list(plain)))


def _ids_out(ids: object) -> object:
    assert isinstance(ids, tuple)
    return [*ids]


def _ids_in(plain: object) -> object:
    return tuple(_list(plain))


def _tokens_out(tokens: object) -> object:
    if not isinstance(tokens, Tokens):
        return None
    return [tokens.input, tokens.output, tokens.cached]


def _tokens_in(plain: object) -> object:
    return None if plain is None else Tokens(*_list(plain))


def _list(plain: object) -> list[int]:
    if not isinstance(plain, list):
        raise TypeError(f"{short(plain)} is no list")
    return plain


# Fields that are more than plain JSON, and how they are written and read.
_CONVERSIONS: Final[dict[type, dict[str, tuple[Convert, Convert]]]] = {
    StepPlanned: {"step": (_step_out, _step_in)},
    Revised: {
        "added": (_steps_out, _steps_in),
        "redefined": (_steps_out, _steps_in),
        "dropped": (_ids_out, _ids_in),
    },
    ModelCalled: {"tokens": (_tokens_out, _tokens_in)},
}


class _Form:
    """How events of one kind are written."""

    def __init__(self, kind: type[Event]) -> None:
        found: tuple[Field[object], ...] = fields(kind)
        self.name = kind.__name__
        self.build: Callable[..., Event] = kind
        self.names = tuple(field.name for field in found)
        self.known = frozenset(self.names)
        self.required = frozenset(
            field.name
            for field in found
            if field.default is MISSING and field.default_factory is MISSING
        )
        self.values: Callable[[Event], tuple[object, ...]] = attrgetter(*self.names)
        self.conversions = _CONVERSIONS.get(kind, {})


_FORMS: Final = {kind.__name__: _Form(kind) for kind in get_args(Event)}


def encode(event: Event) -> tuple[str, str]:
    """Write an event.

    Returns:
        The name of its kind, and its fields as a JSON object.

    Raises:
        JournalError: It holds what JSON cannot say.
    """
    kind = type(event).__name__
    form = _FORMS.get(kind)
    if form is None:
        raise JournalError(
            f"{short(event)} is no event; record those of dagplan.events"
        )
    plain = dict(zip(form.names, form.values(event), strict=True))
    try:
        for name, (write, _) in form.conversions.items():
            plain[name] = write(plain[name])
        return kind, _text(plain)
    except (TypeError, ValueError, RecursionError, AssertionError) as error:
        raise JournalError(
            f"a {kind} at {event.at:g} s cannot be recorded: {clip(str(error), 200)}; "
            "record plain JSON (dagplan.plan.json_values.as_recorded)"
        ) from error


def _text(plain: dict[str, object]) -> str:
    body = _ENCODER.encode(plain)
    if is_unicode(body):
        return body
    body = _ASCII_ENCODER.encode(plain)
    # Two halves side by side would be read as one character.
    if _DECODER.decode(body) != plain:
        raise ValueError("it holds halves of characters")
    return body


def decode(kind: str, body: str) -> Event:
    """Read an event.

    Raises:
        JournalError: A newer dagplan wrote it: its kind or one of its fields is not
            known here.
        CorruptJournalError: It is none.
    """
    form = _FORMS.get(kind)
    if form is None:
        raise JournalError(
            f"events of the kind {short(kind)} are not known to this dagplan; "
            "install the newer one that wrote them"
        )
    try:
        plain = _DECODER.decode(body)
    except (ValueError, RecursionError) as error:
        raise CorruptJournalError(f"a {kind} is no JSON: {error}") from error
    if not isinstance(plain, dict) or not form.required <= plain.keys():
        raise CorruptJournalError(f"a {kind} lacks fields: {short(body)}")
    if not plain.keys() <= form.known:
        named = ", ".join(map(repr, sorted(plain.keys() - form.known)))
        raise JournalError(
            f"a {kind} has the field {named}, not known to this dagplan; "
            "install the newer one that wrote it"
        )
    return _built(form, plain)


def _built(form: _Form, plain: dict[str, object]) -> Event:
    try:
        for name, (_, read) in form.conversions.items():
            if name in plain:
                plain[name] = read(plain[name])
        event: Event = form.build(**plain)
    except ValidationError as error:
        # Steps refuse fields that they do not know.
        raise JournalError(
            f"a {form.name} has a step not known to this dagplan; "
            f"install the newer one that wrote it ({error.errors()[0]['msg']})"
        ) from error
    except TypeError as error:
        raise CorruptJournalError(
            f"a {form.name} has a field that is none: {error}"
        ) from error
    return event
