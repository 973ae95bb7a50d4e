"""Checking: every problem of a plan at once, each with its rule and its remedy."""

import pytest

from dagplan.errors import PlanError, Problem
from dagplan.plan import Plan, PlanLimits, Step, ToolSpec
from dagplan.plan.check import check_plan, value_type

NUMBER = {"type": "number"}
TEXT = {"type": "string"}
TOOLS = [
    ToolSpec(
        "look_up",
        "Looks a fact up.",
        {"type": "object", "properties": {"name": TEXT}, "required": ["name"]},
        returns={"name": "text", "value": "number"},
    ),
    ToolSpec("search", "Searches."),
    ToolSpec(
        "total",
        "Adds up.",
        {"type": "object", "properties": {"of": {"type": "array", "items": NUMBER}}},
        returns="number",
    ),
]


def problems(
    *steps: Step,
    answer: str | None = None,
    tools: list[ToolSpec] | None = None,
    limits: PlanLimits | None = PlanLimits(),
) -> list[Problem]:
    try:
        check_plan(Plan(steps=[*steps], answer=answer), tools, limits)
    except PlanError as error:
        return [*error.problems]
    return []


def rules(*steps: Step, **options: object) -> list[tuple[str | None, str, str]]:
    found = problems(*steps, **options)  # type: ignore[arg-type]
    return [(problem.step, problem.rule, problem.value) for problem in found]


A = Step(id="a", task="Find a")
LIST = Step(id="many", task="List them", returns=[{"name": "text", "of": "number"}])


def test_a_good_plan_passes() -> None:
    steps = [
        Step(id="sum", tool="total", args={"of": "${each.*.value.value}"}),
        Step(id="each", tool="look_up", args={"name": "${item.name}"}, for_each="${b}"),
        Step(id="b", task="Which of ${many.0.name}?", returns=[{"name": "text"}]),
        LIST,
        Step(id="x", task="Costs $5, \\${x}", depends_on=["sum"], optional=["b"]),
    ]
    assert problems(*steps, answer="$${sum} of ${many.*.name}", tools=TOOLS) == []
    assert problems(answer="Nothing to look up.") == []


@pytest.mark.parametrize(
    "step_id",
    ["", "1a", "_a", "a-b", "a b", "a.b", "é", "a[0]", "a\n", "a" * 65, "${a}", "\x00"],
)
def test_a_malformed_id(step_id: str) -> None:
    ((step, rule, _),) = rules(Step(id=step_id, task="x"))
    assert rule == "malformed-id"
    assert step == (step_id if len(step_id) <= 64 else "a" * 64 + "…")


def test_ids_may_be_long_and_may_not_be_item() -> None:
    assert rules(Step(id="A" + "9_" * 31 + "z", task="x")) == []
    assert rules(Step(id="item", task="x")) == [("item", "reserved-id", "'item'")]
    assert rules(Step(id="items", task="x")) == []


def test_a_duplicate_id() -> None:
    assert rules(A, A, A) == [("a", "duplicate-id", "'a'")] * 2


@pytest.mark.parametrize(
    ("step", "rule", "value"),
    [
        (Step(id="a"), "no-task", "neither tool nor task"),
        (Step(id="a", task=" \n"), "no-task", "neither tool nor task"),
        (
            Step(id="a", task="x", args={"k": 1}),
            "args-without-tool",
            "{'k': 1}",
        ),
        (Step(id="a", task="x", partial=True), "partial-without-for-each", "partial=T"),
        (Step(id="a", task="x", returns="json"), "bad-returns", "'json'"),
        (Step(id="a", task="x", returns=[{"b": []}]), "bad-returns", "[]"),
        (Step(id="a", task="x", for_each="all"), "bad-for-each", "'all'"),
        (Step(id="a", task="x", for_each=""), "bad-for-each", "''"),
        (Step(id="a", task="x", for_each="${item}"), "bad-for-each", "${item}"),
        (Step(id="a", task="x", for_each="${item.b}"), "bad-for-each", "${item.b}"),
        (Step(id="a", task="x", for_each=["${item}"]), "bad-for-each", "${item}"),
        (Step(id="a", task="x", for_each=["${c"]), "malformed-reference", "'${c'"),
        (Step(id="a", task="x", for_each=[float("nan")]), "not-json", "nan"),
        (Step(id="a", task="${a b}"), "malformed-reference", "'${a b}'"),
        (Step(id="a", task="costs ${"), "malformed-reference", "'${'"),
        (Step(id="a", task="x", depends_on=["a"]), "own-dependency", "'a'"),
        (Step(id="a", task="x", optional=["a"]), "own-dependency", "'a'"),
        (Step(id="a", task="${a.b}"), "own-dependency", "'a'"),
        (Step(id="a", task="x", for_each="${a}"), "own-dependency", "'a'"),
        (Step(id="a", task="x", depends_on=["b"]), "unknown-dependency", "'b'"),
        (Step(id="a", task="x", depends_on=["item"]), "unknown-dependency", "'item'"),
        (Step(id="a", task="x", optional=["b"]), "unknown-dependency", "'b'"),
        (Step(id="a", task="${b.c}"), "unknown-reference", "${b.c}"),
        (Step(id="a", tool="t", args={"k": ["${b}"]}), "unknown-reference", "${b}"),
        (Step(id="a", task="x", for_each="${b}"), "unknown-reference", "${b}"),
        (Step(id="a", task="${item.c}"), "item-without-for-each", "${item.c}"),
        (Step(id="a", tool="t", args={"${a}": 1}), "reference-in-key", "'${a}'"),
        (Step(id="a", tool="t", args={"k": float("nan")}), "not-json", "nan"),
        (Step(id="a", tool="t", args={"k": [float("-inf")]}), "not-json", "-inf"),
        (Step(id="a", tool="t", args={"k": {1: 2}}), "not-json", "1"),
        (Step(id="a", tool="t", args={"k": (1, 2)}), "not-json", "(1, 2)"),
        (Step(id="a", task="\ud800"), "not-unicode", "'\\ud800'"),
        (Step(id="a", tool="\ud800"), "not-unicode", "'\\ud800'"),
        (Step(id="a", tool="t", args={"\udfff": 1}), "not-unicode", "'\\udfff'"),
    ],
)
def test_a_flawed_step(step: Step, rule: str, value: str) -> None:
    ((found_step, found_rule, found_value),) = rules(step)
    assert (found_step, found_rule) == ("a", rule)
    assert found_value.startswith(value)


