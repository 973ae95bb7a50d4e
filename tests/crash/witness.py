"""The witness: what really ran, written where no kill can take it back.

Each line is one `write` to a file opened for appending, so that lines of several steps
never mix and are there even if the process is killed right after. It shares nothing
with the journal under test.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["began", "ended", "failed", "seen", "appended", "odd"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the witness saw.

    Attributes:
        kind: An execution `began`, `ended` with a value or `failed`; an observer has
            `seen` a success; so many events were `appended` to the journal; something
            was `odd`, whatever else happens.
        process: Number of the process in its run, from 1.
        node: The step or item.
        nonce: Tells executions apart; the two lines of one have the same.
        key: Idempotency key of an execution that began.
        inputs: What it was given.
        value: What it made, what was seen, how many were appended, what was odd.
        at: When, by the clock that all processes of the machine share.
    """

    kind: Kind
    process: int
    node: str = ""
    nonce: str = ""
    key: str = ""
    inputs: Mapping[str, object] | None = None
    value: object = None
    at: float = 0.0


class Witness:
    """Writes what happens in one process.

    Args:
        path: The file.
        process: Number of the process in its run, from 1.
    """

    def __init__(self, path: str, process: int) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = os.open(path, flags, 0o600)
        self._process = process
        # A kill may have torn the last line of the process before.
        os.write(self._file, b"\n")

    def write(self, kind: Kind, node: str = "", **more: object) -> None:
        """Write a line."""
        at = time.perf_counter()
        line = {"kind": kind, "process": self._process, "node": node, "at": at, **more}
        data = f"{json.dumps(line)}\n".encode()
        assert os.write(self._file, data) == len(data)


def read(path: Path) -> list[Line]:
    """Return all that was written so far, in order."""
    if not path.exists():
        return []
    # What a kill has torn never came to pass as far as anybody can tell: a step had not
    # begun yet, or its end is not known.
    whole = [text for text in path.read_text().splitlines() if text.endswith("}")]
    return [Line(**json.loads(text)) for text in whole]


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a step or of an item.

    Attributes:
        began: Its first line.
        end: Its last line; None if it was never seen to end.
        place: Where in the witness it began.
    """

    began: Line
    end: Line | None
    place: int

    @property
    def node(self) -> str:
        """The step or item."""
        return self.began.node

    @property
    def inputs(self) -> Mapping[str, object]:
        """What it was given."""
        return self.began.inputs or {}

    @property
    def succeeded(self) -> bool:
        """Whether it was seen to succeed."""
        return self.end is not None and self.end.kind == "ended"

    @property
    def failed(self) -> bool:
        """Whether it was seen to fail."""
        return self.end is not None and self.end.kind == "failed"

    @property
    def value(self) -> object:
        """What it made."""
        return self.end.value if self.end is not None else None


def executions(lines: list[Line]) -> list[Execution]:
    """Return the executions in the order in which they began."""
    ends = {line.nonce: line for line in lines if line.kind in ("ended", "failed")}
    return [
        Execution(line, ends.get(line.nonce), place)
        for place, line in enumerate(lines)
        if line.kind == "began"
    ]
