"""A provider in a process of its own, for as long as a block runs."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

from .ledger import Call
from .pace import Pace

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that runs.

    Attributes:
        url: Where.
    """

    url: str

    def ledger(self) -> tuple[Sequence[Call], Sequence[str]]:
        """Return the calls since this was asked last, and why others were refused."""
        with urlopen(f"{self.url}/ledger", timeout=30) as answer:
            written = json.load(answer)
        return [Call.read(call) for call in written["calls"]], written["refusals"]


@contextmanager
def provider(pace: Pace, data: Path | None = None) -> Iterator[Provider]:
    """Start a provider and end it with the block.

    Args:
        pace: The simulated times.
        data: Folder with real questions.
    """
    command = [sys.executable, "-m", "benchmarks.provider"]
    command += ["--pace", json.dumps(asdict(pace))]
    command += [] if data is None else ["--data", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        try:
            assert run.stdout is not None
            url = run.stdout.readline().strip()
            if not url:
                raise RuntimeError("the provider did not start; see what it wrote")
            yield Provider(url)
        finally:
            run.terminate()
