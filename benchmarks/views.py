"""How long plans take to draw, and how many of their lines cross.

The large plans are random ones: each step needs up to three of the twelve before it.
Crossings are counted in plans that people wrote, beside those of the same columns with
their steps in plan order.
"""

import argparse
import json
import random
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.findings import Aim, Findings, Table
from dagplan import Plan, Step
from dagplan.views import to_dot, to_mermaid, to_svg, to_text
from dagplan.views.diagram import diagram
from dagplan.views.layout import lay_out

FILES = ("worfbench", "strategyqa", "break_highlevel", "asynchow", "musique")
VIEWS = {"text": to_text, "mermaid": to_mermaid, "dot": to_dot, "svg": to_svg}
SIZES = (10, 100, 1_000)
BOUNDS = {100: 0.05, 1_000: 1.0}
WIDTH = 150.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--repeats", type=int, default=9, help="of each drawing")


def measure(options: argparse.Namespace) -> Findings:
    """Draw and count."""
    seconds = {
        size: {name: _seconds(name, size, options.repeats) for name in VIEWS}
        for size in SIZES
    }
    rows = [
        (f"{size:,} steps", *(1e3 * seconds[size][name] for name in VIEWS))
        for size in SIZES
    ]
    tables = [
        Table(
            f"ms to draw, median of {options.repeats}, a random plan",
            ("", *VIEWS),
            rows,
        )
    ]
    aims = [
        Aim(f"seconds to draw {size:,} steps as SVG", seconds[size]["svg"], bound)
        for size, bound in BOUNDS.items()
    ]
    crossed = _crossed(options.data)
    if crossed:
        title = "pairs of lines that cross, plans that people wrote"
        columns = ("", "in plan order", "drawn")
        tables.append(Table(title, columns, [(n, *c) for n, c in crossed.items()]))
    if crossed.get("worfbench", (0, 0))[0]:
        before, after = crossed["worfbench"]
        aims.append(Aim("crossings, WorFBench, drawn / in order", after / before, 0.5))
    return Findings(
        figures={"seconds": seconds, "crossings": crossed},
        tables=tables,
        aims=aims,
        notes=() if crossed else ["give --data DIR to count crossings in real plans"],
    )


def _seconds(view: str, size: int, repeats: int) -> float:
    plan = _random_plan(size)
    taken = []
    for _ in range(repeats):
        began = perf_counter()
        VIEWS[view](plan)
        taken.append(perf_counter() - began)
    return median(taken)


def _random_plan(size: int) -> Plan:
    rng = random.Random(1)
    steps = []
    for i in range(size):
        near = range(max(0, i - 12), i)
        needs = rng.sample(near, min(len(near), rng.randrange(4)))
        task = f"Look up figure {i}"
        steps.append(Step(id=f"s{i}", task=task, depends_on=[f"s{j}" for j in needs]))
    return Plan(steps=steps)


def _crossed(folder: Path | None) -> dict[str, tuple[int, int]]:
    """Count by file: in plan order, and as drawn."""
    if folder is None:
        return {}
    found = {}
    for name in FILES:
        file = folder / f"{name}.jsonl"
        if file.is_file():
            lines = file.read_text(encoding="utf-8").splitlines()
            counts = [_crossings(json.loads(line)["steps"]) for line in lines]
            found[name] = (sum(b for b, _ in counts), sum(a for _, a in counts))
    return found


def _crossings(written: list[dict[str, object]]) -> tuple[int, int]:
    plan = Plan.model_validate(
        {"steps": [{"id": f"s{s['id']}", "depends_on": _ids(s)} for s in written]}
    )
    drawn = diagram(plan)
    links = [(link.source, link.target) for link in drawn.links]
    widths = [WIDTH] * len(drawn.nodes)
    before = lay_out(widths, links, plan_order=True).crossings
    return before, lay_out(widths, links).crossings


def _ids(step: dict[str, object]) -> list[str]:
    needs = step["deps"]
    return [f"s{need}" for need in needs] if isinstance(needs, list) else []
