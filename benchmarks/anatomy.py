"""What each mechanism of dagplan buys: each switched off alone.

The own questions over HTTP, as in `latency`. A figure is the time without the mechanism
÷ the time with it, for the same question. Steps that start as soon as they can are
compared with levels, both without streaming, since levels need the whole plan. Hedging
is compared where one search in ten takes eight times as long. The order in which steps
go when slots are short is measured by `optimal`.
"""

import argparse
from collections.abc import Collection, Iterator, Mapping, Sequence
from statistics import median

from benchmarks.asking import Asked, ask
from benchmarks.findings import Findings, Table
from benchmarks.latency import notes, promises
from benchmarks.provider.pace import Pace
from benchmarks.questions.own import own_questions
from benchmarks.rivals import OURS

WITHOUT = {
    "streaming": "the plan is streamed",
    "lean": "plans in a lean wire format",
    "toolsteps": "searches are tool calls, not agents",
    "needed": "values are read only where needed",
    "onecall": "one call answers or revises",
    "template": "the plan words the answer",
}
Pairs = Sequence[tuple[float, float]]
TAIL = 0.1
HEDGED_AFTER = 1.5  # seconds, before they are scaled: longer than any usual search


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--count", type=int, help="the first so many questions")
    parser.add_argument("--at-once", type=int, default=8, help="questions at a time")


def measure(options: argparse.Namespace) -> Findings:
    """Ask with and without each."""
    pace = Pace(scale=options.scale)
    slow = Pace(scale=options.scale, tail=TAIL)
    names = [question.id for question in own_questions()][: options.count]

    def by(rival: str, pace: Pace = pace) -> Asked:
        return ask(rival, names, pace, at_once=options.at_once)

    asked = {name: by(f"without:{name}") for name in [*WITHOUT, "eager"]}
    asked |= {OURS: by(OURS), "tail": by(OURS, slow)}
    asked["hedged"] = by(f"without:hedged:{HEDGED_AFTER * options.scale}", slow)
    ratios = dict(_ratios(asked))
    return Findings(
        figures={"ratios": ratios},
        tables=[
            Table(
                "time without ÷ time with, own questions: of all together, and of each",
                ("", "questions", "all", "p50", "least", "most"),
                [(what, *_row(pairs)) for what, pairs in ratios.items()],
            )
        ],
        aims=list(promises(asked)),
        notes=notes(pace)[:3],
    )


def _ratios(asked: Mapping[str, Asked]) -> Iterator[tuple[str, Pairs]]:
    """Pair what each question took without a mechanism with what it took with it."""
    worded = {q.id for q in own_questions() if q.plan.answer is not None}
    whole = asked[OURS].seconds
    everything = {*whole}
    concerned = {"onecall": everything - worded, "template": everything & worded}
    for name, what in WITHOUT.items():
        yield what, _pairs(asked[name], asked[OURS], concerned.get(name, everything))
    eager = "steps start as soon as they can, not by levels"
    yield eager, _pairs(asked["eager"], asked["streaming"], everything)
    yield "a slow search is hedged", _pairs(asked["tail"], asked["hedged"], everything)


def _pairs(without: Asked, having: Asked, names: Collection[str]) -> Pairs:
    taken = having.seconds
    return [(s, taken[name]) for name, s in without.seconds.items() if name in names]


def _row(pairs: Pairs) -> tuple[float, ...]:
    each = [without / having for without, having in pairs]
    all_of = sum(without for without, _ in pairs) / sum(having for _, having in pairs)
    return len(pairs), all_of, median(each), min(each), max(each)
