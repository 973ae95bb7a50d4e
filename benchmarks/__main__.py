"""`python -m benchmarks [NAME]`: measure one or all, show, and write down."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from benchmarks.findings import Findings
from benchmarks.machine import load, machine
from benchmarks.suite import run_all

NAMES = {
    "latency": "how long a question takes, beside the ways of others",
    "anatomy": "what each mechanism buys, switched off alone",
    "faults": "what searches and models that fail, hang or are slow cost",
    "load": "many questions at once in one process",
    "calls": "what a question costs: model calls and tokens",
    "oracle": "whether each sub-question gets exactly what was found before",
    "chains": "no cost where there is no gain",
    "overhead": "what a step costs that does nothing, beside other schedulers",
    "optimal": "makespan of real plans over their published optimum",
    "hedge": "p99 of step latencies with a heavy tail, with and without hedging",
    "shared": "runs that share a rate limit: never over it, and little of it lost",
    "cancel": "leaving a run in every way: nothing stays alive",
    "streaming": "how soon steps start while their plan is still being written",
    "journal": "what it costs to have every result on disk",
    "views": "how long plans take to draw, and how many of their lines cross",
    "tokens": "what plans cost in output tokens, beside every field written out",
    "waterfall": "one plan, run in parallel and one step at a time, as pictures",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark or all; 1 where a promise was not kept."""
    given = [*(sys.argv[1:] if arguments is None else arguments)]
    if not given or given[0] in {"--json", "--data"}:
        options = _of_all().parse_args(given)
        return run_all(options.json, options.data)
    first = _names().parse_args(given)
    benchmark = import_module(f"benchmarks.{first.name}")
    parser = _options(first.name)
    benchmark.add_options(parser)
    options = parser.parse_args(first.options)
    before = load()
    findings: Findings = benchmark.measure(options)
    print(findings.to_text())
    print(f"\nload average before {before}, after {load()}", file=sys.stderr)
    if options.json is not None:
        document = _document(first.name, options, findings, before)
        options.json.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return 1 if findings.broken else 0


def _names() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks",
        description="Measure, show, and write down; all of it without a NAME.",
        epilog="\n".join(f"{name:12}{line}" for name, line in NAMES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "name", choices=NAMES, metavar="NAME", help="one of those below"
    )
    parser.add_argument(
        "options", nargs=argparse.REMAINDER, help="its options; --help lists them"
    )
    return parser


def _of_all() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Run all of them.")
    parser.add_argument("--data", type=Path, help="folder with real plans")
    parser.add_argument(
        "--json", type=Path, default=Path("results.json"), help="file to write"
    )
    return parser


def _options(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"benchmarks {name}", description=NAMES[name])
    parser.add_argument(
        "--scale", type=float, default=1.0, help="shortens simulated latencies"
    )
    parser.add_argument("--data", type=Path, help="folder with real plans")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    return parser


def _document(
    name: str,
    options: argparse.Namespace,
    findings: Findings,
    load_before: list[float] | None,
) -> dict[str, object]:
    chosen = {k: v for k, v in vars(options).items() if k not in {"json", "data"}}
    return {
        "name": name,
        "options": chosen,
        "machine": {**machine(), "load_before": load_before, "load_after": load()},
        "skipped": findings.skipped,
        "figures": findings.figures,
        "aims": [{**asdict(aim), "met": aim.met} for aim in findings.aims],
    }


if __name__ == "__main__":
    sys.exit(main())
