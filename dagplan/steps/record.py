"""Records the model calls that a step's agent makes inside langchain."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio
from langchain_core.callbacks import AsyncCallbackHandler

from dagplan.models import Called, Caller
from dagplan.protocols import StepCall

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage


class CallRecorder(AsyncCallbackHandler):
    """A langchain callback that emits a `ModelCalled` for each call of an agent."""

    def __init__(self, call: StepCall, model: "BaseChatModel") -> None:
        self._caller = Caller("step", call.emit, call.id)
        self._own = Called.of(model)
        self._begun: dict[UUID, tuple[Called, float]] = {}

    async def on_chat_model_start(
        self, serialized: Any, messages: Any, *, run_id: UUID, **more: Any
    ) -> None:
        """Note when the call began, and of which model.

        langchain also tells of models inside tools; who serves those is not known.
        """
        del serialized, messages
        name = (more.get("metadata") or {}).get("ls_model_name") or self._own.name
        called = self._own if name == self._own.name else Called(name)
        self._begun[run_id] = called, anyio.current_time()

    async def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
        """Emit the call with the tokens that the provider counted."""
        self._tell(run_id, getattr(response.generations[0][0], "message", None))

    async def on_llm_error(
        self, error: BaseException, *, run_id: UUID, **_: Any
    ) -> None:
        """Emit a call that failed."""
        del error
        self._tell(run_id, None)

    def close(self) -> None:
        """Emit the calls that were cancelled: langchain tells of their start only."""
        for run_id in [*self._begun]:
            self._tell(run_id, None)

    def _tell(self, run_id: UUID, answer: "AIMessage | None") -> None:
        now = anyio.current_time()
        called, started = self._begun.pop(run_id, (self._own, now))
        self._caller.tell(called, answer, started)
