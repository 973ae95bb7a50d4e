"""The answer: what was found, where it is from, and what could not be found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dagplan.events import BudgetReached, StepResult
from dagplan.offline.findings import Findings, enumeration
from dagplan.offline.outline import Tell
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import find, for_people, walk

SIGNATURE = "Planned and answered by rules, without a model."


@dataclass(frozen=True, slots=True)
class Correction:
    """A name for which another was taken.

    Attributes:
        kind: What was looked up: country or city.
        written: The name in the question.
        taken: The name that was taken instead.
    """

    kind: str
    written: str
    taken: str


def answer(
    plan: Plan,
    results: Mapping[str, StepResult],
    tells: Sequence[Tell],
    corrections: Sequence[Correction] = (),
    *,
    reached: Sequence[BudgetReached] = (),
) -> str:
    """Write the answer in plain English.

    Args:
        plan: The plan as it was run, revisions included.
        results: What became of its steps.
        tells: What to say of each part of the question.
        corrections: Names that were replaced.
        reached: The bounds of the budget that were reached.

    Returns:
        Paragraphs: what was found, sources, what is missing and why, who planned it.
    """
    found = Findings(results)
    told = [" ".join(sentences) for tell in tells if (sentences := tell(found))]
    parts = [
        " ".join(_corrected(correction) for correction in corrections),
        "\n".join(told) or "Nothing was found.",
        _sources(plan, results),
        _missing(plan, results, reached),
        SIGNATURE,
    ]
    return "\n\n".join(part for part in parts if part)


def findings_only(plan: Plan, results: Mapping[str, StepResult]) -> list[Tell]:
    """Say what the last steps of a plan found that no question explains."""
    used = {name for step in plan.steps for name in step.dependencies()}
    last = [step for step in plan.steps if step.id not in used]

    def tell(found: Findings) -> list[str]:
        return [
            f"{step.task or step.id}: {for_people(found.inner(step.id))}."
            for step in last
            if found.value(step.id) is not None
        ]

    return [tell] if results else []


def _corrected(correction: Correction) -> str:
    return (
        f"No {correction.kind} named {correction.written!r}; "
        f"answered for {correction.taken}."
    )


# Sources


def _sources(plan: Plan, results: Mapping[str, StepResult]) -> str:
    """Name each source once, with the figures that are from it."""
    origins: dict[str, dict[str, None]] = {}
    for step in plan.steps:
        result = results.get(step.id)
        if result is not None and result.status == "succeeded":
            for figure in _figures(result.value):
                whats = origins.setdefault(_origin(figure), {})
                whats[str(figure.get("what") or "figures")] = None
    lines = (
        f"{source}: {enumeration(list(whats))}" for source, whats in origins.items()
    )
    joined = "; ".join(lines)
    return f"Sources: {joined}." if joined else ""


def _figures(value: object) -> Iterator[Mapping[str, object]]:
    for _, node in walk(value):
        if isinstance(node, dict) and isinstance(node.get("source"), str):
            yield node


def _origin(figure: Mapping[str, object]) -> str:
    source, year = str(figure["source"]), figure.get("year")
    return f"{source} (published {year})" if year is not None else source


# What is missing


def _missing(
    plan: Plan, results: Mapping[str, StepResult], reached: Sequence[BudgetReached]
) -> str:
    lines = [*_failures(plan, results), *_left_out(plan, results)]
    skipped = [
        _title(step)
        for step in plan.steps
        if _status(results, step.id) in {"skipped", "cancelled", "waiting"}
    ]
    if skipped:
        lines.append(f"Not worked out for want of that: {enumeration(skipped)}.")
    if lines:
        lines = [*(f"Ended early: {bound.said}." for bound in reached), *lines]
    return "\n".join(lines)


def _failures(plan: Plan, results: Mapping[str, StepResult]) -> Iterator[str]:
    for step in plan.steps:
        if _status(results, step.id) == "failed":
            yield f"Failed: {_title(step)}: {_reason(results[step.id])}"


def _left_out(plan: Plan, results: Mapping[str, StepResult]) -> Iterator[str]:
    """Name the items that a `for_each` step went on without."""
    for step in plan.steps:
        if step.for_each is None or _status(results, step.id) != "succeeded":
            continue
        items = _items(step, results)
        for number, item in enumerate(items):
            result = results.get(f"{step.id}[{number}]")
            if result is not None and result.status == "failed":
                yield f"Left out of {_title(step)}: {item}: {_reason(result)}"


def _items(step: Step, results: Mapping[str, StepResult]) -> list[str]:
    """Return the items that a `for_each` step ran over, as far as they are known."""
    listed: object = step.for_each
    if reference := next(find(listed), None):
        result = results.get(reference.step)
        value = result.value if result is not None else None
        listed = value.get("value") if isinstance(value, dict) else value
    if isinstance(listed, list):
        return [_item(entry) for entry in listed]
    return []


def _item(entry: object) -> str:
    while isinstance(entry, dict) and ("item" in entry or "of" in entry):
        entry = entry.get("item", entry.get("of"))
    return str(entry)


def _reason(result: StepResult) -> str:
    error = result.error or "no reason given"
    return error if error.endswith(("?", ".", "!")) else f"{error}."


def _status(results: Mapping[str, StepResult], step_id: str) -> str:
    result = results.get(step_id)
    return result.status if result is not None else "waiting"


def _title(step: Step) -> str:
    return step.task or step.id
