"""Records the model calls that a step's agent makes inside langchain."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio
from langchain_core.callbacks import AsyncCallbackHandler

from dagplan.events import ModelCalled, Tokens
from dagplan.models import model_name
from dagplan.protocols import StepCall

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class CallRecorder(AsyncCallbackHandler):
    """A langchain callback that emits a `ModelCalled` for each call of an agent."""

    def __init__(self, call: StepCall, model: "BaseChatModel") -> None:
        self._call = call
        self._model = model_name(model)
        self._started: dict[UUID, float] = {}

    async def on_chat_model_start(
        self, serialized: Any, messages: Any, *, run_id: UUID, **_: Any
    ) -> None:
        """Note when the call began."""
        del serialized, messages
        self._started[run_id] = anyio.current_time()

    async def on_llm_end(self, response: Any, *, run_id: UUID, **_: Any) -> None:
        """Emit the call with the tokens that the provider counted."""
        message = getattr(response.generations[0][0], "message", None)
        usage = getattr(message, "usage_metadata", None)
        tokens = (
            Tokens(usage["input_tokens"], usage["output_tokens"]) if usage else None
        )
        self._emit(run_id, tokens)

    async def on_llm_error(
        self, error: BaseException, *, run_id: UUID, **_: Any
    ) -> None:
        """Emit a call that failed."""
        del error
        self._emit(run_id, None)

    def close(self) -> None:
        """Emit the calls that were cancelled: langchain tells of their start only."""
        for run_id in [*self._started]:
            self._emit(run_id, None)

    def _emit(self, run_id: UUID, tokens: Tokens | None) -> None:
        ended = anyio.current_time()
        self._call.emit(
            ModelCalled(
                at=ended,
                role="step",
                step_id=self._call.id,
                model=self._model,
                tokens=tokens,
                started=self._started.pop(run_id, ended),
                ended=ended,
            )
        )
