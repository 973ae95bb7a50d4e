"""Any langchain chat model plans: by a tool that it must call, or by plain text."""

import json
from typing import Any

import pytest

from dagplan import PlanError, create_dag_agent
from dagplan.testing import ScriptedModel
from tests.agent.tools import population

PLAN = {
    "steps": [
        {"population": {"country": "France"}, "id": "fr"},
        {"population": {"country": "Japan"}, "id": "jp"},
    ],
    "answer": None,
}


class WithoutTools(ScriptedModel):
    """A model that cannot call tools."""

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        raise NotImplementedError


def without_tools(*replies: Any) -> Any:
    # Its `__init__` takes replies, and the type checker's pydantic plugin fields only.
    kind: Any = WithoutTools
    return kind(*replies)


async def test_a_model_with_tools_writes_the_plan_as_a_tool_call():
    model = ScriptedModel(PLAN, "192 million.")
    agent = create_dag_agent(model, tools=[population])
    result = await agent.ainvoke({"input": "together?"})
    assert result["response"] == "192 million."
    assert result["report"]["steps"] == {"succeeded": 2}
    assert result["report"]["tokens"]["output"] > 0


@pytest.mark.parametrize("fence", ["{}", "```json\n{}\n```"])
async def test_a_model_without_tools_writes_the_plan_as_text(fence):
    model: Any = without_tools(fence.replace("{}", json.dumps(PLAN)), "192 million.")
    agent = create_dag_agent(model, tools=[population])
    result = await agent.ainvoke({"input": "together?"})
    assert result["response"] == "192 million."
    shown = str(model.calls[0].messages[-1].content)
    assert "Write one JSON object of this schema" in shown
    assert '"population"' in shown


async def test_text_that_is_no_plan_three_times_ends_with_that_text():
    agent = create_dag_agent(without_tools(*["Sure!"] * 3), tools=[population])
    with pytest.raises(PlanError, match="not-json") as caught:
        await agent.ainvoke({"input": "together?"})
    assert caught.value.source == "Sure!"
