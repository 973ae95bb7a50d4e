"""Errors in one line, and their exit codes."""

import pytest

from dagplan.cli.exits import Ending, InterruptedRunError, ending
from dagplan.cli.screen import OutputError
from dagplan.errors import (
    MissingKeyError,
    ModelError,
    PlanError,
    Problem,
    UnsupportedQuestionError,
)


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (
            ModelError("the planner model failed:\nno", role="planner"),
            1,
            "dagplan: the planner model failed: no\n",
        ),
        (
            PlanError([Problem("a", "cycle", "a → a", "cut it")]),
            1,
            (
                "dagplan: the model wrote no valid plan: invalid plan: "
                "step 'a': cycle: a → a; cut it; try again, or another --model\n"
            ),
        ),
        (MissingKeyError("set X", variable="X"), 2, "dagplan: set X\n"),
        (
            UnsupportedQuestionError(
                "cannot read it; I can:\n- this\n- that", part="it"
            ),
            2,
            "dagplan: cannot read it; I can:\n  - this\n  - that\n",
        ),
        (
            OutputError("standard output", OSError(28, "No space left on device")),
            1,
            "dagplan: cannot write to standard output: No space left on device\n",
        ),
        (OutputError("standard output", BrokenPipeError(32, "Broken pipe")), 1, ""),
        (KeyboardInterrupt(), 130, "dagplan: interrupted; nothing was run\n"),
        (
            InterruptedRunError(3, 7),
            130,
            "dagplan: interrupted; 3 of 7 steps were done\n",
        ),
        (
            InterruptedRunError(0, 0),
            130,
            "dagplan: interrupted; there was no plan yet\n",
        ),
        (
            InterruptedRunError(
                3, 90, stuck=["a"], running=[f"s{n}" for n in range(22)]
            ),
            130,
            (
                "dagplan: interrupted; 3 of 90 steps were done\n"
                "dagplan: did not end within 1 s of being cancelled: a\n"
                "dagplan: left while still running: "
                f"{', '.join(f's{n}' for n in range(20))} and 2 more\n"
            ),
        ),
    ],
)
def test_each_error_ends_in_its_own_way(error: BaseException, code: int, text: str):
    found = ending(error)

    assert (found.code, found.text) == (code, text)


def test_what_nobody_foresaw_is_one_line_with_its_place():
    empty: dict[str, int] = {}
    with pytest.raises(KeyError) as raised:
        empty["a\nb\x1b[2J"]

    found = ending(ExceptionGroup("several", [raised.value]))

    assert found.code == 1
    assert found.text.startswith("dagplan: unexpected KeyError: ")
    assert "at test_exits.py:" in found.text
    assert found.text.count("\n") == 1


def test_lines_are_safe_to_show():
    assert (
        Ending(3, ("step \x1b[2Ja",)).text
        == "dagplan: step \N{REPLACEMENT CHARACTER}[2Ja\n"
    )
