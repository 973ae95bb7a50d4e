"""One run of this server, as those who watch it see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import anyio

from dagplan.agent.approval import Word
from dagplan.events import Event, RunStarted
from dagplan.plan import Plan

Reply = Word | Plan
"""What the user says: yes or no, other arguments, another plan, or words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user is asked on the page.

    Attributes:
        digest: Names it, for the answer.
        title: The question, in a few words.
        content: What it is about, as JSON text: a plan, or the arguments of a call.
        read: Reads what the user wants instead, and raises a `DagplanError` where that
            will not do; None where there is only yes or no.
        in_words: Whether that is the only answer: yes or no is none.
    """

    digest: str
    title: str
    content: str
    read: Callable[[str], Reply] | None
    in_words: bool = False


class LiveRun:
    """A list of events that grows, and what the user is asked.

    Whoever watches looks at the list, then waits for a change of `version`.

    Args:
        run_id: Its id.
        question: What is asked; empty for a saved plan.

    Attributes:
        events: Everything that happened so far, in order.
        asked: What waits for the user, by digest, in the order in which it came up.
        version: Grows with every change.
        over: Whether the run is, so that nothing changes any more.
        trouble: Why it ended without an answer, in one line; else empty.
        scope: Cancelling it cancels the run.
    """

    def __init__(self, run_id: str, question: str) -> None:
        self.run_id = run_id
        self.question = question
        self.events: list[Event] = []
        self.asked: dict[str, Asked] = {}
        self.version = 0
        self.over = False
        self.trouble = ""
        self.scope = anyio.CancelScope()
        self._answers: dict[str, Reply] = {}
        self._began = anyio.current_time()
        self._grown = anyio.Event()

    @property
    def elapsed(self) -> float:
        """Seconds of the run: its clock stands still while nobody goes on with it."""
        if self.over:
            return self.events[-1].at if self.events else 0.0
        return anyio.current_time() - self._began

    def observe(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, RunStarted):
            self.question = event.question
        # What comes of a record happened before this run began.
        self._began = min(self._began, anyio.current_time() - event.at)
        self.events.append(event)
        self._change()

    def end(self, trouble: str = "") -> None:
        """Say that the run is over."""
        self.over, self.trouble = True, trouble
        self.asked.clear()
        self._change()

    async def changed(self, since: int) -> None:
        """Wait until the version is another one."""
        while self.version == since:
            await self._grown.wait()

    async def ask(self, question: Asked) -> Reply:
        """Ask the user, and wait for the answer."""
        self.asked[question.digest] = question
        self._change()
        try:
            while question.digest not in self._answers:
                await self._grown.wait()
        finally:
            self.asked.pop(question.digest, None)
            self._change()
        return self._answers.pop(question.digest)

    def answer(self, digest: str, answer: Reply) -> bool:
        """Take an answer; tell whether it was waited for."""
        if digest not in self.asked or digest in self._answers:
            return False
        self._answers[digest] = answer
        self._change()
        return True

    def questions(self) -> list[Mapping[str, object]]:
        """Return what the user is asked, in plain JSON."""
        return [
            {
                "digest": asked.digest,
                "title": asked.title,
                "content": asked.content,
                "editable": asked.read is not None,
                "inWords": asked.in_words,
            }
            for asked in self.asked.values()
            if asked.digest not in self._answers
        ]

    def _change(self) -> None:
        self.version += 1
        self._grown.set()
        self._grown = anyio.Event()
