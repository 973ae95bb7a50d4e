"""What of a plan is offered while it is being written, and what it comes to."""

import json
from random import Random
from typing import Any

import pytest

from dagplan.errors import PlanError
from dagplan.plan import Plan, PlanLimits, Step
from dagplan.planning.draft import Draft
from dagplan.planning.wire import write_plan
from tests.planning.gatekeeper import TOOL


def entry(step_id: str, country: str = "France", *more: Any) -> dict[str, Any]:
    call = {"population": {"country": country}, "id": step_id}
    return {"more": list(more), "step": call} if more else call


def text_of(*steps: Any, answer: str | None = None) -> str:
    return json.dumps({"steps": steps, "answer": answer})


class Written:
    """A draft, and the ids that it has offered."""

    def __init__(self, limits: PlanLimits = PlanLimits(), kept: Any = ()) -> None:
        self.offered: list[str] = []
        self.draft = Draft(
            [TOOL], limits, lambda step: self.offered.append(step.id), kept
        )

    def hear(self, text: str) -> list[str]:
        self.draft.hear(text)
        return self.offered


def test_each_step_is_offered_as_its_brace_closes():
    written, text = Written(), text_of(entry("a"), entry("b"))
    offered = [len(written.hear(character)) for character in text]
    first, second = offered.index(1), offered.index(2)
    assert text[: first + 1].endswith('"id": "a"}')
    assert text[: second + 1].endswith('"id": "b"}')
    assert [step.id for step in written.draft.finish(text).steps] == ["a", "b"]


def test_a_step_waits_until_all_that_it_refers_to_was_offered():
    written = Written()
    steps = [entry("c", "${a} ${b}"), entry("b", "${a}"), entry("a"), entry("d")]
    text = text_of(*steps)
    assert written.hear(text) == ["a", "b", "c", "d"]
    assert {step.id for step in written.draft.finish(text).steps} == set("abcd")


def test_a_long_chain_written_backwards_is_offered_whole():
    written = Written()
    steps = [entry(f"s{n}", f"${{s{n + 1}}}") for n in range(900)]
    offered = written.hear(text_of(*steps, entry("s900")))
    assert offered == [f"s{n}" for n in range(900, -1, -1)]


@pytest.mark.parametrize(
    "bad",
    [
        entry("b", "${nobody}"),
        entry("b", "${b}"),
        entry("1b"),
        {"population": {"county": "x"}, "id": "b"},
        {"invented": {}, "id": "b"},
        {"population": None, "id": "b"},
        entry("b:soup", "x"),
    ],
)
def test_what_cannot_run_is_not_offered_and_neither_is_what_needs_it(bad):
    written = Written()
    text = text_of(entry("a"), bad, entry("c", "${b}"), entry("d", "${a}"))
    assert written.hear(text) == ["a", "d"]
    with pytest.raises(PlanError):
        written.draft.finish(text)


def test_a_path_into_a_value_that_has_none_is_not_offered():
    text = text_of(entry("a", "x", {"returns": "number"}), entry("b", "${a.key}"))
    assert Written().hear(text) == ["a"]


def test_no_part_of_a_cycle_is_offered():
    written = Written()
    assert written.hear(text_of(entry("a", "${b}"), entry("b", "${a}"))) == []


def test_the_second_of_two_steps_with_one_id_is_a_problem_not_a_repeat():
    written, text = Written(), text_of(entry("a"), entry("a"))
    assert written.hear(text) == ["a"]
    with pytest.raises(PlanError, match="duplicate-id"):
        written.draft.finish(text)


def test_no_more_is_offered_than_a_plan_may_hold():
    text = text_of(*(entry(f"s{n}") for n in range(5)))
    assert len(Written(PlanLimits(steps=3)).hear(text)) == 3
    chain = text_of(entry("s0"), *(entry(f"s{n + 1}", f"${{s{n}}}") for n in range(5)))
    assert len(Written(PlanLimits(edges=2)).hear(chain)) == 3
    assert Written(PlanLimits(bytes=20)).hear(text) == []


def test_a_repair_adds_to_what_was_kept_and_may_repeat_it():
    written = Written()
    written.hear(text_of(entry("a"), entry("b", "${nobody}")))
    written.draft.begin()
    repaired = text_of(entry("b", "${a}"), entry("a"), answer="${b}")
    assert written.hear(repaired) == ["a", "b"]
    plan = written.draft.finish(repaired)
    assert [step.id for step in plan.steps] == ["a", "b"]
    assert plan.answer == "${b}"


def test_a_repair_that_would_change_what_runs_is_refused():
    written = Written()
    written.hear(text_of(entry("a")))
    written.draft.begin()
    with pytest.raises(PlanError, match="kept-step") as caught:
        written.draft.finish(text_of(entry("a", "Japan")))
    assert caught.value.problems[0].step == "a"


def test_what_was_kept_before_is_part_of_the_plan():
    kept = [Step(id="a", tool="population", args={"country": "France"})]
    written = Written(kept=kept)
    text = text_of(entry("b", "${a}"))
    assert written.hear(text) == ["b"]
    assert [step.id for step in written.draft.finish(text).steps] == ["a", "b"]


def test_without_anyone_to_offer_to_the_plan_stays_as_it_was_written():
    draft = Draft([TOOL], PlanLimits(), None)
    text = text_of(entry("b", "${a}"), entry("a"))
    draft.hear(text)
    assert [step.id for step in draft.finish(text).steps] == ["b", "a"]


@pytest.mark.parametrize("seed", range(40))
def test_of_any_valid_plan_every_step_is_offered_after_what_it_needs(seed):
    random = Random(seed)
    plan = random_graph(random)
    text, offered = write_plan(plan), list[Step]()
    draft = Draft([TOOL], PlanLimits(), offered.append)
    rest = text
    while rest:
        size = random.randint(1, 9)
        draft.hear(rest[:size])
        rest = rest[size:]
    assert {step.id: step for step in offered} == {s.id: s for s in plan.steps}
    seen: set[str] = set()
    for step in offered:
        assert seen.issuperset(step.waits_for(step.references()))
        seen.add(step.id)
    assert len(draft.finish(text).steps) == len(plan.steps)


def random_graph(random: Random) -> Plan:
    """A valid plan whose steps stand in any order."""
    steps = []
    for number in range(random.randint(1, 30)):
        earlier = [f"s{n}" for n in range(number)]
        named = random.sample(earlier, min(number, random.randint(0, 3)))
        country = " ".join(f"${{{name}}}" for name in named) or "France"
        after = random.sample(earlier, min(number, random.randint(0, 1)))
        steps.append(
            Step(
                id=f"s{number}",
                tool="population",
                args={"country": country},
                depends_on=after,
            )
        )
    random.shuffle(steps)
    return Plan(steps=steps)
