"""The random case of a seed: shapes of plans, and the runs that are made of them."""

from dataclasses import dataclass, replace
from random import Random

from tests.simulate.case import Case, Change, Flow, Mode, Task
from tests.simulate.faults import Mood, mood_of, policies, scripts

_TOOLS = ("t0", "t1", "t2", "t3")
_MOST_ITEMS = 40


def case_of(seed: int) -> Case:
    """Return the case of a seed, always the same one."""
    dice = Random(seed)
    several = dice.random() < 0.08
    size = _size(dice)
    count = dice.randint(2, 4) if several else 1
    flows = tuple(_flow(dice, max(1, size // count), several) for _ in range(count))
    rated = dice.random() < 0.07
    return Case(
        flows=flows,
        slots=dice.choice((None, None, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8)),
        per_tool=_per_tool(dice),
        per_minute=dice.choice((1, 2, 3, 5, 10, 30)) if rated else None,
        throttle=dice.random() < 0.1,
        seed=dice.randrange(1 << 30),
    )


def _size(dice: Random) -> int:
    pick = dice.random()
    if pick < 0.85:
        return dice.randint(1, 6)
    if pick < 0.975:
        return dice.randint(5, 12)
    if pick < 0.999:
        return dice.randint(12, 60)
    return dice.randint(60, 300)


def _per_tool(dice: Random) -> dict[str, int]:
    if dice.random() < 0.75:
        return {}
    return {tool: dice.randint(1, 3) for tool in _TOOLS if dice.random() < 0.5}


def _flow(dice: Random, size: int, several: bool) -> Flow:  # noqa: FBT001
    left: tuple[Mode, ...] = ("scope", "break", "error", "stream")
    modes = (*left, *(("revise",) * 4))
    mode: Mode = dice.choice(modes) if dice.random() < 0.45 else "execute"
    mood = mood_of(dice, mode)
    tasks = _tasks(dice, size, mood)
    retry, timeout, hedge = policies(dice, mood, [task.id for task in tasks])
    flow = Flow(
        tasks=tasks,
        begins=dice.choice((0.0, 0.0, 1.0, 2.5)) if several else 0.0,
        retry=retry,
        timeout=timeout,
        hedge=hedge,
        weighed=dice.random() < 0.3,
        mode=mode,
        leave=dice.choice((0.0, 0.5, 1.0, dice.uniform(0, 8))),
        reads=dice.randint(1, 5 * size),
        seed=dice.randrange(1 << 30),
    )
    if mode == "revise":
        changes = _changes(dice, tasks, mood)
        flow = replace(flow, changes=changes, pause=dice.choice((0.0, 0.5, 3.0)))
        return _bounded(dice, flow)
    if dice.random() < 0.08:
        some = dice.sample(tasks, dice.randint(1, min(2, size)))
        return replace(flow, until=tuple(task.id for task in some))
    return flow


def _bounded(dice: Random, flow: Flow) -> Flow:
    """Give some runs a budget that is spent at some moment."""
    moments = (None, 0.0, 1.0, 2.0, dice.uniform(0, 10))
    spends, deadline = (dice.choice(moments) for _ in range(2))
    if dice.random() < 0.5:
        return flow
    flow = replace(flow, spends=spends, deadline=deadline or None)
    return replace(flow, changes=()) if dice.random() < 0.5 else flow


# Shapes: for each step, the earlier steps that it depends on


def shape(dice: Random, size: int) -> list[list[int]]:
    pick = dice.randrange(6)
    if pick == 0:  # wide
        return [[] for _ in range(size)]
    if pick == 1:  # chain, with a branch now and then
        return [
            [] if not i else [i - 1 if dice.random() < 0.8 else dice.randrange(i)]
            for i in range(size)
        ]
    if pick == 2:  # fan-out, then fan-in
        last = size - 1
        return [
            [] if not i else [*range(1, last)] if i == last > 1 else [0]
            for i in range(size)
        ]
    if pick == 3:  # layered
        width = dice.randint(1, 4)
        return [_layer(dice, i, width) for i in range(size)]
    most = dice.randint(1, 3)
    return [dice.sample(range(i), min(i, dice.randint(0, most))) for i in range(size)]


def _layer(dice: Random, index: int, width: int) -> list[int]:
    first = index - index % width - width
    if first < 0:
        return []
    return dice.sample(range(first, first + width), dice.randint(1, min(3, width)))


# Steps


@dataclass
class _Lists:
    """How long the lists are that steps make, as far as that is known."""

    lengths: dict[str, int]

    def over(self, dice: Random, needs: list[str]) -> str | None:
        """Choose a list to go over."""
        short = [n for n in needs if 0 <= self.lengths.get(n, -1) <= _MOST_ITEMS]
        return dice.choice(short) if short else None


def _tasks(dice: Random, size: int, mood: Mood) -> tuple[Task, ...]:
    lists = _Lists({})
    each = dice.choice((0.0, 0.3, 0.7))
    made: list[Task] = []
    for index, needs in enumerate(shape(dice, size)):
        named = [f"s{need}" for need in needs]
        made.append(_task(dice, f"s{index}", named, mood, (lists, each)))
    if dice.random() < 0.3:
        dice.shuffle(made)
    return tuple(made)


def _task(
    dice: Random,
    step_id: str,
    needs: list[str],
    mood: Mood,
    listing: tuple[_Lists, float],
    version: int = 0,
) -> Task:
    lists, each = listing
    over = lists.over(dice, needs) if dice.random() < each else None
    if over is None and needs and dice.random() < each / 50:
        over = dice.choice(needs)  # perhaps no list at all
    makes = None
    if over is not None:
        lists.lengths[step_id] = lists.lengths.get(over, 0)
    elif dice.random() < (0.4 if each else 0.05):
        makes = dice.choice((0, 1, 2, 2, 3, 5, 8))
        lists.lengths[step_id] = makes
    mapped = over in lists.lengths and dice.random() < 0.3
    refers = [n for n in needs if dice.random() < 0.5]
    return Task(
        id=step_id,
        tool=dice.choice(_TOOLS),
        needs=tuple(n for n in needs if n not in refers and n != over),
        refers=tuple(refers),
        optional=tuple(n for n in needs if dice.random() < mood.optional),
        over=_reference(over, mapped=mapped and _is_each(lists, over)),
        partial=over is not None and dice.random() < 0.5,
        makes=makes,
        scripts=scripts(dice, mood, 1 if over is None else dice.randint(1, 3)),
        weight=dice.choice((0.25, 1.0, 2.0, 5.0)),
        version=version,
    )


def _is_each(lists: _Lists, over: str | None) -> bool:
    return over is not None and over in lists.lengths


def _reference(over: str | None, *, mapped: bool) -> str | None:
    if over is None:
        return None
    # Over a plain list of texts this fails the step: a text has no key.
    return f"${{{over}.*.value}}" if mapped else f"${{{over}}}"


# Revisions


def _changes(dice: Random, tasks: tuple[Task, ...], mood: Mood) -> tuple[Change, ...]:
    known = [task.id for task in tasks]
    moments = sorted(
        dice.choice((0.0, 1.0, dice.uniform(0, 10), 500.0))
        for _ in range(dice.randint(1, 3))
    )
    return tuple(
        _change(dice, at, known, mood, number)
        for number, at in enumerate(moments, start=1)
    )


def _change(
    dice: Random, at: float, known: list[str], mood: Mood, number: int
) -> Change:
    listing = (_Lists({}), 0.3)
    changed: list[Task] = []
    for n in range(dice.randint(0, 2)):
        needs = dice.sample(known, min(len(known), dice.randint(0, 2)))
        step_id = f"r{number}{n}"
        changed.append(_task(dice, step_id, needs, mood, listing, number))
    for step_id in dice.sample(known, min(len(known), dice.choice((0, 1, 1, 3)))):
        # Of earlier steps only, as far as names tell, so that most are no cycle.
        needs = [k for k in dice.sample(known, min(len(known), 2)) if k < step_id]
        changed.append(_task(dice, step_id, needs, mood, listing, number))
    drop = tuple(dice.sample(known, min(len(known), dice.choice((0, 0, 1, 2)))))
    return Change(at, tuple(changed), drop)
