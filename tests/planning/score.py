"""The command: `python -m tests.planning.score DIR [--tokenizer DIR]`.

Scores plans that a model wrote at first try for the questions of questions.json, each
in DIR/ID.json: how many could run as they were written, how wide they are, and what
they cost in output tokens.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from benchmarks.tokenizer import Tokenizer
from tests.planning.questions import Question, questions
from tests.planning.toolsets import toolset
from tests.planning.worth import Worth, judge

Worths = Mapping[Question, Worth]


def worths(folder: Path, tokenizer: Tokenizer) -> Worths:
    """Judge every plan that is there."""
    return {
        question: judge(file.read_text("utf-8"), toolset(question.tools), tokenizer)
        for question in questions()
        if (file := folder / f"{question.id}.json").is_file()
    }


def report(found: Worths, tokenizer: Tokenizer) -> str:
    """Write a line for each plan, and the sums."""
    head = f"{'question':20}{'steps':>6}{'wide':>5}{'deep':>5}{'tokens':>7}  problems"
    lines = [head, *(_line(question, one) for question, one in found.items()), ""]
    lines += [f"{name:40}{value}" for name, value in summary(found).items()]
    return "\n".join([*lines, f"{'tokens counted by':40}{tokenizer.name}"])


def _line(question: Question, one: Worth) -> str:
    said = ", ".join(f"{rule} {n}" for rule, n in one.problems.items())
    shape = f"{one.steps:6}{one.width:5}{one.depth:5}{one.tokens:7}"
    return f"{question.id:20}{shape}  {said}".rstrip()


def summary(found: Worths) -> dict[str, str]:
    """Return the figures by which one prompt is compared with another."""
    several = [one for q, one in found.items() if q.shape in ("wide", "each")]
    planned = [one for one in found.values() if one.of_steps]
    none = [one for q, one in found.items() if q.shape in ("none", "ask")]
    steps = [n for one in planned for n in one.of_steps]
    searches = [n for one in planned for n in one.of_searches]
    rules = sum((Counter(one.problems) for one in found.values()), Counter[str]())
    return {
        "valid at first try": f"{sum(o.valid for o in found.values())} of {len(found)}",
        "problems by rule": ", ".join(f"{k} {n}" for k, n in rules.items()) or "none",
        "no step where none is needed": f"{sum(o.told for o in none)} of {len(none)}",
        "wider than one, of those that can be": (
            f"{sum(o.width > 1 for o in several)} of {len(several)}"
        ),
        "width of these, mean": _mean([one.width for one in several if one.valid]),
        "depth of these, mean": _mean([one.depth for one in several if one.valid]),
        "steps of a plan, mean": _mean([one.steps for one in planned]),
        "calls of a plan, mean": _mean([one.calls for one in planned]),
        "agent steps": str(sum(one.agents for one in planned)),
        "tokens of a plan, mean": _mean([one.tokens for one in planned]),
        "tokens / calls, answers included": _mean(
            [sum(o.tokens for o in planned) / max(sum(o.calls for o in planned), 1)]
        ),
        "tokens of a step, mean": _mean(steps),
        "tokens of a search, mean": _mean(searches),
    }


def _mean(values: Sequence[float]) -> str:
    return f"{mean(values):.1f}" if values else "-"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the scores; 1 where there is nothing to score."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning.score")
    parser.add_argument("folder", type=Path, help="with a file ID.json for each plan")
    parser.add_argument("--tokenizer", type=Path, help="folder of gpt-tokenizer")
    wish = parser.parse_args(arguments)
    tokenizer = Tokenizer.chosen(wish.tokenizer)
    found = worths(wish.folder, tokenizer)
    if not found:
        sys.stderr.write(f"{wish.folder} holds no plan named after a question\n")
        return 1
    sys.stdout.write(report(found, tokenizer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
