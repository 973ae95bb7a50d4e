import json
import re
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from dagplan.events import Event, StepResult
from dagplan.plan import Plan
from dagplan.views import to_html
from dagplan.views.records import safe_json
from tests.programs import needs_chromium, needs_node
from tests.views.hostile import (
    hostile_events,
    hostile_plan,
    hostile_results,
    in_slices,
)
from tests.views.markup import classed, parsed, said
from tests.views.plans import eventful, figures, figures_results, plan
from tests.views.readers import dom

VOID = {"meta", "input"}
TAGS = re.compile(
    r"html|head|meta|title|style|body|header|h[1-3]|p|div|dl|dt|dd|main|section|aside"
    r"|noscript|button|label|input|output|table|thead|tbody|tr|th|td|details|summary|script"
    r"|svg|g|rect|path|text"
)


class Page(HTMLParser):
    """A page as a browser would read it; fails on what the view never writes."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert TAGS.fullmatch(tag), tag
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in {"style", "src", "href", "srcdoc", "action"}
            assert "javascript:" not in (value or "") or name == "aria-label"
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID | {"rect", "path", "svg", "g", "text"}, tag
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.inside.setdefault(self.open[-1] if self.open else "", []).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def data(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.inside["script"][0])["steps"]
    return found


def fields(page: Page, name: str) -> dict[str, str]:
    return dict(data(page)[name]["fields"])


def told_of_a_run() -> str:
    events = eventful()
    steps = [{"id": name, "task": f"do {name}"} for name in "ab"]
    each = {"id": "c", "task": "use ${a}", "for_each": "${b}"}
    results = figures_results()
    results = {
        "a": results["area_fr"],
        "b": results["near"],
        "c": results["pops"],
        "c[0]": results["pops[0]"],
        "c[1]": results["pops[1]"],
    }
    return to_html(plan(*steps, each, {"id": "d", "task": "do d"}), results, events)


def test_a_page_has_its_question_answer_figures_pictures_and_table() -> None:
    markup = told_of_a_run()
    page = Page(markup)

    assert page.inside["h1"] == ["Why?"]
    assert "Because y." in page.inside["p"]
    assert [*page.inside["h2"]] == ["Plan", "Timeline", "Steps", "Step", "Revisions"]
    assert {"speed-up", "critical path", "tokens"} <= {*page.inside["dt"]}
    assert len(page.attributes("tr")) == 5
    assert page.inside["summary"] == ["Revision 1 after 4.00 s: added d; dropped end"]


def test_a_step_has_one_name_in_graph_timeline_table_and_data() -> None:
    markup = told_of_a_run()
    page = Page(markup)
    graph, timeline = (parsed(svg) for svg in pictures(markup)[:2])

    assert {node.get("data-step") for node in classed(graph, "step")} == {*data(page)}
    rows = {row.get("data-step") for row in classed(timeline, "row")} - {None}
    assert rows == {*data(page)}
    table = {row.get("data-step") for row in page.attributes("tr")} - {None}
    assert table == {*data(page)}


def pictures(markup: str) -> list[str]:
    """Return the SVG elements of a page, but the small signs in its table."""
    found = re.findall(r'<svg xmlns=.*?viewBox="0 0 .*?</svg></div>', markup, re.DOTALL)
    return [svg.removesuffix("</div>") for svg in found]


def test_all_that_is_known_of_a_step_is_in_its_record() -> None:
    page = Page(told_of_a_run())

    assert data(page)["n2"]["needs"] == ["n0", "n1"]
    assert data(page)["n0"]["feeds"] == ["n2"]
    assert fields(page, "n0") == {
        "task": "do a",
        "time": "2.00 s, from 0 s to 2.00 s, on the critical path",
        "output": "643801",
        "attempts": "1, 0.50 s to 1.00 s, failed: busy\n2, 1.50 s to 2.50 s, succeeded",
    }
    third = fields(page, "n2")
    assert third["input ${a}"] == "643801"
    assert third["input ${b}"] == '[\n  "ES",\n  "BE"\n]'
    assert third["error"] == "1 of 2 items failed"
    assert third["items"].splitlines() == [
        "✓1 ✗1",
        "[0] succeeded: 48000000",
        "[1] failed: not <found>",
    ]
    assert fields(page, "n1")["model calls"] == "step, m-2: 0.50 s, tokens unknown"


def test_an_input_that_is_not_there_says_so() -> None:
    one = plan({"id": "a", "task": "x"}, {"id": "b", "task": "${a.key} ${c}"})
    page = Page(to_html(one, {"a": figures_results()["pop_fr"]}))

    assert fields(page, "n1")["input ${a.key}"].startswith("(${a.key} leads to nothing")
    assert fields(page, "n1")["input ${c}"] == "(not available)"
    assert "plan has no such step" in fields(page, "n2")["note"]


def test_a_plan_alone_has_neither_timeline_nor_figures() -> None:
    page = Page(to_html(figures(), question="What?", answer="So."))

    assert page.inside["h2"] == ["Plan", "Steps", "Step"]
    assert page.inside["h1"] == ["What?"]
    assert "So." in page.inside["p"]


def test_the_policy_allows_the_page_s_own_script_and_styles_and_nothing_else() -> None:
    page = Page(told_of_a_run())
    (policy,) = (
        meta["content"] or ""
        for meta in page.attributes("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    allowed = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    def hashed(content: str) -> str:
        return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"

    assert allowed == {
        "default-src": "'none'",
        "script-src": hashed(page.inside["script"][1]),
        "style-src": hashed(page.inside["style"][0]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert len(page.attributes("script")) == 2
    assert len(page.attributes("style")) == 1
    assert "url(" not in page.inside["style"][0]


def test_data_cannot_leave_its_script_element() -> None:
    texts = ["</script><!--", "&amp;", "a\u2028b\u2029c"]
    written = safe_json(texts)

    assert not {*"<>&\u2028\u2029"} & {*written}
    assert json.loads(written) == texts


@in_slices
def test_hostile_texts_stay_text(texts: list[str]) -> None:
    hostile = hostile_plan(texts)
    markup = to_html(hostile, hostile_results(hostile), hostile_events(texts))
    page = Page(markup)

    assert len(page.attributes("script")) == 2
    assert len(data(page)) >= len(texts)
    drawn = pictures(markup)
    assert len(drawn) == 4
    for svg in drawn:
        assert said(parsed(svg))
    markup.encode()


def test_any_beginning_of_a_run_is_a_page() -> None:
    events: list[Event] = eventful()
    for count in range(0, len(events) + 1, 3):
        Page(to_html(figures(), {}, events[:count]))
    Page(to_html(Plan(steps=[])))


def script() -> str:
    page = Page(told_of_a_run())
    return page.inside["script"][1]


def test_the_script_writes_texts_as_text_and_asks_nobody() -> None:
    written = script()

    for way_out in ("innerHTML", "outerHTML", "insertAdjacent", "document.write"):
        assert way_out not in written
    for network in ("fetch", "XMLHttp", "import(", "eval", "Function(", "sendBeacon"):
        assert network not in written
    assert "</" not in written


@needs_node
def test_the_script_can_be_parsed() -> None:
    subprocess.run(
        ["node", "--check", "-"], input=script().encode(), check=True, timeout=30
    )


@needs_chromium
@pytest.mark.timeout(60)
def test_a_browser_runs_the_page_s_script_and_nothing_that_a_text_holds(
    tmp_path: Path,
) -> None:
    run = {
        "id": "a",
        "task": "</script><script>document.title='broken'</script><img onerror=x>",
    }
    results = {"a": StepResult("succeeded", "<b>bold</b>", started=0.0, ended=1.0)}
    page = tmp_path / "page.html"
    page.write_text(to_html(plan(run, {"id": "b", "task": "${a}"}), results), "utf-8")

    became = dom(page, "n0", tmp_path / "profile")

    assert "<title>A plan · dagplan</title>" in became
    assert re.search(r'<h2 id="panel-heading"[^>]*>a</h2>', became)
    assert "<pre>&lt;b&gt;bold&lt;/b&gt;</pre>" in became
    assert re.search(r'<tr data-step="n0" class="chosen lit">', became)
    assert re.search(r'<path [^>]*class="link lit"', became)
