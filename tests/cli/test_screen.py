"""What an output can show, and what happens when it breaks."""

import errno
import io
from typing import TextIO, cast

import pytest

from dagplan.cli.screen import OutputError, Screen, fitted


class Terminal(io.TextIOWrapper):
    def __init__(self, encoding: str = "utf-8") -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    encoding = "utf-8"

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def flush(self) -> None:
        raise OSError(self.number, "told so")


@pytest.mark.parametrize(
    ("environ", "terminal", "colour"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, False, False),
        ({}, False, False),
    ],
)
def test_a_terminal_redraws_and_colours_unless_told_otherwise(
    environ: dict[str, str], *, terminal: bool, colour: bool
):
    screen = Screen.of(Terminal(), environ)

    assert (screen.terminal, screen.colour) == (terminal, colour)


def test_a_file_is_no_terminal_and_80_columns_wide():
    screen = Screen.of(io.StringIO(), {"TERM": "xterm"})

    assert (screen.terminal, screen.colour, screen.size[0]) == (False, False, 80)


def test_columns_says_how_wide():
    assert Screen.of(io.StringIO(), {"COLUMNS": "120"}).size[0] == 120


@pytest.mark.parametrize("columns", ["", "0", "-5", "wide"])
def test_a_width_that_is_none_is_not_taken(columns: str):
    assert Screen.of(io.StringIO(), {"COLUMNS": columns}).size[0] == 80


@pytest.mark.parametrize(
    ("encoding", "plain"),
    [("utf-8", False), ("ascii", True), ("latin-1", True), ("cp437", True)],
)
def test_an_encoding_without_signs_gets_plain_drawings(encoding: str, *, plain: bool):
    assert Screen.of(Terminal(encoding), {}).ascii_only is plain


def test_text_is_written_in_the_characters_that_there_are():
    stream = Terminal("ascii")

    Screen.of(stream, {}).write("São Paulo: 3.1\N{MULTIPLICATION SIGN} 12 km² “…”\n")

    assert stream.bytes.getvalue() == b'Sao Paulo: 3.1x 12 km2 "..."\n'


def test_what_an_encoding_has_is_kept():
    assert fitted("Brasília → 日", "latin-1") == "Brasília -> ?"
    assert fitted("lone \ud800", "utf-8") == "lone ?"


def test_json_is_escaped_where_characters_are_missing():
    plain, full = Terminal("ascii"), Terminal()

    Screen.of(plain, {}).write_json({"a": "São"})
    Screen.of(full, {}).write_json({"a": "São"})

    assert plain.bytes.getvalue() == b'{"a": "S\\u00e3o"}\n'
    assert full.bytes.getvalue() == '{"a": "São"}\n'.encode()


@pytest.mark.parametrize(
    ("number", "left"), [(errno.ENOSPC, False), (errno.EPIPE, True)]
)
def test_a_broken_output_says_why(number: int, *, left: bool):
    screen = Screen.of(cast("TextIO", Full(number)), {})

    with pytest.raises(OutputError, match="standard output: told so") as raised:
        screen.write("x")

    assert raised.value.reader_left is left


def test_an_output_that_was_closed_before_says_so():
    with pytest.raises(OutputError, match="it is closed"):
        Screen.of(None, {}).write("x")


def test_dim_is_colour():
    assert Screen.of(Terminal(), {"TERM": "xterm"}).dim("x") == "\x1b[2mx\x1b[0m"
    assert Screen.of(io.StringIO(), {}).dim("x") == "x"
