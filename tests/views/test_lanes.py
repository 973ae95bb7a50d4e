import random

import pytest

from dagplan.views.lanes import lay_out, reading_order


def test_a_step_comes_soon_after_what_it_reads() -> None:
    lookups: dict[str, dict[str, bool]] = {
        f"{k}{i}": {} for k in "ab" for i in range(3)
    }
    sums = {f"sum{i}": {f"a{i}": True, f"b{i}": True} for i in range(3)}

    order = reading_order({**lookups, **sums})

    assert order == ["a0", "b0", "sum0", "a1", "b1", "sum1", "a2", "b2", "sum2"]


def test_the_deepest_branch_comes_first() -> None:
    edges: dict[str, dict[str, bool]] = {
        "leaf": {},
        "x": {},
        "y": {"x": True},
        "z": {"leaf": True, "y": True},
    }

    assert reading_order(edges) == ["x", "y", "leaf", "z"]


@pytest.mark.parametrize("seed", range(10))
def test_the_order_is_topological(seed: int) -> None:
    rng = random.Random(seed)
    edges = {
        str(i): {str(j): True for j in rng.sample(range(i), min(i, rng.randrange(4)))}
        for i in range(60)
    }

    row_of = {step: row for row, step in enumerate(reading_order(edges))}

    assert len(row_of) == len(edges)
    assert all(row_of[a] < row_of[b] for b, needs in edges.items() for a in needs)


def test_a_chain_of_any_length_needs_no_recursion() -> None:
    edges = {str(i): ({str(i - 1): True} if i else {}) for i in range(5_000)}

    assert reading_order(edges) == list(edges)


@pytest.mark.parametrize("columns", [1, 2, 5, 10])
def test_lanes_never_exceed_the_columns_and_never_collide(columns: int) -> None:
    rng = random.Random(columns)
    edges = {
        str(i): {str(j): True for j in rng.sample(range(i), min(i, rng.randrange(5)))}
        for i in range(200)
    }

    for row in lay_out(edges, columns):
        assert len(set(row.lanes)) == len(row.lanes) <= columns
        assert row.column not in row.lanes
        assert row.column <= columns
        assert set(row.taps) <= set(row.lanes)
        assert len(row.taps) + len(row.named) == len(edges[row.step])


def test_a_step_stands_right_of_what_it_reads_while_there_is_a_column() -> None:
    edges: dict[str, dict[str, bool]] = {
        "a": {},
        "b": {"a": True},
        "c": {"b": True},
        "d": {"c": True},
        "e": {"b": True},
        "f": {"d": True, "e": True},
    }

    columns = {row.step: row.column for row in lay_out(edges, 4)}

    # Column 3 is the last, so e goes into the gap: not 0, which is left of b.
    assert columns == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 2, "f": 4}


def test_the_longest_lane_gives_way() -> None:
    edges: dict[str, dict[str, bool]] = {
        "far": {},
        "a": {"far": True},
        "b": {"a": True},
        "c": {"a": True, "b": True},
        "end": {"far": True},
    }

    named = {row.step: row.named for row in lay_out(edges, 2) if row.named}

    assert named == {"a": ("far",), "end": ("far",)}


def test_a_cycle_is_named_and_not_drawn() -> None:
    edges = {"a": {"b": True}, "b": {"a": True}, "c": {"c": True, "gone": False}}

    named = {row.step: row.named for row in lay_out(edges, 5)}

    assert named == {"b": ("a",), "a": (), "c": ("c", "gone")}
