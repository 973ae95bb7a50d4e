"""Gates tell whoever stands next, so that nobody waits for a word that never comes."""

from functools import partial
from math import inf

from dagplan import Limits, Throttle
from dagplan.scheduler.gates import MINUTE
from dagplan.scheduler.limits import Share


def test_who_leaves_a_queue_at_a_full_window_tells_the_next():
    throttle = Throttle(Limits(concurrency=None, requests_per_minute=2))
    woken: list[str] = []
    taker, first, second = (
        Share(throttle, partial(woken.append, name)) for name in ("taker", "1", "2")
    )
    assert [taker.take("work", 0.0), taker.take("work", 0.0)] == [(), ()]
    assert first.take("work", 0.0) is None
    assert first.held_until == MINUTE
    # There is room again, but it is another's turn: no moment to come back at.
    assert second.take("work", MINUTE) is None
    assert second.held_until == inf
    throttle.windows[0].spend(2, MINUTE)
    woken.clear()
    first.close()
    assert woken == ["2"]
    assert second.take("work", MINUTE) is None
    assert second.held_until == 2 * MINUTE
