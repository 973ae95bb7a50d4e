"""How long a question takes, asked of dagplan and in the ways that others answer it.

Over real HTTP, with a provider that simulates the time of models and searches and
answers as a perfect model would, also for the others. All make the same searches and
calculations with the same tools; to put things in order is left to whoever answers.
Each rival asks in a process of its own, against a provider of its own, the same
questions with the same drawn times.

Figures are a rival's median time ÷ dagplan's, the median and the range of that ratio for
each question, and dagplan's time ÷ its lower bound (bound.py).
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.asking import Asked, ask
from benchmarks.bound import bound
from benchmarks.findings import Aim, Findings, Table
from benchmarks.provider.pace import Pace
from benchmarks.questions.catalogue import REAL_OF_EACH
from benchmarks.questions.own import own_questions, questions_in_head
from benchmarks.questions.question import Question
from benchmarks.questions.real import real_questions
from benchmarks.recording import recorded
from benchmarks.rivals import OURS, RIVALS

SETS = ("own", "head", "real")
SIZES = "azure_llm_2023_conv_tokens.csv"
_SIZES_DRAWN = 500
_OF_PROMPT = 0.0001  # seconds a token
NOTES = [
    "All latencies are simulated: {first:g} s to a first token, {token:g} s for each",
    "further one, searches of {low:g} to {high:g} s, times {scale:g}; HTTP is real. The",
    "provider answers as a perfect model would, also for the others; compiler's",
    "search understands a whole passage where a value is meant.",
    "own: written for this; head: the same with sums and order left to the answering",
    "model; real: MuSiQue and StrategyQA, parallel plans as people wrote them.",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One question.

    Attributes:
        question: Its id.
        of: Which set it is of.
        parallel: Whether two searches can run at the same time.
        bound: The least seconds.
        seconds: What each rival took, by name.
    """

    question: str
    of: str
    parallel: bool
    bound: float
    seconds: Mapping[str, float]

    def over_ours(self, rival: str) -> float:
        """Return how many times dagplan's time a rival took."""
        return self.seconds[rival] / self.seconds[OURS]

    @property
    def over_bound(self) -> float:
        """How many times the least possible time dagplan took."""
        return self.seconds[OURS] / self.bound


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument(
        "--rivals", type=_names, default=RIVALS, help="e.g. waves,react"
    )
    parser.add_argument(
        "--sets", type=_names, default=SETS, help="of " + ",".join(SETS)
    )
    parser.add_argument("--count", type=int, help="so many questions of each set")
    parser.add_argument("--at-once", type=int, default=8, help="questions at a time")
    parser.add_argument(
        "--pages",
        action="store_true",
        help="searches find as much as real requests hold (azure_llm_2023_conv_tokens."
        "csv in the folder), and each token of a prompt takes 0.1 ms",
    )


def _names(text: str) -> list[str]:
    return text.split(",")


def measure(options: argparse.Namespace) -> Findings:
    """Ask everybody everything."""
    pace = pace_of(options)
    chosen = questions(options.sets, options.data, options.count)
    asked = {
        rival: ask(
            rival,
            [question.id for _, question in chosen],
            pace,
            data=options.data,
            at_once=options.at_once,
        )
        for rival in (OURS, *options.rivals)
    }
    rows = [
        Row(
            question.id,
            name,
            question.is_parallel,
            bound(question, pace),
            {rival: found.seconds[question.id] for rival, found in asked.items()},
        )
        for name, question in chosen
    ]
    return Findings(
        figures={
            "rows": [asdict(row) for row in rows],
            "ratios": _ratios(rows, options.rivals),
            "run": recorded(pace),
            "provider_late_p99": max(_late(found) for found in asked.values()),
        },
        tables=[*_tables(rows, options.rivals), _table_of_answers(asked)],
        aims=[*_aims(rows, options.rivals), *promises(asked)],
        notes=notes(pace),
    )


def pace_of(options: argparse.Namespace) -> Pace:
    """Return the simulated times that were asked for."""
    pace = Pace(scale=options.scale)
    if not options.pages:
        return pace
    if options.data is None:
        raise SystemExit(f"--pages needs --data DIR with {SIZES} in it")
    lines = (options.data / SIZES).read_text("utf-8").splitlines()[1:]
    drawn = Random(pace.seed).sample(lines, min(_SIZES_DRAWN, len(lines)))
    sizes = tuple(int(line.partition(",")[0]) for line in drawn)
    return replace(pace, sizes=sizes, prompt=_OF_PROMPT)


