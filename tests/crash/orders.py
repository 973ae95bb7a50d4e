"""What a child process is told, and what it tells when it ends by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.crash.kills import Kill
from tests.crash.plans import Case, case_of

Engine = Literal["dagplan", "langgraph"]

RUN_ID = "run"


def case_for(engine: Engine, seed: int) -> Case:
    """Return the case of a seed, as far as an engine promises to bring it to its end.

    A run of LangGraph that was over stays over when it is resumed, failures included,
    so that what a later process would make good there stays bad.
    """
    case = case_of(seed)
    return case.lasting() if engine == "langgraph" else case


@dataclass(frozen=True, slots=True)
class Order:
    """One process of a run.

    Attributes:
        engine: What runs the plan.
        seed: Which plan.
        process: Number of the process in its run, from 1.
        folder: Where the files of the run are.
        kill: When it kills itself; None never.
    """

    engine: Engine
    seed: int
    process: int
    folder: str
    kill: Kill | None = None

    @property
    def case(self) -> Case:
        """What is run."""
        return case_for(self.engine, self.seed)

    @property
    def witness(self) -> Path:
        """The witness of the run."""
        return Path(self.folder) / "witness"

    @property
    def record(self) -> Path:
        """The journal, or the other engine's checkpoints."""
        return Path(self.folder) / "record.db"

    @property
    def end(self) -> Path:
        """What the process tells when it ends by itself."""
        return Path(self.folder) / f"end.{self.process}"


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended by itself.

    Attributes:
        outcome: As its engine has it; `"error"` if it raised.
        results: Status and value of each step and item by id.
        error: The traceback, if it raised.
    """

    outcome: str
    results: Mapping[str, tuple[str, object]]
    error: str = ""
