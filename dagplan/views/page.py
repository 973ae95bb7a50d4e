"""A run, or a plan, as one page that needs nothing else."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from dagplan.events import Event, StepResult
from dagplan.plan.model import Plan
from dagplan.views.attempts import attempt_log
from dagplan.views.details import clipped
from dagplan.views.diagram import Diagram, diagram
from dagplan.views.page_parts import figures, revisions, table
from dagplan.views.palette import ON_DARK, ON_LIGHT, Ground
from dagplan.views.records import Records
from dagplan.views.rows import Chart, chart
from dagplan.views.sheet import FONT, sheet
from dagplan.views.story import Story, story
from dagplan.views.svg import picture
from dagplan.views.timeline import draw_timeline
from dagplan.views.xml import element, lines, paired, text

_MOST: Final = 100_000
_HINT: Final = "Choose a step in the graph, the timeline or the table."


def to_html(
    plan: Plan,
    results: Mapping[str, StepResult] | None = None,
    events: Sequence[Event] = (),
    *,
    question: str | None = None,
    answer: str | None = None,
) -> str:
    """Write one HTML page with all that is known of a run; it works without a network.

    It holds the question and the answer, what the run cost, the graph and the timeline
    (a step that is pointed at or chosen in one is marked in the other), a table to
    search, all that is known of the chosen step, and the plan before and after each
    revision. Its content security policy allows its own script and styles and nothing
    else. The keyboard reaches all of it, and without scripts it can still be read.

    Args:
        plan: The plan.
        results: Where its steps stand, those of `for_each` items included; steps that
            are missing are waiting. None shows the plan alone.
        events: The events of the run, in order; without them there is no timeline.
        question: What was asked; None for what the events say.
        answer: What was answered; None for what the events say.
    """
    told = story(events)
    run = chart(events)
    # Events tell of planning too, so that one path holds for the graph and the timeline.
    path = [
        row.step_id for row in run.rows if row.critical and not row.item and row.step_id
    ]
    drawn = diagram(plan, results, path if events else None)
    records = Records(drawn, results or {}, attempt_log(events))
    asked = told.question if question is None else question
    body = [
        *_header(asked, told.answer if answer is None else answer, told),
        *figures(events),
        paired(
            "div",
            paired("main", *_main(plan, drawn, records, run), class_="linked"),
            _panel(),
            class_="columns",
        ),
        *revisions(told.changes),
        f'<script type="application/json" id="data">{records.as_json()}</script>',
        f"<script>{_script()}</script>",
    ]
    return _document(clipped(asked, 80) or "A plan", body)


def _document(title: str, body: Sequence[str]) -> str:
    policy = (
        f"default-src 'none'; script-src '{_hash(_script())}'; "
        f"style-src '{_hash(_styles())}'; base-uri 'none'; form-action 'none'"
    )
    head = (
        '<meta charset="utf-8"/>',
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        paired("title", text(f"{title} · dagplan")),
        f"<style>{_styles()}</style>",
    )
    page = paired("html", paired("head", *head), paired("body", *body), lang="en")
    return f"<!doctype html>\n{page}\n"


def _header(question: str, answer: str, told: Story) -> Iterator[str]:
    heading = lines(clipped(question, _MOST)) or "A plan"
    facts = [fact for fact in (told.utc, told.outcome) if fact]
    yield paired(
        "header",
        paired("h1", heading, dir="auto"),
        paired("p", text(", ".join(facts)), class_="faint") if facts else "",
        paired("p", lines(clipped(answer, _MOST)), class_="answer", dir="auto")
        if answer
        else "",
    )


def _main(plan: Plan, drawn: Diagram, records: Records, run: Chart) -> Iterator[str]:
    graph = picture(drawn, plan.answer, styled=False)
    yield _drawing("Plan", "graph", graph)
    if run.rows:
        # The first of several that a plan, unchecked, gives one id.
        names = {node.label: node.name for node in reversed(drawn.nodes)}
        yield _drawing("Timeline", "timeline", draw_timeline(run, names, styled=False))
    yield table(drawn, records)


def _drawing(title: str, name: str, drawn: str) -> str:
    fit = paired(
        "button",
        "Fit to width",
        type="button",
        class_="tool",
        data_fits=name,
        aria_pressed="false",
        hidden=True,
    )
    return paired(
        "section",
        paired("div", paired("h2", title, id=f"{name}-heading"), fit, class_="head"),
        # Whoever scrolls with the keyboard has to be able to get there.
        paired(
            "div",
            drawn,
            class_="drawing",
            id=name,
            tabindex="0",
            role="region",
            aria_label=title,
        ),
        aria_labelledby=f"{name}-heading",
    )


def _panel() -> str:
    heading = paired("h2", "Step", id="panel-heading", aria_live="polite", dir="auto")
    without = "Without scripts, a pointer over a step shows what is known of it."
    return paired(
        "aside",
        heading,
        paired("noscript", paired("p", without)),
        paired("div", id="panel", data_hint=_HINT),
        aria_labelledby="panel-heading",
    )


@cache
def _script() -> str:
    return Path(__file__).with_name("page.js").read_text("utf-8")


@cache
def _styles() -> str:
    own = Path(__file__).with_name("page.css").read_text("utf-8")
    dark = f"@media (prefers-color-scheme:dark){{{_variables(ON_DARK)}}}"
    font = f"body{{font-family:{FONT}}}"
    return f"{_variables(ON_LIGHT)}{dark}{font}\n{own}{sheet()}"


def _variables(ground: Ground) -> str:
    names = ("page", "node", "line", "text", "faint", "critical", "rule")
    values = ";".join(f"--{name}:{getattr(ground, name)}" for name in names)
    return f":root{{{values}}}"


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
