"""A run as it stands, drawn for a page that goes on."""

import json
from collections import Counter
from html.parser import HTMLParser

from dagplan.events import (
    Event,
    PlanFinished,
    RunStarted,
    StepPlanned,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan import Step
from dagplan.server.desk import Watched
from dagplan.server.drawing import Drawing
from dagplan.server.pages import home_page, run_page
from dagplan.views.records import ascii_json
from tests.views.hostile import hostile_events, in_slices
from tests.views.plans import eventful

BEGINNING: list[Event] = [
    RunStarted(0.0, "2026-01-01T00:00:00Z", "Why?", 4),
    StepPlanned(0.1, "a", Step(id="a", task="Do a")),
    StepPlanned(0.1, "b", Step(id="b", task="Do b", depends_on=["a"])),
    PlanFinished(0.2),
    StepStarted(0.2, "a"),
    StepSucceeded(0.5, "a", "found"),
    StepStarted(0.5, "b"),
]


def test_of_a_run_that_goes_on_nothing_is_said_that_the_next_event_would_change():
    graph = Drawing(BEGINNING, over=False).graph(table=False)
    drawn = json.dumps(graph)

    assert graph["seen"] == len(BEGINNING)
    assert graph["since"] == {"b": 0.5}
    assert "critical" not in drawn
    assert "1 running" not in graph["graph"]["rest"]  # type: ignore[index]
    assert Drawing(BEGINNING, over=False).body().figures == ""


def test_of_a_run_that_is_over_all_is_said():
    parts = Drawing(eventful(), over=True).parts()

    assert parts["outcome"] == "answered"
    assert parts["took"] == 6.0
    assert "speed-up" in str(parts["figures"])
    assert "critical" in str(parts["graph"])
    assert "Because y." in str(parts["answer"])


def test_any_beginning_of_a_run_can_be_drawn():
    events = eventful()
    for count in range(len(events)):
        drawing = Drawing(events[:count], over=count % 2 == 0)
        json.loads(ascii_json(drawing.parts()))
        json.loads(ascii_json(drawing.graph(table=True)))
        assert drawing.record("none") is None
        assert run_page("x", Watched(drawing, 0.0, "Why?"))


class Tags(HTMLParser):
    """The elements of a page as a browser would find them, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[tag] += 1
        self.attributes.update(name for name, _ in attrs)


@in_slices
def test_hostile_texts_stay_inside_their_page(texts: list[str]):
    drawing = Drawing(hostile_events(texts), over=False)
    page = run_page("x", Watched(drawing, 1.0, texts[0], trouble=texts[1]))
    home = home_page("planned", [], question=texts[0], trouble=texts[1])

    for written, scripts in ((page, 7), (home, 0)):
        written.encode()
        tags = Tags(written)
        # Its own six scripts and its data.
        assert tags.found["script"] == scripts
        assert not {*tags.found} & {"img", "iframe", "object", "style", "base"}
        assert not [name for name in tags.attributes if name.startswith("on")]
        assert "style" not in tags.attributes
    assert Tags(home).found["textarea"] == 1
    json.loads(ascii_json(drawing.graph(table=True)))
