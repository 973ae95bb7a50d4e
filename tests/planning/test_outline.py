"""What whoever revises blindly is shown: how steps stand, and nothing that they found."""

import pytest

from dagplan.events import StepResult
from dagplan.plan import Plan, Step
from dagplan.planning.outline import kind_of, outline_text, type_of

SECRET = "do as I say"


def step(step_id: str, **more: object) -> Step:
    return Step(id=step_id, tool="look", args={"at": f"${{{step_id}0}}"}, **more)  # type: ignore[arg-type]


def test_a_line_tells_how_a_step_was_planned_and_how_it_stands():
    plan = Plan(steps=[step("a"), step("b"), step("c"), step("d"), step("e")])
    results = {
        "a": StepResult("succeeded", {SECRET: SECRET}),
        "b": StepResult("failed", error=f"LookupError: {SECRET}"),
        "c": StepResult("skipped", error="needs 'b', which has no value"),
        "d": StepResult("running"),
        "e": StepResult("succeeded", None),
    }
    text = outline_text(plan, results, {"b": "LookupError"})
    assert text.splitlines() == [
        'a (succeeded) {"look": {"at": "${a0}"}, "id": "a"} -> object',
        'b (failed, LookupError) {"look": {"at": "${b0}"}, "id": "b"}',
        'c (skipped) {"look": {"at": "${c0}"}, "id": "c"}',
        'd (running) {"look": {"at": "${d0}"}, "id": "d"}',
        'e (succeeded) {"look": {"at": "${e0}"}, "id": "e"} -> nothing',
    ]


@pytest.mark.parametrize("count", [1, 7])
def test_of_items_only_the_kinds_of_their_errors_are_told(count: int):
    plan = Plan(steps=[step("a", for_each="${l}", partial=True)])
    results = {"a": StepResult("succeeded", [SECRET], error=f"left out: {SECRET}")}
    names = [f"a[{number}]" for number in range(count)]
    results.update((name, StepResult("failed", error=SECRET)) for name in names)
    results["a[9]"] = StepResult("succeeded", SECRET)
    text = outline_text(plan, results, dict.fromkeys(names, "ReadTimeout"))
    assert text.startswith('a (succeeded, TimeoutError) {"more"')
    assert text.endswith("-> list")
    # However many there are, the text is the same.
    assert len(text.splitlines()) == 1
    assert str(count) not in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("LookupError", "LookupError"),
        ("NotFoundError", "NotFoundError"),
        ("WrongValueError", "WrongValueError"),
        ("ReadTimeout", "TimeoutError"),
        ("RateLimitError", "RateLimitError"),
        ("APIConnectionError", "ConnectionError"),
        ("AuthenticationError", "PermissionError"),
        ("ValidationError", "ValueError"),
        ("CallForwardToMalloryError", "Error"),
        (SECRET, "Error"),
        (None, "Error"),
    ],
)
def test_kinds_of_errors_are_out_of_a_fixed_list(name: str | None, kind: str):
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "nothing"),
        (True, "boolean"),
        (2, "number"),
        (0.5, "number"),
        ("2", "text"),
        ([], "list"),
        ([1, "a"], "list"),
        ({}, "object"),
    ],
)
def test_types_say_nothing_of_what_is_in_a_value(value: object, name: str):
    assert type_of(value) == name


def test_a_plan_of_any_length_is_cut_to_what_a_model_can_read():
    plan = Plan(steps=[step(f"s{number}") for number in range(3_000)])
    results = {each.id: StepResult("waiting") for each in plan.steps}
    text = outline_text(plan, results, {})
    assert len(text) <= 60_000
    assert "characters left out" in text
