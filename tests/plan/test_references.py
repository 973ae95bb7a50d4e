"""References: what is one, what it becomes, and that it becomes so once."""

import math

import pytest

from dagplan.errors import MissingValueError, WrongValueError
from dagplan.plan.references import (
    UNAVAILABLE,
    Malformed,
    Reference,
    as_text,
    bind,
    clip,
    fill,
    find,
    holds_reference,
    interpolate,
    resolve,
    scan,
    short,
    substitute,
    walk,
    whole,
)

VALUES = {
    "a": 1,
    "text": "${a}",
    "pi": 3.14,
    "tiny": 1e-07,
    "sum": 0.1 + 0.2,
    "big": 12_345_678,
    "ok": True,
    "none": None,
    "list": ["x", "y", "z"],
    "object": {"name": "Lyon", "of": {"people": 522_250}},
    "rows": [{"item": "FR", "value": {"gdp": 3}}, {"item": "DE", "value": {"gdp": 4}}],
    "grid": [[{"v": 1}, {"v": 2}], [{"v": 3}]],
    "umlaut": {"ö": "ü"},
}


def lookup(reference: Reference) -> object:
    if reference.step == "gone":
        return UNAVAILABLE
    return resolve(VALUES[reference.step], reference)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("plain", ["plain"]),
        ("$5 and $1000", ["$5 and $1000"]),
        ("#1", ["#1"]),
        ("{x}", ["{x}"]),
        ("$", ["$"]),
        ("$$", ["$$"]),
        ("a } b", ["a } b"]),
        ("${a}", [Reference("a")]),
        ("${item}", [Reference("item")]),
        ("${a.b.0.c}", [Reference("a", ("b", "0", "c"))]),
        ("${a.*.v}", [Reference("a", ("*", "v"))]),
        ("${a.é-1}", [Reference("a", ("é-1",))]),
        ("<${a}>", ["<", Reference("a"), ">"]),
        ("${a}${b}", [Reference("a"), Reference("b")]),
        ("$${gdp}", ["$", Reference("gdp")]),
        ("$$${gdp}", ["$$", Reference("gdp")]),
        (r"\${a}", ["${a}"]),
        (r"\$${a}", ["\\$", Reference("a")]),
        (r"\${a} ${b}", ["${a} ", Reference("b")]),
        (r"\$5", [r"\$5"]),
        ("${", [Malformed("${")]),
        ("${}", [Malformed("${}")]),
        ("${a", [Malformed("${a")]),
        ("${ a}", [Malformed("${ a}")]),
        ("${a b}", [Malformed("${a b}")]),
        ("${1a}", [Malformed("${1a}")]),
        ("${_a}", [Malformed("${_a}")]),
        ("${é}", [Malformed("${é}")]),
        ("${a-b}", [Malformed("${a-b}")]),
        ("${a.}", [Malformed("${a.}")]),
        ("${.a}", [Malformed("${.a}")]),
        ("${a..b}", [Malformed("${a..b}")]),
        ("${a[0]}", [Malformed("${a[0]}")]),
        ("${a\n}", [Malformed("${a\n}")]),
        ("${a${b}", [Malformed("${a"), Reference("b")]),
        ("${{a}}", [Malformed("${"), "{a}}"]),
        ("${" + "a" * 64 + "}", [Reference("a" * 64)]),
        ("${" + "a" * 65 + "}", [Malformed("${" + "a" * 65 + "}")]),
    ],
)
def test_a_text_is_cut_into_words_and_references(
    text: str, parts: list[object]
) -> None:
    assert scan(text) == parts
    assert holds_reference(text) == any(isinstance(p, Reference) for p in parts)


@pytest.mark.parametrize("text", ["${a}", "${a.b.0.*.c}"])
def test_a_reference_is_written_as_it_was_read(text: str) -> None:
    assert str(scan(text)[0]) == text


