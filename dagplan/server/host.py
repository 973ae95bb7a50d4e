"""What the server is given by whoever starts it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dagplan.agent.answer import Agent
from dagplan.policy import Mode
from dagplan.protocols import Archive


@dataclass(frozen=True)
class Host:
    """Agents, a journal, and who plans.

    Attributes:
        make: Makes the agent of one run, in the mode that is asked for.
        journal: Where runs are recorded, and where those of others are found.
        header: Who plans, for people.
        note: What is kept with a new run, so that it can go on by its id alone.
        new_run_id: Makes an id that no other run has.
    """

    make: Callable[[Mode], Agent]
    journal: Archive
    header: str
    note: Callable[[Mode], Mapping[str, object]]
    new_run_id: Callable[[], str]
