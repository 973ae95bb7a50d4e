"""The list of recorded runs, for a terminal."""

from collections.abc import Sequence

from dagplan.cli.screen import Screen
from dagplan.journal.listing import Listed
from dagplan.views import one_line
from dagplan.views.cells import cut, pad

_QUESTION = 48  # columns, at least


def table(runs: Sequence[Listed], screen: Screen) -> str:
    """Write runs as lines, as wide as the screen."""
    longest = max((len(run.run_id) for run in runs), default=0)
    lines = [
        f"{pad(run.run_id, longest)}  {pad(run.status, 9)}  "
        f"{run.done:>3}/{run.total:<3}  {pad(run.started[:16], 16)}  "
        f"{one_line(run.question) or '(a saved plan)'}"
        for run in runs
    ]
    width = max(screen.size[0], longest + _QUESTION)
    return "".join(f"{cut(line, width)}\n" for line in lines)
