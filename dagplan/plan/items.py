"""What a `for_each` step runs over: the list of an earlier step, or one written out."""

from collections.abc import Iterator, Mapping

from dagplan.errors import Problem
from dagplan.plan.references import ITEM, Reference, clip, find, short, whole
from dagplan.plan.returns import describe, element, follow

ForEach = str | list[object] | None


def list_reference(for_each: ForEach) -> Reference | None:
    """Return the reference that leads to the list; None where it leads nowhere."""
    return whole(for_each) if isinstance(for_each, str) else None


def for_each_problems(label: str, for_each: ForEach) -> Iterator[Problem]:
    """Find why a step cannot run over this, whatever its references lead to."""
    if isinstance(for_each, str) and whole(for_each) is None:
        remedy = (
            "write exactly one reference to a list, such as ${neighbours}, or a list"
        )
        yield Problem(label, "bad-for-each", short(for_each), remedy)
        return
    own = next((r for r in find(for_each) if r.step == ITEM), None)
    if own is not None:
        remedy = "name the step whose value is the list"
        if isinstance(for_each, list):
            remedy = "write the item itself, or refer to another step"
        yield Problem(label, "bad-for-each", clip(str(own)), remedy)


def item_type(
    label: str, for_each: ForEach, types: Mapping[str, object]
) -> tuple[object, Problem | None]:
    """Return the type of an item, and what is wrong with the list.

    Args:
        label: Of the step, for the problem.
        for_each: What it runs over.
        types: Of the other steps' values, by id.
    """
    if isinstance(for_each, list):
        return _common_type(for_each), None
    if (over := list_reference(for_each)) is None:
        return None, None
    try:
        found = follow(types.get(over.step), over.path)
    except LookupError as error:
        return None, Problem(label, "unknown-path", clip(str(over)), str(error))
    if found is None or isinstance(found, list):
        return element(found), None
    kind = "an object" if isinstance(found, dict) else describe(found)
    value = f"{clip(str(over))} is {kind}"
    return None, Problem(label, "for-each-over-no-list", value, "refer to a list")


def _common_type(items: list[object]) -> object:
    """Return the type of items that are written out, where it is one and certain."""
    kinds = {_scalar(item) for item in items}
    return kinds.pop() if len(kinds) == 1 else None


def _scalar(item: object) -> str | None:
    match item:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str() if "${" not in item:
            return "text"
        case _:
            return None
