"""Limits, retries, timeouts, hedges and budgets of a run, as frozen values.

Nothing here knows a clock or draws a random number; both are arguments. What an error
means for whoever might try again is told by `dagplan.trouble`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Literal, Self

from dagplan.trouble import causes, classify

Mode = Literal["parallel", "sequential"]
Replan = Literal["idle", "eager", "step", "never"]
"""When the replanner may revise: once nothing more can start; as soon as a step fails;
each time a step ends, as LangGraph's plan-and-execute tutorial does; or not at all."""
ControlFlow = Literal["open", "strict"]
"""Whether whoever revises a plan sees what steps found, or only how they stand."""

Wording = Literal["auto", "model", "template"]
"""Who words the answer: the plan's template if it can, else a model; always a model; or
the template and nobody else."""

GRACE = 1.0
"""Seconds that a cancelled attempt may take to end before `StepStuck` names it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may happen at once, and how much in a minute.

    Rates are counted over a sliding window, so that no minute, wherever it begins,
    holds more. Each attempt at a step is a request, and so is each further call that it
    makes to a model or, as an agent step, to a tool. Tokens are known only when a call has ended: a call goes out while fewer than
    the limit were used in the last minute, so the last of them may go over.

    Attributes:
        concurrency: Slots: how many steps may run at once; None for no limit.
        per_tool: The same for the steps of one tool, by its name.
        requests_per_minute: Most requests in any minute; None for no limit.
        tokens_per_minute: Tokens in any minute from which calls wait; None for no
            limit.
    """

    concurrency: int | None = 16
    per_tool: Mapping[str, int] = field(default_factory=dict)
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    def __post_init__(self) -> None:
        names = ("concurrency", "requests_per_minute", "tokens_per_minute")
        for name in names:
            count = getattr(self, name)
            if count is not None:
                _check_count(name, count, least=1, remedy="use None for no limit")
        for tool, count in self.per_tool.items():
            remedy = "leave the tool out for no limit"
            _check_count(f"per_tool[{tool!r}]", count, least=1, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class PerStep:
    """A policy that may differ by tool and by step.

    Attributes:
        per_tool: What holds for the steps of one tool instead, by its name: a whole
            policy of the same kind, whose own `per_tool` and `per_step` do not count.
        per_step: What holds for one step instead, by its id; before `per_tool`.
    """

    per_tool: "Mapping[str, PerStep]" = field(default_factory=dict)
    per_step: "Mapping[str, PerStep]" = field(default_factory=dict)

    def of(self, step_id: str, tool: str | None) -> Self:
        """Return the policy of one step; items have that of their `for_each` step.

        Args:
            step_id: Id of a step of the plan.
            tool: The tool that it calls; None for an agent step.
        """
        found = self.per_step.get(step_id)
        if found is None and tool is not None:
            found = self.per_tool.get(tool)
        return found if isinstance(found, type(self)) else self

    def _check_kinds(self) -> None:
        # Not a __post_init__ of its own: `super()` fails in a dataclass with slots.
        mine = type(self).__name__
        for field_name in ("per_tool", "per_step"):
            for name, policy in getattr(self, field_name).items():
                if not isinstance(policy, type(self)):
                    raise TypeError(
                        f"{field_name}[{name!r}] of a {mine} must be a {mine}, "
                        f"got {policy!r}"
                    )


Errors = (
    type[BaseException]
    | tuple[type[BaseException], ...]
    | Callable[[BaseException], bool]
)


@dataclass(frozen=True, slots=True)
class Retry(PerStep):
    """How often, and after which waits, a step is tried again.

    The wait before attempt n + 1 is `backoff * factor ** (n - 1)` seconds, at most
    `max_backoff`, of which the part `jitter` is left to chance, so that steps which
    failed together do not come back together (Brooker, "Exponential backoff and
    jitter", 2015). A provider's Retry-After is never cut short. A waiting step holds no
    slot.

    Attributes:
        attempts: How often a step may be started; 1 never tries again.
        backoff: Seconds before the second attempt.
        factor: By how much each wait is longer than the one before.
        max_backoff: Longest wait in seconds.
        jitter: 0 for exact waits, 1 for any wait between 0 and the exact one.
        errors: Which errors are tried again: classes, also of an error that another one
            wraps and of all errors of a group, or a function that tells. None: those
            that may pass by themselves (timeouts, lost connections, 408, 409, 425, 429
            and 5xx), unless the provider asks to wait for more than
            `trouble.LONGEST_WAIT` seconds.
    """

    attempts: int = 3
    backoff: float = 0.5
    factor: float = 2.0
    max_backoff: float = 30.0
    jitter: float = 0.5
    errors: Errors | None = None

    def __post_init__(self) -> None:
        self._check_kinds()
        remedy = "1 never tries again"
        _check_count("attempts", self.attempts, least=1, remedy=remedy)
        _check_seconds("backoff", self.backoff, "0 waits for nothing")
        _check_seconds("max_backoff", self.max_backoff, "0 waits for nothing")
        if not (self.factor >= 1 and isfinite(self.factor)):
            raise ValueError(
                f"factor must be at least 1, got {self.factor}; 1 waits equally long"
            )
        if not 0 <= self.jitter <= 1:
            raise ValueError(
                f"jitter must be from 0 to 1, got {self.jitter}; 0 for exact waits"
            )
        _check_errors(self.errors)

    def covers(self, error: BaseException) -> bool:
        """Tell whether a step that raised this error may be tried again."""
        if self.errors is None:
            return classify(error).transient
        if isinstance(self.errors, type | tuple):
            return _is_covered(error, self.errors)
        return bool(self.errors(error))

    def wait(self, attempts: int, chance: float) -> float:
        """Return the seconds to wait after so many attempts.

        Args:
            attempts: How often the step was started, at least 1.
            chance: A random number from 0 to 1.
        """
        try:
            growth = float(self.factor) ** (attempts - 1)
        except OverflowError:
            growth = inf
        # 0 times infinity is no number.
        exact = min(self.backoff * growth, self.max_backoff) if self.backoff else 0.0
        return exact * (1 - self.jitter * chance)


@dataclass(frozen=True, slots=True)
class Timeout(PerStep):
    """How long a step may take. The items of a `for_each` step count each by itself.

    Attributes:
        attempt: Seconds for one attempt, which is then cancelled and may be retried;
            None for no limit.
        step: Seconds from the start of the first attempt, waits between attempts
            included; then the step fails. None for no limit.
    """

    attempt: float | None = None
    step: float | None = None

    def __post_init__(self) -> None:
        self._check_kinds()
        for name, seconds in (("attempt", self.attempt), ("step", self.step)):
            if seconds is not None:
                _check_seconds(name, seconds, "use None for no limit", zero=False)


@dataclass(frozen=True, slots=True)
class Hedge(PerStep):
    """When a second attempt joins one that takes long; the first success wins.

    Only for steps that may run twice. The loser is cancelled and awaited. The second
    attempt takes a slot, before any step that has not begun (Dean & Barroso, "The Tail
    at Scale", 2013).

    Attributes:
        after: Seconds after the start of the attempt; None never, or only as learned.
        quantile: Learn the time from the steps of the same tool that succeeded in this
            run: 0.95 joins the slowest 5 %. Until enough have, `after` holds.
    """

    after: float | None = None
    quantile: float | None = None

    def __post_init__(self) -> None:
        self._check_kinds()
        if self.after is not None:
            _check_seconds("after", self.after, "use None for never")
        if self.quantile is not None and not 0 < self.quantile < 1:
            raise ValueError(
                f"quantile must lie between 0 and 1, got {self.quantile}; "
                "0.95 joins the slowest 5 %"
            )


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may spend before it must answer from what it has.

    Where one of the last four bounds is reached nothing new starts: no step, no further
    attempt at one, no revision, and steps that run are refused further calls of models.
    The answer is then made from what is there and says so; the one call that words it
    comes on top. What is under way ends, so that what was spent may be more than the
    bound. A run that is resumed goes on from what it had spent.

    Attributes:
        replans: How often the plan may be revised.
        max_model_calls: Calls of models, planning included; None for no bound.
        max_tokens: Tokens read and written by them, as far as providers count them;
            None for no bound.
        max_cost: US dollars that they cost, by the list prices of genai-prices; None
            for no bound. Calls whose tokens nobody counted are not in it.
        deadline: Seconds from the beginning of the run, times in which nobody ran it
            left out, those in which it waits for the user not; what runs then is
            cancelled. None for no bound.
    """

    replans: int = 3
    max_model_calls: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    deadline: float | None = None

    def __post_init__(self) -> None:
        _check_count("replans", self.replans, least=0, remedy="0 never revises")
        remedy = "use None for no bound"
        for name in ("max_model_calls", "max_tokens"):
            count = getattr(self, name)
            if count is not None:
                _check_count(name, count, least=1, remedy=remedy)
        if self.max_cost is not None and not 0 < self.max_cost < inf:
            raise ValueError(
                f"max_cost must be more than 0 dollars, got {self.max_cost}; {remedy}"
            )
        if self.deadline is not None:
            _check_seconds("deadline", self.deadline, remedy, zero=False)


def _is_covered(
    error: BaseException, kinds: type[BaseException] | tuple[type[BaseException], ...]
) -> bool:
    def is_one(error: BaseException) -> bool:
        return any(isinstance(cause, kinds) for cause in causes(error))

    if isinstance(error, BaseExceptionGroup):
        return error.split(is_one)[1] is None
    return is_one(error)


def _check_count(name: str, count: object, *, least: int, remedy: str) -> None:
    if not isinstance(count, int):
        raise TypeError(f"{name} must be a whole number, got {count!r}; {remedy}")
    if count < least:
        raise ValueError(f"{name} must be at least {least}, got {count}; {remedy}")


def _check_seconds(
    name: str, seconds: float, remedy: str, *, zero: bool = True
) -> None:
    if not isfinite(seconds) or seconds < 0 or (seconds == 0 and not zero):
        least = "at least" if zero else "more than"
        raise ValueError(f"{name} must be {least} 0 seconds, got {seconds}; {remedy}")


def _check_errors(errors: object) -> None:
    classes = errors if isinstance(errors, tuple) else (errors,)
    if all(isinstance(kind, type) for kind in classes):
        return
    if errors is not None and not callable(errors):
        raise TypeError(
            "errors must be a class of errors, a tuple of them, or a function that "
            f"takes an error and tells, got {errors!r}"
        )
