"""The parts of a page that are neither pictures nor script."""

from collections.abc import Iterator, Sequence
from typing import Final

from dagplan.events import Event, RunStarted
from dagplan.report import RunReport, report
from dagplan.views.boxes import draw_sign, look_of
from dagplan.views.captions import caption, name_of
from dagplan.views.diagram import Diagram, Node, diagram
from dagplan.views.records import Records, tokens_text
from dagplan.views.story import Change, Snapshot
from dagplan.views.svg import picture
from dagplan.views.waterfall import duration
from dagplan.views.xml import element, paired, text

_COLUMNS: Final = ("Step", "Status", "Began", "Took", "Attempts", "Tokens", "What")
_NUMBERS: Final = frozenset({"Began", "Took", "Attempts", "Tokens"})
_NAMED: Final = 12


def figures(events: Sequence[Event]) -> Iterator[str]:
    """Write what a run cost; nothing where that was not recorded from its beginning."""
    if not any(isinstance(event, RunStarted) for event in events):
        return
    found = report(events)
    pairs = (
        paired("div", paired("dt", text(name)), paired("dd", text(value)))
        for name, value in _figures(found)
    )
    yield paired("dl", *pairs, class_="figures")


def _figures(found: RunReport) -> Iterator[tuple[str, str]]:
    yield "time", duration(found.wall)
    yield "one step at a time", duration(found.serial_sum)
    yield "speed-up", f"{found.speedup:.2f}"
    yield "critical path", duration(found.critical_path)
    yield "planning", duration(found.planning)
    yield "answering", duration(found.answering)
    steps = ", ".join(f"{count:,} {status}" for status, count in found.steps.items())
    yield "steps and items", steps or "none ran"
    if found.retries:
        yield "retries", f"{found.retries:,}"
    if found.hedges:
        yield "second attempts", f"{found.hedges:,}"
    if found.model_calls:
        yield (
            "model calls",
            ", ".join(f"{n:,} {role}" for role, n in found.model_calls.items()),
        )
        yield "tokens", tokens_text(found.tokens)
        yield "price", found.usage.price_text


def table(drawn: Diagram, records: Records) -> str:
    """Write a row for each step, with a field to search them."""
    heads = (paired("th", name, scope="col", class_=_class(name)) for name in _COLUMNS)
    rows = (_row(node, records) for node in drawn.nodes)
    search = paired(
        "div",
        paired("label", "Search", for_="search"),
        element("input", id="search", type="search", autocomplete="off"),
        paired("output", id="found", for_="search", aria_live="polite"),
        class_="head",
        hidden=True,
    )
    return paired(
        "section",
        paired("div", paired("h2", "Steps", id="steps-heading"), class_="head"),
        search,
        paired(
            "div",
            paired(
                "table",
                paired("thead", paired("tr", *heads)),
                paired("tbody", *rows),
                aria_labelledby="steps-heading",
            ),
            class_="drawing",
            tabindex="0",
            role="region",
            aria_labelledby="steps-heading",
        ),
        aria_labelledby="steps-heading",
    )


def _class(name: str) -> str | None:
    return "number" if name in _NUMBERS else None


def _row(node: Node, records: Records) -> str:
    result = node.result
    began = took = attempts = ""
    if result is not None:
        attempts = str(result.attempts or "")
        if result.started is not None:
            began = duration(result.started)
        if result.started is not None and result.ended is not None:
            took = duration(result.ended - result.started)
    tokens = records.tokens(node)
    button = paired("button", text(name_of(node)), type="button", dir="auto")
    numbers = (
        began,
        took,
        attempts,
        "" if tokens is None else f"{tokens.total:,}",
    )
    return paired(
        "tr",
        paired("td", button),
        paired("td", _status(node), class_="status"),
        *(paired("td", text(value), class_="number") for value in numbers),
        paired("td", text(caption(node, 160)), dir="auto"),
        data_step=node.name,
    )


def _status(node: Node) -> str:
    look = look_of(node)
    if look is None:
        return "planned"
    sign = element("g", draw_sign(look), class_=look)
    drawn = element(
        "svg", sign, class_="dagplan", viewBox="0 0 16 16", aria_hidden=True
    )
    critical = ", critical" if node.critical else ""
    return drawn + text(("not in the plan" if look == "missing" else look) + critical)


def revisions(changes: Sequence[Change]) -> Iterator[str]:
    """Write what each revision changed, and the plan before and after it."""
    if not changes:
        return
    yield paired(
        "section",
        paired("h2", "Revisions", id="revisions-heading"),
        *(_change(change, index) for index, change in enumerate(changes, 1)),
        aria_labelledby="revisions-heading",
    )


def _change(change: Change, index: int) -> str:
    revised = change.revised
    parts = {
        "added": [step.id for step in revised.added],
        "redefined": [step.id for step in revised.redefined],
        "dropped": revised.dropped,
    }
    told = "; ".join(f"{what} {_listed(ids)}" for what, ids in parts.items() if ids)
    summary = f"Revision {index} after {duration(revised.at)}: {told or 'no change'}"
    return paired(
        "details",
        paired("summary", text(summary)),
        paired(
            "div",
            _side("Before", change.before),
            _side("After", change.after),
            class_="pair",
        ),
        open=index == 1,
    )


def _listed(ids: Sequence[str]) -> str:
    shown = ", ".join(step_id[:64] for step_id in ids[:_NAMED])
    return shown if len(ids) <= _NAMED else f"{shown} and {len(ids) - _NAMED:,} more"


def _side(title: str, at: Snapshot) -> str:
    drawn = picture(diagram(at.plan, at.results), at.plan.answer, styled=False)
    scrolled = paired(
        "div", drawn, class_="drawing", tabindex="0", role="region", aria_label=title
    )
    return paired("div", paired("h3", title), scrolled)