@pytest.mark.parametrize(
    ("answer", "rule", "value"),
    [
        ("${b}", "unknown-reference", "${b}"),
        ("${item}", "unknown-reference", "${item}"),
        ("${a b}", "malformed-reference", "'${a b}'"),
        ("\ud800", "not-unicode", "'\\ud800'"),
        ("${many.*.nam}", "unknown-path", "${many.*.nam}"),
        ("${many.name}", "unknown-path", "${many.name}"),
    ],
)
def test_a_flawed_answer_template(answer: str, rule: str, value: str) -> None:
    assert rules(A, LIST, answer=answer) == [(None, rule, value)]


def test_a_plan_of_nothing() -> None:
    assert rules() == [(None, "empty-plan", "no steps")]
    assert rules(answer="") == [(None, "empty-plan", "no steps")]


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("${many.0.nam}", "no key 'nam'; it has name, of"),
        ("${many.*.of.x}", "a number has no 'x'"),
        ("${many.name}", "'name' is no index; write a number or *"),
        ("${each.0.nam}", "no key 'nam'; it has item, value"),
        ("${each.0.value.0}", "a number has no '0'"),
    ],
)
def test_paths_lead_into_declared_types(reference: str, reason: str) -> None:
    each = Step(id="each", task="x ${item}", for_each="${many}", returns="number")
    for step in (
        Step(id="b", task=f"x {reference}"),
        Step(id="b", tool="t", args={"k": [{"k": reference}]}),
    ):
        (problem,) = problems(LIST, each, step)
        assert (problem.step, problem.rule) == ("b", "unknown-path")
        assert (problem.value, problem.remedy) == (reference, reason)


def test_paths_into_values_of_unknown_type_are_left_to_the_run() -> None:
    each = Step(id="each", task="x ${item.a.b}", for_each="${a.list}")
    assert rules(A, each, Step(id="b", task="${a.0.*.x} ${each.*.value.y}")) == []


def test_the_item_has_the_type_of_the_list_s_elements() -> None:
    each = Step(id="e", task="${item.nam}", for_each="${many}")
    assert rules(LIST, each) == [("e", "unknown-path", "${item.nam}")]
    texts = Step(id="e", task="${item.x}", for_each=["Rhine", "Danube"])
    (problem,) = problems(texts)
    assert (problem.value, problem.remedy) == ("${item.x}", "a text has no 'x'")
    for unknown in ([], ["x", 5], [{"x": 1}], ["${a}"]):
        assert rules(A, texts.model_copy(update={"for_each": unknown})) == []
    over_paths = Step(id="e", task="${item.x}", for_each="${many.*.name}")
    assert rules(LIST, over_paths) == [("e", "unknown-path", "${item.x}")]


