"""Slots that are filled by a place or a group of places."""

import difflib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from dagplan.offline.clause import Clause, Fillings
from dagplan.offline.gazetteer import Gazetteer
from dagplan.offline.groups import (
    MOST_PLACES,
    Extreme,
    Listing,
    Neighbours,
    Region,
    Route,
    Those,
)
from dagplan.offline.lexicon import COMMON, SLOTS as WORDS
from dagplan.offline.pattern import Filled, Slot, match, phrases
from dagplan.offline.places import CapitalOf, CountryOf, Named
from dagplan.offline.terms import Group, Place
from dagplan.offline.text import fold

CLOSE: Final = 0.75
"""From how similar on, from 0 to 1, a name is taken for a misspelling of another."""

_SPELLING = 0.5  # less alike than any pair that is near by spelling
_LONGEST_UNKNOWN = 4  # words

Build = Callable[[Any], object]
Table = tuple[tuple[str, Build], ...]


def resembles(name: str, known: str) -> bool:
    """Tell whether a name is probably a misspelling of a known one."""
    return _likeness(name, known) >= CLOSE


def _likeness(name: str, known: str) -> float:
    one, two = fold(name), fold(known.split(",", maxsplit=1)[0])
    return difflib.SequenceMatcher(None, one, two).ratio()


def closest(names: Gazetteer, kind: str, name: str) -> str | None:
    """Return the known name of which a name is probably a misspelling."""
    return _closest(names.kinds[kind].nearest, name)  # type: ignore[index]


def _closest(nearest: Callable[[str], list[str]], name: str) -> str | None:
    return next((known for known in nearest(name) if resembles(name, known)), None)


def _extreme(clause: Clause, at: int) -> Fillings:
    """Most or least of something: "most populous", "highest GDP"."""
    found = [*WORDS["adjective"](clause, at)]
    for highest, end in WORDS["direction"](clause, at):
        for measure, stop in WORDS["measure"](clause, end):
            found.append(((measure, highest), stop))
    return found


_REGION_WORDS: Final[dict[object, tuple[str, ...]]] = {
    "Africa": ("african",),
    "Asia": ("asian",),
    "Europe": ("european",),
    "South America": ("south american",),
    "North America": ("north american",),
    "Latin America": ("latin american",),
    "Central America": ("central american",),
    "European Union": ("eu",),
    "Caribbean": ("caribbean",),
    "World": ("world",),
}


def _region(clause: Clause, at: int) -> Fillings:
    at += clause.word(at) == "the"
    span = clause.span(at)
    if span is None or "region" not in span.names:
        return []
    return [(Region(span.names["region"]), span.end)]


def _named(clause: Clause, at: int) -> Fillings:
    for _ in range(2):
        if (span := clause.span(at)) is not None:
            country, city = span.names.get("country"), span.names.get("city")
            if country or city:
                written = clause.written(at, span.end)
                return [(Named(written, country, city), span.end)]
            return []
        if clause.word(at) != "the":
            break
        at += 1
    return _unknown(clause, at)


def _unknown(clause: Clause, at: int) -> Fillings:
    """A name that nothing has, as it was written: a later step will say so."""
    end = at
    while end < min(len(clause), at + _LONGEST_UNKNOWN) and _is_strange(clause, end):
        end += 1
    if end == at:
        return []
    written = clause.written(at, end)
    is_country = _is_like_country(clause.gazetteer, written)
    if not clause.tokens[at].capital and not is_country:
        return []
    return [(Named(written, guess="country" if is_country else "city"), end)]


def _is_strange(clause: Clause, at: int) -> bool:
    token = clause.tokens[at]
    if token.kind != "word" or token.key in COMMON or clause.span(at) is not None:
        return False
    return token.capital or (len(token.key) > 3 and not clause.has_capitals)


@lru_cache(maxsize=1024)
def _is_like_country(names: Gazetteer, written: str) -> bool:
    """Tell whether a name is near that of a country, in spelling or in meaning.

    What is like no name at all is taken for a country's, too.
    """
    for name in names.nearest("country", written):
        if resembles(written, name) or fold(written) in fold(name).split():
            return True
        # What is called near without being spelt so is near in meaning.
        if _likeness(written, name) < _SPELLING:
            return True
    return not any(resembles(written, name) for name in names.alike("city", written))


