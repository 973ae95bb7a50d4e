"""Pictures of plans and runs: pure functions from values to text.

Nothing here looks at a clock, a terminal, a setting or a file, but for the style sheet
and the script that the page holds: the width, the colour and the character set are
arguments. What comes back is one `str`. Whoever prints it decides where. Views load on
first use, since a command line needs one of them at most.

Objects:
    `to_text` (text.py): a plan as a graph, one row per step; statuses if given.
    `to_waterfall` (waterfall.py): when each step of a run ran.
    `to_timeline` (timeline.py): the same as a picture, row by row (rows.py), attempt
        by attempt (attempts.py).
    `to_chrome_trace` (trace.py): the same for Perfetto.
    `to_html` (page.py): all that is known of a run as one page: page_body.py has its
        parts, which the live page shows as well, page_looks.py its styles, page_parts.py its
        tables, records.py what it knows of each step, story.py what the run was about.
    `to_mermaid` (mermaid.py), `to_dot` (dot.py): a plan for other programs to draw.
    `to_svg` (svg.py): a plan as a picture. levels.py, ordering.py and placing.py are
        the stages of its layout, `Layout` (layout.py) is what comes out, for anybody
        who draws boxes and lines; sheet.py has its styles, xml.py writes elements.
    `mime_bundle` (notebook.py): what a notebook shows for a plan or a run.
    `diagram` (diagram.py): a plan as nodes and links, for every picture of it;
        captions.py says what stands in a node and details.py all that is known of it;
        palette.py and signs.py say what a status looks like.
    `news` (news.py): an event in one line.
    `summarise` (summary.py): a step in one line.
    `printable`, `one_line` (escape.py): texts of unknown origin made safe to show.
    `lay_out` (lanes.py): which lines a drawing needs and where they go.
    `timeline` (spans.py): a fold over events, for every kind of timeline.
    `Glyphs` (glyphs.py), `Pen` (pen.py): signs and colours; lines cut to the width.

Invariants: texts of plans, models and tools pass through escape.py before they are
measured or drawn. Status is told by sign as well as by colour. Any plan and any
beginning of an event list can be drawn, valid or not, in about linear time.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagplan.views.dot import to_dot
    from dagplan.views.escape import one_line, printable
    from dagplan.views.mermaid import to_mermaid
    from dagplan.views.page import to_html
    from dagplan.views.summary import summarise
    from dagplan.views.svg import to_svg
    from dagplan.views.text import to_text
    from dagplan.views.timeline import to_timeline
    from dagplan.views.trace import to_chrome_trace
    from dagplan.views.waterfall import to_waterfall

_HOMES = {
    "one_line": "escape",
    "printable": "escape",
    "summarise": "summary",
    "to_chrome_trace": "trace",
    "to_dot": "dot",
    "to_html": "page",
    "to_mermaid": "mermaid",
    "to_svg": "svg",
    "to_text": "text",
    "to_timeline": "timeline",
    "to_waterfall": "waterfall",
}

__all__ = [
    "one_line",
    "printable",
    "summarise",
    "to_chrome_trace",
    "to_dot",
    "to_html",
    "to_mermaid",
    "to_svg",
    "to_text",
    "to_timeline",
    "to_waterfall",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
