"""What failures cost: searches and models that fail, hang, are slow or rate-limited.

Own questions over HTTP. dagplan, LangGraph's waves and the tutorial's loop, each with
the retries and timeouts that it has (rivals/hardened.py), meet the same faults. A
question that is not answered within 30 simulated seconds hangs.
"""

import argparse
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.asking import Asked, ask
from benchmarks.findings import Aim, Findings, Table
from benchmarks.latency import notes
from benchmarks.provider.pace import Pace
from benchmarks.provider.scripts.dag import PARTLY
from benchmarks.questions.own import own_questions
from benchmarks.rivals import OURS

RIVALS = (OURS, "waves", "tutorial")
NONE = "none"
FAULTS: Mapping[str, Mapping[str, object]] = {
    NONE: {},
    "a search fails once": {"fault": "fails once"},
    "a search hangs once": {"fault": "hangs once"},
    "a search always fails": {"fault": "fails"},
    "one request in five gets a 429": {"limited": 0.2},
    "one search in ten is slow": {"tail": 0.1},
}
_DEADLINE = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a rival's questions under a fault.

    Attributes:
        fault: Which.
        rival: Who.
        right: Answers that are right.
        partly: Answers that say what could not be found.
        lost: Questions without an answer: all that was found for them is gone.
        hangs: Those of them that were not done in time.
        times: Median of the time ÷ the same rival's time without the fault, over
            questions that were answered; None without any.
        repeated: Searches ÷ those that are needed without faults.
    """

    fault: str
    rival: str
    right: int
    partly: int
    lost: int
    hangs: int
    times: float | None
    repeated: float


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--count", type=int, default=15, help="questions")
    parser.add_argument("--at-once", type=int, default=8, help="questions at a time")


def measure(options: argparse.Namespace) -> Findings:
    """Ask under every fault."""
    questions = [q for q in own_questions() if q.is_parallel][: options.count]
    needed = sum(len(question.queries) for question in questions)
    outcomes: list[Outcome] = []
    for rival in RIVALS:
        found = {
            fault: ask(
                f"hardened:{rival}:{options.scale}",
                [question.id for question in questions],
                Pace(scale=options.scale, **fields),  # type: ignore[arg-type]
                at_once=options.at_once,
                deadline=_DEADLINE * options.scale,
            )
            for fault, fields in FAULTS.items()
        }
        outcomes += [
            outcome(fault, rival, asked, found[NONE], needed)
            for fault, asked in found.items()
        ]
    ours = [one for one in outcomes if one.rival == OURS]
    return Findings(
        figures={"outcomes": [asdict(one) for one in outcomes]},
        tables=[
            Table(
                f"{len(questions)} questions under faults; times: ÷ without the fault; "
                "searches: ÷ those needed",
                ("", "", "right", "partly", "lost", "hangs", "times", "searches"),
                [tuple(asdict(one).values()) for one in outcomes],
            )
        ],
        aims=[
            Aim("dagplan: questions lost", sum(o.lost for o in ours), 0, promise=True),
            Aim("dagplan: hangs", sum(o.hangs for o in ours), 0, promise=True),
        ],
        notes=notes(Pace(scale=options.scale))[:3],
    )


def outcome(
    fault: str, rival: str, asked: Asked, without: Asked, needed: int
) -> Outcome:
    """Count what became of the questions."""
    answered = [one for one in asked.askings if one.error is None]
    usual = without.seconds
    times = [one.seconds / usual[one.question] for one in answered]
    searches = sum(call.kind == "search" for call in asked.calls)
    return Outcome(
        fault=fault,
        rival=rival,
        right=sum(one.right for one in answered),
        partly=sum(one.answer == PARTLY for one in answered),
        lost=len(asked.askings) - len(answered),
        hangs=sum("TimeoutError()" in (one.error or "") for one in asked.askings),
        times=median(times) if times else None,
        repeated=searches / needed,
    )
