"""Hostile text in, a `Plan` or a `PlanError` out."""

import json
from collections import Counter
from collections.abc import Iterator

from pydantic import ValidationError

from dagplan.errors import PlanError, Problem
from dagplan.plan.limits import MOST_PROBLEMS, PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import clip, short
from dagplan.plan.sizes import too

_MOST_KEYS = 4 * len(Step.model_fields)


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
    document = parse_within(text, limits)
    for problem in _too_much(document, limits):
        raise PlanError([problem], source=_source(text))
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        raise PlanError(_problems(document, error), source=_source(text)) from error


def parse_within(text: str | bytes, limits: PlanLimits) -> object:
    """Parse JSON as `parse_json` does, unless it has more than `limits.bytes`.

    Raises:
        PlanError: The text is too large, or no such JSON.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode(errors="replace"))
    if size > limits.bytes:
        problem = too("large", f"{size:,} bytes", limits.bytes)
        raise PlanError([problem], source=_source(text))
    return parse_json(text)


def parse_json(text: str | bytes) -> object:
    """Parse JSON strictly: no duplicate keys, no NaN, no runaway nesting.

    Raises:
        PlanError: The text is not such JSON; `.source` holds its beginning.
    """
    try:
        # Left to itself `loads` would guess an encoding and let surrogates pass.
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(
            decoded, object_pairs_hook=_no_duplicates, parse_constant=_no_constant
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


def _too_much(document: object, limits: PlanLimits) -> Iterator[Problem]:
    """Find what validation would describe at length, a million bad steps say."""
    match document:
        case {"steps": list(steps)} if len(steps) > limits.steps:
            yield too("many-steps", f"{len(steps):,} steps", limits.steps)
        case {"steps": list(steps)}:
            objects = [step for step in (document, *steps) if isinstance(step, dict)]
            edges = sum(map(_listed_ids, objects))
            if edges > limits.edges:
                yield too("many-edges", f"{edges:,} dependencies", limits.edges)
            if (keys := max(map(len, objects))) > _MOST_KEYS:
                remedy = f"the keys of a step are: {', '.join(Step.model_fields)}"
                yield Problem(
                    None, "wrong-shape", f"an object of {keys:,} keys", remedy
                )
        case dict() if len(document) > _MOST_KEYS:
            count, remedy = f"{len(document):,} keys", "write steps and answer"
            yield Problem(None, "wrong-shape", f"an object of {count}", remedy)


def _listed_ids(step: dict[str, object]) -> int:
    lists = (step.get("depends_on"), step.get("optional"))
    return sum(len(ids) for ids in lists if isinstance(ids, list))


def _problems(document: object, error: ValidationError) -> list[Problem]:
    return [
        Problem(
            _step_at(document, entry["loc"]),
            "wrong-shape",
            f"{clip('.'.join(map(str, entry['loc']))) or 'plan'} = "
            f"{short(entry['input'])}",
            entry["msg"],
        )
        for entry in error.errors(include_url=False, include_context=False)
    ][:MOST_PROBLEMS]


def _step_at(document: object, location: tuple[int | str, ...]) -> str | None:
    """Return the id that stands in the step to which a location leads, if any."""
    match location, document:
        case ("steps", int(index), *_), {"steps": list(steps)} if index < len(steps):
            step = steps[index]
            name = step.get("id") if isinstance(step, dict) else None
            return clip(name) if isinstance(name, str) else f"#{index + 1}"
        case _:
            return None


def _source(text: str | bytes) -> str:
    start = text[:2_000]
    return start.decode(errors="replace") if isinstance(start, bytes) else start
