"""One cell: a rival answers questions at a provider of its own, each with its time."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import anyio

from benchmarks.cell import in_own_process
from benchmarks.provider.ledger import Call
from benchmarks.provider.pace import Pace
from benchmarks.provider.process import provider
from benchmarks.questions.catalogue import catalogue
from benchmarks.questions.question import Question
from benchmarks.rivals import Ask, prepare
from benchmarks.rivals.site import Site

_APART = 0.05
"""Seconds from one question to the next: nobody asks at the very same moment (load.py
measures that)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What one rival made of a question.

    Attributes:
        question: Its id.
        seconds: From the question to the whole answer.
        right: Whether the answer is the expected one, word for word.
        answer: What it answered; None where there was no answer.
        error: What went wrong instead; None where there was an answer.
    """

    question: str
    seconds: float
    right: bool
    answer: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What one rival made of all questions.

    Attributes:
        askings: One for each question, in order.
        calls: What the provider wrote down.
        refusals: Why it refused requests; empty if all went well.
    """

    askings: Sequence[Asking]
    calls: Sequence[Call]
    refusals: Sequence[str]

    @property
    def seconds(self) -> Mapping[str, float]:
        """The time of each question, by id."""
        return {asking.question: asking.seconds for asking in self.askings}


def ask(  # noqa: PLR0913 - the terms of one cell, by name
    rival: str,
    questions: Sequence[str],
    pace: Pace,
    *,
    data: Path | None = None,
    at_once: int = 1,
    deadline: float | None = None,
    seconds: float = 600.0,
) -> Asked:
    """Have a rival answer questions in a process of its own.

    Args:
        rival: A module of `rivals/`.
        questions: Ids.
        pace: The simulated times.
        data: Folder with real questions.
        at_once: How many questions are under way at a time.
        deadline: Seconds after which a question is given up.
        seconds: Most time for all of it.

    Raises:
        RuntimeError: It took longer, or failed as a whole.
    """
    arguments = {
        "rival": rival,
        "questions": list(questions),
        "pace": asdict(pace),
        "data": None if data is None else str(data),
        "at_once": at_once,
        "deadline": deadline,
    }
    found = in_own_process("benchmarks.asking:cell", arguments, seconds=seconds)
    if found is None:
        raise RuntimeError(f"{rival} was not done after {seconds:g} s")
    return Asked(
        [Asking(**one) for one in found["askings"]],  # type: ignore[attr-defined]
        [Call.read(one) for one in found["calls"]],  # type: ignore[attr-defined]
        found["refusals"],  # type: ignore[arg-type]
    )


def cell(
    rival: str,
    questions: Sequence[str],
    pace: dict[str, object],
    data: str | None,
    at_once: int,
    deadline: float | None,
) -> dict[str, object]:
    """Ask in this process; see `ask`."""
    folder = None if data is None else Path(data)
    known = catalogue(folder)
    with without_certificates(), provider(Pace.read(pace), folder) as site:
        sites = [Site(site.url, known[name]) for name in questions]
        # What is loaded once takes its time before; of a question that is not counted.
        spare = next((q for q in known.values() if q.id not in questions), None)
        warm = Site(site.url, spare or sites[0].question)
        anyio.run(timed, warm.question, prepare(rival, warm), deadline)
        site.ledger()
        askings = anyio.run(_ask_all, rival, sites, at_once, deadline)
        calls, refusals = site.ledger()
    return {
        "askings": [asdict(asking) for asking in askings],
        "calls": [asdict(call) for call in calls],
        "refusals": refusals,
    }


def without_certificates() -> "tempfile.TemporaryDirectory[str]":
    """Have clients read no certificates: that takes 40 ms each, and nobody has any."""
    folder = tempfile.TemporaryDirectory()
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = folder.name
    return folder


async def _ask_all(
    rival: str, sites: Sequence[Site], at_once: int, deadline: float | None
) -> Sequence[Asking]:
    limiter = anyio.CapacityLimiter(at_once)
    found: dict[int, Asking] = {}

    async def one(place: int, question: Question, ask: Ask) -> None:
        async with limiter:
            found[place] = await timed(question, ask, deadline)

    # The longest first, so that none is left over when all others are done.
    order = sorted(enumerate(sites), key=lambda site: -len(site[1].question.queries))
    asks = [(place, site.question, prepare(rival, site)) for place, site in order]
    async with anyio.create_task_group() as tasks:
        for place, question, ask in asks:
            tasks.start_soon(one, place, question, ask)
            await anyio.sleep(_APART)
    return [found[place] for place in range(len(sites))]


async def timed(question: Question, ask: Ask, deadline: float | None = None) -> Asking:
    """Ask once and say how long it took and whether it was right.

    Args:
        question: The question.
        ask: Asks it.
        deadline: Seconds after which it is given up.
    """
    began = perf_counter()
    try:
        with anyio.fail_after(deadline):
            answer = await ask()
    except Exception as error:  # noqa: BLE001 - it is what is measured
        taken = perf_counter() - began
        return Asking(question.id, taken, right=False, error=f"{error!r:.300}")
    taken = perf_counter() - began
    return Asking(question.id, taken, answer == question.answer, answer)
