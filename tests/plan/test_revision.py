"""Revisions: what may change in a running plan, and what the change makes of it."""

import pytest

from dagplan.errors import PlanError
from dagplan.plan import Plan, PlanLimits, Revision, Step, ToolSpec
from dagplan.plan.revision import revised

PLAN = Plan(
    steps=[
        Step(id="a", task="Find a"),
        Step(id="b", task="Use ${a}"),
        Step(id="c", task="Use ${b}"),
    ],
    answer="${c}",
)


def step(step_id: str, task: str = "x") -> Step:
    return Step(id=step_id, task=task)


def rules(
    revision: Revision, settled: tuple[str, ...] = (), plan: Plan = PLAN
) -> list[tuple[str | None, str]]:
    with pytest.raises(PlanError) as caught:
        revised(plan, revision, settled)
    return [(problem.step, problem.rule) for problem in caught.value.problems]


def test_new_steps_come_last_and_redefined_ones_stay_in_place() -> None:
    change = Revision(steps=[step("d", "Use ${b}"), step("b", "Use ${a} again")])
    result = revised(PLAN, change, settled=["a"])
    assert [(s.id, s.task) for s in result.steps] == [
        ("a", "Find a"),
        ("b", "Use ${a} again"),
        ("c", "Use ${b}"),
        ("d", "Use ${b}"),
    ]


def test_what_is_not_mentioned_stays_as_it_is() -> None:
    result = revised(PLAN, Revision(steps=[], drop=["c"]), settled=["a", "b"])
    assert result.steps[0] is PLAN.steps[0]
    assert [s.id for s in result.steps] == ["a", "b"]


def test_the_old_answer_template_goes() -> None:
    assert revised(PLAN, Revision(steps=[])).answer is None


def test_the_plan_itself_is_not_changed() -> None:
    before = PLAN.model_dump()
    revised(PLAN, Revision(steps=[step("b")], drop=["c"]))
    assert PLAN.model_dump() == before


@pytest.mark.parametrize(
    ("revision", "settled", "problem"),
    [
        (Revision(steps=[step("a")]), ("a",), ("a", "settled-step")),
        (Revision(steps=[], drop=["a"]), ("a",), ("a", "settled-step")),
        (Revision(steps=[], drop=["z"]), (), (None, "unknown-step")),
        (Revision(steps=[step("c")], drop=["c"]), (), ("c", "dropped-and-defined")),
        (Revision(steps=[step("d"), step("d")]), (), ("d", "duplicate-id")),
        (Revision(steps=[], drop=["b"]), (), ("c", "unknown-reference")),
        (Revision(steps=[step("a", "${c}")]), (), ("a", "cycle")),
        (Revision(steps=[step("1")]), (), ("1", "malformed-id")),
        (Revision(steps=[step("d", "${z}")]), (), ("d", "unknown-reference")),
        (Revision(steps=[], drop=["a", "b", "c"]), (), (None, "empty-plan")),
    ],
)
def test_what_a_revision_may_not_do(
    revision: Revision, settled: tuple[str, ...], problem: tuple[str | None, str]
) -> None:
    assert rules(revision, settled) == [problem]


def test_every_problem_of_a_revision_is_found_at_once() -> None:
    change = Revision(steps=[step("a"), step("d"), step("d")], drop=["z", "b"])
    assert rules(change, ("a", "b")) == [
        ("a", "settled-step"),
        ("d", "duplicate-id"),
        (None, "unknown-step"),
        ("b", "settled-step"),
    ]


def test_a_dropped_id_may_be_named_twice() -> None:
    assert len(revised(PLAN, Revision(steps=[], drop=["c", "c"])).steps) == 2


def test_the_result_is_checked_with_tools_and_limits() -> None:
    change = Revision(steps=[Step(id="d", tool="gone")])
    with pytest.raises(PlanError, match="unknown-tool"):
        revised(PLAN, change, tools=[ToolSpec("t", "")])
    with pytest.raises(PlanError, match="too-many-steps"):
        revised(PLAN, change, limits=PlanLimits(steps=3))
    assert len(revised(PLAN, change, limits=None).steps) == 4


def test_a_revision_that_is_too_large_is_not_read() -> None:
    # It would redefine what ran, which takes long to say of so many references.
    revision = Revision(steps=[step("a", "${b}" * 5)])
    with pytest.raises(PlanError) as caught:
        revised(PLAN, revision, {"a": 1}, limits=PlanLimits(edges=2))
    assert [p.rule for p in caught.value.problems] == ["too-many-references"]


def test_a_revision_is_a_closed_document() -> None:
    text = Revision(steps=[step("d")], drop=["c"]).model_dump_json()
    assert Revision.model_validate_json(text).drop == ["c"]
    with pytest.raises(ValueError, match="dorp"):
        Revision.model_validate({"steps": [], "dorp": []})


NUMBERS = Plan(
    steps=[
        Step(id="each", tool="t", for_each="${l}", returns="number"),
        Step(id="l", task="List them"),
    ]
)


def test_a_running_step_may_be_dropped() -> None:
    running = {"c": None}
    result = revised(PLAN, Revision(steps=[], drop=["c"]), ["a"], running=running)
    assert [s.id for s in result.steps] == ["a", "b"]


def test_a_running_step_may_not_be_redefined() -> None:
    with pytest.raises(PlanError) as caught:
        revised(PLAN, Revision(steps=[step("c")]), ["a"], running={"c": None})
    (problem,) = caught.value.problems
    assert (problem.step, problem.rule) == ("c", "running-step")
    assert problem.remedy == "drop it, which cancels it, and add a step with a new id"


def test_a_running_step_may_be_referred_to_if_its_value_will_be_what_it_promised() -> (
    None
):
    change = Revision(steps=[step("d", "Sum ${each}")])
    promised = [{"item": None, "value": "number"}]
    assert len(revised(NUMBERS, change, running={"each": promised}).steps) == 3
    with pytest.raises(PlanError) as caught:
        revised(NUMBERS, change, running={"each": None})
    assert [p.rule for p in caught.value.problems] == ["unread-value"]
