"""The graphs of the benchmarks: for each step the indexes of those it depends on."""

from collections.abc import Sequence
from typing import Literal, get_args

from dagplan import Plan, Step

Shape = Literal["wide", "layered", "chain"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
Graph = Sequence[Sequence[int]]

WIDTH = 100  # steps in a layer
_REACH = (0, 1, 7)  # which steps of the layer above one depends on, by their distance


def graph(shape: Shape, steps: int) -> Graph:
    """Return a graph; each step depends on earlier ones only.

    Args:
        shape: `"wide"`: no dependencies. `"layered"`: layers of 100 steps, each on
            three steps of the layer above. `"chain"`: each on the one before.
        steps: How many.
    """
    if shape == "wide":
        return [[] for _ in range(steps)]
    if shape == "chain":
        return [[index - 1] if index else [] for index in range(steps)]
    return [_above(index) for index in range(steps)]


def _above(index: int) -> list[int]:
    layer, place = divmod(index, WIDTH)
    if not layer:
        return []
    return [(layer - 1) * WIDTH + (place + reach) % WIDTH for reach in _REACH]


def layers(steps: Graph) -> list[list[int]]:
    """Return the steps in waves: each with its longest way from a first step."""
    depth: list[int] = []
    for needed in steps:
        depth.append(1 + max((depth[index] for index in needed), default=-1))
    waves: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for index, level in enumerate(depth):
        waves[level].append(index)
    return waves


def plan(steps: Graph) -> Plan:
    """Return the graph as a plan: step 5 has the id `s5`."""
    return Plan(
        steps=[
            Step(id=f"s{index}", tool="work", depends_on=[f"s{d}" for d in needed])
            for index, needed in enumerate(steps)
        ]
    )
