"""Cutting: every text keeps within its bound, says what is missing, and is fair."""

import json
from random import Random
from typing import Any

import pytest

from dagplan.cuts import Entry, fit, lay_out, shorten, written


def random_text(random: Random, most: int) -> str:
    length = int(most ** random.random())
    return "".join(random.choices('ab 1"\\\n\x00é中\U0001f600', k=length))


def random_value(random: Random, depth: int = 0) -> Any:
    """Return a value of any shape, from nothing up to some 10,000 characters."""
    kind = random.choice(["text", "number", "null", "list", "object", "long list"])
    many = random.randrange(24 >> depth * 2) if depth < 3 else 0
    match kind:
        case "list":
            return [random_value(random, depth + 1) for _ in range(many)]
        case "object":
            return {
                random_text(random, 100): random_value(random, depth + 1)
                for _ in range(many)
            }
        case "long list":
            return [random.random() for _ in range(many * 20)]
        case "number":
            return random.randrange(10**9)
        case "text":
            return random_text(random, 4_000)
        case _:
            return None


def whole(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("seed", range(20))
def test_a_value_of_any_shape_keeps_within_its_bound_and_says_that_it_was_cut(seed):
    random = Random(seed)
    for _ in range(5):
        value, most = random_value(random), random.randrange(1, 3_000)
        text = written(value, most)
        assert len(text) <= most
        if len(whole(value)) <= most:
            assert text == whole(value)
        else:
            assert "…" in text


@pytest.mark.parametrize("seed", range(20))
def test_nothing_short_is_cut_while_something_longer_is_whole(seed):
    random = Random(seed)
    values = [random_value(random) for _ in range(random.randrange(1, 40))]
    most, each = random.randrange(1, 20_000), random.randrange(1, 20_000)
    texts = fit(values, most, each)
    assert sum(map(len, texts)) <= most
    assert max(map(len, texts)) <= each
    kept = [
        len(text) for text, v in zip(texts, values, strict=True) if text == whole(v)
    ]
    cut = [
        len(whole(v)) for text, v in zip(texts, values, strict=True) if text != whole(v)
    ]
    assert not kept or not cut or max(kept) <= min(cut)


@pytest.mark.parametrize("seed", range(20))
def test_no_room_is_left_unused_while_texts_are_cut(seed):
    random = Random(seed)
    texts = [random_text(random, 5_000) for _ in range(20)]
    most = random.randrange(2_000, 10_000)
    used = sum(map(len, fit(texts, most)))
    assert used == min(most, sum(map(len, texts))) or most - used < len(texts)


@pytest.mark.parametrize("seed", range(20))
def test_entries_keep_within_their_bound_and_those_left_out_are_counted(seed):
    random = Random(seed)
    entries = [
        Entry(
            f"step{number:04}{'x' * random.randrange(50)}",
            tuple(random_value(random, 2) for _ in range(random.randrange(1, 4))),
            random.randrange(3),
        )
        for number in range(random.choice([1, 30, 300]))
    ]
    most = random.randrange(100, 10_000)
    text = lay_out(entries, most)
    assert len(text) <= most
    shown = [entry for entry in entries if f"{entry.label} " in text]
    missing = len(entries) - len(shown)
    assert (f"[… {missing:,} more left out …]" in text) == (missing > 0)
    left_out = [entry.rank for entry in entries if entry not in shown]
    assert not shown or max(e.rank for e in shown) <= min(left_out, default=3)


def test_the_beginning_and_the_end_of_a_text_are_kept():
    text = shorten("a" * 50_000 + "z" * 50_000, 1_000)
    assert 990 < len(text) <= 1_000
    head, note, tail = text.split("\n")
    assert note == f"[… {100_000 - len(head) - len(tail):,} characters left out …]"
    assert set(head) == {"a"}
    assert set(tail) == {"z"}
    assert len(head) == pytest.approx(3 * len(tail), abs=3)


@pytest.mark.parametrize(
    ("most", "kept"), [(0, ""), (1, "…"), (5, "text…"), (12, "text of tex…")]
)
def test_where_there_is_no_room_for_a_note_an_ellipsis_says_it(most, kept):
    assert shorten("text of text of text " * 100, most) == kept


def test_a_long_list_keeps_its_first_and_last_items_and_counts_the_others():
    text = written([*range(10_000)], 200)
    assert text.startswith("[0, 1, 2, ")
    assert text.endswith(" 9998, 9999]")
    head, _, rest = text.partition(", … ")
    missing, _, tail = rest.partition(" items left out …, ")
    shown = len(head[1:].split(", ")) + len(tail[:-1].split(", "))
    assert int(missing.replace(",", "")) == 10_000 - shown


def test_of_an_object_the_long_values_are_cut_and_the_short_ones_whole():
    value = {"name": "France", "about": "x" * 5_000, "capital": "Paris"}
    text = written(value, 500)
    assert text.startswith('{"name": "France", "about": "xxx')
    assert "characters left out" in text
    assert text.endswith(', "capital": "Paris"}')


def test_each_of_several_passages_is_cut_rather_than_some_left_out():
    passages = [{"title": f"t{n}", "content": "word " * 2_000} for n in range(5)]
    text = written(passages, 2_000)
    assert [f'"title": "t{n}"' in text for n in range(5)] == [True] * 5
    assert text.count("characters left out") == 5


def test_an_object_of_many_keys_counts_those_that_are_left_out():
    text = written({f"key{n}": n for n in range(1_000)}, 200)
    assert '{"key0": 0, ' in text
    assert "keys left out" in text
    assert '"key999": 999}' in text


def test_one_value_alone_has_no_more_than_one_may_have():
    assert [len(text) for text in fit(["x" * 99, "y"], 5_000, 50)] == [50, 1]


def test_what_one_does_not_need_the_others_have():
    assert [*map(len, fit(["x" * 99, "y" * 98, "z"], 101))] == [50, 50, 1]


def test_entries_of_the_highest_rank_are_left_out_first_and_the_order_stays():
    entries = [
        Entry(f"{name * 20}:", ("v",), rank)
        for name, rank in [("a", 1), ("b", 0), ("c", 2), ("d", 0)]
    ]
    text = lay_out(entries, 150)
    assert text.split("\n\n") == [
        "aaaaaaaaaaaaaaaaaaaa: v",
        "bbbbbbbbbbbbbbbbbbbb: v",
        "dddddddddddddddddddd: v",
        "[… 1 more left out …]",
    ]
