import unicodedata

import pytest

from dagplan.views.escape import REPLACED, one_line, printable

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J",
    "a\rb\x08c\x7f\x00",
    "user\u202etxt.exe\u2066x\u2069",
    "zero\u200bwidth\u200djoiner\ufeff\u00ad",
    "👩\u200d💻 and ❤\ufe0f",
    "line\nbreak\u2028and\u2029more\x85\v\f\t",
    "tag\U000e0041\U000e007f",
    "lone \ud800 surrogate",
    "z" + "\u0301" * 500,
    "blank\u3164letter\u2800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_character_is_left(text: str) -> None:
    shown = printable(text)

    assert shown.isprintable()
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown.encode()


def test_what_would_have_steered_the_terminal_stays_visible() -> None:
    assert printable("\x1b[31mred") == f"{REPLACED}[31mred"


@pytest.mark.parametrize("text", ["plain", "naïve", "東京", "שלום", "नमस्ते", "🎉", ""])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_line_breaks_become_spaces_unless_lines_are_wanted() -> None:
    assert printable("a\nb\tc") == "a b c"
    assert printable("a\nb\tc\x1b", lines=True) == f"a\nb c{REPLACED}"


def test_characters_that_show_nothing_or_change_widths_go() -> None:
    assert printable("a\u3164b\u2800c\u115fd") == "abcd"
    assert printable("❤\ufe0f") == "❤"
    assert printable("👩\u200d💻") == "👩💻"


def test_marks_do_not_pile_up() -> None:
    assert printable("e" + "\u0301" * 50) == "e" + "\u0301" * 3


def test_one_line_joins_runs_of_space() -> None:
    assert one_line("  a \n\n   b\u3000c ") == "a b c"
