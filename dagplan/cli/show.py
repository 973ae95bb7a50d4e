"""`dagplan show`: what can be asked for when a saved plan is to be drawn."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Annotated

import typer

from dagplan.cli.exits import Ending
from dagplan.cli.formats import SUFFIXES, FormatName
from dagplan.cli.options import JournalOption

SavedArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE|RUN_ID",
        help="A plan as JSON, or what dagplan ask or run printed with --json (- reads "
        "it from stdin), or the id of a recorded run.",
    ),
]
FormatOption = Annotated[
    FormatName | None,
    typer.Option(
        "--format",
        help="What to write. Default: what the name of the output says, else text. "
        "trace opens in Perfetto.",
    ),
]
PictureOption = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to this file."),
]


def show(
    saved: SavedArgument,
    format_name: FormatOption = None,
    output: PictureOption = None,
    journal: JournalOption = None,
) -> Callable[[], Ending]:
    """Draw a saved plan or a recorded run, with what became of its steps."""

    def job() -> Ending:
        from dagplan.cli import pictures

        return pictures.show(saved, format_name or _said_by(output), output, journal)

    return job


def _said_by(output: str | None) -> FormatName:
    suffix = PurePath(output or "").suffix.lower()
    return SUFFIXES.get(suffix, FormatName.TEXT)
