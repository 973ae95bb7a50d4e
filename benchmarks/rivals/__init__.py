"""The same question, answered by dagplan and in the ways that others do.

Each module has one function `prepare(site) -> Ask`. It builds what can be built before
a question is asked: clients, agents, graphs. `Ask` asks once and returns the answer.
All use the same model class, the same search over HTTP and the same provider, and each
is put together the best way that its kind allows.

Objects:
    `Site` (site.py): a question's own address at a provider: its models, its search.
    `dagplan`, `sequential`: `create_dag_agent` as users call it, in its two modes.
    `tutorial`: LangGraph's plan-and-execute tutorial: a step, a replanning, a step.
    `waves`: LangGraph's `Send` for each level of a plan, every fact read by a model.
    `levels`: `asyncio.gather` for each level, facts read only where another needs them.
    `react`, `react_single`: langchain's agent with parallel tool calls, and with one
        tool call a turn.
    `without`: dagplan with one of its mechanisms switched off, as `without:streaming`.
    `hardened`: dagplan, the tutorial and waves with retries and timeouts.
    `quiet`: dagplan with parts that only wait: no HTTP, no model library.
    `compiler`: LLMCompiler: a plan streamed line by line, tasks that start when what
        they need is there, raw results, a joiner. Without the faults of its published
        scheduler, which polls and waits for the plan's next line.
"""

from collections.abc import Awaitable, Callable
from importlib import import_module

from .site import Site

Ask = Callable[[], Awaitable[str]]

RIVALS = (
    "sequential",
    "tutorial",
    "waves",
    "levels",
    "react",
    "react_single",
    "compiler",
)
OURS = "dagplan"


def prepare(name: str, site: Site) -> Ask:
    """Return what asks the site's question once.

    Args:
        name: A module in here; after a colon what it is to be told, if anything.
        site: Where the question is answered.
    """
    module, *told = name.split(":")
    ask: Ask = import_module(f"{__name__}.{module}").prepare(site, *told)
    return ask
