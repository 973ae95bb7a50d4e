"""Sets of tools that the questions of questions.json are to be answered with."""

from collections.abc import Callable, Mapping

from pydantic import SecretStr

from dagplan.plan import ToolSpec
from dagplan.providers.settings import Settings
from dagplan.providers.toolset import default_tools
from dagplan.tools import Tool, as_tool
from dagplan.tools.calculate import calculate
from dagplan.tools.rank import rank
from tests.planning import business_tools as business, travel_tools as travel
from tests.planning.developer_tools import DEVELOPER

_SEARCHING = Settings(tavily_api_key=SecretStr("tvly-unused"))


def _beside_arithmetic(*asking: object, doing: tuple[object, ...] = ()) -> list[Tool]:
    return [
        *(as_tool(tool) for tool in asking),
        *(as_tool(tool, side_effects=True) for tool in doing),
        Tool.from_function(calculate, returns="number", binds="expression"),
        as_tool(rank),
    ]


_SETS: Mapping[str, Callable[[], list[Tool]]] = {
    "default": lambda: default_tools(_SEARCHING),
    "business": lambda: _beside_arithmetic(
        business.list_accounts,
        business.revenue,
        business.open_tickets,
        business.find_person,
        business.exchange_rate,
        business.free_slots,
        doing=(business.send_email, business.create_task),
    ),
    "travel": lambda: _beside_arithmetic(
        travel.search_flights,
        travel.search_trains,
        travel.search_hotels,
        travel.weather,
        travel.visa_rules,
        travel.opening_hours,
        travel.exchange_rate,
        doing=(travel.book, travel.reserve_table),
    ),
    "developer": lambda: _beside_arithmetic(*DEVELOPER),
}


def toolset(name: str) -> list[ToolSpec]:
    """Return what planners know of a set of tools, by the name of the set."""
    return [tool.spec for tool in _SETS[name]()]
