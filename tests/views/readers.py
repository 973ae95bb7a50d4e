"""The programs that read what views write, where this machine has them."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

MERMAID = os.environ.get("DAGPLAN_TEST_MERMAID", "")
"""A folder in which `npm install mermaid jsdom` was run."""

CHROMIUM = os.environ.get("DAGPLAN_TEST_CHROMIUM", "")
"""The program to open pages with."""

needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="no dot: apt-get install graphviz"
)
needs_mermaid = pytest.mark.skipif(
    not (MERMAID and shutil.which("node")),
    reason="needs node and mermaid: npm install --prefix DIR mermaid jsdom, "
    "then set DAGPLAN_TEST_MERMAID=DIR",
)
needs_chromium = pytest.mark.skipif(
    not CHROMIUM,
    reason="needs a browser: apt-get install chromium, "
    "then set DAGPLAN_TEST_CHROMIUM=/usr/bin/chromium",
)


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


def mermaid_errors(sources: Sequence[str]) -> list[str]:
    """Parse flowcharts with Mermaid's own parser; what is wrong with each, or ''."""
    script = Path(__file__).with_name("mermaid_errors.mjs")
    done = subprocess.run(
        ["node", script, Path(MERMAID).resolve()],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[str] = json.loads(done.stdout)
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
