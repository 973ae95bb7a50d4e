"""When a step runs.

`Machine.handle(events) -> commands` decides and is pure: it has no clock, no event
loop and no chance of its own, so that every schedule can be replayed. `Execution`
performs the commands with anyio, on asyncio and on trio, and feeds back what happens.

Pure, from the bottom up:
    `Gate`, `Window`, `Provider` (gates.py): what holds attempts up.
    `Throttle` (limits.py): the gates of a set of limits; runs see it by a `Share`.
    `Node`, `Attempt` (node.py): a step, or an item of a `for_each` step, as it runs.
    `StepGraph` (graph.py): nodes, who waits for whom, and what a step is called with.
    `Results` (results.py): what became of them, for whoever looks when a run is over.
    `ReadyQueue`, `Timers`, `Durations`: what could start; what is due; what is usual.
    `Rules` (rules.py): by which policies a run decides.
    `Spending` (spending.py): what a run has spent, and which bounds it has reached.
    `Memory` (memory.py): what was found, begun and decided before a run was resumed.
    `Machine` (machine.py): lives as long as a run; decides what happens to nodes. Its
        storeys: the run, leaving off (ending.py), attempts (attempts.py), whether a
        step has to start (weighing.py), what waits for what (settling.py).

The shell:
    `Workers` (workers.py): tasks that run attempts, each in a context of its own.
    `Alarm` (alarm.py): wakes the machine at the moments it asks for.
    `Outbox` (outbox.py): what was decided is recorded before anybody sees it.
    `BudgetWatch` (budget.py): takes in what calls of models spend, until that is all.
    `WrittenPlan` (written.py): the plan as it is recorded, while it is written too.
    `EventLog` (log.py): what happened so far; observers and streams read from it.
    `Requests` (requests.py): requests beside a step's first, which wait as well.
    `Execution` (executor.py): a run in progress, from `open_execution` (session.py).
    `Run` (run.py): what is left when it is over; `execute_plan`, `stream_plan`.

Invariants: a step starts the moment its last dependency is settled and a slot is
free; never more attempts run than there are slots, those that are being cancelled
included; a failed step stops only those that
require it; leaving a run cancels and awaits every step; every step ends in exactly
one final status; where a run is recorded, nothing that a crash could undo is seen.
"""

from dagplan.scheduler.executor import Execution
from dagplan.scheduler.limits import Throttle
from dagplan.scheduler.run import Run, execute_plan, stream_plan
from dagplan.scheduler.session import open_execution, open_record
from dagplan.scheduler.settings import RunSettings

__all__ = [
    "Execution",
    "Run",
    "RunSettings",
    "Throttle",
    "execute_plan",
    "open_execution",
    "open_record",
    "stream_plan",
]
