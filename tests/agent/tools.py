"""The tools of the agents under test: a tiny world whose answers are known."""

PEOPLE = {"France": 68_000_000, "Japan": 124_000_000, "Brazil": 212_000_000}


async def population(country: str) -> int:
    """People who live in a country.

    Args:
        country: Name of the country.
    """
    if country not in PEOPLE:
        raise LookupError(f"no country named {country!r}")
    return PEOPLE[country]


def passages(query: str) -> list[str]:
    """Search for passages of text.

    Args:
        query: What to look for.
    """
    return [f"About {query}: it holds 42 million items."]
