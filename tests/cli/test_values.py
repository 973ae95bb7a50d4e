"""Values in a few words."""

import pytest

from dagplan.cli.values import value_text

FIGURE = {
    "of": "France",
    "what": "population",
    "value": 67_848_156,
    "unit": "people",
    "year": 2024,
    "source": "CLDR",
}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (67_848_156, "67,848,156"),
        (0.25, "0.25"),
        ("two\nlines\x1b[2J", "two lines�[2J"),
        (True, "yes"),
        (None, "(not available)"),
        ([], "none"),
        ([1, 2], "1, 2"),
        ({"a": 1, "b": [2, 3]}, "a: 1, b: 2, 3"),
        (FIGURE, "67,848,156 people"),
        (FIGURE | {"year": None, "unit": None}, "67,848,156"),
        ([{"item": "France", "value": FIGURE}], "France: 67,848,156 people"),
    ],
)
def test_values_are_written_for_people(value: object, said: str):
    assert value_text(value) == said


def test_long_values_are_shown_by_their_beginning():
    assert value_text(list(range(1000))).endswith("7, … (992 more)")
    assert len(value_text("x" * 10**6)) <= 2_000
