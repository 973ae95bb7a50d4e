"""A step runner that follows a script."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import anyio

from dagplan.protocols import StepCall


class Attempts:
    """What becomes of each attempt at a step, in order.

    Args:
        outcomes: One for each attempt: a value to return, an exception to raise, or a
            function of the call; as `seconds`, how long it takes.
    """

    def __init__(self, *outcomes: object) -> None:
        self._outcomes = outcomes

    def of(self, call: StepCall) -> object:
        """Return the outcome of the attempt that a call makes.

        Raises:
            AssertionError: The script holds none for it.
        """
        count = len(self._outcomes)
        if call.attempt > count:
            raise AssertionError(
                f"{count} attempts at step {call.id!r} are in the script, which was "
                f"asked for attempt {call.attempt}; add it to the script"
            )
        return self._outcomes[call.attempt - 1]


Result = object | BaseException | Callable[[StepCall], object] | Attempts


class ScriptedRunner:
    """A `StepRunner` with a result for each step, or for each attempt at it.

    ```python
    flaky = Attempts(TimeoutError("late"), 42)
    runner = ScriptedRunner({"a": flaky}, seconds={"a": Attempts(30.0, 0.2)})
    run = await execute_plan(plan, runner, retry=Retry(attempts=2))
    assert run.results["a"].attempts == 2
    ```

    Args:
        results: By id of a step, or of an item of a `for_each` step such as `a[0]`:
            a value to return, an exception to raise, or a function of the call, sync
            or async, that returns either; `Attempts` with several of them. Items
            that are not mentioned take what their step has, each from its first
            attempt.
        seconds: By id, how long a step takes, by the clock of the event loop, or
            `Attempts` with one number for each; `math.inf` lasts until cancelled.
            Steps that are not mentioned take none.

    Attributes:
        calls: What it was asked to run, in the order of the starts, hedges included.
    """

    def __init__(
        self,
        results: Mapping[str, Result],
        seconds: Mapping[str, float | Attempts] | None = None,
    ) -> None:
        self._results = dict(results)
        self._seconds = dict(seconds or {})
        self.calls: list[StepCall] = []

    async def __call__(self, call: StepCall, /) -> object:
        """Take the scripted time and give the scripted result.

        Raises:
            AssertionError: There is no result for the step, or for the attempt.
            BaseException: The step's result is an exception.
        """
        self.calls.append(call)
        await anyio.sleep(_scripted(self._seconds, call, 0.0))
        result = _scripted(self._results, call, _NOTHING)
        if result is _NOTHING:
            raise AssertionError(
                f"no result is scripted for step {call.id!r}; "
                f"there are results for {', '.join(self._results) or 'none'}"
            )
        if callable(result):
            result = result(call)
            if inspect.isawaitable(result):
                result = await result
        if isinstance(result, BaseException):
            raise result
        return result


_NOTHING = object()


def _scripted(script: Mapping[str, object], call: StepCall, default: object) -> Any:
    """Return what a script holds for an item, else for its step, else the default."""
    found = script.get(call.id, script.get(call.step.id, default))
    return found.of(call) if isinstance(found, Attempts) else found
