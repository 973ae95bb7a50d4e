"""The steps that could start, the most urgent first."""

from dagplan.scheduler.node import Node
from dagplan.scheduler.ready import ReadyQueue
from tests.scheduler.plans import step


def node(name, order, rank=1.0, *, tool="work", late=False, item=-1):
    made = Node(step(name, tool=tool), order, index=item)
    made.rank = rank
    made.late = late
    return made


def queue(*nodes):
    made = ReadyQueue()
    for each in nodes:
        made.push(each)
    return made


def always(tool):
    return True


def drained(ready, may_start=always):
    names = []
    while (found := ready.pop(may_start)) is not None:
        names.append(found.step.id)
    return names


def test_the_longest_path_goes_first_then_the_plan_then_the_list():
    nodes = [
        node("third", 2, item=0),
        node("fourth", 2, item=1),
        node("second", 1),
        node("first", 9, rank=2.0),
        node("last", 0, rank=99.0, late=True),
    ]
    order = ["first", "second", "third", "fourth", "last"]
    assert drained(queue(*nodes)) == order
    assert drained(queue(*reversed(nodes))) == order


def test_many_at_once_are_as_one_by_one():
    ready = queue(node("b", 1))
    ready.extend([node("d", 3), node("a", 0), node("c", 2, tool="other")])
    assert ready.count == 4
    assert drained(ready) == ["a", "b", "c", "d"]
    assert ready.count == 0


def test_a_tool_that_may_not_start_holds_up_itself_alone():
    ready = queue(node("a", 0, tool="full"), node("b", 1, tool="full"), node("c", 2))
    assert drained(ready, lambda tool: tool != "full") == ["c"]
    assert ready.count == 2
    assert drained(ready) == ["a", "b"]


def test_tools_are_asked_in_order_of_urgency_and_no_further_than_a_yes():
    ready = queue(
        node("a", 0, tool="x"), node("b", 1, tool=None), node("c", 2, tool="z")
    )
    asked: list[str | None] = []

    def may_start(tool):
        asked.append(tool)
        return tool is None

    found = ready.pop(may_start)
    assert found is not None
    assert found.step.id == "b"
    assert asked == ["x", None]


def test_who_is_taken_out_is_gone_and_may_come_back():
    one, other = node("one", 0), node("other", 1)
    ready = queue(one, other)
    ready.remove(one)
    assert ready.count == 1
    one.rank = 0.5
    ready.push(one)
    assert drained(ready) == ["other", "one"]


def test_the_last_one_taken_out_leaves_nothing():
    one = node("one", 0)
    ready = queue(one)
    ready.remove(one)
    assert ready.pop(always) is None
    assert ready.count == 0


def test_all_can_be_taken_out_but_those_that_had_gone():
    one, other, third = node("one", 0), node("other", 1), node("x", 2, tool="x")
    ready = queue(one, other, third)
    ready.remove(one)
    assert {n.step.id for n in ready.take_all()} == {"other", "x"}
    assert ready.count == 0
    assert ready.pop(always) is None
