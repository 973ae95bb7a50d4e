"""The body of a page about a run, part by part: for a report and for a live page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dagplan.events import Event, StepResult
from dagplan.plan.model import Plan
from dagplan.views.attempts import attempt_log
from dagplan.views.details import clipped
from dagplan.views.diagram import Diagram, diagram
from dagplan.views.page_parts import figures, revisions, table
from dagplan.views.records import Records
from dagplan.views.rows import Chart, chart
from dagplan.views.story import Story, story
from dagplan.views.svg import Picture, pieces
from dagplan.views.timeline import draw_timeline
from dagplan.views.xml import lines, paired, text

_MOST: Final = 100_000
_HINT: Final = "Choose a step in the graph, the timeline or the table."


@dataclass(frozen=True, slots=True)
class Body:
    """All that a page shows of a run, as markup.

    Attributes:
        question: What was asked, on one line of bounded length; empty if nobody did.
        heading: The question.
        facts: When it began and how it ended.
        answer: The answer; empty while there is none.
        figures: What the run cost; empty where that is not known.
        graph: The plan as a picture, in pieces.
        timeline: When what ran, as a picture; empty where that is not known.
        table: A row for each step.
        revisions: The plan before and after each revision; empty if there was none.
        records: All that is known of each step.
    """

    question: str
    heading: str
    facts: str
    answer: str
    figures: str
    graph: Picture
    timeline: str
    table: str
    revisions: str
    records: Records


def body(
    plan: Plan,
    results: Mapping[str, StepResult] | None,
    events: Sequence[Event],
    *,
    question: str | None = None,
    answer: str | None = None,
    timed: bool = False,
) -> Body:
    """Draw a run, or the first of it while it still goes on.

    Args:
        plan: As for `to_html`, as all others but `timed`.
        results: Where its steps stand.
        events: The events of the run.
        question: What was asked.
        answer: What was answered.
        timed: Whether the run goes on: then the picture leaves room for times that a
            script will write, and nothing is said that the next event would change.
    """
    told = story(events)
    run = chart(events)
    path = () if timed else _critical(run, events)
    drawn = diagram(plan, results, path)
    records = Records(drawn, results or {}, attempt_log(events))
    asked = told.question if question is None else question
    return Body(
        clipped(asked, 80),
        paired("h1", lines(clipped(asked, _MOST)) or "A plan", dir="auto"),
        _facts(told),
        answer_markup(told.answer if answer is None else answer),
        "" if timed else "".join(figures(events)),
        pieces(drawn, plan.answer, timed=timed),
        timeline_of(drawn, run),
        table(drawn, records),
        "".join(revisions(told.changes)),
        records,
    )


def _critical(run: Chart, events: Sequence[Event]) -> Sequence[str] | None:
    # Events tell of planning too, so that one path holds for the graph and the timeline.
    path = [
        row.step_id for row in run.rows if row.critical and not row.item and row.step_id
    ]
    return path if events else None


def _facts(told: Story) -> str:
    facts = [fact for fact in (told.utc, told.outcome) if fact]
    facts += [reached.said for reached in told.reached]
    return paired("p", text(", ".join(facts)), class_="faint") if facts else ""


def answer_markup(answer: str) -> str:
    """Write an answer; nothing where there is none."""
    if not answer:
        return ""
    return paired("p", lines(clipped(answer, _MOST)), class_="answer", dir="auto")


def timeline_of(drawn: Diagram, run: Chart) -> str:
    """Draw a timeline whose rows have the names of a picture's steps, if it has rows."""
    if not run.rows:
        return ""
    # The first of several that a plan, unchecked, gives one id.
    names = {node.label: node.name for node in reversed(drawn.nodes)}
    return draw_timeline(run, names, styled=False)


def drawing(title: str, name: str, drawn: str) -> str:
    """Frame a picture: a heading, a button that fits it to the page, room to scroll."""
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


def panel() -> str:
    """Write the place where a script shows the chosen step."""
    heading = paired("h2", "Step", id="panel-heading", aria_live="polite", dir="auto")
    without = "Without scripts, a pointer over a step shows what is known of it."
    return paired(
        "aside",
        heading,
        paired("noscript", paired("p", without)),
        paired("div", id="panel", data_hint=_HINT),
        aria_labelledby="panel-heading",
    )