def questions(
    sets: Sequence[str], data: Path | None, count: int | None
) -> list[tuple[str, Question]]:
    """Return the questions of some sets, each with the name of its set."""
    found: list[tuple[str, Question]] = []
    for name in sets:
        if name == "real":
            of_set = real_questions(data, REAL_OF_EACH) if data else ()
        else:
            of_set = own_questions() if name == "own" else questions_in_head()
        found += [(name, question) for question in of_set[:count]]
    return found


def notes(pace: Pace) -> list[str]:
    """Say what is simulated, and how."""
    low, high = pace.search
    values = {"first": pace.first, "token": pace.token, "scale": pace.scale}
    return [line.format(**values, low=low, high=high) for line in NOTES]


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Split the rows by set, and into parallel plans and all."""
    for name in dict.fromkeys(row.of for row in rows):
        of_set = [row for row in rows if row.of == name]
        parallel = [row for row in of_set if row.parallel]
        if parallel:
            yield f"{name}, parallel", parallel
        if len(parallel) < len(of_set):
            yield f"{name}, all", of_set


def _ratios(
    rows: Sequence[Row], rivals: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """Return how each rival's times compare, by group and rival."""
    return {
        group: {
            **{rival: _compared(of, rival) for rival in rivals},
            "÷ bound": _spread([row.over_bound for row in of]),
        }
        for group, of in _groups(rows)
    }


def _compared(rows: Sequence[Row], rival: str) -> dict[str, float]:
    ours, theirs = (median(row.seconds[name] for row in rows) for name in (OURS, rival))
    each = [row.over_ours(rival) for row in rows]
    slower = sum(ratio > 1 for ratio in each) / len(each)
    return {"medians": theirs / ours, **_spread(each), "slower": slower}


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"p50": median(values), "least": min(values), "most": max(values)}


def _tables(rows: Sequence[Row], rivals: Sequence[str]) -> Iterator[Table]:
    for group, of in _groups(rows):
        found = _ratios(of, rivals)[group]
        table = [_line(name, of, found.get(name)) for name in (OURS, *rivals)]
        over = found["÷ bound"]
        yield Table(
            f"{group}: {len(of)} questions; dagplan ÷ lower bound: {over['p50']:.3f} "
            f"({over['least']:.3f} to {over['most']:.3f})",
            (
                *("", "p50 s", "p95 s", "p50 ÷ dagplan's", "each: p50"),
                *("least", "most", "slower"),
            ),
            table,
        )


def _line(
    rival: str, rows: Sequence[Row], ratio: Mapping[str, float] | None
) -> list[object]:
    taken = sorted(row.seconds[rival] for row in rows)
    line: list[object] = [rival, median(taken), taken[ceil(0.95 * len(taken)) - 1]]
    if ratio is None:
        return [*line, *[None] * 5]
    cells = [ratio[key] for key in ("medians", "p50", "least", "most")]
    return [*line, *cells, f"{ratio['slower']:.0%}"]


def _table_of_answers(asked: Mapping[str, Asked]) -> Table:
    return Table(
        "answers, and how late the provider was (the slowest of 100 requests, ms)",
        ("", "right", "of", "late"),
        [
            (r, sum(a.right for a in f.askings), len(f.askings), 1e3 * _late(f))
            for r, f in asked.items()
        ],
    )


def _late(found: Asked) -> float:
    """Return the lateness in seconds that 99 of 100 replies did not exceed."""
    late = sorted(call.late for call in found.calls)
    return late[ceil(0.99 * len(late)) - 1]


def _aims(rows: Sequence[Row], rivals: Sequence[str]) -> Iterator[Aim]:
    for group, of in _groups(rows):
        if not group.endswith("parallel"):
            continue
        ratios = _ratios(of, rivals)[group]
        for rival in rivals:
            least = 3.0 if rival == "tutorial" else 1.0
            name = f"{group}: p50 of {rival} ÷ of dagplan"
            yield Aim(name, ratios[rival]["medians"], least, at_least=True)
        over = ratios["÷ bound"]["p50"]
        yield Aim(f"{group}: dagplan ÷ lower bound, p50", over, 1.10)
    if "sequential" in rivals:
        worst = min(row.over_ours("sequential") for row in rows)
        yield Aim("sequential ÷ dagplan, the worst plan", worst, 0.98, at_least=True)


def promises(asked: Mapping[str, Asked]) -> Iterator[Aim]:
    """Return what must hold whatever the times: right answers, nothing refused."""
    wrong = sum(not a.right for found in asked.values() for a in found.askings)
    yield Aim("wrong answers of all", wrong, 0, promise=True)
    refused = sum(len(found.refusals) for found in asked.values())
    yield Aim("requests that were refused", refused, 0, promise=True)
