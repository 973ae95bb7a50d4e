"""Plans in files: read within bounds, written whole; and what else is written."""

import sys
from contextlib import ExitStack
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from dagplan.cli.exits import BadInputError, PlanFileError
from dagplan.errors import PlanError, Problem
from dagplan.plan import Plan, PlanLimits, load_plan


def read_plan_file(name: str, limits: PlanLimits = PlanLimits()) -> Plan:
    """Read a saved plan; no more of a file than a plan may have is ever read.

    Args:
        name: A path, or `-` for stdin.
        limits: How large a plan may be.

    Raises:
        BadInputError: The file cannot be read.
        PlanFileError: It holds no plan.
    """
    try:
        data = _read(name, limits.bytes + 1)
    except OSError as error:
        remedy = "give the path of a plan that dagplan plan -o wrote"
        raise BadInputError(
            f"cannot read {name!r}: {error.strerror or error}; {remedy}"
        ) from error
    except ValueError as error:
        raise BadInputError(f"cannot read {name!r}: {error}") from error
    try:
        return load_plan(data, limits)
    except PlanError as error:
        raise PlanFileError(shown_name(name), error.problems) from error


def _read(name: str, most: int) -> bytes:
    with ExitStack() as opened:
        if name != "-":
            file: BinaryIO = opened.enter_context(Path(name).open("rb"))
        elif sys.stdin is None:
            raise BadInputError("stdin is closed; give the path of a plan")
        else:
            file = sys.stdin.buffer
        data = file.read(most)
        if len(data) == most:
            raise PlanFileError(shown_name(name), [_too_large(name, most)])
    return data


def _too_large(name: str, most: int) -> Problem:
    status = None if name == "-" else Path(name).stat()
    # Pipes and devices have no size to speak of.
    size = status.st_size if status is not None and S_ISREG(status.st_mode) else 0
    found = f"{size:,} bytes" if size else f"more than {most - 1:,} bytes"
    return Problem(None, "too-large", found, f"keep a plan under {most - 1:,} bytes")


def shown_name(name: str) -> str:
    """Return what to call a plan's file in a message."""
    return "the plan on stdin" if name == "-" else name


def check_writable(name: str) -> None:
    """Refuse a path that no file can be written to, before a plan costs anything.

    Raises:
        BadInputError: Its folder is missing, or it is a folder itself.
    """
    path = Path(name)
    try:
        if path.is_dir():
            raise BadInputError(f"cannot write {name!r}: it is a folder; name a file")
        if not path.parent.is_dir():
            raise BadInputError(
                f"cannot write {name!r}: there is no folder {str(path.parent)!r}; "
                "make it first"
            )
    except (OSError, ValueError) as error:
        raise BadInputError(f"cannot write {name!r}: {error}") from error


def write_plan_file(name: str, plan: Plan) -> None:
    """Write a plan as JSON.

    Raises:
        BadInputError: The file cannot be written.
    """
    write_file(name, f"{plan.model_dump_json(indent=2, exclude_defaults=True)}\n")


def write_file(name: str, content: str) -> None:
    """Write a file.

    Raises:
        BadInputError: It cannot be written.
    """
    try:
        Path(name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadInputError(
            f"cannot write {name!r}: {error.strerror or error}; name another file"
        ) from error
