"""The README's figures, written from the results that are in the repository.

    python -m benchmarks.readme [RESULTS]

writes the tables into README.md and the pictures beside the results. A test holds them
to one another.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.chart import to_chart
from benchmarks.findings import number
from benchmarks.recording import events_of
from dagplan.views import to_timeline

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results.json"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

Results = Mapping[str, Any]


def pictures(results: Results) -> dict[str, str]:
    """Return the pictures by the names of their files."""
    found = results["benchmarks"]["latency"]["figures"]
    return {
        "latency.svg": to_chart(found["ratios"]),
        "run.svg": to_timeline(events_of(found["run"])),
    }


def figures(results: Results) -> str:
    """Return the tables as Markdown."""
    parts = [
        *_about(results),
        *_latency(results),
        *_calls(results),
        *_anatomy(results),
        *_load(results),
        *_faults(results),
        *_missed(results),
    ]
    return "\n".join(parts)


def _about(results: Results) -> Iterator[str]:
    where = results["machine"]
    late = 1e3 * _figures(results, "latency")["provider_late_p99"]
    yield (
        f"Measured on {where['processors']} processors, Python {where['python']}, in "
        f"{results['seconds'] / 60:.1f} minutes; load average before "
        f"{where['load_before'][0]}, after {where['load_after'][0]}. The simulated "
        f"provider sent 99 of 100 replies at most {late:.0f} ms after their time."
    )


def _figures(results: Results, name: str) -> Any:
    return results["benchmarks"][name]["figures"]


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join(['---'] * len(columns))} |"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return number(value) if isinstance(value, int | float) else str(value)


def _latency(results: Results) -> Iterator[str]:
    ratios = _figures(results, "latency")["ratios"]
    names = list(next(iter(ratios.values())))
    yield ""
    yield (
        "Median time ÷ dagplan's median time; in brackets the least and the most of that "
        "for one question, and on how many dagplan is faster"
    )
    rows = []
    for name in names:
        cells = [_spread(group[name]) for group in ratios.values()]
        shown = "**dagplan ÷ lower bound**" if name.startswith("÷") else name
        rows.append([shown, *cells])
    yield from _table(["", *ratios], rows)


def _spread(ratio: Mapping[str, float]) -> str:
    shown = ratio.get("medians", ratio["p50"])
    faster = f"; {ratio['slower']:.0%}" if "slower" in ratio else ""
    return f"{shown:.2f} ({ratio['least']:.2f} to {ratio['most']:.2f}{faster})"


def _calls(results: Results) -> Iterator[str]:
    costs = _figures(results, "calls")["costs"]
    yield ""
    yield "A question costs, on average"
    columns = ("calls", "path_calls", "output", "path_output", "input", "plan_per_step")
    said = (
        "model calls",
        "on the path",
        "tokens written",
        "on the path",
        "tokens read",
        "plan tokens a step",
    )
    rows = [[name, *(cost[c] for c in columns)] for name, cost in costs.items()]
    yield from _table(["", *said], rows)


def _anatomy(results: Results) -> Iterator[str]:
    ratios = _figures(results, "anatomy")["ratios"]
    yield ""
    yield "What each mechanism buys: time without it ÷ time with it, own questions"
    rows = []
    for name, pairs in ratios.items():
        each = [without / having for without, having in pairs]
        of_all = sum(w for w, _ in pairs) / sum(h for _, h in pairs)
        rows.append([name, of_all, median(each), min(each), max(each)])
    yield from _table(["", "all together", "median", "least", "most"], rows)


def _load(results: Results) -> Iterator[str]:
    found = _figures(results, "load")
    yield ""
    yield "Questions at once in one process"
    rows = [
        [
            where,
            load["questions"],
            load["over_ideal"],
            load["p95"],
            1e3 * load["cpu"],
            load["busy"],
            load["kilobytes"],
        ]
        for where, loads in found.items()
        for load in loads
    ]
    yield from _table(
        ["", "at once", "÷ ideal", "p95", "ms of a processor", "busy", "kB a run"], rows
    )


def _faults(results: Results) -> Iterator[str]:
    outcomes = _figures(results, "faults")["outcomes"]
    yield ""
    yield "Under faults: answers of questions, time ÷ the same without the fault"
    rows = [
        [o["fault"], o["rival"], o["right"], o["partly"], o["lost"], o["times"]]
        for o in outcomes
        if o["fault"] != "none"
    ]
    yield from _table(["", "", "right", "partly", "lost", "time"], rows)


def _missed(results: Results) -> Iterator[str]:
    yield ""
    yield "Aims that were missed:"
    yield ""
    for name, benchmark in results["benchmarks"].items():
        for aim in benchmark["aims"]:
            if not aim["met"]:
                sign = "at least" if aim["at_least"] else "at most"
                value = f"{number(aim['value'])}, aim {sign} {aim['bound']:g}"
                yield f"- `{name}`: {aim['name']}: {value}"


def within(readme: str, written: str) -> str:
    """Return the README with the tables in their place."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{after}"


def main() -> None:
    """Write tables and pictures."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    results = json.loads(file.read_text("utf-8"))
    readme = ROOT / "README.md"
    readme.write_text(within(readme.read_text("utf-8"), figures(results)), "utf-8")
    for name, drawn in pictures(results).items():
        (RESULTS.parent / name).write_text(f"{drawn}\n", "utf-8")


if __name__ == "__main__":
    main()
