"""Policies: what they refuse, what holds for which step, how long a retry waits."""

from dataclasses import FrozenInstanceError, replace

import pytest

from dagplan.errors import ModelError, StepError, ToolError
from dagplan.policy import Budget, Hedge, Limits, Retry, Timeout

NAN, INF = float("nan"), float("inf")


# --- waits ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0)]
)
def test_waits_grow_up_to_the_longest(attempts, seconds):
    assert Retry(jitter=0).wait(attempts, 0.7) == seconds


@pytest.mark.parametrize(
    ("jitter", "chance", "seconds"),
    [(0.5, 0.0, 8.0), (0.5, 0.5, 6.0), (0.5, 1.0, 4.0), (1.0, 1.0, 0.0)],
)
def test_jitter_takes_a_part_of_the_wait_away(jitter, chance, seconds):
    assert Retry(backoff=8, jitter=jitter).wait(1, chance) == seconds


@pytest.mark.parametrize("factor", [2, 2.0, 1e308])
def test_a_wait_too_long_for_a_number_is_the_longest(factor):
    retry = Retry(attempts=9_999, factor=factor, jitter=0)
    assert retry.wait(9_000, 0.5) == 30.0


def test_no_backoff_stays_none_however_often():
    assert Retry(backoff=0).wait(9_000, 0.5) == 0.0


# --- which errors -----------------------------------------------------------


def wrapped(error: Exception) -> Exception:
    wrapper = ToolError("the tool failed")
    wrapper.__cause__ = error
    return wrapper


@pytest.mark.parametrize(
    ("errors", "error", "covered"),
    [
        (None, TimeoutError(), True),
        (None, ValueError(), False),
        (ValueError, ValueError(), True),
        (ValueError, TimeoutError(), False),
        ((ValueError, KeyError), KeyError(), True),
        ((), TimeoutError(), False),
        (KeyError, wrapped(KeyError()), True),
        (ToolError, wrapped(KeyError()), True),
        (ModelError, wrapped(KeyError()), False),
        (KeyError, ExceptionGroup("", [KeyError(), wrapped(KeyError())]), True),
        (KeyError, ExceptionGroup("", [KeyError(), OSError()]), False),
        (lambda error: "again" in str(error), StepError("again"), True),
        (lambda error: "again" in str(error), StepError("never"), False),
    ],
)
def test_which_errors_are_tried_again(errors, error, covered):
    assert Retry(errors=errors).covers(error) is covered


@pytest.mark.parametrize("errors", ["all", [ValueError], (ValueError, "OSError"), 3])
def test_what_names_no_errors_is_refused(errors):
    with pytest.raises(TypeError, match="errors must be a class of errors, a tuple"):
        Retry(errors=errors)


# --- per tool and per step --------------------------------------------------


@pytest.mark.parametrize(
    ("step_id", "tool", "attempts"),
    [("a", "search", 5), ("b", "search", 4), ("b", "other", 3), ("b", None, 3)],
)
def test_a_step_comes_before_its_tool_and_that_before_the_plan(step_id, tool, attempts):
    retry = Retry(per_tool={"search": Retry(4)}, per_step={"a": Retry(5)})
    assert retry.of(step_id, tool).attempts == attempts


def test_what_holds_for_one_step_holds_as_a_whole():
    timeout = Timeout(attempt=1, step=9, per_step={"a": Timeout(attempt=2)})
    assert timeout.of("a", None) == Timeout(attempt=2, step=None)


def test_a_hedge_can_be_left_out_for_one_tool():
    hedge = Hedge(after=1, per_tool={"pay": Hedge()})
    assert hedge.of("a", "pay").after is None
    assert hedge.of("a", "search") is hedge


@pytest.mark.parametrize("kind", [Retry, Timeout, Hedge])
@pytest.mark.parametrize("field", ["per_tool", "per_step"])
@pytest.mark.parametrize("other", [3, None, Limits()])
def test_a_policy_of_another_kind_is_refused_when_it_is_made(kind, field, other):
    name = kind.__name__
    with pytest.raises(TypeError, match=rf"{field}\['x'\] of a {name} must be"):
        kind(**{field: {"x": other}})


def test_a_timeout_for_a_retry_is_refused():
    with pytest.raises(TypeError, match="must be a Retry, got Timeout"):
        Retry(per_tool={"search": Timeout(attempt=1)})


# --- numbers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "field", "value", "said"),
    [
        (Retry, "attempts", 0, "attempts must be at least 1, got 0; 1 never tries"),
        (Retry, "backoff", -1, "backoff must be at least 0 seconds, got -1"),
        (Retry, "backoff", NAN, "backoff must be at least 0 seconds, got nan"),
        (Retry, "max_backoff", INF, "max_backoff must be at least 0 seconds, got inf"),
        (Retry, "factor", 0.5, "factor must be at least 1, got 0.5"),
        (Retry, "factor", NAN, "factor must be at least 1, got nan"),
        (Retry, "jitter", 1.1, "jitter must be from 0 to 1, got 1.1"),
        (Retry, "jitter", NAN, "jitter must be from 0 to 1, got nan"),
        (Timeout, "attempt", 0, "attempt must be more than 0 seconds, got 0; use None"),
        (Timeout, "step", -2, "step must be more than 0 seconds, got -2"),
        (Timeout, "step", INF, "step must be more than 0 seconds, got inf"),
        (Hedge, "after", -1, "after must be at least 0 seconds, got -1; use None"),
        (Hedge, "quantile", 1, "quantile must lie between 0 and 1, got 1; 0.95"),
        (Hedge, "quantile", 0, "quantile must lie between 0 and 1, got 0"),
        (Limits, "concurrency", 0, "concurrency must be at least 1, got 0; use None"),
        (Limits, "requests_per_minute", 0, "requests_per_minute must be at least 1"),
        (Limits, "tokens_per_minute", -5, "tokens_per_minute must be at least 1"),
        (Limits, "per_tool", {"x": 0}, r"per_tool\['x'\] must be at least 1, got 0"),
        (Budget, "replans", -1, "replans must be at least 0, got -1; 0 never"),
        (
            Budget,
            "max_model_calls",
            0,
            "max_model_calls must be at least 1, got 0; use",
        ),
        (Budget, "max_tokens", -1, "max_tokens must be at least 1, got -1; use None"),
        (
            Budget,
            "max_cost",
            0,
            "max_cost must be more than 0 dollars, got 0; use None",
        ),
        (Budget, "max_cost", NAN, "max_cost must be more than 0 dollars, got nan"),
        (Budget, "max_cost", INF, "max_cost must be more than 0 dollars, got inf"),
        (
            Budget,
            "deadline",
            0,
            "deadline must be more than 0 seconds, got 0; use None",
        ),
        (Budget, "deadline", INF, "deadline must be more than 0 seconds, got inf"),
    ],
)
def test_a_number_out_of_range_is_refused(make, field, value, said):
    with pytest.raises(ValueError, match=said):
        make(**{field: value})


@pytest.mark.parametrize("count", [2.5, "3"])
def test_half_an_attempt_is_refused(count):
    with pytest.raises(TypeError, match="attempts must be a whole number, got"):
        Retry(attempts=count)


@pytest.mark.parametrize("policy", [Retry(), Timeout(), Hedge(), Limits(), Budget()])
def test_policies_are_values(policy):
    assert policy == replace(policy)
    with pytest.raises((FrozenInstanceError, TypeError)):
        policy.attempts = 9
    assert not hasattr(policy, "__dict__")
