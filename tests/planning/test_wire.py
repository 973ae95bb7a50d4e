"""The wire format: what a model writes is the plan that is meant, or an error."""

import json
from typing import Any

import pytest

from dagplan.errors import PlanError, Problem
from dagplan.plan import Plan, PlanLimits, Step, ToolSpec
from dagplan.planning.wire import (
    plan_schema,
    read_plan,
    read_revision,
    revision_schema,
    write_plan,
    write_step,
)

from .random_plans import TOOLS, random_plan

AGENT = {"agent": "Find it", "id": "a"}
GOOD = json.dumps({"steps": [AGENT], "answer": None})
PLAN = Plan(steps=[Step(id="a", task="Find it")])
VALUES = {name: {"type": "integer"} for name in "abc"}
TWO = ToolSpec("two", "", {"properties": VALUES, "required": ["a", "b"]})
MANY = ToolSpec("many", "", {"properties": VALUES, "required": ["a"]})


def problems(*steps: Any, **more: Any) -> list[Problem]:
    with pytest.raises(PlanError) as caught:
        read_plan(json.dumps({"steps": steps, **more}), [*TOOLS, TWO, MANY])
    return [*caught.value.problems]


def returned(written: Any) -> Any:
    """What `returns` becomes that a model wrote so."""
    step = {**AGENT, "more": [{"returns": written}]}
    return read_plan(json.dumps({"steps": [step]}), TOOLS).steps[0].returns


@pytest.mark.parametrize("start", range(0, 500, 100))
def test_what_is_written_is_read_again(start: int) -> None:
    for seed in range(start, start + 100):
        plan = random_plan(seed)
        assert read_plan(write_plan(plan), TOOLS) == plan
        assert read_plan(write_plan(plan, TOOLS), TOOLS) == plan


def test_a_step_says_only_what_is_not_at_its_default() -> None:
    assert write_step(PLAN.steps[0]) == AGENT
    step = Step(id="b", tool="search", args={"q": "${a}"}, returns={"gdp": "number"})
    assert write_step(step) == {"search": {"q": "${a}"}, "id": "b:{gdp:number}"}
    assert write_step(step, TOOLS) == {"search": "${a}", "id": "b:{gdp:number}"}
    each = Step(id="b", tool="search", args={"q": "${item}"}, for_each="${a}")
    call = {"search": "${item}", "id": "b"}
    assert write_step(each, TOOLS) == {"for_each": "${a}", "step": call}
    some = each.model_copy(update={"partial": True})
    more = [{"for_each": "${a}"}, {"partial": True}]
    assert write_step(some, TOOLS) == {"more": more, "step": call}


def test_a_plan_is_written_without_blanks() -> None:
    text = '{"steps":[{"agent":"Find it","id":"a"}],"answer":null}'
    assert write_plan(PLAN) == text


AROUND: list[dict[str, Any]] = [
    {"task": "Look it up"},
    {"for_each": "${a}"},
    {"partial": True},
    {"depends_on": ["a"]},
    {"optional": ["c"]},
]
TOGETHER = {key: value for option in AROUND for key, value in option.items()}
CALL: dict[str, Any] = {"search": {"q": "${item}"}, "id": "b:[text]"}
BARE: dict[str, Any] = {**CALL, "search": "${item}"}
BEFORE = [*AROUND, {"returns": ["text"]}]


@pytest.mark.parametrize(
    "step",
    [
        {"more": AROUND, "step": CALL},
        {"more": AROUND, "step": BARE},
        {"more": [TOGETHER], "step": CALL},
        {**TOGETHER, "step": CALL},
        {"for_each": "${a}", "step": {"more": AROUND[2:] + AROUND[:1], "step": CALL}},
        {**CALL, **TOGETHER},
        {**CALL, "id": "b", "more": BEFORE},
        {**CALL, "id": "b", "more": [{**TOGETHER, "returns": ["text"]}]},
        {**CALL, "id": " b : [ text ] ", "more": AROUND},
    ],
)
def test_options_stand_around_a_step_beside_it_or_in_a_list(step: Any) -> None:
    expected = Step(
        id="b",
        tool="search",
        args={"q": "${item}"},
        task="Look it up",
        for_each="${a}",
        partial=True,
        returns=["text"],
        depends_on=["a"],
        optional=["c"],
    )
    assert read_plan(json.dumps([step]), TOOLS).steps == [expected]


