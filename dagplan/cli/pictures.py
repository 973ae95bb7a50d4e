"""What `dagplan show` does: read what was saved, draw it, write it."""

import os
import sys
from pathlib import Path

import anyio

from dagplan.cli.exits import ANSWERED, BadInputError, Ending
from dagplan.cli.formats import FormatName
from dagplan.cli.keeping import journal_of
from dagplan.cli.options import Options
from dagplan.cli.plan_file import check_writable, write_file
from dagplan.cli.saved import Saved, read_saved, recorded
from dagplan.cli.screen import Screen
from dagplan.errors import SettingsError
from dagplan.history import check_run_id
from dagplan.views import (
    to_chrome_trace,
    to_dot,
    to_html,
    to_mermaid,
    to_svg,
    to_text,
)


def show(
    name: str, format_name: FormatName, output: str | None, journal: str | None = None
) -> Ending:
    """Draw what a file holds, or a recorded run.

    Raises:
        BadInputError: The file holds no plan, or the output cannot be written, or
            there is nothing to draw in this format.
        UnknownRunError: There is no such file, and no run of that id is recorded.
        JournalError: The journal cannot be read.
    """
    if output is not None:
        check_writable(output)
    saved = _saved(name, journal)
    screen = Screen.of(sys.stdout, os.environ)
    if output is None and format_name is FormatName.TEXT:
        screen.write(f"{_text(saved, screen)}\n")
        return Ending(ANSWERED)
    drawn = _drawn(saved, format_name)
    if output is None:
        screen.write(drawn if drawn.endswith("\n") else f"{drawn}\n")
    else:
        write_file(output, drawn)
    return Ending(ANSWERED)


def _saved(name: str, journal: str | None) -> Saved:
    if name == "-" or Path(name).exists() or not _is_run_id(name):
        return read_saved(name)
    kept = journal_of(Options(journal=journal))
    return recorded(anyio.run(kept.read, name))


def _is_run_id(name: str) -> bool:
    try:
        check_run_id(name)
    except SettingsError:
        return False
    return True


def _text(saved: Saved, screen: Screen) -> str:
    return to_text(
        saved.plan,
        saved.results,
        width=screen.size[0],
        colour=screen.colour,
        ascii_only=screen.ascii_only,
    )


def _drawn(saved: Saved, format_name: FormatName) -> str:
    plan, results = saved.plan, saved.results
    match format_name:
        case FormatName.TEXT:
            return to_text(plan, results) + "\n"
        case FormatName.MERMAID:
            return to_mermaid(plan, results)
        case FormatName.DOT:
            return to_dot(plan, results)
        case FormatName.SVG:
            return to_svg(plan, results)
        case FormatName.HTML:
            return to_html(
                plan,
                results,
                saved.events(),
                question=saved.question,
                answer=saved.response,
            )
        case FormatName.TRACE:
            return _trace(saved)


def _trace(saved: Saved) -> str:
    events = saved.events()
    if not events:
        raise BadInputError(
            "a plan alone has no times to trace; save a run: "
            "dagplan run FILE --json > run.json"
        )
    return to_chrome_trace(events)
