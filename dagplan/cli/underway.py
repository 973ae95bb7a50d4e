"""Which steps are being run just now: what an exit would leave behind."""

from dagplan.protocols import StepCall, StepRunner


class Underway:
    """Keeps a list of the attempts that have begun and not ended.

    Events do not tell that: a step may be over while an attempt at it is still on its
    way out.

    Attributes:
        run_id: By what the run can be resumed; None where it is not recorded.
    """

    def __init__(self) -> None:
        self.run_id: str | None = None
        self._calls: dict[int, str] = {}

    @property
    def steps(self) -> list[str]:
        """Ids of the steps, in the order in which they began."""
        return list(dict.fromkeys(self._calls.values()))

    def around(self, run_step: StepRunner) -> StepRunner:
        """Return a runner that does the same and is kept in mind."""

        async def run(call: StepCall, /) -> object:
            self._calls[id(call)] = call.id
            try:
                return await run_step(call)
            finally:
                del self._calls[id(call)]

        return run
