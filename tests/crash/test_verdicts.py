"""Each verdict finds what it is there to find, and nothing else in an honest story."""

from collections.abc import Callable

import pytest

from tests.crash.fiction import Fiction
from tests.crash.orders import Engine
from tests.crash.plans import Case, Task
from tests.crash.story import Story
from tests.crash.verdicts import judge, tally
from tests.crash.witness import Line

REPEATED, LOST, WRONG = (
    "journaled steps repeated",
    "recorded results lost or unreadable",
    "wrong values",
)
UNFINISHED, DOUBLED = "unfinished runs", "side effects doubled"

CASE = Case(
    seed=0,
    tasks=(
        Task("list", makes=5, plain=True),
        Task("each", over="list"),
        Task("bad", fate="fails"),
        Task("pay", needs=("list", "bad"), optional=("bad",), pays=True),
    ),
)


def told(
    *steps: Callable[[Fiction], object],
    engine: Engine = "dagplan",
    end: str = "answered",
) -> Story:
    """Tell of a list that a process makes before it dies, of some steps, and the end."""
    tale = Fiction(CASE, engine)
    tale.run("list", {})
    tale.die()
    tale.results["bad"] = ("failed", None)
    for step in steps:
        step(tale)
    return tale.finish(end)


def values(tale: Fiction) -> list[object]:
    found = tale.results["list"][1]
    assert isinstance(found, list)
    return found


def item(tale: Fiction, index: int) -> dict[str, object]:
    found = values(tale)
    return {"list": found, "item": found[index]}


def paid(tale: Fiction) -> dict[str, object]:
    return {"list": values(tale), "bad": None}


def items(tale: Fiction) -> None:
    for index in range(len(values(tale))):
        tale.run(f"each[{index}]", item(tale, index))
    gather(tale)


def gather(tale: Fiction) -> None:
    found = [
        {"item": one, "value": tale.results[f"each[{index}]"][1]}
        for index, one in enumerate(values(tale))
    ]
    tale.record("each", found)


def pay(tale: Fiction) -> None:
    tale.run("pay", paid(tale))


def found_in(story: Story) -> set[str]:
    return {verdict for verdict, complaints in judge(story).items() if complaints}


@pytest.mark.parametrize("engine", ["dagplan", "langgraph"])
def test_an_honest_story_has_nothing_wrong(engine: Engine) -> None:
    assert found_in(told(items, pay, engine=engine)) == set()


def test_a_story_is_counted() -> None:
    counts = tally(told(items, pay))
    assert counts["kills"] == counts["resumes"] == 1
    assert counts["steps begun"] == 8
    assert counts["side effects begun"] == 1


# Repeated


@pytest.mark.parametrize("engine", ["dagplan", "langgraph"])
def test_a_recorded_step_that_begins_again(engine: Engine) -> None:
    def again(tale: Fiction) -> None:
        tale.end("list", {}, tale.begin("list", {}))

    assert found_in(told(items, pay, again, engine=engine)) == {REPEATED}


def test_a_recorded_item_that_begins_again() -> None:
    def cut(tale: Fiction) -> None:
        items(tale)
        tale.die()
        tale.end("each[0]", item(tale, 0), tale.begin("each[0]", item(tale, 0)))

    assert found_in(told(cut, pay)) == {REPEATED}


def test_the_second_of_two_equal_items_is_no_repetition() -> None:
    def cut(tale: Fiction) -> None:
        same = values(tale)[1]
        twin = values(tale).index(same, 2)
        tale.run("each[1]", item(tale, 1))
        tale.die()
        assert twin == 4
        for index in (0, 2, 3, 4, 5):
            tale.run(f"each[{index}]", item(tale, index))
        gather(tale)

    assert found_in(told(cut, pay)) == set()


def test_both_of_two_equal_items_of_which_one_was_recorded() -> None:
    def cut(tale: Fiction) -> None:
        tale.run("each[1]", item(tale, 1))
        tale.die()
        items(tale)

    assert REPEATED in found_in(told(cut, pay))


# Lost


def test_an_event_that_the_journal_promised_and_does_not_hold() -> None:
    assert LOST in found_in(told(items, pay, Fiction.forget))


def test_a_journal_that_begins_otherwise_than_before() -> None:
    def rewrite(tale: Fiction) -> None:
        tale.forget()
        tale.record("list", values(tale)[::-1])

    assert LOST in found_in(told(items, pay, Fiction.die, Fiction.forget))
    assert LOST in found_in(told(rewrite))


def test_a_result_that_was_shown_before_it_was_recorded() -> None:
    def show(tale: Fiction) -> None:
        tale.write(Line("seen", 2, "list", value="too early"))

    assert found_in(told(items, pay, show)) == {LOST}


# Wrong


def test_a_result_that_nobody_made() -> None:
    def swap(tale: Fiction) -> None:
        tale.results["pay"] = ("succeeded", tale.results["each[0]"][1])

    assert found_in(told(items, pay, swap)) == {WRONG}


