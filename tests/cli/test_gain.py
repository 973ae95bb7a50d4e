"""What parallelism bought, and no more than that."""

import pytest

from dagplan.cli.gain import calls_lines, gain_line
from dagplan.events import Tokens
from dagplan.report import RunReport


def report(
    wall: float,
    serial: float,
    chain: float,
    *,
    planning: float = 0.0,
    answering: float = 0.0,
    **changes: object,
) -> RunReport:
    figures: dict[str, object] = {
        "wall": wall,
        "first_step": planning,
        "serial_sum": serial,
        "critical_path": planning + chain + answering,
        "lower_bound": wall,
        "speedup": serial / wall,
        "efficiency": 1.0,
        "planning": planning,
        "answering": answering,
        "steps": {"succeeded": 10},
        "model_calls": {},
        "tokens": Tokens(),
    }
    return RunReport(**(figures | changes))  # type: ignore[arg-type]


def test_a_gain_is_stated_with_what_it_is_compared_to():
    assert gain_line(report(1.04, 3.12, 1.01), 16) == (
        "10 steps in 1.04 s; one at a time 3.12 s: 3.0\N{MULTIPLICATION SIGN} as fast (longest chain 1.01 s)"
    )


def test_planning_and_answering_are_named_where_they_took_time():
    line = gain_line(report(4.0, 6.0, 1.0, planning=2.0, answering=1.0), 16)

    assert line.endswith(
        "1.5\N{MULTIPLICATION SIGN} as fast (planning 2.00 s, longest chain 1.00 s, answer 1.00 s)"
    )


def test_what_took_no_time_had_nothing_to_gain():
    line = gain_line(report(0.204, 0.25, 0.003, planning=0.2), 16, local=True)

    assert line == (
        "10 steps, all local, in 4.0 ms after 0.20 s of planning: "
        "nothing to gain from running side by side"
    )


def test_a_chain_gains_nothing():
    line = gain_line(report(2.1, 2.12, 2.1), 16)

    assert line == (
        "10 steps in 2.10 s; one at a time 2.12 s: nothing gained (longest chain 2.10 s)"
    )


def test_steps_that_computed_in_turns_claim_nothing():
    line = gain_line(report(0.1, 0.5, 0.1), 16, computing=0.09)

    assert line == (
        "10 steps in 0.10 s, much of it computing: "
        "what side by side gained cannot be told"
    )
    assert "5.0\N{MULTIPLICATION SIGN}" in gain_line(
        report(0.1, 0.5, 0.1), 16, computing=0.03
    )


def test_one_at_a_time_is_not_compared_with_itself():
    line = gain_line(report(3.1, 3.1, 1.0), 1)

    assert line == "10 steps one at a time in 3.10 s (longest chain 1.00 s)"


def test_one_step_has_no_other_beside_it():
    line = gain_line(report(1.0, 1.0, 1.0, steps={"succeeded": 1, "skipped": 2}), 16)

    assert (
        line == "1 step in 1.00 s: nothing to run side by side (longest chain 1.00 s)"
    )


def test_no_step_at_all():
    assert gain_line(report(1.0, 1.0, 0.0, steps={"skipped": 2}), 16) == "no step ran"


FROM_CACHE = "(1,000 of them from a cache)"
AND_MORE = "and 1 call of unknown price"
TWO = {"planner": 1, "replanner": 1}


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            {"model_calls": TWO, "tokens": Tokens(3012, 411), "price": 0.00213},
            "2 model calls; 3,012 tokens read, 411 written; $0.0021",
        ),
        (
            {"model_calls": TWO, "tokens": Tokens(3012, 411, 1000), "price": 1.5},
            f"2 model calls; 3,012 tokens read {FROM_CACHE}, 411 written; $1.50",
        ),
        (
            {"model_calls": TWO, "tokens": Tokens(9, 9), "price": None, "unpriced": 2},
            "2 model calls; 9 tokens read, 9 written; price unknown",
        ),
        (
            {"model_calls": TWO, "tokens": Tokens(9, 9), "price": 0.01, "unpriced": 1},
            f"2 model calls; 9 tokens read, 9 written; $0.01 {AND_MORE}",
        ),
        (
            {"model_calls": {"planner": 1}, "price": None, "unpriced": 1},
            "1 model call; the provider did not count tokens",
        ),
    ],
)
def test_calls_tokens_and_price_are_told(figures: dict[str, object], said: str):
    assert calls_lines(report(1, 1, 1, **figures)) == [said]  # type: ignore[arg-type]


def test_nothing_is_said_of_models_where_none_was_called():
    assert calls_lines(report(1, 1, 1)) == []