def test_a_tool_may_be_named_as_an_option_is() -> None:
    for name in ("task", "step", "for_each", "optional"):
        spec = ToolSpec(name, "", TOOLS[0].parameters)
        step = {name: {"q": "x"}, "id": "a"}
        read = read_plan(json.dumps([step, {**step, "id": "b"}]), [spec]).steps[0]
        assert read == Step(id="a", tool=name, args={"q": "x"})
        around = {"more": [{"optional": ["b"]}], "step": step}
        read = read_plan(json.dumps([around]), [spec]).steps[0]
        assert read == Step(id="a", tool=name, args={"q": "x"}, optional=["b"])


@pytest.mark.parametrize(
    ("written", "returns"),
    [
        ("number", "number"),
        (["text"], ["text"]),
        ([["text"]], [["text"]]),
        ([{"name": "gdp", "type": "number"}], {"gdp": "number"}),
        ([[{"name": "gdp", "type": "number"}]], [{"gdp": "number"}]),
        (
            [{"name": "of", "type": [{"name": "x", "type": ["text"]}]}],
            {"of": {"x": ["text"]}},
        ),
        ({"gdp": "number"}, {"gdp": "number"}),
        ([{"gdp": "number"}], [{"gdp": "number"}]),
        (None, None),
        ("json", "json"),  # `check` refuses it with all other problems
    ],
)
def test_types_are_lists_of_names(written: Any, returns: Any) -> None:
    assert returned(written) == returns


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n  {GOOD}\n",
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```",
        f"  ```JSON  \n\n{GOOD}\n\n```  \n",
        json.dumps([AGENT]),
        f"```json\n{json.dumps([AGENT])}\n```",
        json.dumps({"steps": [AGENT]}),
        json.dumps({"steps": [{"id": "a", "agent": "Find it"}], "answer": ""}),
        json.dumps({"steps": [{**AGENT, "more": None}]}),
        json.dumps({"steps": [{**AGENT, "more": [{"returns": None}, {}]}]}),
    ],
)
def test_ways_to_write_the_same_plan(text: str) -> None:
    assert read_plan(text, TOOLS) == PLAN


def test_a_fence_is_found_in_linear_time() -> None:
    # Models that lose their way write blank lines without end.
    for text in ("```json\n" + "\n" * 300_000, "\n" * 300_000 + "```", "`" * 300_000):
        with pytest.raises(PlanError):
            read_plan(text, TOOLS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Here is the plan:",
        f"Here is the plan: {GOOD}",
        f"{GOOD} {GOOD}",
        f"```json\n{GOOD}",
        f"{GOOD}\n```",
        "```json```",
        "``````",
        GOOD[:-1],
        GOOD.replace('"id"', '"id": "z", "id"'),
        GOOD.replace("null", "NaN"),
    ],
)
def test_what_is_not_one_json_document_is_refused(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(text, TOOLS)
    assert caught.value.problems[0].rule in ("not-json", "duplicate-key")


@pytest.mark.parametrize("text", ["5", '"steps"', "null", "true"])
def test_a_document_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(text, TOOLS)
    (problem,) = caught.value.problems
    assert (problem.step, problem.rule) == (None, "wrong-shape")
    assert problem.remedy == 'write {"steps": […], "answer": null}'
    assert caught.value.source == text


@pytest.mark.parametrize("steps", [None, {}, "a", 5])
def test_steps_are_a_list(steps: Any) -> None:
    with pytest.raises(PlanError, match="write the steps as a list"):
        read_plan(json.dumps({"steps": steps}), TOOLS)
    with pytest.raises(PlanError, match="write the steps as a list"):
        read_plan("{}", TOOLS)


@pytest.mark.parametrize("answer", [5, [], {}, True])
def test_the_answer_is_text(answer: Any) -> None:
    with pytest.raises(PlanError, match="write the answer as text, or null"):
        read_plan(json.dumps({"steps": [], "answer": answer}), TOOLS)


@pytest.mark.parametrize("key", ["note", "Steps", "drop", ""])
def test_nothing_that_stands_beside_the_steps_is_lost(key: str) -> None:
    with pytest.raises(PlanError, match="write steps and answer and nothing beside"):
        read_plan(json.dumps({"steps": [AGENT], key: None}), TOOLS)
    with pytest.raises(PlanError, match="write steps and drop and nothing beside"):
        read_revision({"steps": [AGENT], key.replace("drop", "answer"): None}, TOOLS)


def rule_within(limits: PlanLimits, *steps: Any) -> str:
    """The rule by which steps are refused, read as a plan and as a revision."""
    with pytest.raises(PlanError) as caught:
        read_plan(json.dumps({"steps": steps}), TOOLS, limits)
    with pytest.raises(PlanError) as again:
        read_revision({"steps": [*steps]}, TOOLS, limits)
    (problem,) = caught.value.problems
    assert problem == again.value.problems[0]
    return problem.rule


def test_what_is_too_large_is_not_read() -> None:
    # The steps are wrong in other ways too, which nobody looks at.
    assert rule_within(PlanLimits(steps=3), *[5] * 4) == "too-many-steps"
    given = {"search": {"q": [1] * 8}, "agent": 5}
    assert rule_within(PlanLimits(values=9), given) == "too-many-values"
    assert rule_within(PlanLimits(values=10), given) == "wrong-shape"
    with pytest.raises(PlanError, match="too-large"):
        read_plan("{" + " " * 50, TOOLS, PlanLimits(bytes=50))
    with pytest.raises(PlanError, match="not-json"):
        read_plan("{" + " " * 50, TOOLS, PlanLimits(bytes=51))


def test_nulls_that_strict_mode_asks_for_are_no_values() -> None:
    step = {"search": {"q": None}, "id": "a", "more": []}
    assert read_plan(json.dumps([step]), TOOLS, PlanLimits(values=1)).steps


@pytest.mark.parametrize(
    ("step", "remedy"),
    [
        (5, 'write {"<tool>": {…}, "id": "a"}'),
        (["search"], 'write {"<tool>": {…}, "id": "a"}'),
        ({"for_each": "${a}", "step": 5}, 'write {"<tool>": {…}, "id": "a"}'),
        ({"each": "${a}", "step": AGENT}, 'write {"for_each": "${ids}", "step": {…}}'),
        ({"for_each": "${a}", "step": {**AGENT, "for_each": "${a}"}}, "say it once"),
        ({"more": [{"more": []}], "step": AGENT}, "use one of task, for_each"),
        ({}, 'begin with one tool, or "agent"'),
        ({"id": "a", "more": []}, 'begin with one tool, or "agent"'),
        ({"search": {}, "agent": "x", "id": "a"}, "begin with one tool"),
        ({"agent": "x"}, "give the step an id"),
        ({"agent": "x", "id": 5}, "give the step an id"),
        ({"agent": {"task": "x"}, "id": "a"}, "write the agent's task as text"),
        ({"agent": None, "id": "a"}, "write the agent's task as text"),
        ({"look-up": 5, "id": "a", "of": 5}, 'begin with one tool, or "agent"'),
        ({"two": "x", "id": "a"}, "write the arguments of 'two' as an object"),
        ({"gone": "x", "id": "a"}, "call one of the tools there are: search, look-up"),
        ({"many": {"a": 1, "more": "x"}, "id": "a"}, "write optional arguments as a"),
        (
            {"many": {"a": 1, "more": ["x"]}, "id": "a"},
            'write {"name": value} for each',
        ),
        ({"many": {"a": 1, "more": [{"a": 2}]}, "id": "a"}, "give each argument once"),
        ({**AGENT, "id": "a:"}, "a type that breaks off; write types behind ids as in"),
        ({**AGENT, "id": "a:text", "more": [{"returns": "text"}]}, "say the type once"),
        ({"search": None, "id": "a"}, "write the arguments of 'search' as an"),
        ({**AGENT, "more": {}}, 'write "more" as a list of one-key objects'),
        ({**AGENT, "more": "x"}, 'write "more" as a list of one-key objects'),
        ({**AGENT, "more": ["returns"]}, 'write {"optional": ["a"]} and the like'),
        ({**AGENT, "more": [{"tool": "x"}]}, "use one of task, for_each, partial"),
        ({**AGENT, "more": [{"optional": []}, {"optional": []}]}, "say it once"),
        ({**AGENT, "more": [{"task": "y"}]}, "write the task once"),
        ({**AGENT, "more": [{"task": 5}]}, "'task' is of another type"),
        ({**AGENT, "more": [{"for_each": 5}]}, "'for_each' is of another type"),
        ({**AGENT, "more": [{"partial": "yes"}]}, "'partial' is of another type"),
        ({**AGENT, "more": [{"depends_on": "a"}]}, "'depends_on' is of another"),
        ({**AGENT, "more": [{"optional": [5]}]}, "'optional' is of another type"),
        ({**AGENT, "more": [{"returns": 5}]}, "'returns' is of another type"),
        (
            {**AGENT, "more": [{"returns": [{"name": "a", "type": "text"}, "b"]}]},
            'write {"name": "gdp", "type": "number"}',
        ),
        (
            {**AGENT, "more": [{"returns": [{"name": "a", "type": "text"}] * 2}]},
            "name each key of a type once",
        ),
    ],
)
def test_a_step_of_another_shape_is_refused(step: Any, remedy: str) -> None:
    (problem,) = problems(step)
    assert problem.rule == "wrong-shape"
    assert problem.step == ("a" if '"id": "a' in json.dumps(step) else "#1")
    assert problem.remedy.startswith(remedy)


def test_every_step_of_another_shape_is_found_at_once() -> None:
    found = problems(5, AGENT, {"agent": 5, "id": "b"}, {"id": "c" * 99})
    assert [problem.step for problem in found] == ["#1", "b", "c" * 64 + "…"]


def test_runaway_nesting_is_refused() -> None:
    def deep(levels: int) -> str:
        inner = "[" * levels + "]" * levels
        step = f'{{"agent":"x","id":"a","more":[{{"returns":{inner}}}]}}'
        return f'{{"steps":[{step}]}}'

    for levels in range(430, 1_000, 30):
        with pytest.raises(PlanError) as caught:
            read_plan(deep(levels + 20), TOOLS)
        assert caught.value.problems[0].rule == "too-deep"
    assert read_plan(deep(200), TOOLS).steps[0].id == "a"


def test_nulls_for_arguments_that_need_not_be_given_are_left_out() -> None:
    step = {"look-up": {"name": None, "of": None}, "id": "a", "more": []}
    assert read_plan(json.dumps([step]), TOOLS).steps[0].args == {"name": None}
    unknown = {"gone": {"x": None}, "id": "a", "more": []}
    assert read_plan(json.dumps([unknown]), TOOLS).steps[0].args == {"x": None}
    invented = {"search": {"q": "x", "k": None}, "id": "a", "more": []}
    assert read_plan(json.dumps([invented]), TOOLS).steps[0].args == {
        "q": "x",
        "k": None,
    }


def test_a_revision_is_read_like_a_plan() -> None:
    revision = read_revision({"steps": [AGENT], "drop": ["b"]}, TOOLS)
    assert revision.steps == PLAN.steps
    assert revision.drop == ["b"]
    assert read_revision({"steps": []}, TOOLS).drop == []
    assert read_revision({"steps": [], "drop": None}, TOOLS).drop == []


@pytest.mark.parametrize(
    ("document", "remedy"),
    [
        ("no json", 'write {"steps": […], "drop": […]}'),
        ([], 'write {"steps": […], "drop": […]}'),
        ({"steps": [], "drop": "a"}, "write the ids to drop as a list"),
        ({"steps": [], "drop": ""}, "write the ids to drop as a list"),
        ({"steps": [], "drop": {}}, "write the ids to drop as a list"),
        ({"steps": [], "drop": False}, "write the ids to drop as a list"),
        ({"steps": [], "drop": [5]}, "write the ids to drop as a list"),
        ({"drop": []}, "write the steps as a list"),
        ({"steps": [{"id": "a"}]}, 'begin with one tool, or "agent"'),
    ],
)
def test_a_revision_of_another_shape_is_refused(document: Any, remedy: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_revision(document, TOOLS)
    assert caught.value.problems[0].remedy.startswith(remedy)
    assert caught.value.source


def test_a_revision_that_nests_without_end_is_refused() -> None:
    document: list[Any] = []
    for _ in range(5_000):
        document = [document]
    with pytest.raises(PlanError, match="too-deep"):
        read_revision(document, TOOLS)


def test_the_schemas_name_what_the_reader_reads() -> None:
    plan, revision = plan_schema(TOOLS[:1]), revision_schema(TOOLS[:1])
    assert plan.name == "plan"
    assert revision.name == "revise_plan"
    properties: Any = plan.schema["properties"]
    assert [*properties] == ["steps", "answer"]
    call, *around = properties["steps"]["items"]["anyOf"]
    assert call == {"$ref": "#/$defs/call"}
    assert [[*kind["properties"]] for kind in around] == [
        ["for_each", "step"],
        ["more", "step"],
    ]
    definitions: Any = plan.schema["$defs"]
    assert [[*kind["properties"]] for kind in definitions["call"]["anyOf"]] == [
        ["agent", "id"],
        ["search", "id"],
    ]
    changes: Any = revision.schema["properties"]
    assert [*changes] == ["steps", "drop"]


def test_a_tool_without_arguments_has_a_variant() -> None:
    schema = plan_schema([ToolSpec("now", "Tells the time.")])
    assert schema.strict
    step = {"now": {}, "id": "a"}
    assert read_plan(json.dumps([step]), []).steps == [Step(id="a", tool="now")]
