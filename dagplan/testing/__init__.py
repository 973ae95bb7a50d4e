"""Fakes for tests of programs that use dagplan: scripts instead of mocks.

A fake does what the real thing does at its seam and nothing else: it takes its turns
from a script, and keeps what it was asked. None of them knows a clock or a network;
`ScriptedRunner` sleeps with anyio, so that a clock that jumps makes it exact and free.

Objects:
    `ScriptedPlanner`, `ScriptedReplanner` (planners.py): plans and decisions in turn.
    `ScriptedRunner` (runner.py): a value, an error or a function for each step;
        `Attempts`: one for each attempt at a step, to test retries and hedges.
    `ScriptedModel` (model.py): a langchain chat model whose replies are given in turn,
        with tools, streaming and token counts; `ModelCall` is what it was asked.

Invariant: a script that is asked for more than it holds fails loudly and says what it
was asked; it never repeats itself and never makes something up. langchain is imported
with `ScriptedModel` only.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from dagplan.testing.planners import ScriptedPlanner, ScriptedReplanner
from dagplan.testing.runner import Attempts, ScriptedRunner

if TYPE_CHECKING:
    from dagplan.testing.model import ModelCall, ScriptedModel

__all__ = [
    "Attempts",
    "ModelCall",
    "ScriptedModel",
    "ScriptedPlanner",
    "ScriptedReplanner",
    "ScriptedRunner",
]


def __getattr__(name: str) -> object:
    if name not in ("ModelCall", "ScriptedModel"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.model"), name)
    globals()[name] = value
    return value
