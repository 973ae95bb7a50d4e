"""`create_dag_agent`: arguments → compiled graph."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

from dagplan.agent.answer import Agent
from dagplan.agent.approval import PLAN, SIDE_EFFECTS, Approver
from dagplan.errors import SettingsError
from dagplan.models import Called
from dagplan.offline import RulePlanner, RuleReplanner
from dagplan.plan.arguments import make_ready
from dagplan.planning import BlindReplanner, ModelPlanner, ModelReplanner
from dagplan.policy import (
    Budget,
    ControlFlow,
    Hedge,
    Limits,
    Mode,
    Replan,
    Retry,
    Timeout,
    Wording,
)
from dagplan.prices import is_priced, load
from dagplan.protocols import Journal, Observer, Planner, Replanner
from dagplan.providers import Settings, default_tools, resolve_model
from dagplan.scheduler import Throttle
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import some_chance
from dagplan.steps import PlannedStepRunner
from dagplan.structured import JsonModel
from dagplan.tools.spec import Tool, as_tool, by_name

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.store.base import BaseStore


Approve = str | Collection[str] | None
"""`"plan"`, `"side_effects"`, names of tools, or several of these."""


@dataclass(frozen=True)
class AgentConfig:
    """What an agent is made of; the arguments of `create_dag_agent` say the same."""

    model: "str | BaseChatModel | None" = None
    tools: Sequence[object] | None = None
    planner_model: "str | BaseChatModel | Planner | None" = None
    step_model: "str | BaseChatModel | None" = None
    replanner_model: "str | BaseChatModel | Replanner | None" = None
    instructions: str | None = None
    mode: Mode = "parallel"
    limits: "Limits | Throttle" = Limits()
    retry: Retry = Retry()
    timeout: Timeout = Timeout()
    hedge: Hedge | None = None
    budget: Budget = Budget()
    replan: Replan = "idle"
    control_flow: ControlFlow = "open"
    answer: Wording = "auto"
    approve: Approve = None
    approver: Approver | None = None


def create_dag_agent(  # noqa: PLR0913 - the signature users of langgraph expect
    model: "str | BaseChatModel | None" = None,
    tools: Sequence[object] | None = None,
    *,
    planner_model: "str | BaseChatModel | Planner | None" = None,
    step_model: "str | BaseChatModel | None" = None,
    replanner_model: "str | BaseChatModel | Replanner | None" = None,
    instructions: str | None = None,
    name: str | None = None,
    mode: Mode = "parallel",
    limits: "Limits | Throttle" = Limits(),
    retry: Retry = Retry(),
    timeout: Timeout = Timeout(),
    hedge: Hedge | None = None,
    budget: Budget = Budget(),
    replan: Replan = "idle",
    control_flow: ControlFlow = "open",
    answer: Wording = "auto",
    approve: Approve = None,
    journal: Journal | None = None,
    checkpointer: "BaseCheckpointSaver[Any] | bool | None" = None,
    store: "BaseStore | None" = None,
    on_event: Observer | None = None,
) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Make an agent that answers multi-part questions by a plan that is a graph.

    ```python
    agent = create_dag_agent("openai:gpt-5-mini", tools=[search])
    agent.invoke({"input": "…"})["response"]
    ```

    The result is a compiled LangGraph graph: `invoke`, `ainvoke`, `stream`, `astream`
    and `batch`, alone or as a node of another graph. `stream_mode="custom"` yields the
    events of the run.

    Args:
        model: A langchain chat model or `"provider:name"`. None: `DAGPLAN_MODEL`, else
            OpenAI where `OPENAI_API_KEY` or `OPENAI_BASE_URL` is set, else no model and
            the rule-based planner.
        tools: Typed functions and langchain tools; `dagplan.tools.as_tool` marks those
            with side effects. None: the default tools; `[]`: none.
        planner_model: Model that plans, where it is another one; or a `Planner`.
        step_model: Model that reads values out of results and runs agent steps.
        replanner_model: Model that answers or revises; or a `Replanner`.
        instructions: What the user wants of every plan and answer.
        name: Name of the graph.
        mode: `"sequential"` runs one step at a time, for comparison.
        limits: How much may happen at once and in a minute; a `Throttle` is shared by
            all runs, of this agent and others, that use it on one event loop.
        retry: How often steps, planner and replanner are tried again after errors that
            may pass by themselves.
        timeout: How long an attempt at a step, and a step, may take.
        hedge: When a second attempt joins one that takes long; None never.
        budget: How much a run may spend (calls of models, tokens, dollars, seconds)
            before it answers from what it has, and how often it may revise its plan.
        replan: When the plan may be revised. `"idle"`: once nothing runs or can start;
            `"eager"`: as soon as a step has failed for good, while the rest goes on;
            `"step"`: each time a step ends, as LangGraph's plan-and-execute tutorial
            does; `"never"`. Steps that end while it is thought about are considered
            together, and a revision is checked against the steps as they stand when it
            is made. An answer that comes while steps run ends the run and cancels them.
        control_flow: `"strict"` keeps what steps found away from whoever decides what
            is called. The call that may revise the plan is shown the question, each
            step as planned, its status, the kinds of its errors and the type of its
            value, both out of fixed lists, and nothing else of what steps returned or
            raised; another call is shown the results and has no tools, so it can only
            write the answer; and agent steps have no tools, so they can only write
            text. Then no output of a tool, whatever it says, can add, drop or retarget
            a call. What it can do: fail a step, be of another type, say how many items a
            planned `for_each` has, and reach, through `${id}`, the arguments that were
            planned to take its value, itself or as a model reads or rewords it.
            Arguments that must be seen first are for `approve`.
        answer: Who words the answer. `"auto"`: the planner's template, if it wrote one,
            every step succeeded and every value in it is of a declared type; else a
            model. `"model"`: always a model. `"template"`: never a model; where the
            template will not do the call fails with `TemplateError`.
        approve: What the user approves of first: `"plan"`, `"side_effects"` (all tools
            marked so), names of tools, or several of these. The graph then interrupts
            with all that waits, and `Command(resume={digest: True | False | {"args":
            …}})` answers, all at once or a part; everything else goes on meanwhile.
        journal: Where each result is recorded before anyone sees it, so that a crash
            loses no finished work: `SqliteJournal(path)` of `dagplan.journal`. Then
            `invoke(None, config)` goes on with a thread's run that was cut off; without
            a checkpointer so does the same call with the same question and
            `config={"configurable": {"dagplan_run_id": "…"}}`.
        checkpointer: As for `StateGraph.compile`; `approve` needs one, and so does a
            planner that asks the user: the graph interrupts with `{"question": …}`, and
            `Command(resume="…")` answers. Without one that ends in an
            `UnclearQuestionError`.
        store: As for `StateGraph.compile`.
        on_event: Sees each event of each run; cannot stop it.

    Raises:
        SettingsError: Tools without a model, a missing key, an unknown provider;
            `approve` without a checkpointer, or of a tool that there is not; strict
            control flow with a replanner that is not a model; `Budget.max_cost` with a
            model whose price is not known.
        UnsupportedToolError: A tool that no step could call.
    """
    from dagplan.agent.graph import Execute, build_graph

    if approve and not checkpointer:
        raise SettingsError(
            "approve needs a checkpointer, where the graph waits for the answer; pass "
            "one, such as langgraph's InMemorySaver()"
        )

    config = AgentConfig(
        model=model,
        tools=tools,
        planner_model=planner_model,
        step_model=step_model,
        replanner_model=replanner_model,
        instructions=instructions,
        mode=mode,
        limits=limits,
        retry=retry,
        timeout=timeout,
        hedge=hedge,
        budget=budget,
        replan=replan,
        control_flow=control_flow,
        answer=answer,
        approve=approve,
    )
    execute = Execute(agent_factory(config), on_event, journal, asks=bool(approve))
    return build_graph(
        execute, name=name or "dagplan", checkpointer=checkpointer, store=store
    )


