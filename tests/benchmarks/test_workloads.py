"""The workloads behind the figures, at a small scale: what is compared with what."""

import json
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import anatomy, chains, load, oracle
from benchmarks.asking import Asked, Asking
from benchmarks.load import Load
from benchmarks.provider.pace import Pace
from benchmarks.questions.own import own_questions
from dagplan import Plan, Step

FAST = Pace(scale=0.01, bundle=8)


def loaded(*, questions: int = 10, over_ideal: float = 0.5, busy: float = 0.2) -> Load:
    return Load(
        questions=questions,
        right=questions - 1,
        throughput=1.0,
        over_ideal=over_ideal,
        p95=1.0,
        cpu=0.1,
        busy=busy,
        kilobytes=200.0,
    )


def test_throughput_is_held_to_its_aim_until_the_processor_is_the_limit():
    loads = [loaded(), loaded(over_ideal=0.95), loaded(busy=0.95)]
    missed = [
        {aim.name for aim in load._aims("here", [one]) if not aim.met} for one in loads
    ]
    wrong = "here, 10 at once: wrong answers"
    assert missed == [{"here, 10 at once: throughput ÷ ideal", wrong}, {wrong}, {wrong}]


def test_memory_is_held_to_its_aim_where_most_run_at_once():
    aims = {aim.name: aim.met for aim in load._aims("here", [loaded(questions=1_000)])}
    assert aims["here, 1,000 at once: kB a run"] is False


def test_dagplan_alone_answers_as_many_questions_as_are_asked_at_once():
    found = load.quiet_cell(3, asdict(FAST))
    assert (found["questions"], found["right"]) == (3, 3)
    assert 0 < found["over_ideal"] <= 1  # type: ignore[operator]


def asked(seconds: Mapping[str, float]) -> Asked:
    return Asked([Asking(q, taken, right=True) for q, taken in seconds.items()], [], [])


def test_a_mechanism_is_compared_only_where_it_can_matter():
    worded = [q.id for q in own_questions() if q.plan.answer is not None]
    others = [q.id for q in own_questions() if q.plan.answer is None]
    names = [worded[0], others[0]]
    took = {name: asked(dict.fromkeys(names, 2.0)) for name in anatomy.WITHOUT}
    took |= {
        "dagplan": asked({worded[0]: 1.0, others[0]: 0.5}),
        "eager": asked(dict.fromkeys(names, 3.0)),
        "tail": asked(dict.fromkeys(names, 9.0)),
        "hedged": asked(dict.fromkeys(names, 6.0)),
    }
    found = dict(anatomy._ratios(took))

    assert found["the plan words the answer"] == [(2.0, 1.0)]
    assert found["one call answers or revises"] == [(2.0, 0.5)]
    assert found["the plan is streamed"] == [(2.0, 1.0), (2.0, 0.5)]
    # Levels need the whole plan: what is streamed is not compared with them.
    assert found["steps start as soon as they can, not by levels"] == [(3.0, 2.0)] * 2
    assert found["a slow search is hedged"] == [(9.0, 6.0)] * 2


def test_all_together_weighs_each_question_by_its_time():
    assert anatomy._row([(2.0, 1.0), (3.0, 3.0)]) == (2, 1.25, 1.5, 1.0, 2.0)


def test_a_chain_takes_the_same_time_in_both_modes_and_a_wide_plan_does_not():
    chain = [Step(id="a", tool="work"), Step(id="b", tool="work", depends_on=["a"])]
    wide = [Step(id=name, tool="work") for name in "abcd"]
    plans = [Plan(steps=chain), Plan(steps=wide)]
    same, gain = chains._of_plans(plans, scale=0.1)
    assert same < 1.5 < gain


def test_tool_chains_keep_their_dependencies(tmp_path: Path):
    steps = [{"id": 1, "deps": []}, {"id": 2, "deps": [1]}]
    file = tmp_path / chains.FILE
    file.write_text(json.dumps({"steps": steps}) + "\n", "utf-8")
    (plan,) = chains._plans(file)
    assert [list(step.dependencies()) for step in plan.steps] == [[], ["s1"]]


@pytest.mark.parametrize("data", [None, "empty"])
def test_the_oracle_says_what_it_lacks(tmp_path: Path, data: str | None):
    folder = tmp_path if data else None
    found = oracle.measure(Namespace(data=folder, count=None, at_once=1))
    assert "musique.jsonl" in (found.skipped or "")
