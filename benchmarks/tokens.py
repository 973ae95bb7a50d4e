"""Output tokens of plans: with every field written out, and as models write them now.

The plans are 20 that a language model wrote at first try (`model_plans.json`), each
step with all eight fields. Rewritten they say the same in the wire format: no task
beside the arguments of a tool, no type that the tool returns anyway or that the plan
language does not know. Every token is time before the steps can start.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.findings import Aim, Findings, Table
from benchmarks.tokenizer import Tokenizer
from dagplan.plan import Plan, Step, ToolSpec
from dagplan.plan.returns import type_problems
from dagplan.planning.wire import write_plan

FILE = "model_plans.json"
SEARCH = "search"
_COMPACT = (",", ":")

Kind = Callable[[Step], bool]
_KINDS: dict[str, Kind] = {
    "every step": lambda _: True,
    "agent": lambda step: step.tool is None,
    "search": lambda step: step.tool == SEARCH,
    "calculate": lambda step: step.tool == "calculate",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--tokenizer", type=Path, help="folder of gpt-tokenizer")


def measure(options: argparse.Namespace) -> Findings:
    """Count the tokens of the same plans in three ways of writing."""
    if options.data is None or not (options.data / FILE).is_file():
        return Findings(skipped=f"give --data DIR with {FILE} in it")
    plans = read(options.data / FILE)
    tokenizer = Tokenizer.chosen(options.tokenizer)
    tools = tools_of(plans)
    ways: dict[str, Callable[[Plan], str]] = {
        "every field": lambda plan: written_out(plan, (", ", ": ")),
        "every field, no blanks": lambda plan: written_out(plan, _COMPACT),
        "wire format": lambda plan: write_plan(lean(plan, tools), tools),
    }
    found = {name: tokens(plans, way, tokenizer) for name, way in ways.items()}
    full, _, wire = found.values()
    rows = [(name, *values.values()) for name, values in found.items()]
    title = (
        f"output tokens per step ({tokenizer.name}), {len(plans)} plans of a language "
        f"model, {sum(len(plan.steps) for plan in plans)} steps"
    )
    ratio = wire["whole plans"] / full["whole plans"]
    return Findings(
        figures={"tokenizer": tokenizer.name, "per_step": found},
        tables=[Table(title, ("", *full), rows)],
        notes=["whole plans: with the answer's template, where there is one"],
        aims=[
            Aim("wire format / every field, whole plans", ratio, 0.5),
            Aim("tokens of a search step", wire["search"], 25),
        ],
    )


def read(file: Path) -> list[Plan]:
    """Read the plans."""
    written = json.loads(file.read_text("utf-8"))
    return [Plan.model_validate(entry["plan"]) for entry in written]


def tools_of(plans: Iterable[Plan]) -> list[ToolSpec]:
    """Return tools with the arguments that plans give them; `calculate` is typed."""
    names: dict[str, dict[str, object]] = {}
    for step in (step for plan in plans for step in plan.steps if step.tool):
        names.setdefault(str(step.tool), {}).update({k: {} for k in step.args})
    return [
        ToolSpec(
            name,
            "",
            {"type": "object", "properties": args, "required": [*args]},
            returns="number" if name == "calculate" else None,
        )
        for name, args in names.items()
    ]


def lean(plan: Plan, tools: Iterable[ToolSpec]) -> Plan:
    """Leave out of a plan what need not be said."""
    returned = {tool.name: tool.returns for tool in tools}

    def without(step: Step) -> Step:
        known = not any(True for _ in type_problems(step.returns))
        needed = known and step.returns != returned.get(step.tool or "")
        return step.model_copy(
            update={
                "task": step.task if step.tool is None else "",
                "returns": step.returns if needed else None,
            }
        )

    return plan.model_copy(update={"steps": [*map(without, plan.steps)]})


def written_out(plan: Plan, separators: tuple[str, str]) -> str:
    """Write a plan with every field of every step."""
    document = plan.model_dump(exclude={"steps": {"__all__": {"partial"}}})
    return json.dumps(document, ensure_ascii=False, separators=separators)


def tokens(
    plans: Sequence[Plan], write: Callable[[Plan], str], tokenizer: Tokenizer
) -> dict[str, float]:
    """Return the tokens per step: of whole plans, and of steps of each kind alone.

    A step's own tokens are what the plan of only that step has more than none.
    """
    steps = [step for plan in plans for step in plan.steps]
    alone = [Plan(steps=[step]) for step in steps]
    whole = sum(tokenizer.count([write(plan) for plan in plans]))
    [frame, *counts] = tokenizer.count([write(one) for one in [Plan(steps=[]), *alone]])
    found = {"whole plans": whole / len(steps)}
    for name, kind in _KINDS.items():
        own = [n - frame for n, s in zip(counts, steps, strict=True) if kind(s)]
        found[name] = sum(own) / len(own) if own else 0.0
    return found
