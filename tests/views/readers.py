"""The programs that read what views write, where this machine has them."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.programs import CHROMIUM, MERMAID


def dot(source: str, form: str = "plain") -> str:
    """Lay a graph out with Graphviz; raises where it cannot be read."""
    done = subprocess.run(
        ["dot", f"-T{form}"],
        input=source.encode(),
        capture_output=True,
        check=True,
        timeout=30,
    )
    return done.stdout.decode()


def mermaid_errors(sources: Sequence[str]) -> dict[str, list[str]]:
    """Parse flowcharts with Mermaid's own parsers; what is wrong with each, or ''.

    Returns:
        By major version of those that are installed.
    """
    script = Path(__file__).with_name("mermaid_errors.mjs")
    done = subprocess.run(
        ["node", script, Path(MERMAID).resolve()],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def dom(page: Path, fragment: str, profile: Path) -> str:
    """Open a page in a browser and return what has become of its markup."""
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            "--dump-dom",
            f"{page.as_uri()}#{fragment}",
        ],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode()
