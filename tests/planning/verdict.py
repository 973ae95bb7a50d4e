"""What must hold of any text that a model may write, told by reading it once more."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from dagplan.errors import PlanError
from dagplan.plan import Plan, PlanLimits, Step
from dagplan.plan.check import check_plan
from dagplan.plan.revision import Revision, revised
from dagplan.planning.scanner import StepScanner
from dagplan.planning.wire import read_plan, read_revision, write_plan

from .corpus import TOOLS

_OPTIONS = ("task", "for_each", "partial", "returns", "depends_on", "optional")
_BESIDE = ("id", "more", *_OPTIONS)

SLOWEST = 1.0
"""Seconds of processor time that no reading may take."""

_MOST_SEARCHED = 50_000  # characters of a refused text in which elements are looked for
_LANGUAGE = r"[^\W_]*"
_FRAME = re.compile(rf"\s*(?:```\s*{_LANGUAGE}\s*\n)?\s*(?P<body>[\[{{].*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a text was received.

    Attributes:
        outcome: `"plan"`, or the rule of its first problem.
        revision: The same for the text as a revision; empty where it is no JSON.
        steps: How many steps the scanner offered.
        seconds: Processor time of the slowest of the readings.
    """

    outcome: str
    revision: str
    steps: int
    seconds: float


def judge(text: str, chance: Random) -> Verdict:
    """Read a text in every way, and fail where it is not received as it should be.

    Args:
        text: What a model wrote.
        chance: Cuts it into chunks.

    Raises:
        AssertionError: It was changed silently, a step was invented or lost, or it
            took too long.
    """
    outcome, plan, first = _timed(lambda: _as_plan(text))
    _, offered, second = _timed(lambda: ("", _scanned(text, chance)))
    if isinstance(plan, Plan):
        document = _document(text)
        _assert_same(plan, document)
        assert _text(offered) == _text(document["steps"])
    else:
        _assert_found(offered, text)
    if outcome == "plan":
        assert read_plan(write_plan(plan), TOOLS) == plan
    revision, third = _judged_revision(text)
    seconds = max(first, second, third)
    assert seconds < SLOWEST, f"{seconds:.2f} s of {len(text):,} characters"
    return Verdict(outcome, revision, len(offered), seconds)


def _timed(read: Callable[[], tuple[str, Any]]) -> tuple[str, Any, float]:
    started = time.process_time()
    outcome, found = read()
    return outcome, found, time.process_time() - started


def _as_plan(text: str) -> tuple[str, Plan | None]:
    plan = None
    try:
        plan = read_plan(text, TOOLS)
        check_plan(plan, TOOLS, PlanLimits())
    except PlanError as error:
        return _rule(error), plan
    return "plan", plan


def _rule(error: PlanError) -> str:
    assert len(error.problems) <= 1_000
    assert all(len(str(problem)) < 2_000 for problem in error.problems)
    assert str(error).encode()
    return error.problems[0].rule


def _scanned(text: str, chance: Random) -> list[object]:
    scanner, found, at = StepScanner(), list[object](), 0
    text = text[: PlanLimits().bytes]  # nobody reads on in what is too large
    most = chance.choice([1, 7, 40, 5_000]) if len(text) < 10_000 else 50_000
    while at < len(text):
        size = chance.randint(1, most)
        found += scanner.feed(text[at : at + size])
        at += size
    return found


def _document(text: str) -> dict[str, Any]:
    """Read an accepted text by other means: what stands outside must be a fence."""
    match = _FRAME.fullmatch(text)
    assert match is not None, "something stands in front of the plan"
    body = match["body"].rstrip().removesuffix("```")
    found = json.loads(body, object_pairs_hook=_once)
    return {"steps": found} if isinstance(found, list) else found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs), "a key was written twice"
    return dict(pairs)


def _assert_same(plan: Plan, document: dict[str, Any]) -> None:
    """Hold a plan against the document: nothing lost, nothing added."""
    assert document.keys() <= {"steps", "answer"}
    assert (document.get("answer") or None) == plan.answer
    _assert_same_steps(plan.steps, document["steps"])


