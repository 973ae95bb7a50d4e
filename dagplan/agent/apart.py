"""What steps must not inherit from the graph around their run."""

from collections.abc import Iterator
from contextlib import contextmanager

from langchain_core.callbacks import BaseCallbackHandler, BaseCallbackManager, Callbacks
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import var_child_runnable_config

# What nested graphs find a checkpointer by; two of these keys serve streams as well.
_OF_CHECKPOINTS = ("__pregel_", "checkpoint_")
_OF_STREAMS = ("__pregel_runtime", "checkpoint_ns")


@contextmanager
def apart() -> Iterator[None]:
    """Keep what steps call from the checkpointer and the `messages` stream of the graph.

    Graphs would inherit the checkpointer, under names that depend on the order of
    calls: what one step left there would be taken up by another. And what models write
    inside steps would be read as part of the answer; a tag does not keep the messages
    of a nested graph out of that stream, nor what a user's own tool asks a model.
    """
    config = var_child_runnable_config.get() or {}
    configurable = {
        key: value
        for key, value in config.get("configurable", {}).items()
        if key in _OF_STREAMS or not key.startswith(_OF_CHECKPOINTS)
    }
    callbacks = _unheard(config.get("callbacks"))
    around = {**config, "configurable": configurable, "callbacks": callbacks}
    token = var_child_runnable_config.set(RunnableConfig(**around))  # type: ignore[typeddict-item]
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


def _unheard(callbacks: Callbacks) -> Callbacks:
    """Return the callbacks without those that stream messages."""
    if not isinstance(callbacks, BaseCallbackManager):
        return [each for each in callbacks or () if not _streams_messages(each)]
    found = callbacks.copy()
    for handler in callbacks.handlers:
        if _streams_messages(handler):
            found.remove_handler(handler)
    return found


def _streams_messages(handler: BaseCallbackHandler) -> bool:
    # By name: LangGraph has no public one for it.
    names = [kind.__name__ for kind in type(handler).__mro__]
    return "StreamMessagesHandler" in names
