import json
import os
import random
from itertools import pairwise
from pathlib import Path

import pytest

from dagplan.plan import Plan
from dagplan.views.diagram import diagram
from dagplan.views.layout import Box, Layout, lay_out
from tests.real_plans import as_plan
from tests.views.plans import random_plan

FOLDER = os.environ.get("DAGPLAN_TEST_DATA", "")
needs_data = pytest.mark.skipif(
    not FOLDER, reason="set DAGPLAN_TEST_DATA to a folder with the plans"
)
WIDTH = 100.0
DIAMOND = [(0, 1), (0, 2), (1, 3), (2, 3)]


def placed(count: int, links: list[tuple[int, int]], **options: bool) -> Layout:
    return lay_out([WIDTH] * count, links, **options)


def of_plan(plan: Plan, *, plan_order: bool = False) -> Layout:
    drawn = diagram(plan)
    links = [(link.source, link.target) for link in drawn.links]
    return lay_out([WIDTH] * len(drawn.nodes), links, plan_order=plan_order)


def overlap(one: Box, other: Box) -> bool:
    apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
    apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (apart_x or apart_y)


def test_each_node_stands_right_of_all_that_it_depends_on() -> None:
    found = placed(4, DIAMOND)

    for source, target in DIAMOND:
        left, right = found.boxes[source], found.boxes[target]
        assert left.x + left.width < right.x


def test_the_ends_of_a_diamond_stand_at_the_middle_of_its_sides() -> None:
    ends = placed(4, DIAMOND).boxes

    assert ends[0].middle == ends[3].middle == (ends[1].middle + ends[2].middle) / 2


def test_a_chain_is_a_straight_line() -> None:
    chain = placed(30, [(i, i + 1) for i in range(29)])

    assert len({box.middle for box in chain.boxes}) == 1


def test_a_long_link_is_straight_beside_what_it_passes() -> None:
    chain = [(i, i + 1) for i in range(9)]
    long = placed(10, [*chain, (0, 9)]).routes[-1]

    inside = {y for _, y in long[2:-2]}
    assert len(inside) == 1


@pytest.mark.parametrize("seed", range(6))
def test_boxes_overlap_neither_one_another_nor_the_lines(seed: int) -> None:
    plan = random_plan(seed, 60)
    found = of_plan(plan)
    boxes = found.boxes

    for index, one in enumerate(boxes):
        assert not any(overlap(one, other) for other in boxes[index + 1 :])
    links = diagram(plan).links
    for link, route in zip(links, found.routes, strict=True):
        others = [b for i, b in enumerate(boxes) if i not in {link.source, link.target}]
        for (x, y), (to_x, to_y) in pairwise(route):
            # Bends stand between columns; level parts pass through them.
            if y == to_y:
                line = Box(x, y - 1, to_x - x, 2)
                assert not any(overlap(line, box) for box in others)


@pytest.mark.parametrize("seed", range(6))
def test_every_line_begins_at_its_source_and_ends_at_its_target(seed: int) -> None:
    plan = random_plan(seed, 40)
    found = of_plan(plan)

    for link, route in zip(diagram(plan).links, found.routes, strict=True):
        source, target = found.boxes[link.source], found.boxes[link.target]
        assert route[0] == (source.x + source.width, source.middle)
        assert route[-1] == (target.x, target.middle)
        assert len(route) % 2 == 1


def test_a_cycle_is_placed_as_well() -> None:
    found = placed(3, [(0, 1), (1, 2), (2, 0), (1, 1)])

    assert len({box.x for box in found.boxes}) == 3
    assert len(found.routes) == 4


def test_nothing_at_all_takes_no_room() -> None:
    assert placed(0, []) == Layout((), (), 0.0, 0.0, 0)


def test_links_that_would_cross_in_plan_order_do_not() -> None:
    swapped = [(0, 3), (1, 2)]

    assert placed(4, swapped, plan_order=True).crossings == 1
    assert placed(4, swapped).crossings == 0


def test_crossings_are_those_that_are_seen() -> None:
    """Count them again, by comparing the heights of every two lines in each gap."""
    for seed in range(5):
        plan = random_plan(seed, 25, reach=25)
        found = of_plan(plan)
        bends: dict[float, set[tuple[float, float]]] = {}
        for route in found.routes:
            for before, after in zip(route[1::2], route[2::2], strict=True):
                bends.setdefault(before[0], set()).add((before[1], after[1]))
        seen = sum(
            (one[0] < other[0]) != (one[1] < other[1])
            for gap in bends.values()
            for one in gap
            for other in gap
            if one < other and one[0] != other[0] and one[1] != other[1]
        )
        assert seen == found.crossings


def test_a_plan_is_placed_the_same_each_time() -> None:
    assert of_plan(random_plan(3, 80)) == of_plan(random_plan(3, 80))


@pytest.mark.parametrize("seed", range(3))
def test_random_plans_have_at_most_half_the_crossings_of_the_plan_s_order(
    seed: int,
) -> None:
    plan = random_plan(seed, 60)

    before = of_plan(plan, plan_order=True).crossings
    assert of_plan(plan).crossings <= before / 2


def test_the_most_that_a_plan_may_hold_is_placed_in_bounded_room() -> None:
    rng = random.Random(1)
    links = [(i, j) for j in range(1000) for i in rng.sample(range(j), min(j, 20))]
    found = placed(1000, links)

    points = {point for route in found.routes for point in route}
    assert len(points) < 20_000


@needs_data
def test_plans_of_people_have_at_most_half_the_crossings_of_their_order() -> None:
    lines = (Path(FOLDER) / "worfbench.jsonl").read_text("utf-8").splitlines()
    plans = [as_plan(json.loads(line)) for line in lines]

    before = sum(of_plan(plan, plan_order=True).crossings for plan in plans)
    after = sum(of_plan(plan).crossings for plan in plans)
    assert before > 0
    assert after <= before / 2
