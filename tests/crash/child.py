"""What a child process does: run the plan, or go on with it, until it is done or dead."""

import json
import os
import traceback
from types import ModuleType

import anyio

from tests.crash.orders import Engine, Order
from tests.crash.plans import Case, Result
from tests.crash.steps import Steps
from tests.crash.witness import Witness


def engine_of(name: Engine) -> ModuleType:
    """Import what runs plans, and all that it imports later on."""
    if name == "langgraph":
        import langgraph.checkpoint.sqlite.aio
        import langgraph.func  # noqa: F401 - once for all children

        from tests.crash import peer

        return peer
    import trio  # noqa: F401 - once for all children

    from tests.crash import ours

    return ours


def main(order: Order) -> int:
    """Obey an order; returns the exit code, which is 1 if something raised."""
    try:
        case = order.case
        backend = case.backend if order.engine == "dagplan" else "asyncio"
        outcome, results = anyio.run(_run, order, case, backend=backend)
        told: object = {"outcome": outcome, "results": results}
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent judges it
        told = {"outcome": "error", "results": {}, "error": traceback.format_exc()}
        code = 1
    order.end.write_text(json.dumps(told))
    return code


async def _run(order: Order, case: Case) -> tuple[str, dict[str, Result]]:
    witness = Witness(str(order.witness), order.process)
    steps = Steps(case, witness, order.process)
    outcome, results = await engine_of(order.engine).run(order, case, steps, witness)
    return outcome, results


def leave(code: int) -> None:
    """End a forked process without running what its parent wants run at its own end."""
    os._exit(code)
