"""Where figures were measured: without it they say nothing."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    *("anyio", "dagplan", "dask", "httpx", "langchain", "langchain-openai"),
    *("langgraph", "openai", "pydantic", "trio", "uvicorn"),
)


def machine() -> Mapping[str, object]:
    """Return the Python, the processors and the versions that matter."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "versions": {name: _version(name) for name in PACKAGES},
    }


def load() -> list[float] | None:
    """Return the processes that wanted to run, over 1, 5 and 15 minutes.

    None where the system does not count them.
    """
    if not hasattr(os, "getloadavg"):
        return None
    return [round(average, 2) for average in os.getloadavg()]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
