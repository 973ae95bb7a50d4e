"""The runs of this server: begun, resumed, cancelled, found."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio
from anyio.abc import TaskGroup

from dagplan.agent.answer import Agent, Invocation
from dagplan.agent.approval import Held
from dagplan.agent.outcome import Answered
from dagplan.agent.wording import check_question
from dagplan.errors import DagplanError, SettingsError
from dagplan.history import History
from dagplan.journal import settle
from dagplan.journal.listing import Listed, listed
from dagplan.policy import Mode
from dagplan.scheduler.session import open_record
from dagplan.server.approver import PageApprover
from dagplan.server.asker import PageAsker
from dagplan.server.drawing import Drawing
from dagplan.server.host import Host
from dagplan.server.live_run import LiveRun
from dagplan.server.one_plan import OnePlan
from dagplan.views import one_line

logger = logging.getLogger("dagplan")

Work = Callable[[Agent, Invocation], Awaitable[Answered | Held]]

_KEPT = 50
"""How many runs that are over are kept at hand; the journal has them all."""

_MOST = 500
"""Characters of an unforeseen error that are shown."""


@dataclass(frozen=True)
class Watched:
    """A run to be looked at, as it stands.

    Attributes:
        drawing: What is known of it.
        elapsed: Seconds of the run.
        question: What is asked; empty for a saved plan.
        trouble: Why it ended without an answer, where that is known; else empty.
        elsewhere: Whether another process runs it just now.
    """

    drawing: Drawing
    elapsed: float
    question: str
    trouble: str = ""
    elsewhere: bool = False


class Desk:
    """Keeps the runs of this server.

    Args:
        host: Agents and journal.
        tasks: Where runs run.
    """

    def __init__(self, host: Host, tasks: TaskGroup) -> None:
        self.host = host
        self._tasks = tasks
        self._runs: dict[str, LiveRun] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, host: Host) -> AsyncIterator["Desk"]:
        """Keep runs for as long as the block lasts; its end cancels and awaits them."""
        async with anyio.create_task_group() as tasks:
            desk = cls(host, tasks)
            try:
                yield desk
            finally:
                with anyio.CancelScope(shield=True):
                    await desk.close()

    def ask(self, question: str, *modes: Mode) -> list[LiveRun]:
        """Begin to answer a question, once in each of the modes.

        What runs side by side is planned once, so that the times can be compared.

        Raises:
            QuestionError: The question is empty or too long.
        """
        check_question(question)
        agents = [self.host.make(mode) for mode in modes]
        if len(agents) > 1:
            planner = OnePlan(agents[0].planner)
            agents = [replace(agent, planner=planner) for agent in agents]
        runs = []
        for agent, mode in zip(agents, modes, strict=True):
            run = LiveRun(self.host.new_run_id(), question)

            async def work(agent: Agent, call: Invocation) -> Answered | Held:
                return await agent.answer(question, call)

            self._begin(run, agent, work, self.host.note(mode))
            runs.append(run)
        return runs

    async def resume(
        self, run_id: str, retry: Collection[str], accept: Mapping[str, object]
    ) -> LiveRun:
        """Go on with a recorded run, with the model and the tools of this server.

        Args:
            run_id: The run.
            retry: Steps in doubt that are to run again.
            accept: Values of steps in doubt that were done.

        Raises:
            SettingsError: There is nothing to go on with.
            UnknownRunError: There is no such run.
            RunBusy: Somebody goes on with it already.
            JournalError: The journal cannot be read or written.
        """
        journal = self.host.journal
        known = self._runs.get(run_id)
        if known is not None and not known.over:
            raise SettingsError(f"run {run_id!r} goes on already; watch it")
        if retry or accept:
            await settle(journal, run_id, retry=retry, accept=accept)
        history = History.of(await journal.read(run_id))
        if history.outcome == "answered":
            raise SettingsError(f"run {run_id!r} is answered; ask the question anew")
        if not history.question and not history.planned:
            raise SettingsError(f"run {run_id!r} holds no plan; run its plan again")
        sequential = history.note.get("mode") == "sequential"
        mode: Mode = "sequential" if sequential else "parallel"

        async def work(agent: Agent, call: Invocation) -> Answered | Held:
            if history.question:
                return await agent.answer("", call)
            return await agent.run(history.plan, call)

        run = LiveRun(run_id, history.question)
        self._begin(run, self.host.make(mode), work, {})
        return run

    def cancel(self, run_id: str) -> bool:
        """Cancel a run; tell whether there was one."""
        run = self._runs.get(run_id)
        if run is None or run.over:
            return False
        run.scope.cancel()
        return True

    async def close(self) -> None:
        """Cancel every run, and wait until each is over and whoever watches knows."""
        for run in self._runs.values():
            run.scope.cancel()
        for run in self._runs.values():
            while not run.over:
                await run.changed(run.version)

    def live(self, run_id: str) -> LiveRun | None:
        """Return a run of this server, if it is one."""
        return self._runs.get(run_id)

    async def find(self, run_id: str) -> Watched:
        """Find a run of this server, or a recorded one.

        Raises:
            SettingsError: That is no id of a run.
            UnknownRunError: There is no such run.
            JournalError: The journal cannot be read.
        """
        run = self._runs.get(run_id)
        if run is not None:
            # A copy: the list grows while a thread draws it.
            drawing = Drawing([*run.events], over=run.over)
            return Watched(drawing, run.elapsed, run.question, run.trouble)
        events = await self.host.journal.read(run_id)
        drawing = Drawing(events, over=True)
        return Watched(
            drawing,
            events[-1].at if events else 0.0,
            drawing.story().question,
            elsewhere=await self.host.journal.owner(run_id) is not None,
        )

    async def listed(self, most: int) -> list[Listed]:
        """Return the newest recorded runs, the newest first.

        Raises:
            JournalError: The journal cannot be read.
        """
        return await listed(self.host.journal, most)

    def _begin(
        self, run: LiveRun, agent: Agent, work: Work, note: Mapping[str, object]
    ) -> None:
        over = [known for known in self._runs.values() if known.over]
        for known in over[: max(len(over) - _KEPT, 0)]:
            del self._runs[known.run_id]
        self._runs[run.run_id] = run
        approver, asker = PageApprover(run, agent.tools), PageAsker(run)
        agent = replace(agent, approver=approver, asker=asker)
        self._tasks.start_soon(self._perform, run, agent, work, note)

    async def _perform(
        self, run: LiveRun, agent: Agent, work: Work, note: Mapping[str, object]
    ) -> None:
        trouble = ""
        try:
            with run.scope:
                async with open_record(self.host.journal, run.run_id) as record:
                    await work(agent, Invocation(run.observe, record, note=note))
        except DagplanError as error:
            trouble = str(error)
        except Exception as error:
            # One run that breaks must not take the others with it.
            logger.exception("run %s broke", run.run_id)
            said = one_line(f"{type(error).__name__}: {error}"[:_MOST])
            trouble = f"unexpected {said}; please report this"
        finally:
            run.end(trouble)
