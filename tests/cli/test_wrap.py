"""Breaking lines of a text that is still being written."""

import pytest

from dagplan.cli.wrap import Wrapper, wrapped

TEXT = "Japan is densest.\n\n- France: 106 people per km²\n- Brazil\nand so on for ever"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_of_any_size_give_the_same_lines(size: int):
    wrapper = Wrapper(20)
    pieces = [TEXT[i : i + size] for i in range(0, len(TEXT), size)]

    text = "".join(map(wrapper.feed, pieces)) + wrapper.end()

    assert text.splitlines() == [
        "Japan is densest.",
        "",
        "- France: 106 people",
        "per km²",
        "- Brazil",
        "and so on for ever",
    ]


def test_a_word_is_held_back_until_it_is_whole():
    wrapper = Wrapper(10)

    assert wrapper.feed("one thr") == "one"
    assert wrapper.feed("ee") == ""
    assert wrapper.feed(" four") == " three"
    assert wrapper.end() == "\nfour"


def test_a_word_longer_than_a_line_is_let_through():
    assert wrapped("a " + "x" * 30, 10).replace("\n", " ") == "a " + "x" * 30


def test_wide_characters_take_two_columns():
    assert wrapped("日本 日本 日本", 9) == "日本 日本\n日本"


def test_indentation_is_kept():
    assert wrapped("list:\n    item", 20) == "list:\n    item"


def test_nothing_steers_the_terminal():
    assert wrapped("a\x1b[2Jb\r\nc", 20) == "a�[2Jb\nc"
