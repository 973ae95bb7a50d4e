"""Types: what is one, what paths lead to, and which values conform."""

import pytest

from dagplan.plan.returns import (
    as_json_schema,
    conforms,
    describe,
    element,
    first,
    follow,
    listed,
    type_problems,
)

CITY = {"name": "text", "people": "number"}


@pytest.mark.parametrize(
    "returns",
    [
        None,
        "text",
        "number",
        "boolean",
        ["text"],
        [["number"]],
        CITY,
        [CITY],
        {"cities": [CITY], "of": {"state": "boolean"}},
        {"ö-1": "text"},
    ],
)
def test_what_is_a_type(returns: object) -> None:
    assert [*type_problems(returns)] == []


@pytest.mark.parametrize(
    ("returns", "value"),
    [
        ("json", "'json'"),
        ("", "''"),
        ("Text", "'Text'"),
        (5, "5"),
        (True, "True"),
        ([], "[]"),
        (["text", "number"], "['text', 'number']"),
        ([None], "[None]"),
        ({}, "{}"),
        ([{}], "{}"),
        ({"a": "json"}, "'json'"),
        ({"a": {"b": 5}}, "5"),
        ({"a": None}, "'a'"),
        ({"a.b": "text"}, "'a.b'"),
        ({"*": "text"}, "'*'"),
        ({"a b": "text"}, "'a b'"),
        ({"": "text"}, "''"),
        ({"${a}": "text"}, "'${a}'"),
        ({"\ud800": "text"}, "'\\ud800'"),
        ({1: "text"}, "1"),
    ],
)
def test_what_is_no_type(returns: object, value: str) -> None:
    assert [found for found, _ in type_problems(returns)] == [value]


def test_all_that_is_wrong_with_a_type_is_found() -> None:
    assert len([*type_problems({"a": "json", "b": [], "c.d": 5})]) == 4


@pytest.mark.parametrize(
    ("returns", "path", "end"),
    [
        (None, "a.0.*", None),
        ("text", "", "text"),
        (["text"], "0", "text"),
        (["text"], "17", "text"),
        (["text"], "*", ["text"]),
        ([["text"]], "*.*", [["text"]]),
        ([["text"]], "*.0", ["text"]),
        ([["text"]], "0.*", ["text"]),
        (CITY, "name", "text"),
        ([CITY], "*.people", ["number"]),
        ([CITY], "3.people", "number"),
        ({"cities": [CITY]}, "cities.*.name", ["text"]),
    ],
)
def test_a_path_leads_to_a_type(returns: object, path: str, end: object) -> None:
    assert follow(returns, tuple(path.split(".")) if path else ()) == end


@pytest.mark.parametrize(
    ("returns", "path", "reason"),
    [
        ("text", "0", "a text has no '0'"),
        ("number", "*", "a number has no '*'"),
        (["text"], "name", "'name' is no index; write a number or *"),
        (["text"], "-1", "'-1' is no index"),
        (CITY, "nam", "no key 'nam'; it has name, people"),
        (CITY, "*", "no key '*'"),
        (CITY, "name.first", "a text has no 'first'"),
        ([CITY], "*.nam", "no key 'nam'"),
    ],
)
def test_a_path_that_leads_nowhere_says_where_it_breaks(
    returns: object, path: str, reason: str
) -> None:
    with pytest.raises(LookupError) as caught:
        follow(returns, tuple(path.split(".")))
    assert reason in str(caught.value)


def test_a_long_list_of_keys_is_cut_in_messages() -> None:
    many = {f"key{index}": "text" for index in range(50_000)}
    with pytest.raises(LookupError) as caught:
        follow(many, ("x",))
    assert len(str(caught.value)) < 300
    assert first(many, 2) == "key0, key1, …"
    assert first({"a": 1, "b": 2}, 2) == "a, b"


def test_a_for_each_step_gives_a_list_of_items_and_values() -> None:
    assert listed("number") == [{"item": None, "value": "number"}]
    assert follow(listed(CITY), ("*", "value", "name")) == ["text"]
    assert follow(listed(CITY), ("0", "item", "anything")) is None
    with pytest.raises(LookupError, match="it has item, value"):
        follow(listed(CITY), ("0", "name"))


def test_the_element_of_a_list_type() -> None:
    assert element(["text"]) == "text"
    assert element("text") is None
    assert element(None) is None


@pytest.mark.parametrize(
    ("returns", "good", "bad"),
    [
        (None, [None, 1, "x", {}], []),
        ("text", ["", "x"], [None, 1, ["x"]]),
        ("number", [0, -1.5], [None, "1", True]),
        ("boolean", [True, False], [None, 0, "true"]),
        (["text"], [[], ["x", "y"]], [None, "x", ["x", 1], {"0": "x"}]),
        (
            CITY,
            [{"name": "x", "people": 1}, {"name": "x", "people": 1, "more": None}],
            [{}, {"name": "x"}, {"name": "x", "people": "1"}, ["name", "people"]],
        ),
        ([CITY], [[], [{"name": "x", "people": 1}]], [[{"name": "x"}], {}]),
        ("json", [], [None, {}]),
    ],
)
def test_values_conform_to_a_type(
    returns: object, good: list[object], bad: list[object]
) -> None:
    assert all(conforms(value, returns) for value in good)
    assert not any(conforms(value, returns) for value in bad)


def test_a_type_is_described_as_a_plan_would_write_it() -> None:
    assert describe(None) == "value"
    assert describe("text") == "text"
    assert describe([CITY]) == '[{"name": "text", "people": "number"}]'


def test_a_type_as_a_schema() -> None:
    assert as_json_schema([CITY]) == {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "people": {"type": "number"}},
            "required": ["name", "people"],
            "additionalProperties": False,
        },
    }
    assert as_json_schema("boolean") == {"type": "boolean"}
