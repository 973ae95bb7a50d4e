"""The pages: a question to ask, a run to watch, two runs side by side."""

from collections.abc import Sequence
from typing import Final

from dagplan.history import History, Past
from dagplan.journal.listing import Listed
from dagplan.server.desk import Watched
from dagplan.server.drawing import data
from dagplan.views.page_body import drawing, panel
from dagplan.views.records import ascii_json
from dagplan.views.signs import FILLED, SIGNS
from dagplan.views.xml import element, lines, paired, text

_LIVE: Final = ("linked", "words", "drawn", "asked", "chosen", "live")

_MODES: Final = {
    "parallel": "side by side, as the plan allows",
    "sequential": "one step at a time",
    "both": "both, to compare",
}


def home_page(
    header: str,
    runs: Sequence[Listed],
    *,
    question: str = "",
    mode: str = "parallel",
    trouble: str = "",
) -> str:
    """Write the page on which questions are asked, with the list of past runs.

    Args:
        header: Who plans.
        runs: The newest runs.
        question: What stands in the form already.
        mode: What is chosen already.
        trouble: What was wrong with what was sent, or could not be done; empty if
            nothing.
    """
    modes = (
        paired(
            "label",
            element(
                "input", type="radio", name="mode", value=name, checked=name == mode
            ),
            text(said),
        )
        for name, said in _MODES.items()
    )
    form = paired(
        "form",
        paired("label", "Question", for_="question"),
        paired(
            "textarea",
            # A line break that stands first would be dropped.
            f"\n{lines(question)}",
            id="question",
            name="question",
            rows="3",
            required=True,
            autofocus=True,
            dir="auto",
        ),
        paired("fieldset", paired("legend", "Steps run"), *modes),
        paired("button", "Ask", type="submit", class_="main"),
        method="post",
        action="/ask",
        class_="ask",
    )
    title = paired("h1", "Ask a question")
    who = paired("p", text(header), class_="faint")
    parts = (paired("header", title, who), _alert(trouble), form, _runs(runs))
    return _document("Ask", *parts)


def _runs(runs: Sequence[Listed]) -> str:
    heading = paired("h2", "Runs", id="runs-heading")
    if not runs:
        none = paired("p", "None is recorded yet.", class_="faint")
        return paired("section", heading, none, aria_labelledby="runs-heading")
    names = ("Question", "Status", "Steps", "Began (UTC)")
    heads = (paired("th", name, scope="col") for name in names)
    rows = (
        paired(
            "tr",
            paired("td", _link(run), dir="auto"),
            paired("td", text(run.status), class_="status"),
            paired("td", f"{run.done:,} of {run.total:,}"),
            paired("td", text(run.started[:16].replace("T", " "))),
        )
        for run in runs
    )
    table = paired(
        "table",
        paired("thead", paired("tr", *heads)),
        paired("tbody", *rows),
        aria_labelledby="runs-heading",
        class_="runs",
    )
    return paired("section", heading, table, aria_labelledby="runs-heading")


def _link(run: Listed) -> str:
    said = text(run.question[:300]) or "(a saved plan)"
    return paired("a", said, href=f"/runs/{run.run_id}")


def run_page(run_id: str, found: Watched) -> str:
    """Write the page of a run as it stands; its script goes on from there."""
    shown = found.drawing
    drawn = shown.body(found.question)
    header = paired(
        "header",
        paired("nav", paired("a", "All runs", href="/")),
        drawn.heading,
        paired("div", drawn.facts, id="facts"),
        _state(run_id, found),
        _alert(found.trouble),
        paired("div", drawn.answer, id="answer"),
    )
    main = (
        drawing("Plan", "graph", drawn.graph.markup(styled=False)),
        drawing("Timeline", "timeline", drawn.timeline),
        paired("div", drawn.table, id="table"),
    )
    known = {
        "run": run_id,
        **shown.ending(),
        "over": shown.over,
        "elapsed": found.elapsed,
        "signs": SIGNS,
        "filled": [*FILLED],
        **data(drawn.records),
    }
    return _document(
        drawn.question or "A plan",
        header,
        paired("div", going_on(run_id, found), id="next"),
        paired("section", id="asked", aria_label="Waiting for you", hidden=True),
        paired("div", drawn.figures, id="figures"),
        paired(
            "div", paired("main", *main, class_="linked"), panel(), class_="columns"
        ),
        paired("div", drawn.revisions, id="revisions"),
        _news(),
        f'<script type="application/json" id="data">{ascii_json(known)}</script>',
        scripts=[f"{name}.js" for name in _LIVE],
    )


