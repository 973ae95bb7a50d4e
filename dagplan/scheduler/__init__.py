"""When a step runs.

`Machine.handle(events) -> commands` decides and is pure: it has no clock, no event
loop and no chance of its own, so that every schedule can be replayed. `Execution`
performs the commands with anyio, on asyncio and on trio, and feeds back what happens.

Objects:
    `Node` (node.py): a step, or one item of a `for_each` step, while it runs.
    `StepGraph` (graph.py): nodes, who waits for whom, and what a step is called with.
    `Machine` (machine.py): lives as long as a run; decides what happens to nodes.
    `EventLog` (log.py): what happened so far; observers and streams read from it.
    `Execution` (executor.py): a run in progress, one task per attempt.
    `Run` (run.py): what is left when it is over; `execute_plan`, `stream_plan`.

Invariants: a step starts the moment its last dependency is settled and a slot is
free; never more steps run than there are slots; a failed step stops only those that
require it; leaving a run cancels and awaits every step; every step ends in exactly
one final status.
"""

from dagplan.scheduler.executor import Execution, open_execution
from dagplan.scheduler.run import Run, execute_plan, stream_plan

__all__ = ["Execution", "Run", "execute_plan", "open_execution", "stream_plan"]