def agent_factory(
    config: AgentConfig, settings: Settings | None = None
) -> Callable[[], Agent]:
    """Resolve models and tools once, and return what makes the agent of each run.

    Raises:
        SettingsError: Tools without a model, a missing key, an unknown provider.
        UnsupportedToolError: A tool that no step could call.
    """
    _check_choice("replan", config.replan, get_args(Replan))
    _check_choice("control_flow", config.control_flow, get_args(ControlFlow))
    _check_choice("answer", config.answer, get_args(Wording))
    settings = settings or Settings.read()
    tools = _tools(config, settings)
    named = by_name(tools)
    model = resolve_model(config.model, settings)
    planner = _role(config.planner_model, model, "plan", settings)
    replanner = _role(config.replanner_model, model, "decide", settings)
    step_model = (
        resolve_model(config.step_model, settings) if config.step_model else model
    )
    if planner is None and config.tools is not None:
        raise SettingsError(
            "tools of your own need a model that plans: set OPENAI_API_KEY or name a "
            "model such as openai:gpt-5-mini; the rule-based planner knows its own only"
        )
    strict = config.control_flow == "strict"
    if strict and hasattr(replanner, "decide"):
        raise SettingsError(
            "control_flow='strict' cannot vouch for a replanner of your own, which sees "
            "all results; name a model as replanner_model"
        )
    _check_prices(config.budget, (planner, replanner, step_model))
    approvals = _approvals(config.approve)
    rules = Rules(
        some_chance(),
        config.retry,
        config.timeout,
        config.hedge,
        slots=1 if config.mode == "sequential" else None,
        side_effects=frozenset(t.spec.name for t in tools if t.spec.side_effects),
        ask_first=_asked_first(approvals, tools),
    )

    # What a provider refuses is found out once for all runs.
    planner = _asked_for_json(planner)
    if isinstance(planner, JsonModel):
        # The first step of a plan that streams in is checked while it could run.
        make_ready()
    reader = None if step_model is None else JsonModel(step_model)
    if isinstance(planner, JsonModel) and planner.model is step_model:
        reader = planner

    def make() -> Agent:
        # In each run anew: the date, and the thread limiter of the running loop.
        today = datetime.now(UTC).date().isoformat()
        return Agent(
            planner=_planner(planner, today, config),
            replanner=_replanner(replanner, today, config),
            run_step=PlannedStepRunner(
                named,
                step_model,
                reader=reader,
                apart=rules.ask_first,
                agents_only_write=strict,
            ),
            tools=[tool.spec for tool in tools],
            limits=config.limits,
            rules=rules,
            budget=config.budget,
            replan=config.replan,
            # Rules word their answers from what was found, and ask no model.
            wording="auto" if replanner is None else config.answer,
            approves_plan=PLAN in approvals,
            approver=config.approver,
        )

    return make


