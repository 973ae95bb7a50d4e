"""Types behind ids: what is written is read again, everything else is refused."""

from random import Random
from typing import Any

import pytest

from dagplan.planning.type_text import read_type, write_type

from .random_plans import random_type


def test_every_type_is_read_as_it_was_written():
    for seed in range(300):
        kind = random_type(Random(seed))
        text = write_type(kind)
        assert text is not None
        assert " " not in text
        assert read_type(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("number", "number"),
        (" [ text ] ", ["text"]),
        ("[[boolean]]", [["boolean"]]),
        ("{gdp:number,year:number}", {"gdp": "number", "year": "number"}),
        ('[{"name": "text", "of": [number]}]', [{"name": "text", "of": ["number"]}]),
        ("{größe:number}", {"größe": "number"}),
        (r'{"a \"b\", c":text}', {'a "b", c': "text"}),
        ("json", "json"),  # `check` refuses it with all other problems
    ],
)
def test_ways_to_write_a_type(text: str, kind: Any):
    assert read_type(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[",
        "[text",
        "[]",
        "{}",
        "{a}",
        "{a:}",
        "{a:text",
        "{a:text,}",
        "{a:text b:text}",
        "{a:text,a:number}",
        "{[a]:text}",
        "text]",
        "text[]",
        "text number",
        "[text]]",
        ":text",
        '"text',
        "[" * 40 + "text" + "]" * 40,
        "[" * 100_000,
    ],
)
def test_what_is_no_type_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\w"):
        read_type(text)


@pytest.mark.parametrize("kind", [None, 5, [], {}, ["text", "text"], {"a": None}, ""])
def test_what_is_no_type_is_not_written(kind: object):
    assert write_type(kind) is None


def test_what_nests_too_deeply_is_not_written():
    kind: object = "text"
    for _ in range(33):
        kind = [kind]
    assert write_type(kind) is None
    assert write_type(kind[0]) is not None  # type: ignore[index]


def test_a_blank_that_json_does_not_know_is_part_of_a_word():
    assert read_type(" [\ttext\r\n] ") == ["text"]
    assert read_type("\u2028text") == "\u2028text"
    assert read_type("{a\u00a0:text}") == {"a\u00a0": "text"}
