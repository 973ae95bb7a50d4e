"""`Step` and `Plan`: the document that planners write and that is run."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from dagplan.plan.limits import PlanLimits
from dagplan.plan.references import ITEM, Reference, find
from dagplan.plan.toolspec import ToolSpec

if TYPE_CHECKING:
    import networkx as nx


class Step(BaseModel):
    """One step of a plan: a tool call, or a task for a small agent.

    References (`${id}`, `${id.path}`) in `task`, `args` and `for_each` make the step
    depend on the steps that they name.

    Attributes:
        id: Letters, digits and `_`, beginning with a letter, at most 64; not `item`.
            Checked by `Plan.check`, so that every problem is found at once.
        task: One self-contained sentence; may hold references. Optional for tool
            steps.
        tool: Name of the tool to call with `args`; None makes this an agent step.
        args: The tool's arguments as JSON; references may stand wherever a value may.
        depends_on: Ids of steps to wait for that no reference implies.
        optional: Ids of dependencies whose failure does not stop this step.
        for_each: A reference to a list, or a list: run once per item; `${item}` is the
            item. The step's value is then a list of `{"item": …, "value": …}`.
        partial: With `for_each`: leave failed items out rather than fail the step.
        returns: Type of the value: None (whatever comes), `"text"`, `"number"`,
            `"boolean"`, a list `["text"]` or an object `{"name": "text"}`. With
            `for_each`, the type of one item's value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    task: str = ""
    tool: str | None = None
    args: dict[str, object] = Field(default_factory=dict)
    depends_on: list[str] = Field(default_factory=list)
    optional: list[str] = Field(default_factory=list)
    for_each: str | list[object] | None = None
    partial: bool = Field(default=False, strict=True)
    returns: str | list[object] | dict[str, object] | None = None

    def texts(self) -> list[object]:
        """Return the values in which references may stand."""
        return [self.task, self.args, self.for_each]

    def references(self) -> list[Reference]:
        """Return the well-formed references in this step's texts."""
        if not self.args and self.for_each is None and "${" not in self.task:
            return []
        return [reference for text in self.texts() for reference in find(text)]

    def dependencies(self) -> dict[str, bool]:
        """Return the ids that this step waits for, and whether each is required."""
        return self.waits_for(self.references())

    def waits_for(self, references: Iterable[Reference]) -> dict[str, bool]:
        """Return the dependencies of this step, given the references in its texts."""
        found: dict[str, bool] = dict.fromkeys(self.depends_on, True)
        for reference in references:
            if reference.step != ITEM:
                found[reference.step] = True
        if self.optional:
            found.update(dict.fromkeys(self.optional, False))
        return found


class Plan(BaseModel):
    """A graph of steps, and optionally the answer's wording.

    Attributes:
        steps: The steps, in any order; a dependency may come later in the list.
        answer: Template of the answer, with references; None lets a model answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: list[Step]
    answer: str | None = None

    def check(
        self,
        tools: Iterable[object] | None = None,
        limits: PlanLimits | None = PlanLimits(),
    ) -> None:
        """Check everything that can be checked before the plan runs.

        Args:
            tools: What steps may call: functions, langchain tools or `ToolSpec`s. None
                leaves tool names and arguments unchecked.
            limits: Bounds on the size of the plan; None for a plan of any size.

        Raises:
            PlanError: With every problem in `.problems`.
            UnsupportedToolError: One of `tools` can never be called by a step.
        """
        from dagplan.plan.check import check_plan

        check_plan(self, None if tools is None else _specs(tools), limits)

    def graph(self) -> "nx.DiGraph[str]":
        """Return the plan as a directed graph, edges from dependency to dependent.

        Nodes carry their `Step` as the attribute `step`; edges carry `required`.
        """
        from dagplan.plan.graph import to_networkx

        return to_networkx(self)

    def _repr_svg_(self) -> str:
        """Draw the plan for a notebook."""
        from dagplan.views.svg import to_svg

        return to_svg(self)

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> dict[str, str]:
        """Draw the plan in each way that a notebook may ask for."""
        from dagplan.views.notebook import mime_bundle

        return mime_bundle(self, None, include, exclude)


def _specs(tools: Iterable[object]) -> list[ToolSpec]:
    # An import that points up: users check a plan against the very tools that
    # they pass to the agent, and only `tools/` knows how to read those.
    from dagplan.tools.spec import as_tool

    return [t if isinstance(t, ToolSpec) else as_tool(t).spec for t in tools]
