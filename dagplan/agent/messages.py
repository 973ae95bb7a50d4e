"""The answer in LangGraph's `messages` stream."""

from contextvars import copy_context
from uuid import uuid4

from langchain_core.messages import AIMessageChunk
from langgraph.config import get_config
from langgraph.graph.message import push_message

from dagplan.events import AnswerText, Event, Revised


class AnswerMessages:
    """Writes each piece of the answer into the `messages` stream, and nothing else.

    Not left to the callbacks of models: an answer may come from a template or from the
    planner, and a model that is asked for an answer may write a revision instead. Made
    inside a node of the graph, whose stream it writes into.
    """

    def __init__(self) -> None:
        self._context = copy_context()
        self._heard = get_config().get("callbacks") is not None
        self._id = ""

    def take(self, event: Event) -> None:
        """Take the next event of the run."""
        match event:
            case AnswerText() if self._heard:
                # One message for each answer, however many pieces it comes in.
                self._id = self._id or f"dagplan-{uuid4()}"
                piece = AIMessageChunk(content=event.text, id=self._id)
                self._context.run(push_message, piece, state_key=None)
            case Revised():
                self._id = ""
            case _:
                pass