def _state(run_id: str, found: Watched) -> str:
    """Write where the run stands: what its script fills in, and a way to cancel it."""
    over = found.drawing.over
    if found.elsewhere:
        status = "running in another process; load this page again to see more"
    else:
        status = found.drawing.story().outcome or ("cut off" if over else "begins")
    return paired(
        "div",
        # First, so that it stays where it is; a form, so that it needs no script.
        paired(
            "form",
            paired("button", "Cancel"),
            id="cancel",
            method="post",
            action=f"/runs/{run_id}/cancel",
            hidden=over,
        ),
        paired("span", text(status), id="status"),
        paired("span", id="clock", aria_hidden=True),
        paired("span", id="counts", role="status"),
        paired("span", id="connection", role="status", class_="faint"),
        class_="state",
    )


def _news() -> str:
    return paired(
        "section",
        paired("h2", "What happened", id="news-heading"),
        paired("ol", id="news"),
        id="news-section",
        aria_labelledby="news-heading",
        hidden=True,
    )


def going_on(run_id: str, found: Watched) -> str:
    """Write what can be done with a run that is over: go on with it, save its report."""
    if not found.drawing.over or found.elsewhere:
        return ""
    if found.drawing.story().outcome == "answered":
        return _report_link(run_id)
    doubts = History.of(found.drawing.events).in_doubt()
    form = paired(
        "form",
        *map(_doubt, doubts),
        paired("button", "Resume", type="submit", class_="main"),
        method="post",
        action=f"/runs/{run_id}/resume",
    )
    said = "What has succeeded is not done again."
    return paired("p", said, class_="faint") + form + _report_link(run_id)


def _report_link(run_id: str) -> str:
    link = paired("a", "Save as a file", href=f"/runs/{run_id}/report.html")
    return paired("p", link)


def _doubt(past: Past) -> str:
    """Ask of a step in doubt what became of it."""
    name = f"doubt:{past.step_id}"
    choices = {
        "": "leave it in doubt",
        "retry": "run it again",
        "accept": "it was done, and found:",
    }
    options = (
        paired(
            "label",
            element("input", type="radio", name=name, value=value, checked=value == ""),
            text(said),
        )
        for value, said in choices.items()
    )
    value = element(
        "input",
        type="text",
        name=f"value:{past.step_id}",
        aria_label="What it found (JSON, else text)",
    )
    legend = paired("legend", text(f"{past.step_id} may have been done"))
    return paired("fieldset", legend, *options, value)


def beside_page(left: str, right: str, question: str) -> str:
    """Write the page of two runs side by side: parallel, and one step at a time."""
    frames = (
        paired(
            "section",
            paired("h2", paired("a", said, href=f"/runs/{run_id}")),
            paired("iframe", src=f"/runs/{run_id}", title=said),
            class_="side",
        )
        for run_id, said in ((left, "parallel"), (right, "sequential"))
    )
    header = paired(
        "header",
        paired("nav", paired("a", "All runs", href="/")),
        paired("h1", text(question), dir="auto"),
        paired("p", id="gain", role="status", data_left=left, data_right=right),
    )
    sides = paired("main", *frames, class_="sides")
    return _document(question, header, sides, scripts=("beside.js",))


def problem_page(said: str) -> str:
    """Write a page that says what could not be done."""
    back = paired("nav", paired("a", "All runs", href="/"))
    return _document("Not done", paired("header", back), _alert(said))


def _alert(said: str) -> str:
    return paired("p", lines(said), id="trouble", role="alert", hidden=not said)


def _document(title: str, *body: str, scripts: Sequence[str] = ()) -> str:
    head = (
        '<meta charset="utf-8"/>',
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        paired("title", text(f"{title} · dagplan")),
        element("link", rel="stylesheet", href="/live.css"),
        *(paired("script", src=f"/{name}", defer=True) for name in scripts),
    )
    page = paired("html", paired("head", *head), paired("body", *body), lang="en")
    return f"<!doctype html>\n{page}\n"