def test_equal_items_that_share_the_result_of_one_execution() -> None:
    def share(tale: Fiction) -> None:
        for index in (0, 1, 2, 3, 5):
            tale.run(f"each[{index}]", item(tale, index))
        assert values(tale)[4] == values(tale)[1]
        tale.results["each[4]"] = tale.results["each[1]"]
        gather(tale)

    assert found_in(told(share, pay)) == {WRONG}


def test_items_in_another_order() -> None:
    def turn(tale: Fiction) -> None:
        items(tale)
        status, found = tale.results["each"]
        assert isinstance(found, list)
        tale.results["each"] = (status, found[::-1])

    assert found_in(told(turn, pay)) == {WRONG}


@pytest.mark.parametrize("engine", ["dagplan", "langgraph"])
def test_a_step_that_is_given_the_value_of_another(engine: Engine) -> None:
    def mixed(tale: Fiction) -> None:
        inputs = {"list": tale.results["each[0]"][1], "bad": None}
        tale.end("pay", inputs, tale.begin("pay", inputs), "failed")

    assert found_in(told(items, pay, mixed, engine=engine)) == {WRONG}


def test_a_step_that_is_given_a_value_before_it_is_recorded() -> None:
    tale = Fiction(CASE)
    made = tale.end("list", {}, tale.begin("list", {}))
    inputs = {"list": made, "bad": None}
    tale.begin("pay", inputs)
    tale.die()
    assert WRONG in found_in(tale.finish("failed"))


def test_a_step_that_is_given_no_value_where_there_is_one() -> None:
    def without(tale: Fiction) -> None:
        tale.begin("pay", {"list": None, "bad": None})

    assert WRONG in found_in(told(items, pay, without))


def test_an_item_of_another_place() -> None:
    def elsewhere(tale: Fiction) -> None:
        nonce = tale.begin("each[1]", item(tale, 0))
        tale.end("each[1]", item(tale, 0), nonce, "failed")

    assert WRONG in found_in(told(items, pay, elsewhere))


def test_arguments_of_another_step() -> None:
    def odd(tale: Fiction) -> None:
        tale.write(Line("odd", 2, "pay", value="x_list is 'other'"))

    assert found_in(told(items, pay, odd)) == {WRONG}


def test_a_status_that_cannot_be() -> None:
    def good(tale: Fiction) -> None:
        tale.results["bad"] = ("succeeded", "bad~n~0")

    assert WRONG in found_in(told(items, pay, good))


# Unfinished


def test_a_run_that_ends_otherwise_than_it_must() -> None:
    assert found_in(told(items, pay, end="failed")) == {UNFINISHED}


@pytest.mark.parametrize("end", ["paused", "cancelled", "error"])
def test_a_run_that_does_not_end_as_runs_do(end: str) -> None:
    assert found_in(told(items, pay, end=end)) == {UNFINISHED}


def test_a_run_whose_last_process_was_killed() -> None:
    tale = Fiction(CASE)
    tale.run("list", {})
    tale.die()
    assert found_in(tale.story) == {UNFINISHED}


# Doubled


def test_an_effect_that_begins_again_with_nobody_asking() -> None:
    def cut(tale: Fiction) -> None:
        tale.begin("pay", paid(tale))
        tale.die()

    assert found_in(told(items, cut, pay)) == {DOUBLED}


def test_an_effect_that_begins_again_because_the_user_asks() -> None:
    def cut(tale: Fiction) -> None:
        tale.begin("pay", paid(tale))
        tale.die()
        tale.settle("pay", paid(tale))

    assert found_in(told(items, cut, pay)) == set()


def test_an_effect_that_begins_more_often_than_the_user_asks() -> None:
    def cut(tale: Fiction) -> None:
        tale.begin("pay", paid(tale))
        tale.die()
        tale.settle("pay", paid(tale))
        tale.begin("pay", paid(tale))
        tale.die()

    assert found_in(told(items, cut, pay)) == {DOUBLED}


def test_an_effect_that_failed_may_be_tried_again() -> None:
    def fail(tale: Fiction) -> None:
        tale.end("pay", paid(tale), tale.begin("pay", paid(tale)), "failed")

    assert found_in(told(items, fail, pay)) == set()


def test_two_keys_for_one_piece_of_work() -> None:
    def cut(tale: Fiction) -> None:
        nonce = tale.begin("pay", paid(tale), key="another")
        tale.end("pay", paid(tale), nonce, "failed")

    assert found_in(told(items, cut, pay)) == {DOUBLED}


def test_one_key_for_two_pieces_of_work() -> None:
    def same(tale: Fiction) -> None:
        key = CASE.by_id()["list"].work({})
        tale.end("bad", {}, tale.begin("bad", {}, key=key), "failed")

    assert found_in(told(items, pay, same)) == {DOUBLED}
