"""Many questions at once in one process: what is lost, and what a run needs.

The own questions over HTTP, all at the same moment, each as often as the number asks
for. Ideal is that each takes its lower bound (bound.py), however many there are. Beyond
some number the processor is what everybody waits for; how much of it a question takes,
clients for models and searches included, is measured, and so is how late the provider
was, which has a process of its own. Once more without models and HTTP: the agent with a
planner, steps and a replanner that only wait (rivals/quiet.py).
"""

import argparse
import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import cast

import anyio

from benchmarks.asking import Asking, timed, without_certificates
from benchmarks.bound import bound
from benchmarks.cell import in_own_process
from benchmarks.findings import Aim, Findings, Table
from benchmarks.provider.pace import Pace
from benchmarks.provider.process import provider
from benchmarks.questions.own import own_questions
from benchmarks.questions.question import Question
from benchmarks.rivals import OURS, Ask, prepare
from benchmarks.rivals.quiet import prepare_quiet
from benchmarks.rivals.site import Site

SIZES = (1, 10, 100, 1_000)
_BUNDLE = 8  # tokens in one event of a stream: what is measured is not parsing
_LIMIT = 0.9  # share of a processor beyond which it is what everybody waits for
_KILO = 1_000


@dataclass(frozen=True, slots=True)
class Load:
    """So many questions at once.

    Attributes:
        questions: How many.
        right: How many answers were right.
        throughput: Questions a second, from the first question to the last answer.
        over_ideal: What the questions would take at their lower bounds ÷ what they took.
        p95: Of the time of a question ÷ its lower bound.
        cpu: Seconds of a processor for each question.
        busy: Share of the whole time for which the process had a processor.
        kilobytes: By which the process grew, for each question.
        late: Seconds by which one of a hundred replies of the provider was late.
    """

    questions: int
    right: int
    throughput: float
    over_ideal: float
    p95: float
    cpu: float
    busy: float
    kilobytes: float
    late: float = 0.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="e.g. 1,10,100")


def _sizes(text: str) -> list[int]:
    return [int(size) for size in text.split(",")]


def measure(options: argparse.Namespace) -> Findings:
    """Ask so many at once, each number in a process of its own."""
    pace = Pace(scale=options.scale, bundle=_BUNDLE)
    found = {
        name: [_loaded(size, pace, quiet=quiet) for size in options.sizes]
        for name, quiet in (("over HTTP", False), ("dagplan alone", True))
    }
    return Findings(
        figures={name: [asdict(load) for load in of] for name, of in found.items()},
        tables=[_table(name, loads) for name, loads in found.items()],
        aims=[aim for name, loads in found.items() for aim in _aims(name, loads)],
        notes=[
            "Latencies are simulated, as in `latency`, with 8 tokens in an event.",
            "busy: share of the time for which the process had a processor; near 1 that",
            "is the limit, and most of it goes to the clients of models and searches.",
        ],
    )


def _table(name: str, loads: Sequence[Load]) -> Table:
    columns = ("÷ ideal", "p95", "a second", "cpu ms", "busy", "kB", "late ms")
    return Table(
        f"questions at once in one process, {name}; processor time and kB of each",
        ("questions", *columns),
        [
            (
                load.questions,
                load.over_ideal,
                load.p95,
                load.throughput,
                _KILO * load.cpu,
                load.busy,
                load.kilobytes,
                _KILO * load.late,
            )
            for load in loads
        ],
    )


def _aims(where: str, loads: Sequence[Load]) -> Iterator[Aim]:
    for load in loads:
        name = f"{where}, {load.questions:,} at once"
        if load.busy < _LIMIT:
            yield Aim(
                f"{name}: throughput ÷ ideal", load.over_ideal, 0.9, at_least=True
            )
        if load.questions >= max(SIZES):
            yield Aim(f"{name}: kB a run", load.kilobytes, 150)
        wrong = load.questions - load.right
        yield Aim(f"{name}: wrong answers", wrong, 0, promise=True)


def _loaded(size: int, pace: Pace, *, quiet: bool) -> Load:
    arguments: Mapping[str, object] = {"size": size, "pace": asdict(pace)}
    name = "quiet_cell" if quiet else "cell"
    found = in_own_process(f"benchmarks.load:{name}", arguments, seconds=300)
    if found is None:
        raise RuntimeError(f"{size} questions at once were not done after 300 s")
    return Load(**cast("dict[str, float]", found))  # type: ignore[arg-type]


def cell(size: int, pace: dict[str, object]) -> dict[str, object]:
    """Ask so many questions at once in this process, over HTTP."""
    times = Pace.read(pace)
    with without_certificates(), provider(times) as running:
        sites = [Site(running.url, question) for question in own_questions()]
        asks = [(site.question, prepare(OURS, site)) for site in sites]
        found = _loading(asks, size, times)
        calls, _ = running.ledger()
    late = sorted(call.late for call in calls)
    return asdict(replace(found, late=late[ceil(0.99 * len(late)) - 1]))


def quiet_cell(size: int, pace: dict[str, object]) -> dict[str, object]:
    """Ask so many questions at once in this process, of dagplan alone."""
    times = Pace.read(pace)
    asks = [(q, prepare_quiet(q, times)) for q in own_questions()]
    return asdict(_loading(asks, size, times))


def _loading(asks: Sequence[tuple[Question, Ask]], size: int, pace: Pace) -> Load:
    anyio.run(asks[0][1])  # what is loaded once is not what a run needs
    asked = [asks[number % len(asks)] for number in range(size)]
    least = [bound(question, pace) for question, _ in asked]
    gc.collect()
    kilobytes, cpu, began = _peak(), process_time(), perf_counter()
    askings = anyio.run(_ask_all, asked)
    wall, cpu = perf_counter() - began, process_time() - cpu
    grown = _peak() - kilobytes
    ratios = sorted(a.seconds / b for a, b in zip(askings, least, strict=True))
    return Load(
        questions=size,
        right=sum(asking.right for asking in askings),
        throughput=size / wall,
        over_ideal=sum(least) / sum(asking.seconds for asking in askings),
        p95=ratios[ceil(0.95 * size) - 1],
        cpu=cpu / size,
        busy=cpu / wall,
        kilobytes=grown / size,
    )


def _peak() -> float:
    """Return the most memory that the process had so far, in kB."""
    return getrusage(RUSAGE_SELF).ru_maxrss


async def _ask_all(asked: Sequence[tuple[Question, Ask]]) -> list[Asking]:
    found: dict[int, Asking] = {}

    async def one(place: int, question: Question, ask: Ask) -> None:
        found[place] = await timed(question, ask)

    async with anyio.create_task_group() as tasks:
        for place, (question, ask) in enumerate(asked):
            tasks.start_soon(one, place, question, ask)
    return [found[place] for place in range(len(asked))]
