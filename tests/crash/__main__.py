"""The command: `python -m tests.crash --kills N --seed S [--jobs J] [--peer langgraph]`."""

import argparse
import sys
import time
from importlib.util import find_spec

from tests.crash.campaign import Outcome, campaign, examine, table
from tests.crash.nursery import Nursery
from tests.crash.orders import Engine

_MISSING = (
    "skipped: LangGraph's SQLite checkpointer is not installed; "
    "pip install langgraph-checkpoint-sqlite\n"
)


def main() -> int:
    """Run the campaign; returns 1 if any verdict is not 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--kills", type=int, default=200, help="how many at least")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first plan")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--peer", choices=["langgraph"], help="judge it instead")
    parser.add_argument("--only", type=int, help="judge the runs of this seed alone")
    wish = parser.parse_args()
    engine: Engine = wish.peer or "dagplan"
    if engine == "langgraph" and find_spec("langgraph.checkpoint.sqlite") is None:
        sys.stdout.write(_MISSING)
        return 0
    if wish.only is not None:
        began = time.perf_counter()
        with Nursery(engine) as nursery:
            outcome = examine(wish.only, engine, nursery)
        seconds = time.perf_counter() - began
    else:
        outcome, seconds = campaign(wish.seed, wish.kills, wish.jobs, engine)
    return _show(outcome, engine, seconds)


def _show(outcome: Outcome, engine: Engine, seconds: float) -> int:
    for said in outcome.said:
        sys.stdout.write(f"{said}\n")
    sys.stdout.write(f"{table(outcome, engine, seconds)}\n")
    return 1 if outcome.faults.total() else 0


if __name__ == "__main__":
    sys.exit(main())