def test_only_a_text_that_is_one_reference_is_whole() -> None:
    assert whole("${a.b}") == Reference("a", ("b",))
    for text in ("", "a", " ${a}", "${a} ", "${a}${b}", "$${a}", r"\${a}", "${a b}"):
        assert whole(text) is None


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("${list}", ["x", "y", "z"]),
        ("${list.0}", "x"),
        ("${list.2}", "z"),
        ("${object.of.people}", 522_250),
        ("${rows.*.item}", ["FR", "DE"]),
        ("${rows.*.value.gdp}", [3, 4]),
        ("${rows.1.value.gdp}", 4),
        ("${list.*}", ["x", "y", "z"]),
        ("${grid.*.*.v}", [[1, 2], [3]]),
        ("${grid.*.0.v}", [1, 3]),
        ("${umlaut.ö}", "ü"),
    ],
)
def test_a_path_leads_into_a_value(reference: str, value: object) -> None:
    assert substitute(reference, lookup) == value


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("${object.nam}", "no 'nam' in a dict that has the keys name, of"),
        ("${list.3}", "no '3' in a list that is a list of 3"),
        ("${list.-1}", "no '-1'"),
        ("${list.x}", "no 'x' in a list"),
        ("${list.99999999999999999999}", "in a list that is a list of 3"),
        ("${a.b}", "no 'b' in a int that is 1"),
        ("${pi.*}", "is not a list"),
        ("${object.*}", "is not a list"),
        ("${none.x}", "that is None"),
        ("${rows.*.value.nope}", "no 'nope'"),
    ],
)
def test_a_path_that_the_value_lacks_is_an_error(reference: str, reason: str) -> None:
    for put_in in (substitute, interpolate, fill):
        with pytest.raises(MissingValueError) as caught:
            put_in(reference, lookup)
        assert reason in str(caught.value)
        assert reference in str(caught.value)


def test_a_lone_reference_keeps_the_type_of_its_value() -> None:
    for name, value in VALUES.items():
        assert substitute(f"${{{name}}}", lookup) == value
    assert substitute("${ok}", lookup) is True


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<${a}>", "<1>"),
        ("<${sum}>", "<0.30000000000000004>"),
        ("<${tiny}>", "<1e-07>"),
        ("<${big}>", "<12345678>"),
        ("<${pi}>", "<3.14>"),
        ("<${ok}>", "<true>"),
        ("<${none}>", "<null>"),
        ("<${list}>", '<["x", "y", "z"]>'),
        ("<${umlaut}>", '<{"ö": "ü"}>'),
        ("$${a}", "$1"),
        ("$5 for ${a}", "$5 for 1"),
        (r"\${a} is ${a}", "${a} is 1"),
        ("${a b} stays", "${a b} stays"),
    ],
)
def test_inside_text_values_are_written_for_machines(text: str, written: str) -> None:
    assert substitute(text, lookup) == written
    assert interpolate(text, lookup) == written


def test_a_lone_reference_in_a_task_is_written_out() -> None:
    assert interpolate("${list}", lookup) == '["x", "y", "z"]'


def test_values_are_put_in_once() -> None:
    assert substitute("${text}", lookup) == "${a}"
    assert substitute("<${text}>", lookup) == "<${a}>"
    assert interpolate("${text} ${a}", lookup) == "${a} 1"
    assert fill("${text}", lookup) == "${a}"


def test_references_are_found_anywhere_but_in_keys() -> None:
    value = {"${a}": ["x ${b}", {"c": "${c.d}"}, 5, None], "e": "${e}${f}"}
    assert [*find(value)] == [
        Reference("b"),
        Reference("c", ("d",)),
        Reference("e"),
        Reference("f"),
    ]
    assert substitute({"k": ["${a}", {"${a}": 2}]}, lookup) == {"k": [1, {"${a}": 2}]}


