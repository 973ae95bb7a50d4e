"""What a question asks, part by part, and the plan that finds it out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from dagplan.offline.draft import Draft
from dagplan.offline.findings import Findings
from dagplan.offline.groups import Those
from dagplan.offline.terms import Group, NotPossibleError
from dagplan.plan.model import Plan

Tell = Callable[[Findings], list[str]]
"""Puts what was found into sentences; none where nothing was found."""


@dataclass(frozen=True, slots=True)
class Result:
    """A number that a later part of the question can refer to.

    Attributes:
        step: The step whose value it is.
        label: What it is the number of.
        unit: Its unit where the step does not say it.
        dimension: What may be added to it or compared with it: numbers of equal
            dimension.
    """

    step: str
    label: str
    unit: str = ""
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A part of a question whose steps are in the draft.

    Attributes:
        tell: Puts what they find into words.
        results: The numbers that they find, where each is a step's value.
    """

    tell: Tell
    results: tuple[Result, ...] = ()


@runtime_checkable
class Intent(Protocol):
    """What one part of a question asks."""

    def plan(self, draft: Draft, earlier: Sequence[Planned], /) -> Planned:
        """Add the steps that find it out.

        Raises:
            NotPossibleError: The tools cannot tell this.
        """
        ...


@runtime_checkable
class FollowUp(Protocol):
    """A part of a question that changes what the parts before it ask."""

    def amend(self, before: Sequence[Intent], /) -> list[Intent]:
        """Return all parts so far, as they are after this one.

        Raises:
            NotPossibleError: There is nothing before that it could refer to.
        """
        ...


@runtime_checkable
class Convertible(Intent, Protocol):
    """A part of a question whose answer can be given in another unit."""

    def in_unit(self, unit: str, /) -> Intent:
        """Return the same question for another unit."""
        ...


@dataclass(frozen=True, slots=True)
class Outline:
    """What a question asks.

    Attributes:
        intents: Its parts, in the order of the question.
    """

    intents: tuple[Intent, ...] = ()

    def then(self, part: Intent | FollowUp) -> "Outline":
        """Return this outline with another part.

        Raises:
            NotPossibleError: The part refers to something that was not said.
        """
        if isinstance(part, FollowUp):
            return Outline(tuple(part.amend(self.intents)))
        return Outline((*self.intents, _resolved(part, self.intents)))


def _resolved(part: Intent, before: Sequence[Intent]) -> Intent:
    """Put the group that was last spoken of in the place of "them"."""
    if not isinstance(getattr(part, "group", None), Those):
        return part
    group = last_group(before)
    if group is None:
        raise NotPossibleError("it does not say which places are meant")
    return replace(part, group=group)  # type: ignore[type-var]


def last_group(before: Sequence[Intent]) -> Group | None:
    """Return the group of places that was last spoken of."""
    groups = (getattr(intent, "group", None) for intent in reversed(before))
    return next((group for group in groups if group is not None), None)


@dataclass(slots=True)
class Built:
    """A plan with what to say of its results.

    Attributes:
        plan: The plan.
        tell: What to say, part by part.
    """

    plan: Plan
    tell: list[Tell] = field(default_factory=list)


def build(outline: Outline) -> Built:
    """Make the plan of an outline; equal outlines give equal plans.

    Raises:
        NotPossibleError: The tools cannot tell what is asked.
    """
    draft = Draft()
    planned: list[Planned] = []
    for intent in outline.intents:
        planned.append(intent.plan(draft, planned))
    return Built(draft.plan(), [part.tell for part in planned])