def _place(clause: Clause, at: int) -> Fillings:
    found = [*_named(clause, at), *_built(_PLACES, clause, at)]
    for value, end in found:  # grows as possessives are found: X's capital's …
        found.extend(_owned(clause, cast("Place", value), end))
    return found


def _owned(clause: Clause, owner: Place, at: int) -> Fillings:
    if clause.word(at) != "'s" or "country" not in owner.kinds:
        return []
    found: Fillings = []
    if clause.word(at + 1) == "capital":
        stop = at + 2 + (clause.word(at + 2) == "city")
        found.append((CapitalOf(owner), stop))
    for value, end in _extreme(clause, at + 1):
        if clause.word(end) in {"neighbour", "neighbours"}:
            measure, highest = cast("tuple[str, bool]", value)
            found.append((Extreme(Neighbours(owner), measure, highest), end + 1))
    return found


def _top(filled: Filled, group: Group) -> Extreme:
    if "extreme" in filled:
        measure, highest = cast("tuple[str, bool]", filled["extreme"])
        return Extreme(group, measure, highest)
    return Extreme(
        group, cast("str", filled["measure"]), cast("bool", filled["direction"])
    )


_PLACES: Table = (
    ("the? capital of <place>", lambda f: CapitalOf(f["place"])),
    ("the? capital city of <place>", lambda f: CapitalOf(f["place"])),
    ("the? country of <place>", lambda f: CountryOf(f["place"])),
    (
        "the? <extreme> neighbour|neighbours of <place>",
        lambda f: _top(f, Neighbours(f["place"])),
    ),
    (
        "the? <direction> neighbour of <place> by <measure>",
        lambda f: _top(f, Neighbours(f["place"])),
    ),
    (
        "the? neighbour of <place> with the? <extreme>",
        lambda f: _top(f, Neighbours(f["place"])),
    ),
    ("the? <extreme> of <set>", lambda f: _top(f, f["set"])),
    (
        "the? <extreme> country|nation|state in|of <region>",
        lambda f: _top(f, f["region"]),
    ),
    (
        "the? <direction> country in|of <region> by <measure>",
        lambda f: _top(f, f["region"]),
    ),
    ("<region> 's <extreme> country|nation|state", lambda f: _top(f, f["region"])),
    ("the? <extreme> <adjectival> country", lambda f: _top(f, f["adjectival"])),
    (
        "the? country in|of <region> with the? <extreme>",
        lambda f: _top(f, f["region"]),
    ),
    (
        "the? country with the? <extreme> in|of <region>",
        lambda f: _top(f, f["region"]),
    ),
    (
        "the? <adjectival> country with the? <extreme>",
        lambda f: _top(f, f["adjectival"]),
    ),
)
_GROUPS: Table = (
    ("all? of? the? <next> of <place>", lambda f: Neighbours(f["place"])),
    (
        "all? of? the? countries|states that? border|neighbour <place>",
        lambda f: Neighbours(f["place"]),
    ),
    (
        "all? of? the? countries|states bordering|neighbouring <place>",
        lambda f: Neighbours(f["place"]),
    ),
    (
        "all? of? the? countries|states|nations in|of|from <region>",
        lambda f: f["region"],
    ),
    ("each|every country|nation in|of <region>", lambda f: f["region"]),
    ("all? of? the? <adjectival> countries|nations|states", lambda f: f["adjectival"]),
    (
        "all? of? the? countries on|along|in|of <way> from <place:a> to <place:b>",
        lambda f: Route(f["a"], f["b"]),
    ),
    (
        "all? of? the? countries on|along|in|of <way> between <place:a> and <place:b>",
        lambda f: Route(f["a"], f["b"]),
    ),
)
_THOSE: Table = tuple(
    (pattern, lambda _: Those())
    for pattern in (
        "all? of? the? countries on|along|in|of <way>",
        "all? of? the? countries it|that crosses|traverses",
        "all? of? these|those countries|places|cities",
        "all? of? them",
        "it|that|this",
    )
)


