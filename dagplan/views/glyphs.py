"""The signs of all text views, once in Unicode and once in ASCII."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dagplan.events import StepStatus


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs, each one column wide.

    Attributes:
        status: A sign per status; no two alike, since colour may be missing.
        lane: A lane that goes on and is not read in this row.
        taps: A lane that is read, as eight signs: index 4 for one that ends here,
            2 for one that lies right of its reader, 1 for one whose line also
            carries those further out.
        required: Line to a step from what it requires.
        optional: Line to a step from what it can do without.
        ellipsis: Text was cut here.
        each: A step that runs once per item.
        names: Before names of dependencies that have no lane.
        answer: Before the answer's template.
        critical: A row on the critical path.
        retried: Before the number of attempts; a step that will be tried again.
        pause: A column of a wait between two attempts.
        hedged: Where a second attempt joined one that took long.
        stuck: A step that does not end though it was cancelled.
        throttled: A provider that asked to slow down.
        parts: A column filled from its left by 1/8 to 8/8.
        tails: The same filled from its right, 1/8 to 8/8.
        between: Between two ends of an axis.
        micro: Before `s` for a millionth of a second.
    """

    status: Mapping[StepStatus, str]
    lane: str
    taps: str
    required: str
    optional: str
    ellipsis: str
    each: str
    names: str
    answer: str
    critical: str
    retried: str
    pause: str
    hedged: str
    stuck: str
    throttled: str
    parts: str
    tails: str
    between: str
    micro: str


_UNICODE_STATUS: Final[Mapping[StepStatus, str]] = {
    "waiting": "○",
    "ready": "◔",
    "running": "◐",
    "parked": "◇",
    "in_doubt": "?",
    "succeeded": "✓",
    "failed": "✗",
    "skipped": "⊘",
    "cancelled": "■",
}
_ASCII_STATUS: Final[Mapping[StepStatus, str]] = {
    "waiting": "o",
    "ready": "0",
    "running": ">",
    "parked": "=",
    "in_doubt": "?",
    "succeeded": "v",
    "failed": "x",
    "skipped": "/",
    "cancelled": "#",
}

UNICODE: Final = Glyphs(
    status=_UNICODE_STATUS,
    lane="│",
    taps="├┼┤┼╰┴╯┴",
    required="─",
    optional="┄",
    ellipsis="…",
    each="⧉",
    names="←",
    answer="»",
    critical="◆",
    retried="↻",
    pause="┄",
    hedged="⇉",
    stuck="!",
    throttled="⏸",
    parts="▏▎▍▌▋▊▉█",
    tails="▕▕▐▐▐▐██",
    between="─",
    micro="µ",
)
ASCII: Final = Glyphs(
    status=_ASCII_STATUS,
    lane="|",
    taps="++++''''",
    required="-",
    optional=".",
    ellipsis="..",
    each="*",
    names="<-",
    answer=">>",
    critical="*",
    retried="r",
    pause=".",
    hedged="+",
    stuck="!",
    throttled="~",
    parts="=" * 8,
    tails="=" * 8,
    between="-",
    micro="u",
)

# ANSI "select graphic rendition" codes.
TONES: Final[Mapping[StepStatus, str]] = {
    "waiting": "2",
    "ready": "36",
    "running": "33",
    "parked": "36",
    "in_doubt": "31",
    "succeeded": "32",
    "failed": "31",
    "skipped": "35",
    "cancelled": "35",
}
DIM: Final = "2"


def tally(statuses: Iterable[StepStatus], glyphs: Glyphs) -> list[str]:
    """Explain the signs that occur, with how often: `✓ 4 succeeded`, `✗ 1 failed`."""
    counts = Counter(statuses)
    return [
        f"{sign} {counts[status]:,} {status}"
        for status, sign in glyphs.status.items()
        if counts[status]
    ]
