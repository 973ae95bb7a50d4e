"""The tools of an agent that was given none."""

from dagplan.providers.settings import Settings
from dagplan.tools.spec import Tool


def default_tools(settings: Settings | None = None) -> list[Tool]:
    """Return arithmetic, order, units and world data; web search where it has a key.

    Args:
        settings: The environment, read if not given.
    """
    from dagplan.tools.calculate import calculate
    from dagplan.tools.cities import city_fact, city_figure
    from dagplan.tools.convert import convert
    from dagplan.tools.countries import (
        countries_in,
        country_fact,
        country_figure,
        country_list,
    )
    from dagplan.tools.rank import rank
    from dagplan.tools.routes import distance, land_route

    settings = settings or Settings.read()
    world = (
        country_figure,
        country_fact,
        country_list,
        countries_in,
        city_figure,
        city_fact,
        distance,
        land_route,
        convert,
    )
    return [
        *_search(settings),
        Tool.from_function(calculate, returns="number", binds="expression"),
        Tool.from_function(rank),
        *(Tool.from_function(function) for function in world),
    ]


def _search(settings: Settings) -> list[Tool]:
    key = settings.tavily_api_key
    if key is None:
        return []
    from dagplan.tools.search import WebSearch

    search = WebSearch(key, timeout=settings.request_timeout)
    return [Tool.from_function(search.web_search)]
