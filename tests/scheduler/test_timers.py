"""What is to be done at which moment."""

from functools import partial
from math import inf

from dagplan.scheduler.timers import Timers


def test_what_is_due_is_done_in_order_of_time_then_as_it_came():
    timers, done = Timers(), list[str]()
    for at, name in [(2.0, "late"), (1.0, "b"), (1.0, "a"), (3.0, "later")]:
        timers.add(at, partial(done.append, name))
    timers.run(2.0)
    assert done == ["b", "a", "late"]
    assert timers.next == 3.0


def test_nothing_is_done_twice_or_early():
    timers, done = Timers(), list[str]()
    timers.add(1.0, partial(done.append, "a"))
    timers.run(0.9)
    assert done == []
    timers.run(1.0)
    timers.run(5.0)
    assert done == ["a"]
    assert timers.next == inf


def test_what_is_called_off_is_not_done_nor_waited_for():
    timers, done = Timers(), list[str]()
    off = timers.add(1.0, partial(done.append, "off"))
    timers.add(2.0, partial(done.append, "on"))
    off.off = True
    assert timers.next == 2.0
    timers.run(9.0)
    assert done == ["on"]


def test_one_timer_may_call_off_another_of_the_same_moment():
    timers, done = Timers(), list[str]()

    def first():
        done.append("first")
        second.off = True

    timers.add(1.0, first)
    second = timers.add(1.0, partial(done.append, "second"))
    timers.run(1.0)
    assert done == ["first"]


def test_a_timer_that_has_gone_off_is_off():
    timers = Timers()
    timer = timers.add(1.0, lambda: None)
    timers.run(1.0)
    assert timer.off


def test_what_becomes_due_meanwhile_is_done_too():
    timers, done = Timers(), list[str]()

    def first():
        timers.add(1.5, partial(done.append, "second"))

    timers.add(1.0, first)
    timers.run(2.0)
    assert done == ["second"]
