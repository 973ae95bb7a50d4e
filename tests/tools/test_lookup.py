"""Names in all the spellings that people use."""

import pytest

from dagplan.tools.lookup import MAX_NAME, Lookup, normal, spellings

LOOKUP = Lookup(
    names=spellings([("France", "France"), ("Holland", "Netherlands"), ("FR", "x")]),
    codes={"FR": "France", "IT": "Italy"},
    related={"england": ("United Kingdom",), "france west": ("France",)},
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("France", "france"),
        ("  FRANCE  ", "france"),
        ("The Gambia", "gambia"),
        ("the", "the"),
        ("Côte d\u2019Ivoire", "cote d ivoire"),
        ("Cote d'Ivoire", "cote d ivoire"),
        ("U.S.A.", "usa"),
        ("St. Kitts & Nevis", "saint kitts and nevis"),
        ("Łódź", "lodz"),
        ("Tromsø", "tromso"),
        ("İzmir", "izmir"),
        ("Guinea-Bissau", "guinea bissau"),
        ("北京", "北京"),
        ("", ""),
        ("!!!", ""),
    ],
)
def test_spellings_of_one_name_have_one_key(name: str, key: str) -> None:
    assert normal(name) == key


def test_a_long_name_is_cut_before_it_costs_anything() -> None:
    assert len(normal("x" * 10**6)) == MAX_NAME
    assert LOOKUP.find("France" + " " * 10**6) is None


def test_codes_count_in_upper_case_only() -> None:
    assert LOOKUP.find(" IT ") == "Italy"
    assert LOOKUP.find("it") is None


def test_a_related_name_is_not_found_but_leads_somewhere() -> None:
    assert LOOKUP.find("England") is None
    assert LOOKUP.find("France-West") is None
    assert LOOKUP.nearest("England") == ["United Kingdom"]


def test_the_nearest_names_come_without_repeats() -> None:
    assert LOOKUP.nearest("Frnace") == ["France"]
    assert LOOKUP.nearest("Hollande") == ["Netherlands"]
    assert LOOKUP.nearest("zzz") == []


def test_two_spellings_of_one_name_are_offered_once() -> None:
    lookup = Lookup(
        names=spellings([("Czechia", "Czechia"), ("Czechya", "Czechia")]),
        codes={},
        related={},
    )

    assert lookup.nearest("Czechja") == ["Czechia"]


def test_the_first_meaning_of_a_spelling_stays() -> None:
    assert spellings([("A", "one"), ("a", "two")]) == {"a": "one"}
