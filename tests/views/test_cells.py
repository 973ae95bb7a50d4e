import pytest

from dagplan.views.cells import cells, cut, pad


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("東京", 4),
        ("e\u0301", 1),
        ("\uff21", 2),
        ("é…", 2),
        ("🎉", 2),
        ("", 0),
    ],
)
def test_columns_are_those_of_a_terminal(text: str, columns: int) -> None:
    assert cells(text) == columns


@pytest.mark.parametrize("width", range(8))
def test_a_cut_text_fits(width: int) -> None:
    assert cells(cut("a東京e\u0301bc", width)) <= width
    assert cells(cut("abcdefghij", width, "..")) <= width


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("東京", 4) == "東京"


def test_a_wide_character_is_never_halved() -> None:
    assert cut("東京都", 4) == "東…"


def test_padding_counts_columns() -> None:
    assert pad("東", 4) + "|" == "東  |"
