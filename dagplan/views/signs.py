"""The signs of statuses as shapes: no font has to have them.

Each is a path on a square of 16, drawn with a line; those in `FILLED` are filled.
"""

from collections.abc import Mapping
from typing import Final

from dagplan.views.palette import Look

_RING: Final = "M14 8A6 6 0 1 1 2 8A6 6 0 1 1 14 8Z"

SIGNS: Final[Mapping[Look, str]] = {
    "waiting": _RING,
    "ready": f"{_RING}M8 8V2A6 6 0 0 1 14 8Z",
    "running": "M4 2.5L13 8L4 13.5Z",
    "succeeded": "M2.5 8.5L6.5 12.5L13.5 4",
    "failed": "M3 3L13 13M13 3L3 13",
    "skipped": f"{_RING}M12.2 3.8L3.8 12.2",
    "cancelled": "M3 3H13V13H3Z",
    "parked": "M5.5 3V13M10.5 3V13",
    "in_doubt": "M5 5.2A3 3 0 1 1 9 8.2Q8 8.7 8 10M8 13V13.2",
    "missing": "M8 2.5V9.5M8 13V13.2",
}
FILLED: Final[frozenset[Look]] = frozenset({"running", "cancelled"})
CRITICAL: Final = "M8 1L15 8L8 15L1 8Z"
"""On the critical path."""
