"""What the campaign is made of: its plans, its witness, its kills, and its user."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from tests.crash.kills import series
from tests.crash.orders import End, case_for
from tests.crash.plans import Case, Task, case_of
from tests.crash.story import Snapshot, Success
from tests.crash.trial import Pace, settle
from tests.crash.witness import Line, Witness, executions, read

CASE = Case(seed=0, tasks=(Task("list", makes=2), Task("pay", over="list", pays=True)))
LIST = ["a", "b"]
PAUSED = End(
    "paused",
    {
        "list": ("succeeded", LIST),
        "pay": ("running", None),
        "pay[0]": ("in_doubt", None),
        "pay[1]": ("in_doubt", None),
    },
)


class Said:
    """Books that keep what they are told."""

    def __init__(self) -> None:
        self.retry: list[str] = []
        self.accept: dict[str, object] = {}

    def read(self) -> Snapshot:
        return Snapshot()

    def settle(self, retry: Sequence[str], accept: Mapping[str, object]) -> None:
        self.retry += retry
        self.accept.update(accept)


def paying(node: str, item: str, *, ends: bool) -> list[Line]:
    inputs = {"list": LIST, "item": item}
    lines = [Line("began", 1, node, item, inputs=inputs)]
    return [*lines, Line("ended", 1, node, item, value=f"paid {item}")][: 1 + ends]


def test_every_plan_can_be_run() -> None:
    for seed in range(300):
        case_of(seed).plan().check()


def test_the_plans_have_all_that_can_go_wrong() -> None:
    tasks = [task for seed in range(100) for task in case_of(seed).tasks]
    assert {task.fate for task in tasks} == {"ok", "flaky", "late", "fails"}
    assert any(task.pays and task.over for task in tasks)
    assert any(task.mapped for task in tasks)
    assert {case_of(seed).backend for seed in range(100)} == {"asyncio", "trio"}


def test_what_fails_at_first_fails_for_good_where_no_run_can_be_taken_up_again() -> (
    None
):
    tasks = [t for seed in range(100) for t in case_for("langgraph", seed).tasks]
    assert "late" not in {task.fate for task in tasks}


def test_a_line_that_a_kill_has_torn_is_none(tmp_path: Path) -> None:
    path = tmp_path / "witness"
    Witness(str(path), 1).write("began", "s0", nonce="n")
    with path.open("a") as file:
        file.write('{"kind": "ended", "no')
    Witness(str(path), 2).write("began", "s0", nonce="m")
    assert [line.nonce for line in read(path)] == ["n", "m"]
    assert [run.end for run in executions(read(path))] == [None, None]


def test_some_series_go_to_each_boundary_and_others_to_any_moment() -> None:
    both = [[*series(Random(seed), appends=7)] for seed in range(10)]
    swept = [runs for runs in both if all(kills[0].append for kills in runs)]
    assert all({kills[0].append for kills in runs} == {*range(1, 8)} for runs in swept)
    assert 0 < len(swept) < len(both)


def test_a_kill_by_the_clock_meets_the_time_in_which_steps_run() -> None:
    pace = Pace(first=1.0, whole=3.0)
    for kills in series(Random(0), appends=0):
        assert all(0.0 <= (pace.moment(kill) or 0.0) <= 3.0 for kill in kills)
        assert all((pace.moment(kill) or 0.0) >= 1.0 for kill in kills if kill.busy)


def test_the_user_accepts_what_was_done_and_has_the_rest_done() -> None:
    lines = [*paying("pay[0]", "a", ends=True), *paying("pay[1]", "b", ends=False)]
    books = Said()
    said = settle(CASE, PAUSED, Snapshot(), lines, books)
    assert books.accept == {"pay[0]": "paid a"}
    assert books.retry == ["pay[1]"]
    assert [settled.retry for settled in said] == [False, True]


def test_the_user_knows_an_item_that_stood_in_another_place() -> None:
    books = Said()
    settle(CASE, PAUSED, Snapshot(), paying("pay[5]", "b", ends=True), books)
    assert books.accept == {"pay[1]": "paid b"}


def test_the_user_does_not_take_a_recorded_result_twice() -> None:
    books = Said()
    now = Snapshot([Success("pay[1]", "paid b", 0)])
    settle(CASE, PAUSED, now, paying("pay[1]", "b", ends=True), books)
    assert books.retry == ["pay[0]", "pay[1]"]
