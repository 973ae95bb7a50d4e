"""How far the ratios of two runs of the whole suite lie apart.

    python -m benchmarks.again FIRST.json SECOND.json

Medians of time ratios, and what does not depend on time at all: they should be within
10 % of one another. Exits with 1 where one is not.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.findings import Table

MOST = 0.1

Results = Mapping[str, Any]


def ratios(results: Results) -> dict[str, float]:
    """Return every ratio of a run, by a name of its own."""
    return dict(_ratios({n: b["figures"] for n, b in results["benchmarks"].items()}))


def _ratios(figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for group, rivals in figures["latency"]["ratios"].items():
        for rival, ratio in rivals.items():
            yield f"latency, {group}: {rival}", ratio.get("medians", ratio["p50"])
    for what, pairs in figures["anatomy"]["ratios"].items():
        whole = sum(w for w, _ in pairs) / sum(h for _, h in pairs)
        yield f"anatomy: {what}", whole
    yield from _counts(figures)
    yield from _makespans(figures)
    yield from _beside_bare(figures)
    for one in figures["faults"]["outcomes"]:
        if one["times"] is not None:
            yield f"faults, {one['rival']}: {one['fault']}", one["times"]


def _counts(figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for rival, cost in figures["calls"]["costs"].items():
        for what in ("calls", "output", "path_output"):
            yield f"calls, {rival}: {what}", cost[what]


def _makespans(figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for what, found in figures["chains"]["ratios"].items():
        yield f"chains: {what}", median(found)
    for where, loads in figures["load"].items():
        for load in loads:
            yield f"load, {where}: {load['questions']}", load["over_ideal"]
    for title, rows in figures["optimal"].get("slots", {}).items():
        for slots, *cells in rows:
            for place, cell in enumerate(cells):
                yield f"{title}, {slots} slots, column {place}", cell


def _beside_bare(figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for cell in figures["overhead"]["cells"]:
        if not cell["skipped"]:
            pairs = zip(cell["taken"], cell["bare"], strict=True)
            where = f"{cell['shape']}, {cell['steps']} steps, {cell['step']}"
            yield f"{cell['peer']}, {where}", median(one / bare for one, bare in pairs)


def apart(first: Results, second: Results) -> dict[str, float]:
    """Return by which share of the first each ratio of the second differs."""
    one, other = ratios(first), ratios(second)
    return {name: abs(other[name] / one[name] - 1) for name in one if name in other}


def main() -> int:
    """Compare two files."""
    first, second = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:])
    found = sorted(apart(first, second).items(), key=lambda pair: -pair[1])
    far = [pair for pair in found if pair[1] > MOST]
    title = f"{len(found)} ratios, {len(far)} further apart than {MOST:.0%}; the widest"
    rows = [(name, f"{share:.1%}") for name, share in found[:10]]
    print(Table(title, ("", "apart"), rows).to_text())
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
