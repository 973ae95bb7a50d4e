"""A run, or a plan, as one page that needs nothing else."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256

from dagplan.events import Event, StepResult
from dagplan.plan.model import Plan
from dagplan.views.page_body import Body, body, drawing, panel
from dagplan.views.page_looks import beside, linking_script, styles
from dagplan.views.xml import element, paired, text


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
    made = body(plan, results, events, question=question, answer=answer)
    main = (
        drawing("Plan", "graph", made.graph.markup(styled=False)),
        drawing("Timeline", "timeline", made.timeline) if made.timeline else "",
        made.table,
    )
    markup = (
        paired("header", made.heading, made.facts, made.answer),
        made.figures,
        paired(
            "div", paired("main", *main, class_="linked"), panel(), class_="columns"
        ),
        made.revisions,
    )
    return _document(made, "".join(markup))


def _document(made: Body, markup: str) -> str:
    policy = (
        f"default-src 'none'; script-src '{_hash(_script())}'; "
        f"style-src '{_hash(styles())}'; base-uri 'none'; form-action 'none'"
    )
    head = (
        '<meta charset="utf-8"/>',
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        paired("title", text(f"{made.question or 'A plan'} · dagplan")),
        f"<style>{styles()}</style>",
    )
    data = (
        f'<script type="application/json" id="data">{made.records.as_json()}</script>'
    )
    script = f"<script>{_script()}</script>"
    contents = paired("body", markup, data, script)
    page = paired("html", paired("head", *head), contents, lang="en")
    return f"<!doctype html>\n{page}\n"


@cache
def _script() -> str:
    return f"{linking_script()}{beside('report.js')}"


def _hash(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"
