"""All benchmarks, one after the other, into one file.

Each runs as `python -m benchmarks NAME` does, in a process of its own, with options by
which all of them together take less than a quarter of an hour on two idle cores.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.machine import load, machine

ROOT = Path(__file__).parent.parent

SUITE: Mapping[str, Sequence[str]] = {
    "latency": ("--at-once", "16"),
    "anatomy": ("--scale", "0.5", "--count", "20", "--at-once", "16"),
    "calls": ("--at-once", "20"),
    "oracle": (),
    "chains": ("--scale", "0.7", "--count", "6", "--at-once", "12"),
    "faults": ("--scale", "0.15", "--count", "6"),
    "load": (),
    "streaming": (),
    "overhead": ("--quick",),
    "optimal": ("--scale", "0.25"),
    "hedge": ("--repeats", "1"),
    "shared": (),
    "cancel": ("--rounds", "500", "--interrupts", "20"),
    "journal": (),
    "views": (),
    "tokens": (),
    "waterfall": (),
}
"""The names in their order, with the options of each."""


def run_all(file: Path, data: Path | None) -> int:
    """Run everything, print it, and write one document.

    Args:
        file: Where to write it.
        data: Folder with real plans; None leaves out what needs them.

    Returns:
        The exit code: 1 where a promise was not kept.
    """
    began, before = perf_counter(), load()
    documents, broken = {}, False
    for name, document, kept in _each(data):
        documents[name] = document
        broken |= not kept
    taken = round(perf_counter() - began, 1)
    where = {**machine(), "load_before": before, "load_after": load()}
    whole = {"machine": where, "seconds": taken, "benchmarks": documents}
    file.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"\nall of it took {taken:g} s; written to {file}")
    return 1 if broken else 0


def _each(data: Path | None) -> Iterator[tuple[str, object, bool]]:
    with tempfile.TemporaryDirectory() as folder:
        for name, options in SUITE.items():
            written = Path(folder) / f"{name}.json"
            command = [sys.executable, "-m", "benchmarks", name, *options]
            command += ["--json", str(written)]
            command += [] if data is None else ["--data", str(data.resolve())]
            print(f"\n== {name} {' '.join(options)}", flush=True)
            began = perf_counter()
            done = subprocess.run(command, cwd=ROOT, check=False)
            print(f"took {perf_counter() - began:.0f} s", flush=True)
            yield name, _read(written, done.returncode), not done.returncode


def _read(written: Path, code: int) -> object:
    """Return what a benchmark wrote; what the others measured is not lost with it."""
    if written.is_file():
        return json.loads(written.read_text("utf-8"))
    print(f"it wrote nothing and ended with {code}; run it alone to see why")
    return {"failed": f"exit code {code}", "figures": {}, "aims": []}
