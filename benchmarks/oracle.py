"""Does every sub-question get exactly what the earlier ones found?

The questions of MuSiQue (Trivedi et al., 2022; CC-BY-4.0) with their decompositions. A
provider over HTTP writes the plan of each, answers a sub-question only if what the
earlier steps found was put into it exactly, and knows the final answer. Anything but
100 % is a fault.
"""

import argparse
from dataclasses import asdict

from benchmarks.asking import ask
from benchmarks.findings import Aim, Findings, Table
from benchmarks.provider.pace import Pace
from benchmarks.questions.real import musique_plans
from benchmarks.rivals import OURS

_FAST = 0.02  # of the usual times: only what is said counts here


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--count", type=int, help="the first so many questions")
    parser.add_argument("--at-once", type=int, default=16, help="questions at a time")


def measure(options: argparse.Namespace) -> Findings:
    """Ask all questions and compare the answers."""
    chosen = musique_plans(options.data)[: options.count] if options.data else ()
    if not chosen:
        return Findings(skipped="give --data DIR with musique.jsonl in it")
    found = ask(
        OURS,
        [question.id for question in chosen],
        Pace(scale=_FAST),
        data=options.data,
        at_once=options.at_once,
    )
    right = sum(asking.right for asking in found.askings)
    wrong = [asdict(asking) for asking in found.askings if not asking.right]
    searches = sum(call.kind == "search" for call in found.calls)
    return Findings(
        figures={"questions": len(chosen), "right": right, "wrong": wrong},
        tables=[
            Table(
                "MuSiQue through planner, steps and references, over HTTP",
                ("questions", "sub-questions", "searches", "refused", "exact"),
                [
                    (
                        len(chosen),
                        sum(len(question.queries) for question in chosen),
                        searches,
                        len(found.refusals),
                        f"{right / len(chosen):.1%}",
                    )
                ],
            )
        ],
        aims=[
            Aim("answers that are not exact", len(chosen) - right, 0, promise=True),
            Aim("sub-questions refused", len(found.refusals), 0, promise=True),
        ],
    )
