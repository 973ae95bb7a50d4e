"""Asks on the terminal whether a plan or a call may be run."""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.to_thread

from dagplan.agent.approval import Answer
from dagplan.cli.terminal import ask, say
from dagplan.errors import PlanError
from dagplan.events import StepParked
from dagplan.plan import Plan, ToolSpec, load_plan
from dagplan.views import printable

_LONGEST = 2_000  # characters of arguments that are shown


class TerminalApprover:
    """Writes what is asked to stderr and reads the answer from stdin.

    Everything else of the run goes on meanwhile. One question is asked at a time. An
    answer is `y`, `n`, or other arguments as JSON; `e` opens a plan in an editor.

    Args:
        tools: What steps may call, to check an edited plan.
    """

    def __init__(self, tools: Sequence[ToolSpec]) -> None:
        self._tools = tools
        self._asking = anyio.Lock()

    async def plan(self, plan: Plan, /, *, may_edit: bool) -> bool | Plan:
        """Tell whether a plan may be run, or which one instead.

        Raises:
            BadInputError: Nobody answers.
        """
        async with self._asking:
            return await self._about_plan(plan, may_edit=may_edit)

    async def _about_plan(self, plan: Plan, *, may_edit: bool) -> bool | Plan:
        choice = "y/n/e(dit)" if may_edit else "y/n"
        while True:
            answer = await ask(f"run this plan of {len(plan.steps)} steps? [{choice}]")
            if answer.lower() in ("y", "yes"):
                return True
            if answer.lower() in ("n", "no"):
                return False
            if may_edit and answer.lower() in ("e", "edit"):
                edited = await self._edited(plan)
                if edited is not None:
                    return edited

    async def step(self, parked: StepParked, /) -> Answer:
        """Tell whether a call may be made, or with which arguments instead.

        Raises:
            BadInputError: Nobody answers.
        """
        args = json.dumps(dict(parked.args), ensure_ascii=False)[:_LONGEST]
        call = printable(f"{parked.step_id}: {parked.tool or parked.task} {args}")
        async with self._asking:
            while True:
                answer = await ask(f"run {call}? [y/n/{{arguments}}]")
                if answer.lower() in ("y", "yes"):
                    return True
                if answer.lower() in ("n", "no"):
                    return False
                other = _arguments(answer)
                if other is not None:
                    return {"args": other}

    async def _edited(self, plan: Plan) -> Plan | None:
        """Let the user edit a plan; None where nothing that can be run came of it."""
        text = plan.model_dump_json(indent=2, exclude_defaults=True)
        try:
            changed = load_plan(await anyio.to_thread.run_sync(_edit, text))
            changed.check(self._tools)
        except PlanError as error:
            for problem in error.problems:
                say(f"dagplan: {printable(str(problem))}\n")
            return None
        except (OSError, subprocess.SubprocessError) as error:
            say(f"dagplan: the editor failed: {printable(str(error))}\n")
            return None
        return changed


def _edit(text: str) -> str:
    """Open a text in the user's editor and return what it is afterwards."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(text, encoding="utf-8")
        subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603
        return path.read_text(encoding="utf-8")


def _arguments(answer: str) -> Mapping[str, object] | None:
    if not answer.startswith("{"):
        return None
    try:
        found = json.loads(answer)
    except ValueError as error:
        say(f"dagplan: that is no JSON: {error}\n")
        return None
    return found if isinstance(found, dict) else None
