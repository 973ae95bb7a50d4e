"""The style sheet of pages, and the script that links the parts of one."""

from functools import cache
from pathlib import Path

from dagplan.views.palette import ON_DARK, ON_LIGHT, Ground
from dagplan.views.sheet import FONT, sheet


@cache
def styles() -> str:
    """Return the style sheet of a page, with that of the pictures in it."""
    dark = f"@media (prefers-color-scheme:dark){{{_variables(ON_DARK)}}}"
    font = f"body{{font-family:{FONT}}}"
    return f"{_variables(ON_LIGHT)}{dark}{font}\n{beside('page.css')}{sheet()}"


def _variables(ground: Ground) -> str:
    names = ("page", "node", "line", "text", "faint", "critical", "rule")
    values = ";".join(f"--{name}:{getattr(ground, name)}" for name in names)
    return f":root{{{values}}}"


@cache
def linking_script() -> str:
    """Return the script that links the graph, the timeline and the table of a page."""
    return beside("linked.js")


def beside(name: str) -> str:
    """Read a file that lies beside this one."""
    return Path(__file__).with_name(name).read_text("utf-8")
