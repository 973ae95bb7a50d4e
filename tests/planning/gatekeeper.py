"""What requests to planner and replanner hold in tests."""

from dagplan.plan.toolspec import ToolSpec
from tests.loopback import Loopback

TOOL = ToolSpec(
    "population",
    "How many people live there.",
    {
        "type": "object",
        "properties": {"country": {"type": "string"}},
        "required": ["country"],
        "additionalProperties": False,
    },
)


class Gatekeeper:
    """Notes how many requests had gone out each time that one was admitted."""

    def __init__(self, loopback: Loopback) -> None:
        self._loopback = loopback
        self.seen: list[int] = []

    async def admit(self) -> None:
        self.seen.append(len(self._loopback.requests))
