"""What a question speaks of: places and groups of places, before any is looked up."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from dagplan.offline.draft import Draft

Kind = Literal["country", "city"]
KINDS: Final[tuple[Kind, ...]] = ("country", "city")


class NotPossibleError(Exception):
    """A question that was understood, of something that the tools cannot tell."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as steps refer to it.

    Attributes:
        text: Its name, or a reference to it.
        label: How tasks and answers call it.
        kind: What it is.
    """

    text: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Members:
    """The places of a group as steps refer to them.

    Attributes:
        label: How tasks and answers call the group.
        name: What ids call it.
        spots: Its places, where the question names them.
        each: A reference to the list of their names, where a step finds them.
    """

    label: str
    name: str
    spots: tuple[Spot, ...] = ()
    each: str = ""


class Place(Protocol):
    """One place."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What it can be, the usual reading first."""
        ...

    def spot(self, draft: Draft, kind: Kind, /) -> Spot:
        """Add the steps that find the place."""
        ...


class Group(Protocol):
    """Several places, or one."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What its places can be, the usual reading first; empty if they differ."""
        ...

    @property
    def is_one(self) -> bool:
        """Whether it is a single place."""
        ...

    def members(self, draft: Draft, kind: Kind | None, /) -> Members:
        """Add the steps that find the places; None takes each as what it is."""
        ...


def one_kind(group: Group, allowed: tuple[str, ...], noun: str) -> Kind:
    """Say what the places of a group are taken for, where they must be of one kind.

    Raises:
        NotPossibleError: Some are countries and some are cities, or none has it.
    """
    kind = kind_for(group, allowed, noun)
    if kind is None:
        raise NotPossibleError("some of these places are countries, some are cities")
    return kind


def kind_for(group: Group, allowed: tuple[str, ...], noun: str) -> Kind | None:
    """Say what the places of a group are taken for; None where it differs.

    Raises:
        NotPossibleError: None of what they can be has what is asked for.
    """
    found = [kind for kind in group.kinds if kind in allowed]
    if found:
        return found[0]
    if group.kinds or len(allowed) < len(KINDS):
        kinds = " and ".join(
            "countries" if k == "country" else "cities" for k in allowed
        )
        raise NotPossibleError(f"the {noun} is known of {kinds} only")
    return None
