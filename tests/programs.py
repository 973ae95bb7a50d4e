"""Programs that tests drive and that a machine may lack: they skip there, visibly.

With `DAGPLAN_TEST_PROGRAMS=required`, as CI sets it, none of these tests skips: what is
missing then fails it.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

MERMAID = os.environ.get("DAGPLAN_TEST_MERMAID", "")
"""A folder in which Mermaid and jsdom were installed."""

CHROMIUM = os.environ.get("DAGPLAN_TEST_CHROMIUM", "")
"""The program to open pages with."""

_REQUIRED = os.environ.get("DAGPLAN_TEST_PROGRAMS", "") == "required"


def _needs(reason: str, *, there: bool) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not (there or _REQUIRED), reason=reason)


needs_dot = _needs(
    "no dot: apt-get install graphviz", there=shutil.which("dot") is not None
)
needs_node = _needs("no node: install nodejs", there=shutil.which("node") is not None)
needs_mermaid = _needs(
    "needs node and Mermaid: npm install --prefix DIR mermaid@11 "
    "mermaid-12@npm:mermaid@12 jsdom, then set DAGPLAN_TEST_MERMAID=DIR",
    there=bool(MERMAID) and shutil.which("node") is not None,
)
needs_chromium = _needs(
    "needs a browser: apt-get install chromium, "
    "then set DAGPLAN_TEST_CHROMIUM=/usr/bin/chromium",
    there=Path(CHROMIUM).is_file(),
)
needs_playwright = _needs(
    "needs a browser and what drives it: apt-get install chromium, "
    "pip install playwright, then set DAGPLAN_TEST_CHROMIUM=/usr/bin/chromium",
    there=Path(CHROMIUM).is_file() and find_spec("playwright") is not None,
)
