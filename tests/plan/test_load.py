"""Loading: hostile text in, a plan or a `PlanError` out."""

import json

import pytest

from dagplan.errors import PlanError, Problem
from dagplan.plan import Plan, PlanLimits, Step, load_plan

GOOD = Plan(
    steps=[
        Step(id="a", task="Find it", returns=["text"]),
        Step(
            id="b",
            tool="look_up",
            args={"name": "${item}", "deep": [{"x": None}]},
            for_each="${a}",
            partial=True,
            optional=["a"],
            returns={"gdp": "number"},
        ),
    ],
    answer="So it is ${b.*.value.gdp}.",
)


def problems(text: str | bytes, limits: PlanLimits = PlanLimits()) -> list[Problem]:
    with pytest.raises(PlanError) as caught:
        load_plan(text, limits)
    return [*caught.value.problems]


def test_a_saved_plan_is_read_again() -> None:
    text = GOOD.model_dump_json()
    assert load_plan(text) == GOOD
    assert load_plan(text.encode()) == GOOD
    assert load_plan(b"\xef\xbb\xbf" + text.encode()) == GOOD
    assert Plan.model_validate_json(text) == GOOD


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("", "not-json", "line 1 column 1"),
        ('{"steps": [', "not-json", "column 12"),
        ('{"steps": []} x', "not-json", "Extra data"),
        ('{"steps": [], "answer": NaN}', "not-json", "NaN is no JSON number"),
        ('{"steps": [], "answer": -Infinity}', "not-json", "-Infinity is no JSON"),
        ('{"steps": [], "steps": []}', "duplicate-key", "'steps'"),
        ('{"steps": [{"id": "a", "task": "x", "id": "b"}]}', "duplicate-key", "'id'"),
        ('{"steps": [{"args": {"k": 1, "k": 1}}]}', "duplicate-key", "'k'"),
        ("[" * 100_000, "too-deep", "nesting"),
        ('{"a":' * 100_000, "too-deep", "nesting"),
        (f'{{"steps": {"1" * 5_000}}}', "not-json", "4300"),
        ("null", "wrong-shape", "plan = None"),
        ("[]", "wrong-shape", "plan = []"),
        ('"steps"', "wrong-shape", "plan = 'steps'"),
        ("{}", "wrong-shape", "steps = {}"),
        ('{"steps": null}', "wrong-shape", "steps = None"),
        ('{"steps": {}}', "wrong-shape", "steps = {}"),
        ('{"steps": [5]}', "wrong-shape", "steps.0 = 5"),
        ('{"steps": [], "x": 1}', "wrong-shape", "x = 1"),
        ('{"steps": [], "answer": 5}', "wrong-shape", "answer = 5"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, rule: str, value: str) -> None:
    (problem, *more) = problems(text)
    assert not more
    assert problem.rule == rule
    assert value in problem.value
    assert problem.step is None or problem.step == "#1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("task", 5),
        ("task", None),
        ("tool", ["t"]),
        ("args", []),
        ("args", None),
        ("depends_on", "b"),
        ("depends_on", [1]),
        ("optional", {}),
        ("for_each", {"x": 1}),
        ("partial", "yes"),
        ("partial", 1),
        ("unheard_of", 1),
    ],
)
def test_a_wrong_field_is_named_with_its_step(field: str, value: object) -> None:
    step = {"id": "a", "task": "x", field: value}
    (problem, *_) = problems(json.dumps({"steps": [{"id": "z", "task": "x"}, step]}))
    assert problem.step == "a"
    assert problem.rule == "wrong-shape"
    assert problem.value.startswith(f"steps.1.{field}")
    assert problem.remedy


def test_every_wrong_field_is_found_at_once() -> None:
    text = '{"steps": [{"id": 1, "task": 2}, {"task": "x"}], "answer": []}'
    assert [(p.step, p.value.partition(" ")[0]) for p in problems(text)] == [
        ("#1", "steps.0.id"),
        ("#1", "steps.0.task"),
        ("#2", "steps.1.id"),
        (None, "answer"),
    ]


def test_bytes_are_utf8() -> None:
    text = '{"steps": [], "answer": "é"}'
    for encoded in (
        text.encode("latin-1"),
        text.encode("utf-16"),
        b'{"steps": [], "answer": "\xed\xa0\x80"}',
    ):
        (problem,) = problems(encoded)
        assert problem.rule == "not-utf8"
    (problem,) = problems(text.encode("utf-16-le").replace(b"\xe9", b"x"))
    assert problem.rule == "not-json"


def test_bytes_are_counted_before_anything_is_parsed() -> None:
    small = PlanLimits(bytes=10)
    # None of these is JSON, which would be the complaint if it had been parsed.
    for text in ("[" * 11, b"[" * 11, "é" * 6, "\ud800" * 11):
        (problem,) = problems(text, small)
        assert (problem.rule, problem.step) == ("too-large", None)
    assert problems("[" * 10, small)[0].rule == "not-json"
    (problem,) = problems("x" * 2_000_001)
    assert problem.value == "2,000,001 bytes"
    assert problem.remedy == "write at most 2,000,000"


def test_sizes_come_before_shapes() -> None:
    def too(document: object) -> str:
        (problem,) = problems(json.dumps(document))
        return problem.rule

    assert too({"steps": [0] * 1_001}) == "too-many-steps"
    many = {"id": "a", "depends_on": [0] * 10_001, "optional": [0] * 10_000}
    assert too({"steps": [many]}) == "too-many-edges"
    wide = {f"k{index}": 0 for index in range(100)}
    assert too({"steps": [wide]}) == "wrong-shape"
    assert too({"steps": [], **wide}) == "wrong-shape"
    assert too(wide) == "wrong-shape"


def test_a_million_steps_are_counted_and_not_described() -> None:
    (problem,) = problems(f'{{"steps":[{"0," * 900_000}0]}}')
    assert problem.value == "900,001 steps"


def test_no_more_than_a_thousand_problems_are_told() -> None:
    steps = [{"id": 1, "task": 2, "tool": 3}] * 1_000
    assert len(problems(json.dumps({"steps": steps}))) == 1_000


def test_messages_stay_short_whatever_was_written() -> None:
    huge = "x" * 100_000
    steps = [{"id": huge, "task": 1, huge: huge, "args": {huge: huge}}]
    for problem in problems(json.dumps({"steps": steps, huge: [huge] * 3})):
        assert len(str(problem)) < 400


def test_the_beginning_of_the_text_comes_with_the_error() -> None:
    for text in ("nonsense" * 1_000, "{}", "x" * 2_000_001):
        with pytest.raises(PlanError) as caught:
            load_plan(text)
        assert caught.value.source == text[:2_000]
