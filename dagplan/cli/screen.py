"""One output: how wide it is, what it can show, and what happens when it breaks."""

import errno
import json
import os
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

# What a terminal without Unicode gets in place of signs that have no accent to drop.
_PLAIN = str.maketrans(
    {
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHTWARDS ARROW}": "->",
        "\N{LEFTWARDS ARROW}": "<-",
        "\N{BULLET}": "*",
        "\N{MICRO SIGN}": "u",
        "\N{REPLACEMENT CHARACTER}": "?",
    }
)
_SAMPLE = "│◐✓⊘▏→↻⇉⏸"
_WIDTH_OF_FILES = 80


class OutputError(Exception):
    """Nothing more can be written to an output.

    Attributes:
        reader_left: Whether the program that read it has ended, as `head` does.
    """

    def __init__(self, name: str, error: OSError | None = None) -> None:
        self.reader_left = error is not None and error.errno == errno.EPIPE
        reason = "it is closed" if error is None else error.strerror or str(error)
        super().__init__(f"cannot write to {name}: {reason}")


@dataclass(frozen=True, slots=True)
class Screen:
    """An output and what it can show.

    Attributes:
        stream: Where to write; None where it was closed before the program began.
        terminal: Whether what is written can be redrawn.
        colour: Whether ANSI colours are wanted.
        ascii_only: Whether its encoding lacks the characters of drawings.
        environ: Environment variables; `COLUMNS` overrides the width.
    """

    stream: TextIO | None
    terminal: bool = False
    colour: bool = False
    ascii_only: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stream: TextIO | None, environ: Mapping[str, str]) -> "Screen":
        """Look at a stream, `TERM` and `NO_COLOR`."""
        dumb = environ.get("TERM") in (None, "", "dumb", "unknown")
        terminal = stream is not None and stream.isatty() and not dumb
        return cls(
            stream,
            terminal=terminal,
            colour=terminal and not environ.get("NO_COLOR"),
            ascii_only=not _holds(_SAMPLE, _encoding(stream)),
            environ=environ,
        )

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows now: a terminal may change them at any time."""
        columns, rows = _WIDTH_OF_FILES, 24
        if self.terminal and self.stream is not None:
            with suppress(OSError):
                columns, rows = os.get_terminal_size(self.stream.fileno())
        wanted = self.environ.get("COLUMNS", "")
        if wanted.isdecimal():
            columns = int(wanted)
        return columns or _WIDTH_OF_FILES, rows or 24

    def write(self, text: str) -> None:
        """Write a text at once, in characters that the output has.

        Raises:
            OutputError: The disk is full, the reader has ended, ….
        """
        if self.stream is None:
            raise OutputError("standard output")
        try:
            self.stream.write(fitted(text, _encoding(self.stream)))
            self.stream.flush()
        except OSError as error:
            raise OutputError("standard output", error) from error

    def write_json(self, document: object, indent: int | None = None) -> None:
        """Write a JSON document whole, with escapes for what the output lacks.

        Raises:
            OutputError: The disk is full, the reader has ended, ….
        """
        text = json.dumps(document, ensure_ascii=self.ascii_only, indent=indent)
        self.write(f"{text}\n")

    def dim(self, text: str) -> str:
        """Return a text in the colour of what matters less."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour and text else text


def fitted(text: str, encoding: str) -> str:
    """Return a text in characters that an encoding has: `São` as `Sao`, say."""
    if _holds(text, encoding):
        return text
    # Only what the encoding lacks is changed.
    chars = (char if _holds(char, encoding) else _plain(char) for char in text)
    return "".join(chars).encode(encoding, "replace").decode(encoding)


def _plain(char: str) -> str:
    bare = unicodedata.normalize("NFKD", char.translate(_PLAIN))
    return "".join(c for c in bare if not unicodedata.combining(c))


def _holds(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _encoding(stream: TextIO | None) -> str:
    return (None if stream is None else stream.encoding) or "utf-8"


def discard(stream: TextIO | None) -> None:
    """Let a broken stream take what it still holds, so that exiting stays silent."""
    try:
        descriptor = None if stream is None else stream.fileno()
    except (OSError, ValueError):
        return
    if descriptor is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
