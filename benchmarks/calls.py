"""What a question costs: model calls, tokens, and how many of them one waits for.

The questions of `latency`, asked at a quicker pace, since here only what is said counts.
The path is the chain of requests from the first to the one that ended last, each begun
when the one before had ended; of a plan that is still being written, the part until
then. Tokens are those of the provider (`provider/pieces.py`).
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from statistics import mean

from benchmarks.asking import Asked, ask
from benchmarks.findings import Findings, Table
from benchmarks.latency import questions
from benchmarks.provider.ledger import Call
from benchmarks.provider.pace import Pace
from benchmarks.questions.question import Question
from benchmarks.rivals import OURS
from benchmarks.waited import path

ASKED = (OURS, "sequential", "tutorial", "react", "react_single", "compiler", "waves")
MODEL = "gpt-5-mini"
_QUICK = 0.2


@dataclass(frozen=True, slots=True)
class Cost:
    """What a rival needs for a question, means over all of them.

    Attributes:
        calls: Model calls.
        path_calls: Those on the path.
        input: Tokens that models were sent.
        output: Tokens that they wrote.
        path_output: Those on the path.
        plan_per_step: Tokens of the plan for each of its steps; None without plans.
        price: US dollars for 1,000 questions; None where prices are not known.
    """

    calls: float
    path_calls: float
    input: float
    output: float
    path_output: float
    plan_per_step: float | None
    price: float | None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--count", type=int, default=20, help="questions of each set")
    parser.add_argument("--at-once", type=int, default=4, help="questions at a time")


def measure(options: argparse.Namespace) -> Findings:
    """Ask everybody and count."""
    pace = Pace(scale=_QUICK)
    chosen = [q for _, q in questions(("own", "real"), options.data, options.count)]
    names = [question.id for question in chosen]
    asked = {
        rival: ask(rival, names, pace, data=options.data, at_once=options.at_once)
        for rival in ASKED
    }
    costs = {rival: cost(found, chosen, pace) for rival, found in asked.items()}
    columns = ("calls", "on the path", "output", "on the path", "input", "plan/step")
    return Findings(
        figures={"costs": {rival: asdict(one) for rival, one in costs.items()}},
        tables=[
            Table(
                f"a question costs, means of {len(chosen)}: model calls, tokens, and "
                f"US dollars for 1,000 questions at the price of {MODEL}",
                ("", *columns, "price"),
                [
                    (
                        rival,
                        one.calls,
                        one.path_calls,
                        one.output,
                        one.path_output,
                        one.input,
                        one.plan_per_step,
                        one.price,
                    )
                    for rival, one in costs.items()
                ],
            )
        ],
        notes=["Prompts are as long as each library writes them; replies are perfect."],
    )


def cost(found: Asked, chosen: Sequence[Question], pace: Pace) -> Cost:
    """Count what a rival needed for its questions."""
    by_question: dict[str, list[Call]] = {question.id: [] for question in chosen}
    for call in found.calls:
        by_question[call.question].append(call)
    models = [call for call in found.calls if call.kind != "search"]
    paths = [
        waited
        for calls in by_question.values()
        for waited in path(calls, pace)
        if waited.call.kind != "search"
    ]
    plans = [call for call in models if call.kind == "plan"]
    steps = {question.id: _steps(question) for question in chosen}
    share = 1 / len(chosen)
    return Cost(
        calls=share * len(models),
        path_calls=share * len(paths),
        input=share * sum(call.prompt for call in models),
        output=share * sum(call.tokens for call in models),
        path_output=share * sum(waited.tokens for waited in paths),
        plan_per_step=mean(c.tokens / steps[c.question] for c in plans)
        if plans
        else None,
        price=_price(models, share),
    )


def _steps(question: Question) -> int:
    return len(question.plan.steps)


def _price(models: Sequence[Call], share: float) -> float | None:
    """Return the price of 1,000 questions; None without the package that knows it."""
    if find_spec("genai_prices") is None:
        return None
    from genai_prices import Usage, calc_price

    usage = Usage(
        input_tokens=sum(call.prompt for call in models),
        output_tokens=sum(call.tokens for call in models),
    )
    price = calc_price(usage, model_ref=MODEL, provider_id="openai")
    return float(price.total_price) * share * 1_000
