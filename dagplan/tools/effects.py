"""What a tool with side effects needs to know of the step that calls it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_key: ContextVar[str | None] = ContextVar("dagplan_idempotency_key", default=None)


def idempotency_key() -> str:
    """Return the key of the step that calls this tool, for providers that take one.

    All attempts at a step have the same key, those after a crash included, and no other
    step has it: a provider that sees it again knows that the call is the same.

    ```python
    def pay(amount: float) -> str:
        headers = {"Idempotency-Key": idempotency_key()}
        ...
    ```

    Raises:
        RuntimeError: No step of a plan calls.
    """
    key = _key.get()
    if key is None:
        raise RuntimeError(
            "there is no idempotency key here: it is for tools while a step calls them"
        )
    return key


@contextmanager
def known_by(key: str) -> Iterator[None]:
    """Have `idempotency_key` return a key in this block, threads included."""
    token = _key.set(key)
    try:
        yield
    finally:
        _key.reset(token)
