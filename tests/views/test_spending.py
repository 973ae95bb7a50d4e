"""What a run has spent, and that it may spend no more, wherever runs are drawn."""

import json

from dagplan.events import BudgetReached, Event, ModelCalled, Tokens
from dagplan.plan import Plan
from dagplan.views import to_chrome_trace, to_html, to_timeline
from tests.views.markup import classed, parsed, said, title
from tests.views.plans import eventful
from tests.views.test_page import Page, fields

SAID = "the budget of 2,000 tokens is spent"


def dear() -> list[Event]:
    """The eventful run, with prices, at a bound of its budget at 5 s."""
    calls: list[Event] = [
        ModelCalled(2.25, "step", "a", "m-1", Tokens(800, 20, 640), 2.0, 2.25, 0.002),
        ModelCalled(2.5, "step", "a", "m-1", Tokens(200, 20), 2.25, 2.5, 0.003),
        BudgetReached(5.0, "max_tokens", 2_000, 2_260),
    ]
    return sorted([*eventful(), *calls], key=lambda event: event.at)


def page() -> Page:
    steps = [event.step for event in dear() if hasattr(event, "step")]
    return Page(to_html(Plan(steps=steps), None, dear()))


def test_a_page_tells_tokens_price_and_the_end_of_the_budget():
    told = page()
    assert "price" in told.inside["dt"]
    assert "$0.005 and 4 calls of unknown price" in told.inside["dd"]
    assert "3,800 in (640 cached), 380 out" in told.inside["dd"]
    assert any(SAID in paragraph for paragraph in told.inside["p"])


def test_the_record_of_a_step_has_the_price_of_each_call_and_of_all():
    assert fields(page(), "n0")["model calls"].splitlines() == [
        "step, m-1: 0.25 s, 800 in (640 cached), 20 out, $0.002",
        "step, m-1: 0.25 s, 200 in, 20 out, $0.003",
        "in all 1,000 in (640 cached), 40 out, $0.005",
    ]


def test_a_timeline_has_a_line_where_the_budget_was_spent():
    root = parsed(to_timeline(dear()))
    (line, _) = classed(root, "budget")
    assert title(line) == SAID
    assert "budget reached" in said(root)
    assert any("640 cached" in title(row) for row in classed(root, "row"))
    assert not classed(parsed(to_timeline(eventful())), "budget")


def test_a_trace_has_an_instant_and_what_calls_cost():
    entries = json.loads(to_chrome_trace(dear()))["traceEvents"]
    (instant,) = [entry for entry in entries if entry["name"] == SAID]
    assert instant["args"] == {"limit": 2_000, "spent": 2_260}
    (cheap,) = [e for e in entries if e.get("args", {}).get("cached")]
    assert cheap["args"]["price"] == 0.002
