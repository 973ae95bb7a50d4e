"""A step runner that follows a script."""

import inspect
from collections.abc import Callable, Mapping

import anyio

from dagplan.protocols import StepCall

Result = object | BaseException | Callable[[StepCall], object]


class ScriptedRunner:
    """A `StepRunner` with a result for each step.

    Args:
        results: By id of a step, or of an item of a `for_each` step such as `a[0]`:
            a value to return, an exception to raise, or a function of the call, sync
            or async, that returns either.
        seconds: By id, how long a step takes, by the clock of the event loop; steps
            that are not mentioned take none.

    Attributes:
        calls: What it was asked to run, in the order of the starts.
    """

    def __init__(
        self,
        results: Mapping[str, Result],
        seconds: Mapping[str, float] | None = None,
    ) -> None:
        self._results = dict(results)
        self._seconds = dict(seconds or {})
        self.calls: list[StepCall] = []

    async def __call__(self, call: StepCall, /) -> object:
        """Take the scripted time and give the scripted result.

        Raises:
            AssertionError: There is no result for the step.
            BaseException: The step's result is an exception.
        """
        self.calls.append(call)
        names = (call.id, call.step.id)
        await anyio.sleep(next((s for n in names if (s := self._seconds.get(n))), 0))
        result = self._result(call, names)
        if callable(result):
            result = result(call)
            if inspect.isawaitable(result):
                result = await result
        if isinstance(result, BaseException):
            raise result
        return result

    def _result(self, call: StepCall, names: tuple[str, ...]) -> object:
        for name in names:
            if name in self._results:
                return self._results[name]
        raise AssertionError(
            f"no result is scripted for step {call.id!r}; "
            f"there are results for {', '.join(self._results) or 'none'}"
        )
