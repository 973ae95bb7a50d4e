"""A plan that is sound at a glance is sound when it is read rule by rule."""

from itertools import product

import pytest

from dagplan.errors import PlanError
from dagplan.plan import Plan, PlanLimits, Step
from dagplan.plan.glance import is_plainly_sound

FIRST = [
    Step(id="a", task="x"),
    Step(id="a", tool="work"),
    Step(id="a"),
    Step(id="a", task=" "),
    Step(id="a", task="Zürich"),
    Step(id="a", task="${b}"),
    Step(id="a", tool="wörk"),
    Step(id="a", tool="work", args={"x": 1}),
    Step(id="item", task="x"),
    Step(id="1", task="x"),
    Step(id="a", task="x", depends_on=["a"]),
    Step(id="a", task="x", depends_on=["b"]),
    Step(id="a", task="x", returns="number"),
    Step(id="a", task="x", partial=True),
    Step(id="a", task="x", for_each="${b}"),
]
SECOND = [
    Step(id="b", task="x"),
    Step(id="b", task="x", depends_on=["a"]),
    Step(id="b", task="x", optional=["a"]),
    Step(id="b", task="x", optional=["c"]),
    Step(id="a", task="x"),
]
ANSWERS = [None, "", "done", "${a}", "${c}", "\ud800"]


def is_sound(plan: Plan) -> bool:
    try:
        # With limits nothing is taken at a glance.
        plan.check(limits=PlanLimits())
    except PlanError:
        return False
    return True


def test_nothing_unsound_passes_at_a_glance() -> None:
    plans = [
        Plan.model_construct(steps=[*steps], answer=answer)
        for *steps, answer in product(FIRST, SECOND, ANSWERS)
    ]
    assert sum(map(is_plainly_sound, plans)) == 18
    assert all(is_sound(plan) for plan in plans if is_plainly_sound(plan))


@pytest.mark.parametrize("answer", [None, "", "done"])
def test_a_plan_without_steps_is_read(answer: str | None) -> None:
    assert not is_plainly_sound(Plan(steps=[], answer=answer))
