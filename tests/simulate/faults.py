"""What goes wrong in a random case, and the policies that are to cope with it."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from dagplan.policy import Hedge, Retry, Timeout
from tests.simulate.case import Kind, Mode, Script, Then

Durations = Literal["zero", "ties", "grid", "any", "tail"]


@dataclass(frozen=True)
class Mood:
    """How a run is disposed.

    Attributes:
        durations: What attempts take.
        faults: Part of the attempts that fail.
        limited: Part of the failures that are 429s.
        optional: Part of the dependencies that are optional.
        retried, timed, hedged: Whether there are such policies.
        hangs: Part of the attempts that never end.
        clings: Part of the attempts that swallow their cancellation.
        asks: Part of the attempts that ask for further admissions.
    """

    durations: Durations
    faults: float
    limited: float
    optional: float
    retried: bool
    timed: bool
    hedged: bool
    hangs: float
    clings: float
    asks: float


def mood_of(dice: Random, mode: Mode) -> Mood:
    """Draw the mood of a run."""
    timed = dice.random() < 0.25
    styles: tuple[Durations, ...] = ("zero", "ties", "ties", "grid", "any", "tail")
    return Mood(
        durations=dice.choice(styles),
        faults=dice.choice((0.0, 0.0, 0.15, 0.15, 0.5)),
        limited=dice.choice((0.0, 0.0, 0.0, 0.4)),
        optional=dice.choice((0.0, 0.0, 0.3)),
        retried=dice.random() < 0.4,
        timed=timed,
        hedged=dice.random() < 0.2,
        hangs=dice.choice((0.0, 0.2)) if timed or mode == "scope" else 0.0,
        clings=dice.choice((0.0, 0.0, 0.3)),
        asks=dice.choice((0.0, 0.0, 0.0, 0.0, 0.2)),
    )


def scripts(dice: Random, mood: Mood, count: int) -> tuple[tuple[Script, ...], ...]:
    """Draw what the attempts at a step do, for so many of its items."""
    return tuple(
        tuple(_script(dice, mood) for _ in range(dice.randint(1, 4)))
        for _ in range(count)
    )


def _script(dice: Random, mood: Mood) -> Script:
    kind = _kind(dice, mood)
    seconds = 0.0 if kind == "hang" else _seconds(dice, mood.durations)
    after = dice.choice((None, 0.0, 1.0, 5.0, 30.0)) if kind == "limited" else None
    asks = dice.randint(1, 2) if dice.random() < mood.asks else 0
    if dice.random() < mood.clings:
        ways: tuple[Then, ...] = ("cancelled", "value", "error")
        then = dice.choice(ways)
        return Script(kind, seconds, after, dice.choice((0.5, 3.0)), then, asks)
    return Script(kind, seconds, after, asks=asks)


def _kind(dice: Random, mood: Mood) -> Kind:
    if dice.random() < mood.hangs:
        return "hang"
    if dice.random() >= mood.faults:
        return "ok"
    if dice.random() < mood.limited:
        return "limited"
    return "transient" if dice.random() < 0.6 else "lasting"


def _seconds(dice: Random, durations: Durations) -> float:
    match durations:
        case "zero":
            return 0.0
        case "ties":
            return float(dice.randrange(3))
        case "grid":
            return dice.randrange(17) / 4
        case "any":
            return dice.uniform(0, 5)
        case "tail":
            return dice.uniform(0, 1) if dice.random() < 0.85 else dice.uniform(5, 20)


def policies(
    dice: Random, mood: Mood, ids: list[str]
) -> tuple[Retry, Timeout, Hedge | None]:
    """Draw the policies of a run."""
    retry = _retry(dice) if mood.retried else Retry(attempts=1)
    timeout = _timeout(dice, mood) if mood.timed else Timeout()
    hedge = _hedge(dice) if mood.hedged else None
    if dice.random() < 0.2:
        some = dice.choice(ids)
        if mood.retried:
            retry = Retry(attempts=2, backoff=1.0, per_step={some: _retry(dice)})
        if mood.timed:
            tools = {"t0": _timeout(dice, mood)}
            timeout = Timeout(attempt=3.0, per_tool=tools)
        if mood.hedged:
            hedge = Hedge(per_step={some: _hedge(dice)}, per_tool={"t1": _hedge(dice)})
    return retry, timeout, hedge


def _retry(dice: Random) -> Retry:
    return Retry(
        attempts=dice.randint(1, 4),
        backoff=dice.choice((0.0, 0.5, 1.0)),
        factor=dice.choice((1.0, 2.0, 3.0)),
        max_backoff=dice.choice((1.0, 3.0, 30.0)),
        jitter=dice.choice((0.0, 0.5, 1.0)),
    )


def _timeout(dice: Random, mood: Mood) -> Timeout:
    attempt = dice.choice((None, 1.0, 1.5, 2.9))
    step = dice.choice((None, None, 1.0, 4.0, 9.3))
    if attempt is None and step is None and mood.hangs:
        return Timeout(step=6.0)
    return Timeout(attempt=attempt, step=step)


def _hedge(dice: Random) -> Hedge:
    after = dice.choice((None, 0.0, 0.5, 1.0, 2.2))
    quantile = dice.choice((None, None, 0.5, 0.9))
    return Hedge(after=after, quantile=quantile)
