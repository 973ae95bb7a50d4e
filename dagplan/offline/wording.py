"""How a ranking is put into words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dagplan.offline.findings import (
    enumeration,
    item_name,
    plain,
    quantity,
    times,
    upper,
)

_MANY = 6  # from here on, only the first, the next and the last are named


class Wording(NamedTuple):
    """What a ranking is about.

    Attributes:
        noun: What was compared.
        which: Adjective of what comes first: `"highest"`, `"smallest"`, ….
        other: Adjective of what comes last.
        unit: The unit of the values.
        group: The group that was ranked, where its members are not named.
        top: How many are asked for; 0 where that is not said.
        has: What to say instead of "has the highest population".
    """

    noun: str
    which: str
    other: str
    unit: str
    group: str = ""
    top: int = 0
    has: str = ""


def ranked_sentences(ranked: Mapping[str, Any], wording: Wording) -> list[str]:
    """Say which is first, by how much, and how the others follow."""
    entries = [(item_name(e["item"]), e["value"]) for e in ranked["sorted"]]
    if wording.top:
        return [_listed(entries[: wording.top], wording)]
    if len(entries) == 1:
        return [_only(*entries[0], wording)]
    tied = sum(value == entries[0][1] for _, value in entries)
    first = _tie(entries[:tied], wording) if tied > 1 else _lead(entries, wording)
    rest = _followers(entries, tied, wording)
    return [first, rest] if rest else [first]


Entries = list[tuple[str, Any]]


def _only(name: str, value: float, wording: Wording) -> str:
    amount = quantity(value, wording.unit)
    where = f" of {wording.group}" if wording.group else ""
    return f"{upper(name)} is the only one{where}; its {wording.noun} is {amount}."


def _lead(entries: Entries, wording: Wording) -> str:
    (name, value), (second, next_value) = entries[:2]
    which = _comparative(wording.which) if len(entries) == 2 else wording.which
    where = f" of {wording.group}" if wording.group else ""
    gap = _gap(value, next_value, second, wording)
    amount = quantity(value, wording.unit)
    has = wording.has or f"has the {which} {wording.noun}{where}"
    return f"{upper(name)} {has}: {amount}, {gap}."


def _gap(value: float, other: float, name: str, wording: Wording) -> str:
    """Say how far apart two values are: "219.5 more than France (118.4), …"."""
    more = "more" if value > other else "less"
    distance = plain(_difference(value, other))
    compared = f"{distance} {more} than {name} ({plain(other)})"
    small, large = sorted((abs(value), abs(other)))
    if small == 0 or (value > 0) != (other > 0) or large / small < 1.005:
        return compared
    if "°" in wording.unit:
        return compared
    if value > other:
        return f"{compared}, i.e. {times(large / small)} times as much"
    return f"{compared}, which has {times(large / small)} times as much"


def _difference(one: float, two: float) -> float:
    both = isinstance(one, int) and isinstance(two, int)
    return abs(one - two) if both else float(f"{abs(one - two):.12g}")


def _tie(tied: Entries, wording: Wording) -> str:
    names = enumeration([name for name, _ in tied])
    amount = quantity(tied[0][1], wording.unit)
    where = f" of {wording.group}" if wording.group else ""
    return f"{upper(names)} share the {wording.which} {wording.noun}{where}: {amount}."


def _followers(entries: Entries, named: int, wording: Wording) -> str:
    """Say how those follow that were not named yet."""
    # A single leader was compared with the second; those who tie were not.
    first, rest = entries[0], entries[named if named > 1 else 2 :]
    if not rest:
        return ""
    if len(rest) > _MANY:
        name, value = rest[-1]
        amount = quantity(value, wording.unit)
        return f"Of {len(entries)} the {wording.other} is {name} with {amount}."
    shown = [_follower(first[1], name, value) for name, value in rest]
    return f"Next: {enumeration(shown)}."


def _follower(first: float, name: str, value: float) -> str:
    small, large = sorted((abs(first), abs(value)))
    if small == 0 or (first > 0) != (value > 0) or large / small < 1.005:
        return f"{name} ({plain(value)})"
    return f"{name} ({plain(value)}, a factor of {times(large / small)})"


def _listed(entries: Entries, wording: Wording) -> str:
    (first, value), rest = entries[0], entries[1:]
    shown = [f"{first} ({quantity(value, wording.unit)})"]
    shown += [f"{name} ({plain(value)})" for name, value in rest]
    where = f" of {wording.group}" if wording.group else ""
    return f"By {wording.noun}{where}, {wording.which} first: {enumeration(shown)}."


def _comparative(which: str) -> str:
    return f"{which.removesuffix('st')}r" if which.endswith("est") else which