def _check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Refuse what is none of the ways in which something can be done.

    Raises:
        SettingsError: It is none.
    """
    if value not in choices:
        said = ", ".join(map(repr, choices))
        raise SettingsError(f"{name} is one of {said}, got {value!r}")


def _check_prices(budget: Budget, models: Sequence[Any]) -> None:
    """Refuse a bound in dollars that nobody could keep.

    Raises:
        SettingsError: The price of a model is not known.
    """
    called = [model for model in models if hasattr(model, "bind_tools")]
    if called:
        load()
    for model in called if budget.max_cost is not None else ():
        found = Called.of(model)
        if not is_priced(found.name, found.provider):
            host = urlsplit(found.provider or "").hostname
            at = f" at {host}" if host else ""
            raise SettingsError(
                f"max_cost cannot be kept: no price of model {found.name!r}{at} is known; "
                "use max_tokens or max_model_calls instead"
            )


def _approvals(approve: Approve) -> frozenset[str]:
    if approve is None:
        return frozenset()
    return frozenset([approve] if isinstance(approve, str) else approve)


def _asked_first(approvals: frozenset[str], tools: Sequence[Tool]) -> frozenset[str]:
    """Return the names of the tools whose calls the user approves of.

    Raises:
        SettingsError: There is no such tool.
    """
    known = {tool.spec.name: tool for tool in tools}
    named = approvals - {PLAN, SIDE_EFFECTS}
    if unknown := sorted(named - known.keys()):
        raise SettingsError(
            f"approve names {unknown[0]!r}, which is no tool; use {PLAN!r}, "
            f"{SIDE_EFFECTS!r} or one of {', '.join(known) or 'no tools'}"
        )
    if SIDE_EFFECTS in approvals:
        named |= {name for name, tool in known.items() if tool.spec.side_effects}
    return named


def _tools(config: AgentConfig, settings: Settings) -> list[Tool]:
    if config.tools is None:
        return default_tools(settings)
    return [as_tool(tool) for tool in config.tools]


def _role(chosen: Any, model: Any, method: str, settings: Settings) -> Any:
    """Return what plays a role: the object itself, its own model, or the common one."""
    if chosen is None:
        return model
    return chosen if hasattr(chosen, method) else resolve_model(chosen, settings)


def _asked_for_json(chosen: Any) -> Any:
    if chosen is None or hasattr(chosen, "plan"):
        return chosen
    return JsonModel(chosen)


def _planner(chosen: Any, today: str, config: AgentConfig) -> Planner:
    if chosen is None:
        return RulePlanner()
    if hasattr(chosen, "plan"):
        return chosen  # type: ignore[no-any-return]
    return ModelPlanner(
        chosen,
        today=today,
        instructions=config.instructions,
        agents_only_write=config.control_flow == "strict",
    )


def _replanner(chosen: Any, today: str, config: AgentConfig) -> Replanner:
    if chosen is None:
        return RuleReplanner()
    if hasattr(chosen, "decide"):
        return chosen  # type: ignore[no-any-return]
    kind = BlindReplanner if config.control_flow == "strict" else ModelReplanner
    return kind(chosen, today=today, instructions=config.instructions)
