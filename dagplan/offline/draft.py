"""A plan under construction: equal calls become one step, ids stay readable."""

import json
import re
from dataclasses import dataclass, field

from dagplan.offline.text import fold
from dagplan.plan.model import Plan, Step

_LONGEST_ID = 48  # leaves room for a number under the language's bound of 64


def slug(text: str) -> str:
    """Write a text as a part of an id."""
    plain = "_".join(re.findall(r"[a-z0-9]+", fold(text)))
    return re.sub(r"(^|_)(the|of)(?=_)", "", plain).strip("_") or "place"


@dataclass(slots=True)
class Draft:
    """Steps so far.

    Attributes:
        steps: By id, in the order in which they were added.
    """

    steps: dict[str, Step] = field(default_factory=dict)
    _calls: dict[str, str] = field(default_factory=dict)

    def call(
        self,
        name: str,
        task: str,
        tool: str,
        args: dict[str, object],
        for_each: str | None = None,
    ) -> str:
        """Add a tool call, unless the plan has it already.

        Args:
            name: What its id should be.
            task: What it does, as a sentence.
            tool: The tool to call.
            args: Its arguments.
            for_each: A reference to a list whose items it is run for; items that
                fail are left out.

        Returns:
            The step's id.
        """
        key = json.dumps([tool, args, for_each])
        if key not in self._calls:
            step_id = self._free(slug(name)[:_LONGEST_ID].strip("_"))
            self._calls[key] = step_id
            self.steps[step_id] = Step(
                id=step_id,
                task=task,
                tool=tool,
                args=args,
                for_each=for_each,
                partial=for_each is not None,
            )
        return self._calls[key]

    def _free(self, wanted: str) -> str:
        # Ids begin with a letter, and `item` is taken by for_each.
        wanted = wanted if wanted[:1].isalpha() and wanted != "item" else f"n_{wanted}"
        number, step_id = 1, wanted
        while step_id in self.steps:
            number += 1
            step_id = f"{wanted}_{number}"
        return step_id

    def plan(self) -> Plan:
        """Return the plan."""
        return Plan(steps=list(self.steps.values()))


def ref(step_id: str, *path: str) -> str:
    """Write a reference to a step's value."""
    return "${" + ".".join((step_id, *path)) + "}"
