"""Plans that people wrote, as the benchmarks of their papers have them.

Each line of a set is `{"id", "question", "answer", "steps": [{"id", "text", "deps",
"answer"}]}`; `#2` in a text stands for the result of step 2.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dagplan import Plan, Step

Written = dict[str, Any]


def read(folder: str, name: str) -> list[Written]:
    """All plans of a set in a folder."""
    lines = (Path(folder) / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def filled(written: Written, text: str, say: Callable[[str], str]) -> str:
    """Put something in place of each `#2` that names a step of the plan."""
    known = {step["id"] for step in written["steps"]}
    return re.sub(r"#(\d+)", lambda m: say(m[1]) if m[1] in known else m[0], text)


def as_plan(written: Written) -> Plan:
    """Turn `#2` in a text into `${s2}`; other dependencies stay explicit."""
    return Plan(
        steps=[
            Step(
                id=f"s{step['id']}",
                task=filled(
                    written,
                    step["text"].replace("${", r"\${"),
                    lambda step_id: f"${{s{step_id}}}",
                ),
                depends_on=[f"s{dependency}" for dependency in step["deps"]],
            )
            for step in written["steps"]
        ]
    )
