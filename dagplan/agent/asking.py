"""What the planner asks the user before it plans, and what the user answers."""

from typing import Protocol

from dagplan.errors import SettingsError, UnclearQuestionError
from dagplan.events import Event, QuestionAnswered, QuestionAsked
from dagplan.plan.digest import digest
from dagplan.plan.model import Plan
from dagplan.plan.references import is_unicode, short
from dagplan.scheduler import Execution

MOST_CHARACTERS = 10_000
"""Longest answer of the user, in characters."""


class Asker(Protocol):
    """Asks the user while a run waits."""

    async def question(self, asked: str, /) -> str:
        """Return what the user answers."""
        ...


class Planning(Protocol):
    """Has a question planned."""

    async def __call__(self, question: str, /, *, may_ask: bool) -> Plan:
        """Return the plan.

        Raises:
            UnclearQuestionError: The user has to say something first.
        """
        ...


class Inquiry:
    """The one question that the planner of a run may ask the user.

    Args:
        execution: The run.
        asker: Asks the user; None pauses the run instead.
        question: The question of the user.

    Attributes:
        question: The same, followed by what was asked and answered.
        open: What nobody has answered yet.
    """

    def __init__(
        self, execution: Execution, asker: Asker | None, question: str
    ) -> None:
        self.question = question
        self.open: QuestionAsked | None = None
        self._execution = execution
        self._asker = asker
        self._may_ask = True
        history = execution.history
        if history is not None and history.asked is not None:
            self._may_ask = False
            if history.reply is None:
                self.open = history.asked
            else:
                self._add(history.asked, history.reply)

    async def planned(self, plan: Planning) -> Plan | None:
        """Have the question planned; None where it waits for the user's answer.

        Raises:
            UnclearQuestionError: The planner would ask a second time.
            SettingsError: The user's answer is none.
        """
        if self.open is None:
            try:
                return await plan(self.question, may_ask=self._may_ask)
            except UnclearQuestionError as error:
                if not self._may_ask:
                    raise
                self._ask(error.asked)
        if not await self._is_answered():
            return None
        return await plan(self.question, may_ask=False)

    def _ask(self, asked: str) -> None:
        execution = self._execution
        self.open = QuestionAsked(execution.now(), digest([asked]), asked)
        execution.tell(self.open)

    async def _is_answered(self) -> bool:
        asked, execution = self.open, self._execution
        if asked is None or self._asker is None:
            return asked is None
        await _seen(execution, asked)
        said = await self._asker.question(asked.question)
        answered = answer_to(asked, said, execution.now())
        execution.tell(answered)
        self._add(asked, answered.answer)
        self.open = None
        return True

    def _add(self, asked: QuestionAsked, reply: str) -> None:
        self.question = (
            f"{self.question}\n\nAsked back: {asked.question}\nAnswer: {reply}"
        )


async def _seen(execution: Execution, event: Event) -> None:
    """Wait until an event is recorded and whoever looks on has seen it."""
    index = 0
    while (seen := await execution.log.at(index)) is not None and seen != event:
        index += 1


def answer_to(asked: QuestionAsked, answer: object, at: float) -> QuestionAnswered:
    """Return what the user says to a question.

    Raises:
        SettingsError: It is no answer to that.
    """
    if not isinstance(answer, str) or not answer.strip() or not is_unicode(answer):
        raise SettingsError(
            f"{short(answer)} is no answer to {short(asked.question)}; answer in words"
        )
    if len(answer) > MOST_CHARACTERS:
        raise SettingsError(
            f"the answer has {len(answer):,} characters; "
            f"keep it under {MOST_CHARACTERS:,}"
        )
    return QuestionAnswered(at, asked.digest, answer.strip())
