"""Small random plans whose steps do everything that makes leaving hard."""

from collections.abc import Awaitable, Callable, Mapping
from random import Random

import anyio
import anyio.lowlevel

from dagplan import Plan, Step, StepCall
from dagplan.events import ModelCalled
from dagplan.policy import Hedge, Limits, Retry, Timeout

TICKER = "ticker"  # the step that never ends and keeps events coming
_MOST_STEPS = 12
_A_MOMENT = 0.001  # seconds


def plan(chance: Random) -> Plan:
    """Return a ticker and up to 12 steps, each on up to two earlier ones."""
    ids = [f"s{index}" for index in range(chance.randint(3, _MOST_STEPS))]
    steps = [
        Step(
            id=step_id,
            tool="work",
            depends_on=chance.sample(ids[:place], min(place, chance.randint(0, 2))),
        )
        for place, step_id in enumerate(ids)
    ]
    return Plan(steps=[Step(id=TICKER, tool="work"), *steps])


def settings(chance: Random) -> Mapping[str, object]:
    """Return limits, retries, timeouts and hedges that all have work to do."""
    return {
        "limits": Limits(concurrency=chance.choice([2, 4, 16, None])),
        "retry": Retry(attempts=3, backoff=_A_MOMENT),
        "timeout": Timeout(attempt=3 * _A_MOMENT, per_step={TICKER: Timeout()}),
        "hedge": Hedge(after=_A_MOMENT) if chance.random() < 0.5 else None,
        "chance": chance.random,
    }


class Restless:
    """Runs steps that wait, clean up, fail, or answer a cancellation with an error.

    Attributes:
        begun: How many attempts began.
        ended: How many of them ended, in whatever way.
    """

    def __init__(self, seed: str) -> None:
        self.begun = 0
        self.ended = 0
        self._seed = seed

    @property
    def running(self) -> int:
        """How many attempts run now."""
        return self.begun - self.ended

    async def __call__(self, call: StepCall) -> object:
        """Run one attempt; what it does is drawn for the step and the attempt."""
        chance = Random(f"{self._seed} {call.id} {call.attempt}")
        act = _tick if call.id == TICKER else chance.choice(ACTS)
        self.begun += 1
        try:
            await act(call, chance)
        finally:
            self.ended += 1
        return call.id


Act = Callable[[StepCall, Random], Awaitable[None]]


async def _tick(call: StepCall, chance: Random) -> None:
    while True:
        began = anyio.current_time()
        await anyio.sleep(chance.uniform(0, _A_MOMENT / 2))
        now = anyio.current_time()
        call.emit(ModelCalled(now, "step", call.id, "none", None, began, now))


async def _turn(_: StepCall, chance: Random) -> None:
    for _turn in range(chance.randint(0, 5)):
        await anyio.lowlevel.checkpoint()


async def _wait(_: StepCall, chance: Random) -> None:
    await anyio.sleep(chance.uniform(0, 4 * _A_MOMENT))


async def _fail(_: StepCall, chance: Random) -> None:
    await anyio.sleep(chance.uniform(0, _A_MOMENT))
    raise TimeoutError


async def _clean_up(_: StepCall, chance: Random) -> None:
    try:
        await anyio.sleep(chance.uniform(0, 4 * _A_MOMENT))
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(chance.uniform(0, _A_MOMENT))


async def _protest(_: StepCall, chance: Random) -> None:
    try:
        await anyio.sleep(chance.uniform(0, 4 * _A_MOMENT))
    except anyio.get_cancelled_exc_class() as cancelled:
        raise ValueError("an error in place of the cancellation") from cancelled


async def _have_children(_: StepCall, chance: Random) -> None:
    async with anyio.create_task_group() as tasks:
        for _child in range(3):
            tasks.start_soon(anyio.sleep, chance.uniform(0, 2 * _A_MOMENT))


ACTS: tuple[Act, ...] = (_turn, _wait, _fail, _clean_up, _protest, _have_children)