@pytest.mark.parametrize(
    ("returns", "over", "rule", "value"),
    [
        ("number", "${a}", "for-each-over-no-list", "${a} is number"),
        ({"x": ["text"]}, "${a}", "for-each-over-no-list", "${a} is an object"),
        (["text"], "${a.0}", "for-each-over-no-list", "${a.0} is text"),
        ({"x": ["text"]}, "${a.y}", "unknown-path", "${a.y}"),
    ],
)
def test_for_each_goes_over_a_list(
    returns: object, over: str, rule: str, value: str
) -> None:
    steps = [A.model_copy(update={"returns": returns})]
    steps.append(Step(id="e", task="x ${item}", for_each=over))
    assert rules(*steps) == [("e", rule, value)]


def test_a_tool_s_own_type_counts_where_the_step_declares_none() -> None:
    step = Step(id="a", tool="look_up", args={"name": "x"})
    use = Step(id="b", task="${a.valu}")
    assert rules(step, use, tools=TOOLS) == [("b", "unknown-path", "${a.valu}")]
    assert rules(step, use) == []
    declared = step.model_copy(update={"returns": {"valu": "number"}})
    assert rules(declared, use, tools=TOOLS) == []
    assert value_type(step, {tool.name: tool for tool in TOOLS}) == TOOLS[0].returns
    assert value_type(Step(id="a", task="x", for_each="${b}", returns="text")) == [
        {"item": None, "value": "text"}
    ]


def test_an_unknown_tool() -> None:
    (problem,) = problems(Step(id="a", tool="serch"), tools=TOOLS)
    assert (problem.step, problem.rule, problem.value) == (
        "a",
        "unknown-tool",
        "'serch'",
    )
    known = "the tools are: look_up, search, total"
    assert problem.remedy == f"did you mean 'search'? {known}"
    (problem,) = problems(Step(id="a", tool="qqq"), tools=TOOLS)
    assert problem.remedy == known
    (problem,) = problems(Step(id="a", tool="qqq"), tools=[])
    assert problem.remedy == "the tools are: none"
    assert rules(Step(id="a", tool="qqq"), tools=None) == []


def test_bad_arguments() -> None:
    steps = [Step(id="a", tool="total", args={"of": [1, "x", "${b}"], "off": 1})]
    found = problems(*steps, Step(id="b", task="x"), tools=TOOLS)
    assert [(p.step, p.rule) for p in found] == [("a", "bad-args")] * 2
    assert {p.value for p in found} == {
        "of.1 = 'x'",
        "args = {'of': [1, 'x', '${b}'], 'off': 1}",
    }
    assert all("the arguments are: of" in p.remedy for p in found)


def test_a_misspelt_name_gets_a_hint() -> None:
    steps = [
        Step(id="pop_fr", task="x"),
        Step(id="b", task="${pop_fx.value}", depends_on=["pop_f"]),
    ]
    found = problems(*steps, answer="${popfr}")
    assert [p.remedy for p in found] == ["did you mean 'pop_fr'?"] * 3
    (problem,) = problems(A, answer="${zzzzzz}")
    assert problem.remedy == "name a step of this plan"


def test_a_cycle_is_named_in_order() -> None:
    steps = [
        Step(id="x", task="x"),
        Step(id="a", task="${b}"),
        Step(id="b", task="x", depends_on=["x", "c"]),
        Step(id="c", task="x", optional=["d"]),
        Step(id="d", task="x", for_each="${a}"),
        Step(id="y", task="${a}"),
    ]
    (problem,) = problems(*steps)
    assert (problem.rule, problem.step) == ("cycle", "a")
    # The arrows are those of `Plan.graph`: each waits for the one before it.
    assert problem.value == "a → d → c → b → a"
    assert problem.remedy == "remove one of these dependencies"


def test_every_cycle_is_named_and_a_long_one_is_cut() -> None:
    def ring(prefix: str, size: int) -> list[Step]:
        return [
            Step(id=f"{prefix}{i}", task=f"${{{prefix}{(i + 1) % size}}}")
            for i in range(size)
        ]

    first, second = rules(*ring("a", 2), *ring("b", 50))
    assert first == ("a0", "cycle", "a0 → a1 → a0")
    assert second[1] == "cycle"
    assert second[2].startswith("b0 → b49 → b48 → ")
    assert second[2].endswith(" → b39 → … → b0")
    assert len(rules(*ring("a", 1_000))) == 1


def test_every_problem_is_found_at_once_in_plan_order() -> None:
    steps = [
        Step(id="z", tool="total", args={"of": 5}),
        Step(id="1", tool="nope", task="${"),
        Step(id="b", task="${c.x} ${gone} ${many.nam}"),
        Step(id="c", task="x", depends_on=["b"], returns="number"),
        LIST,
        Step(id="many", task="x"),
        Step(id="e", task="x", for_each="${c}"),
    ]
    found = problems(*steps, answer="${lost}", tools=TOOLS)
    assert [(problem.step, problem.rule) for problem in found] == [
        ("z", "bad-args"),
        ("1", "malformed-id"),
        ("1", "malformed-reference"),
        ("1", "unknown-tool"),
        ("b", "unknown-reference"),
        ("b", "cycle"),
        ("b", "unknown-path"),
        ("many", "duplicate-id"),
        ("e", "for-each-over-no-list"),
        (None, "unknown-reference"),
    ]
    assert all(problem.remedy for problem in found)


