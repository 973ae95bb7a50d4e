"""A step as it is checked: its texts scanned once, and what is wrong with them."""

import math
from collections.abc import Iterator
from itertools import islice

from dagplan.errors import Problem
from dagplan.plan.glance import is_plain
from dagplan.plan.limits import MOST_PROBLEMS
from dagplan.plan.model import Step
from dagplan.plan.references import Malformed, clip, is_unicode, scan, short, walk


class Reading:
    """A step with what its texts hold, scanned once.

    Attributes:
        step: The step.
        label: Its id, cut to a length that can be shown.
        references: All that its texts refer to.
        dependencies: Ids that it waits for, and whether each is required.
        args_are_plain: Whether its arguments are JSON and every reference well formed.
        flaws: What is wrong with its texts.
    """

    __slots__ = (
        "args_are_plain",
        "dependencies",
        "flaws",
        "label",
        "references",
        "step",
    )

    def __init__(self, step: Step) -> None:
        self.step = step
        self.label = clip(step.id)
        self.references = step.references()
        self.dependencies = step.waits_for(self.references)
        self.flaws: list[Problem] = []
        if step.args:
            self.flaws += islice(text_problems(self.label, step.args), MOST_PROBLEMS)
        self.args_are_plain = not self.flaws
        for value in (step.task, step.for_each):
            if not (isinstance(value, str) and is_plain(value)):
                self.flaws += islice(text_problems(self.label, value), MOST_PROBLEMS)
        if step.tool is not None and not is_unicode(step.tool):
            self.flaws.append(_not_unicode(self.label, step.tool))


def text_problems(step: str | None, value: object) -> Iterator[Problem]:
    """Find what is no JSON, no Unicode or no reference in a nested value."""
    for _, node in walk(value):
        match node:
            case str():
                yield from _string_problems(step, node)
            case float() if not math.isfinite(node):
                remedy = "write a finite number, or null"
                yield Problem(step, "not-json", repr(node), remedy)
            case dict():
                for key in node:
                    yield from _key_problems(step, key)
            case None | bool() | int() | float() | list():
                pass
            case other:
                yield Problem(step, "not-json", short(other), "write plain JSON values")


def _string_problems(step: str | None, text: str) -> Iterator[Problem]:
    if not is_unicode(text):
        yield _not_unicode(step, text)
    for part in scan(text):
        if isinstance(part, Malformed):
            remedy = r"write ${id} or ${id.key}; for the characters themselves \${"
            yield Problem(step, "malformed-reference", short(part.text), remedy)


def _key_problems(step: str | None, key: object) -> Iterator[Problem]:
    if not isinstance(key, str):
        yield Problem(step, "not-json", short(key), "use text as keys")
    elif not is_unicode(key):
        yield _not_unicode(step, key)
    elif "${" in key:
        # Keys stay as they are, so the reference would reach the tool as text.
        remedy = "refer to steps in values; keys are fixed"
        yield Problem(step, "reference-in-key", short(key), remedy)


def _not_unicode(step: str | None, text: str) -> Problem:
    remedy = "write whole characters, no lone surrogates"
    return Problem(step, "not-unicode", short(text), remedy)
