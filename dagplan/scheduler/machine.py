"""Every decision of a run: what happened in, commands out; no clock, no event loop."""

from collections.abc import Callable, Iterable
from math import inf

from dagplan.events import (
    BudgetReached,
    PlanFinished,
    Revised,
    StepApproved,
    StepPlanned,
    StepResult,
    StepSkipped,
)
from dagplan.plan.references import find
from dagplan.protocols import Admit, Emit
from dagplan.scheduler.ending import Ending
from dagplan.scheduler.limits import Share
from dagplan.scheduler.memory import Memory
from dagplan.scheduler.node import Node
from dagplan.scheduler.results import Results
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.stimuli import Command, Gone, Raised, Returned, Stop, Tick

Stimulus = (
    Returned
    | Raised
    | Gone
    | Tick
    | Stop
    | StepPlanned
    | PlanFinished
    | Revised
    | StepApproved
    | BudgetReached
)
_NO_TIME_AT_ALL = 1e-9  # what adding and taking away the start of a run may round off


class Machine(Ending):
    """The state of a run and the rules that change it.

    Five storeys, each of which calls only those below: the whole run here, leaving off
    in `Ending`, attempts at steps in `Attempts`, whether a step has to start in
    `Weighing`, what waits for what in `Settling`.

    Args:
        rules: By which policies it decides.
        share: What it may use of the limits.
        emit: Handed to each step's call; the machine itself never calls it.
        admit: Returns what is handed to the calls of a tool, likewise.
        memory: What is known from before the run was resumed.

    Attributes:
        wake_at: The moment at which it wants a `Tick`; infinity for none.
        idle: Whether the plan is complete and nothing runs, waits to or can start.
    """

    def __init__(
        self,
        rules: Rules,
        share: Share,
        emit: Emit,
        admit: Callable[[str | None], Admit],
        memory: Memory | None = None,
    ) -> None:
        super().__init__(rules, share, emit, admit, memory or Memory())
        self.wake_at = inf
        self.idle = False

    @property
    def over(self) -> bool:
        """Whether it is idle and every attempt has really ended."""
        return self.idle and not self._attempts

    def ends(self) -> list[str]:
        """Return the ids of the steps that no other waits for."""
        nodes = self._graph.nodes.values()
        return [n.id for n in nodes if n.parent is None and not n.dependents]

    def have_values(self, step_ids: Iterable[str]) -> bool:
        """Tell whether all of these steps have succeeded."""
        nodes = self._graph.nodes
        return all(nodes[step_id].status == "succeeded" for step_id in step_ids)

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step so far, items after their `for_each` step."""
        return {node.id: node.result() for node in self._graph}

    def final_results(self) -> Results:
        """Return the same of a run that is over."""
        return Results(self._graph)

    def handle(self, *stimuli: Stimulus) -> list[Command]:
        """Take what happened and decide what to do about it; see `take`."""
        return self.take(stimuli)

    def take(self, stimuli: Iterable[Stimulus]) -> list[Command]:
        """Take what happened and decide what to do about it.

        Several stimuli count as one moment: slots are filled after the last, so that
        a whole plan can be weighed before its first step starts.

        Raises:
            ValueError: `Rules.estimate` gave no length of time.
        """
        self._commands = []
        for stimulus in stimuli:
            self._now = stimulus.at
            # Those of which every step has one come first.
            if type(stimulus) is Returned:
                self._returned(stimulus)
            elif type(stimulus) is StepPlanned:
                self._advance(self._graph.add(stimulus.step))
            else:
                self._transition(stimulus)
        if self._graph.changed:
            self._rank()
            self._calls_off = self._holds
        self._go_on()
        return self._commands

    def _transition(self, stimulus: Stimulus) -> None:
        match stimulus:
            case Returned():
                self._returned(stimulus)
            case StepPlanned():
                self._advance(self._graph.add(stimulus.step))
            case Raised():
                self._raised(stimulus)
            case Gone():
                self._gone(stimulus)
            case Tick():
                self._timers.run(stimulus.at + _NO_TIME_AT_ALL)
            case PlanFinished():
                self._plan_finished(stimulus)
            case Revised():
                self._revise(stimulus)
            case StepApproved():
                self._approved(stimulus)
            case Stop() | BudgetReached():
                self._leave_off(stimulus)

    def _plan_finished(self, event: PlanFinished) -> None:
        self._complete = True
        self._weighed += self._held_back
        self._held_back.clear()
        self._graph.wanted.update(ref.step for ref in find(event.answer))
        self._count_goals()

    def _count_goals(self) -> None:
        if self._rules.until is not None:
            nodes = self._graph.nodes
            goals = (nodes.get(step_id) for step_id in self._rules.until)
            self._goals = {n.id for n in goals if n is not None and not n.settled}

    def _rank(self) -> None:
        """Weigh all steps anew; called when the plan has grown or changed."""
        self._graph.rank(self._rules.estimate, self._rules.until)
        self._ready.extend([*self._ready.take_all(), *self._fresh])
        self._fresh.clear()

    def _go_on(self) -> None:
        """Do all that can be done at this moment.

        A loop, since a step that cannot start settles at once and may free others: by
        recursion a chain of a thousand empty lists would exhaust the stack.
        """
        self._held_until = inf
        while True:
            if self._lists:
                self._expand(self._lists.popleft())
            elif self._weighed:
                self._weigh(self._weighed.popleft())
            elif self._goals is not None and not self._goals and not self._stopped:
                self._stop()
            elif not (self._start_next() or self._call_off_rest()):
                break
        if self._share.queued:
            self._share.looked()
        self.idle = (
            not self._active
            and self._complete
            and not self._ready.count
            and not self._backing_off
        )
        self.wake_at = self._held_until
        if self._timers.heap:
            self.wake_at = min(self.wake_at, self._timers.next)

    def _start_next(self) -> bool:
        """Start what is most urgent of all that may; tells whether there was any."""
        if self._holds:
            return False
        if self._slow and self._hedge_one():
            return True
        if not self._ready.count or self._share.is_full:
            return False
        if self._slots is not None and len(self._attempts) >= self._slots:
            return False
        node = self._ready.pop(self._may_start)
        if node is None:
            return False
        self._start(node)
        return True

    # Revision

    def _revise(self, event: Revised) -> None:
        """Change the graph, then let every step that has not begun wait anew."""
        redefined = {step.id for step in event.redefined}
        skipped = {
            node.id
            for node in self._graph
            if node.status == "skipped" and node.id not in redefined
        }
        ready = [*self._ready.take_all(), *self._fresh]
        weighed = [*self._weighed]
        self._fresh.clear()
        self._lists.clear()
        self._weighed.clear()
        waiting = self._graph.revise(event, self._drop)
        # Steps come back when they are counted below; items stay, unless their step is
        # gone.
        nodes = self._graph.nodes
        self._fresh += [
            n for n in ready if n.parent is not None and nodes.get(n.id) is n
        ]
        self._weighed += [
            n for n in weighed if n.parent is not None and nodes.get(n.id) is n
        ]
        told = len(self._commands)
        for node in waiting:
            if node.status == "waiting":
                self._advance(node)
        # A step that was skipped and still is needs no second word about it.
        self._commands[told:] = [
            command
            for command in self._commands[told:]
            if not (isinstance(command, StepSkipped) and command.step_id in skipped)
        ]
        self._count_goals()

    def _drop(self, node: Node) -> None:
        """Make void what was begun for a step that is gone or another one now."""
        for attempt in node.active:
            self._give_up(attempt)
        self._call_off_retry(node)
        self._call_off_deadline(node)