def _assert_same_steps(steps: list[Step], written: list[Any]) -> None:
    assert len(steps) == len(written)
    for step, entry in zip(steps, written, strict=True):
        assert _text(_said(entry)) == _text(_meant(step))


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    """All that a written step says, in one object."""
    fields: list[tuple[str, Any]] = []
    while "step" in entry and "id" not in entry:
        fields += _pairs({key: v for key, v in entry.items() if key != "step"})
        entry = entry["step"]
    ((name, given),) = (p for p in entry.items() if p[0] not in _BESIDE)
    fields += _pairs({k: v for k, v in entry.items() if k not in ("id", name)})
    step_id, colon, kind = entry["id"].partition(":")
    fields += [("id", step_id.strip() if colon else step_id)]
    fields += [("returns", _type_text(kind))] if colon else []
    called = {"tool": name, "args": _arguments(name, given)}
    fields += [*({"task": given} if name == "agent" else called).items()]
    said = dict(fields)
    assert len(said) == len(fields), "something was said twice"
    return _plain(said)


def _pairs(written: dict[str, Any]) -> list[tuple[str, Any]]:
    """What stands around or beside a step, that in `more` included."""
    more = [pair for entry in written.get("more") or [] for pair in entry.items()]
    found = [*((k, v) for k, v in written.items() if k != "more"), *more]
    return [(k, _type(v) if k == "returns" else v) for k, v in found]


def _arguments(name: str, given: Any) -> Any:
    """Arguments by name, where the one is bare or several stand in a list."""
    known = [tool.parameters for tool in TOOLS if tool.name == name]
    if not known:
        return given
    properties: Any = known[0]["properties"]
    if not isinstance(given, dict):
        needed: Any = known[0].get("required") or [*properties]
        [only] = needed
        return {only: given}
    if "more" not in given or "more" in properties:
        return given
    pairs = _pairs(given)
    assert len(dict(pairs)) == len(pairs), "an argument was given twice"
    return dict(pairs)


def _type_text(kind: str) -> Any:
    """Read a type that stands behind an id: JSON whose words lack their quotes."""
    words = re.sub(r'"(?:[^"\\]|\\.)*"|[^ \t\r\n\[\]{}:,"]+', _quoted, kind)
    return json.loads(words, object_pairs_hook=_once)


def _quoted(word: re.Match[str]) -> str:
    return word[0] if word[0].startswith('"') else json.dumps(word[0])


def _meant(step: Step) -> dict[str, Any]:
    return _plain(step.model_dump())


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is at its default, and nulls, which say that of arguments."""
    kept = {key: _without_nulls(value) for key, value in fields.items()}
    return {key: value for key, value in sorted(kept.items()) if value}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        pairs = value.items()
        return {key: _without_nulls(v) for key, v in pairs if v is not None}
    return [*map(_without_nulls, value)] if isinstance(value, list) else value


def _type(written: Any) -> Any:
    """Read a type as the wire format has it."""
    match written:
        case dict():
            return {name: _type(kind) for name, kind in written.items()}
        case [{"name": _, "type": _}, *_]:
            return {field["name"]: _type(field["type"]) for field in written}
        case [inner]:
            return [_type(inner)]
        case _:
            return written


def _assert_found(offered: list[object], text: str) -> None:
    """Find each offered element in the text, in order and without overlap."""
    if len(text) > _MOST_SEARCHED:
        return
    decoder, at = json.JSONDecoder(), 0
    for element in offered:
        assert isinstance(element, dict)
        while True:
            at = text.find("{", at)
            assert at >= 0, f"{element!r:.200} does not stand in the text"
            try:
                found, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                found, end = None, at + 1
            if _text(found) == _text(element):
                at = end
                break
            at += 1


def _judged_revision(text: str) -> tuple[str, float]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return "", 0.0
    if isinstance(document, dict) and "answer" in document:
        document["drop"] = _drop(document.pop("answer"))
    outcome, revision, seconds = _timed(lambda: _as_revision(document))
    if isinstance(revision, Revision):
        assert document.keys() <= {"steps", "drop"}
        assert (document.get("drop") or []) == revision.drop
        _assert_same_steps(revision.steps, document["steps"])
    return outcome, seconds


def _drop(answer: Any) -> Any:
    """Make of an answer what names steps, at times."""
    return ["kept"] if answer is None else answer


def _as_revision(document: object) -> tuple[str, Revision | None]:
    revision = None
    running = Plan(steps=[Step(id=name, task="x") for name in ("kept", "done")])
    try:
        revision = read_revision(document, TOOLS)
        revised(running, revision, {"done": 1}, TOOLS)
    except PlanError as error:
        return _rule(error), revision
    return "revision", revision


def _text(value: Any) -> str:
    """Write a value so that `1`, `1.0` and `true` are told apart."""
    try:
        return json.dumps(value)
    except RecursionError:
        return repr(type(value))
