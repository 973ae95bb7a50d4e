"""One function in a process of its own.

    python -m benchmarks.cell MODULE:FUNCTION '{"argument": "value"}'

The function is called with the arguments and its result printed as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent


def in_own_process(
    function: str, arguments: Mapping[str, object], *, seconds: float
) -> dict[str, object] | None:
    """Call a function of this package in a new Python.

    Args:
        function: `module:name`; it takes and returns what JSON can hold.
        arguments: Its keyword arguments.
        seconds: Most time that it may take, the start of Python included.

    Returns:
        Its result; None where it took longer and was ended.

    Raises:
        RuntimeError: It failed; the message ends with what it wrote.
    """
    command = [sys.executable, "-m", __name__, function, json.dumps(arguments)]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise RuntimeError(f"{function} {arguments} failed:\n{done.stderr[-2_000:]}")
    result = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(result, dict)
    return result


def main() -> None:
    """Call what the command line names."""
    module, _, name = sys.argv[1].partition(":")
    function = getattr(import_module(module), name)
    print(json.dumps(function(**json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