def test_of_two_steps_with_one_id_the_first_gives_the_order() -> None:
    assert [(step, rule) for step, rule, _ in rules(Step(id="a"), Step(id="b"), A)] == [
        ("a", "no-task"),
        ("a", "duplicate-id"),
        ("b", "no-task"),
    ]


def test_what_two_steps_with_one_id_return_is_not_known() -> None:
    other = LIST.model_copy(update={"returns": "number"})
    use = Step(id="b", task="${many.0.name}")
    assert rules(LIST, other, use) == [("many", "duplicate-id", "'many'")]


def test_what_is_no_json_is_not_held_against_a_schema() -> None:
    step = Step(id="a", tool="total", args={"of": {1, 2}})
    assert [rule for _, rule, _ in rules(step, tools=TOOLS)] == ["not-json"]


def chain(count: int) -> list[Step]:
    first = Step(id="s0", task="x")
    return [first, *(Step(id=f"s{i}", task=f"${{s{i - 1}}}") for i in range(1, count))]


def nested(levels: int) -> dict[str, object]:
    """Arguments that are `levels` lists and objects in one another."""
    inner: object = 0
    for _ in range(levels - 1):
        inner = [inner]
    return {"k": inner}


def test_limits_hold_to_the_last_one() -> None:
    assert rules(*chain(1_000)) == []
    assert rules(*chain(1_001)) == [(None, "too-many-steps", "1,001 steps")]
    assert rules(*chain(1_001), limits=None) == []
    deep = Step(id="a", tool="t", args=nested(200))
    assert rules(deep) == []
    deeper = Step(id="a", tool="t", args=nested(201))
    ((step, rule, _),) = rules(deeper)
    assert (step, rule) == ("a", "too-deep")
    assert rules(deeper, limits=None) == []


def test_edges_are_counted_by_pairs_of_steps() -> None:
    three = PlanLimits(edges=3)
    twice = Step(id="d", task="${a} ${a}", depends_on=["a", "b", "c"])
    steps = [A, Step(id="b", task="x"), Step(id="c", task="x")]
    assert rules(*steps, twice, limits=three) == []
    more = Step(id="e", task="x", optional=["a"])
    assert rules(*steps, twice, more, limits=three) == [
        (None, "too-many-edges", "4 dependencies")
    ]


def test_references_and_values_are_bounded_too() -> None:
    assert rules(Step(id="a", task="${" * 7), limits=PlanLimits(edges=3)) == [
        (None, "too-many-references", "more than 6 references")
    ]
    step = Step(id="a", tool="t", args={"k": [1, 2, 3]})
    assert rules(step, limits=PlanLimits(values=5)) == []
    assert rules(step, limits=PlanLimits(values=4)) == [
        (None, "too-many-values", "more than 4 values in arguments")
    ]


@pytest.mark.parametrize(
    "plan",
    [
        Plan(steps=[Step(id="a", task="é" * 600)]),
        Plan(steps=[Step(id="a" * 1_001, task="x")]),
        Plan(steps=[Step(id="a", tool="t", args={"é" * 500: 1})]),
        Plan(steps=[Step(id="a", task="x", returns={"x" * 1_000: "text"})]),
        Plan(steps=[Step(id="a", task="x", depends_on=["x" * 1_000])]),
        Plan(steps=[], answer="é" * 501),
    ],
)
def test_bytes_are_counted_wherever_text_stands(plan: Plan) -> None:
    with pytest.raises(PlanError) as caught:
        plan.check(limits=PlanLimits(bytes=1_000))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.value) == ("too-large", "more than 1,000 bytes")


def test_sizes_are_told_before_anything_else() -> None:
    ring = [Step(id=f"s{i}", task=f"${{s{(i + 1) % 1_001}}}") for i in range(1_001)]
    assert [rule for _, rule, _ in rules(*ring)] == ["too-many-steps"]


def test_python_values_that_hold_themselves_are_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert rules(Step(id="a", tool="t", args={"k": endless}))[0][1] == "too-deep"
    doubled: list[object] = []
    for _ in range(100):
        doubled = [doubled, doubled]
    assert rules(Step(id="a", tool="t", args={"k": doubled}))[0][1] == (
        "too-many-values"
    )


def test_a_large_plan_is_checked_at_any_size() -> None:
    assert rules(*chain(5_000), limits=None) == []


def test_no_more_than_a_thousand_problems_are_told() -> None:
    assert len(rules(*[Step(id="a")] * 900)) == 1_000