def _built(table: Table, clause: Clause, at: int) -> Iterator[tuple[object, int]]:
    for pattern, build in table:
        for filled, end in match(pattern, clause, NOUNS, at):
            if _fits(pattern, filled):
                yield build(filled), end


def _fits(pattern: str, filled: Filled) -> bool:
    """Tell whether what is said of countries here is said of countries."""
    kind = "city" if pattern.startswith("the? country of") else "country"
    places = (filled[key] for key in ("place", "a", "b") if key in filled)
    return all(kind in cast("Place", place).kinds for place in places)


def _group(clause: Clause, at: int) -> Fillings:
    """Places that are no list of names: neighbours, regions, routes, "them"."""
    return [*clause.filled("set", _set, at), *_built(_THOSE, clause, at)]


def _set(clause: Clause, at: int) -> Fillings:
    at += 2 * (clause.words(at, at + 2) in {("each", "of"), ("all", "of")})
    found = [*_built(_GROUPS, clause, at)]
    for value, end in clause.filled("place", _place, at):
        is_country = "country" in cast("Place", value).kinds
        if clause.word(end) == "'s" and is_country:
            for _, stop in NOUNS["next"](clause, end + 1):
                found.append((Neighbours(cast("Place", value)), stop))
    return found


_SEPARATORS = frozenset({",", "and", "or", "with", "to", "versus", "against", ";"})


def _listing(clause: Clause, at: int) -> Fillings:
    """Places one after the other; the longest list comes first."""
    lists: Fillings = []
    for value, end in clause.filled("place", _place, at):
        places = [cast("Place", value)]
        lists.append((Listing((places[0],)), end))
        stop: int | None = end
        while stop is not None and len(places) <= MOST_PLACES:
            stop = _next_place(clause, stop, places)
            if stop is not None:
                lists.append((Listing(tuple(places)), stop))
    return lists[::-1]


def _next_place(clause: Clause, at: int, places: list[Place]) -> int | None:
    """Add the place after a separator, if it is of the same sort; return its end."""
    start = at
    while start < at + 2 and clause.word(start) in _SEPARATORS:
        start += 1
    if start == at:
        return None
    for value, end in clause.filled("place", _place, start):
        # "the population of France and the capital of Peru" are two questions.
        if type(value) is type(places[0]):
            places.append(value)
            return end
    return None


def _places(clause: Clause, at: int) -> Fillings:
    """A list of places, or a group of them."""
    return [
        *clause.filled("group", _group, at),
        *clause.filled("listing", _listing, at),
    ]


def _owners(clause: Clause, at: int) -> Fillings:
    """Places in the possessive: "France's and Japan's", "France and Japan's"."""
    found: Fillings = []
    if "'s" not in clause.words(at, len(clause)):
        return found
    for value, end in clause.filled("place", _place, at):
        places, stop = [cast("Place", value)], end
        while len(places) <= MOST_PLACES:
            owned = clause.word(stop) == "'s"
            if owned:
                found.append((Listing(tuple(places)), stop + 1))
            after = _next_place(clause, stop + owned, places)
            if after is None:
                break
            stop = after
    for value, end in clause.filled("set", _set, at):
        if clause.word(end) == "'s":
            found.append((value, end + 1))
    return found


NOUNS: Final[Mapping[str, Slot]] = {
    **WORDS,
    "extreme": _extreme,
    "region": _region,
    "adjectival": phrases(
        {Region(cast("str", name)): words for name, words in _REGION_WORDS.items()}
    ),
    "next": phrases(
        {
            "neighbours": (
                *("neighbours", "neighbouring countries", "bordering countries"),
                *("land neighbours", "neighbouring states", "direct neighbours"),
            )
        }
    ),
    "way": phrases(
        {
            "route": (
                *("the shortest land route", "the land route", "the route"),
                *("the shortest route", "the way", "that route", "this route"),
                *("the shortest overland route", "the overland route", "the path"),
                *("the shortest path", "the shortest way", "it", "the land way"),
            )
        }
    ),
    "place": _place,
    "set": _set,
    "group": _group,
    "listing": _listing,
    "places": _places,
    "owners": _owners,
}
"""All slots of the grammar by name."""