def test_a_failed_optional_dependency_is_none_alone_and_said_inside_text() -> None:
    assert substitute("${gone}", lookup) is None
    assert substitute(["${gone.x}"], lookup) == [None]
    assert substitute("<${gone}>", lookup) == "<(not available)>"
    assert interpolate("${gone}", lookup) == "(not available)"
    assert fill("about ${gone.gdp}", lookup) == "about (not available)"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (9_999, "9999"),
        (10_000, "10,000"),
        (-10_000, "-10,000"),
        (-9_999, "-9999"),
        (2**70, "1,180,591,620,717,411,303,424"),
        (True, "yes"),
        (False, "no"),
        (None, "(not available)"),
        ("as it is", "as it is"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.666667"),
        (0.00123456789, "0.00123457"),
        (1.5e-07, "0.00000015"),
        (0.9999999, "1"),
        (9_999.5, "9999.5"),
        (9_999.996, "10,000"),
        (12_345.678, "12,345.7"),
        (-12_345.678, "-12,345.7"),
        (999_999.5, "1,000,000"),
        (1_234_567.8, "1,234,568"),
        (3.1e12, "3,100,000,000,000"),
        (1e23, "100,000,000,000,000,000,000,000"),
        (math.inf, "inf"),
        ([], "none"),
        (["x"], "x"),
        (["x", 20_000], "x and 20,000"),
        (["x", "y", 1.25], "x, y and 1.25"),
        ({"name": "Lyon", "people": 522_250}, "name: Lyon, people: 522,250"),
    ],
)
def test_the_answer_is_written_for_people(value: object, written: str) -> None:
    assert fill("${a}", lambda _: value) == written
    assert fill("($${a})", lambda _: value) == f"(${written})"


def test_the_answer_unescapes_too() -> None:
    assert fill(r"costs $5, \${x}", lookup) == "costs $5, ${x}"


def test_a_value_that_is_no_json_cannot_be_put_into_text() -> None:
    for value in (object(), math.nan, math.inf, 10**5_000, {1, 2}):
        with pytest.raises(WrongValueError, match="cannot be put into text"):
            as_text(value)
    with pytest.raises(WrongValueError, match="cannot be put into text"):
        fill("${a}", lambda _: 10**5_000)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("2 + 2", ("2 + 2", {})),
        ("${a} ** 2", ("ref_0 ** 2", {"ref_0": 1})),
        ("${pi} / ${pi}", ("ref_0 / ref_1", {"ref_0": 3.14, "ref_1": 3.14})),
        ("ref_0 + ${a}", ("ref_0 + ref__0", {"ref__0": 1})),
        ("${gone} + 1", ("ref_0 + 1", {"ref_0": None})),
        (r"\${a} ${a b}", ("${a} ${a b}", {})),
    ],
)
def test_an_expression_gets_names_instead_of_text(
    text: str, bound: tuple[str, dict[str, object]]
) -> None:
    assert bind(text, lookup) == bound


def test_scanning_is_linear_in_the_length_of_the_text() -> None:
    # A scan that went back over unclosed openings would take minutes here.
    assert len(scan("${" * 30_000)) == 30_000
    assert scan("${" + "a" * 1_000_000) == [Malformed("${" + "a" * 1_000_000)]
    assert not holds_reference("${" * 30_000)


def test_walking_needs_no_stack() -> None:
    deep: object = 0
    for _ in range(20_000):
        deep = [deep]
    assert max(depth for depth, _ in walk(deep)) == 20_000


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x", "'x'"),
        ("\ud800", "'\\ud800'"),
        ("x" * 100, f"'{'x' * 59}…"),
        ([1] * 100, "a list of 100"),
        (["x" * 100], f"['{'x' * 58}…"),
        ([10**5_000], "a list"),
    ],
)
def test_values_are_short_in_messages(value: object, shown: str) -> None:
    assert short(value) == shown


def test_texts_are_cut_with_a_sign() -> None:
    assert clip("x" * 64) == "x" * 64
    assert clip("x" * 65) == "x" * 64 + "…"
