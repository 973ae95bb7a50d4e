"""Hostile text in, a `Plan` or a `PlanError` out."""

import json
from collections import Counter

from pydantic import ValidationError

from dagplan.errors import PlanError, Problem
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan
from dagplan.plan.references import short


class DuplicateKeyError(ValueError):
    """A JSON object holds one key twice, so that one of the values would be lost."""


def load_plan(text: str | bytes, limits: PlanLimits = PlanLimits()) -> Plan:
    """Read a plan from its JSON text; `Plan.check` says whether it can run.

    Args:
        text: The JSON document, UTF-8 where it is bytes.
        limits: `limits.bytes` is checked before anything is parsed.

    Raises:
        PlanError: The text is too large, no JSON, or no plan.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode(errors="replace"))
    if size > limits.bytes:
        raise _refused(
            "too-large", f"{size:,} bytes", f"keep a plan under {limits.bytes:,} bytes"
        )
    document = parse_json(text)
    match document:
        # Before validation, which would describe every one of a million bad steps.
        case {"steps": list(steps)} if len(steps) > limits.steps:
            raise _refused(
                "too-many-steps",
                f"{len(steps):,} steps",
                f"keep a plan under {limits.steps:,} steps",
            )
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        raise PlanError(_problems(document, error), source=_source(text)) from error


def parse_json(text: str | bytes) -> object:
    """Parse JSON strictly: no duplicate keys, no NaN, no runaway nesting.

    Raises:
        PlanError: The text is not such JSON; `.source` holds its beginning.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
    except RecursionError:
        problem = Problem(None, "too-deep", "nesting", "nest lists and objects less")
    except UnicodeDecodeError as error:
        problem = Problem(None, "not-utf8", str(error), "write the plan in UTF-8")
    except json.JSONDecodeError as error:
        near = short(error.doc[max(error.pos - 20, 0) : error.pos + 20])
        where = f"{error.msg} at line {error.lineno} column {error.colno}, near {near}"
        problem = Problem(None, "not-json", where, "write one complete JSON document")
    except DuplicateKeyError as error:
        problem = Problem(None, "duplicate-key", str(error), "write each key once")
    except ValueError as error:
        problem = Problem(None, "not-json", str(error), "write plain JSON numbers")
    raise PlanError([problem], source=_source(text))


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise DuplicateKeyError(short(counts.most_common(1)[0][0]))
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _refused(rule: str, value: str, remedy: str) -> PlanError:
    return PlanError([Problem(None, rule, value, remedy)])


def _problems(document: object, error: ValidationError) -> list[Problem]:
    return [
        Problem(
            _step_at(document, entry["loc"]),
            "wrong-shape",
            f"{'.'.join(map(str, entry['loc'])) or 'plan'} = {short(entry['input'])}",
            entry["msg"],
        )
        for entry in error.errors(include_url=False, include_context=False)
    ]


def _step_at(document: object, location: tuple[int | str, ...]) -> str | None:
    """Return the id that stands in the step to which a location leads, if any."""
    match location, document:
        case ("steps", int(index), *_), {"steps": list(steps)} if index < len(steps):
            step = steps[index]
            name = step.get("id") if isinstance(step, dict) else None
            return name if isinstance(name, str) else f"#{index + 1}"
        case _:
            return None


def _source(text: str | bytes) -> str:
    start = text[:2_000]
    return start.decode(errors="replace") if isinstance(start, bytes) else start
