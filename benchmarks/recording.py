"""One question's run as its events, for a picture of it."""

from collections.abc import Sequence
from dataclasses import asdict

import anyio

from benchmarks.asking import without_certificates
from benchmarks.cell import in_own_process
from benchmarks.provider.pace import Pace
from benchmarks.provider.process import provider
from benchmarks.questions.own import own_questions
from benchmarks.rivals.dagplan import ask_agent
from benchmarks.rivals.site import Site
from dagplan.events import Event
from dagplan.journal.codec import decode, encode

QUESTION = "birthplaces"


def recorded(pace: Pace) -> list[tuple[str, str]]:
    """Ask one question of dagplan, over HTTP, and return the events of the run."""
    arguments = {"pace": asdict(pace)}
    found = in_own_process("benchmarks.recording:cell", arguments, seconds=60)
    if found is None:
        raise RuntimeError("one question took more than a minute")
    return [(str(kind), str(body)) for kind, body in found["events"]]  # type: ignore[attr-defined]


def cell(pace: dict[str, object]) -> dict[str, object]:
    """Ask in this process; twice, since the first time loads what the second uses."""
    times = Pace.read(pace)
    question = next(q for q in own_questions() if q.id == QUESTION)
    seen: list[Event] = []
    with without_certificates(), provider(times) as running:
        ask = ask_agent(Site(running.url, question), on_event=seen.append)
        anyio.run(ask)
        seen.clear()
        anyio.run(ask)
    kept = [event for event in seen if type(event).__name__ != "AnswerText"]
    return {"events": [encode(event) for event in kept]}


def events_of(written: Sequence[Sequence[str]]) -> list[Event]:
    """Read events as `recorded` wrote them."""
    return [decode(kind, body) for kind, body in written]
