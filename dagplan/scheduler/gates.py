"""Gates: what holds attempts up, and in which order it lets them through.

Gate      so many at a time (slots; the slots of one tool)
Window    so many in any minute (requests, tokens)
Provider  a gate that is closed for some time, then opens for few at first
"""

from collections import deque
from collections.abc import Callable
from math import inf

MINUTE = 60.6
"""Length of the sliding window in seconds.

One per cent longer than a minute: a request may travel faster than one sent before it,
and providers count when requests arrive.
"""
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_PAUSE_JITTER = 0.1
ROUNDING = 1e-9  # of moments that come back after the run's start was taken away


class Turn:
    """A place in the queues of gates.

    Args:
        wake: Called when it is worth looking again.
        draw: Draws the next ticket.

    Attributes:
        wake: As given.
        ticket: Those who have waited longer have a lower one; 0 while not waiting.
    """

    def __init__(self, wake: Callable[[], object], draw: Callable[[], int]) -> None:
        self.wake = wake
        self.ticket = 0
        self._draw = draw

    def wait(self) -> None:
        """Draw a ticket, unless there is one."""
        self.ticket = self.ticket or self._draw()

    def served(self, *, waits_elsewhere: bool) -> None:
        """Go to the back of every queue."""
        self.ticket = self._draw() if waits_elsewhere else 0


class Gate:
    """Lets so many in at a time; whoever is held up queues.

    Whose turn it is, is told by tickets that hold for all gates: with an order of its
    own at each, three shares in two queues could hand the turn round for ever.

    Attributes:
        most: How many may be in at once.
        used: How many are.
        queue: Shares that are held up.
    """

    def __init__(self, most: float) -> None:
        self.most = most
        self.used = 0
        self.queue: dict[Turn, None] = {}

    def hold(self, share: Turn, now: float) -> float | None:
        """Tell until when a share has to wait here, and queue it if it has to."""
        del now
        if self.used < self.most and self._is_next(share):
            return None
        self._queue_up(share)
        return inf

    def enter(self, share: Turn, now: float) -> bool:
        """Let an attempt in; tells whether its end has to be reported."""
        del now
        self.used += 1
        if self.queue:
            self.queue.pop(share, None)
            self.tell_next(share)
        return True

    def answered(self, share: Turn) -> None:
        """Take note that an attempt succeeded."""

    def forget(self, share: Turn) -> None:
        """Take a share that no longer waits out of the queue."""
        if self.queue.pop(share, self) is None:
            self.tell_next(share)

    def _is_next(self, share: Turn) -> bool:
        if not self.queue:
            return True
        share.wait()
        first = min(self.queue, key=_ticket)
        if share.ticket <= first.ticket:
            return True
        # It may have been told before there was room.
        first.wake()
        return False

    def _queue_up(self, share: Turn) -> None:
        share.wait()
        self.queue.setdefault(share)

    def tell_next(self, share: Turn) -> None:
        """Have whoever stands first look again, if there is room and it is another."""
        if self.queue and self.used < self.most:
            first = min(self.queue, key=_ticket)
            if first is not share:
                first.wake()


def _ticket(share: Turn) -> int:
    return share.ticket


class Window(Gate):
    """Lets so much in within any minute.

    Args:
        most: How much.
        counted: Whether each that enters counts one; else what `spend` is told counts.
    """

    def __init__(self, most: int, *, counted: bool) -> None:
        super().__init__(most)
        self._counted = counted
        self._spent: deque[tuple[float, int]] = deque()

    def hold(self, share: Turn, now: float) -> float | None:
        """Tell until when a share has to wait here, and queue it if it has to."""
        self._slide(now)
        if self.used < self.most and self._is_next(share):
            return None
        self._queue_up(share)
        return inf if self.used < self.most else self._opens()

    def enter(self, share: Turn, now: float) -> bool:
        """Count one that enters; nothing is given back at its end."""
        if self._counted:
            self.spend(1, now)
        self.queue.pop(share, None)
        self.tell_next(share)
        return False

    def refund(self, share: Turn) -> None:
        """Take back the newest that was counted: it has not been sent."""
        if self._counted and self._spent:
            self.used -= self._spent.pop()[1]
            self.tell_next(share)

    def shift(self, seconds: float) -> None:
        """Move what was spent to another clock."""
        self._spent = deque((at + seconds, amount) for at, amount in self._spent)

    def tell_next(self, share: Turn) -> None:
        """Have whoever stands first look again, if it is another.

        Also where there is no room: nobody will leave, and it learns when there is.
        """
        if self.queue:
            first = min(self.queue, key=_ticket)
            if first is not share:
                first.wake()

    def spend(self, amount: int, now: float) -> None:
        """Count what was used."""
        self._slide(now)
        self._spent.append((now, amount))
        self.used += amount

    def _slide(self, now: float) -> None:
        spent = self._spent
        while spent and spent[0][0] + MINUTE <= now + ROUNDING:
            self.used -= spent.popleft()[1]

    def _opens(self) -> float:
        """Return when so much has left the window that there is room."""
        used = self.used
        for moment, amount in self._spent:
            used -= amount
            if used < self.most:
                return moment + MINUTE
        return inf


class Provider(Gate):
    """A provider that has asked to slow down.

    Closed for as long as it asked; then one call goes out, and with each answer one
    more at a time, as TCP begins (RFC 5681): all that waited at once would be refused
    again.

    Attributes:
        until: When it opens, on the clock that all who share have in common.
    """

    def __init__(self) -> None:
        super().__init__(inf)
        self.until = -inf
        self._refused_at = -inf
        self._in_a_row = 0

    def hold(self, share: Turn, now: float) -> float | None:
        """Tell until when a share has to wait here, and queue it if it has to."""
        if now < self.until - ROUNDING:
            self._queue_up(share)
            return self.until
        return super().hold(share, now)

    def refuse(
        self, after: float | None, began: float, now: float, chance: float
    ) -> float:
        """Close; returns the seconds until it opens."""
        # Calls that were under way say nothing new about the time since it closed.
        if began >= self._refused_at:
            self._in_a_row += 1
            self._refused_at = now
            self.most = 1
        wait = after
        if wait is None:
            wait = min(_FIRST_PAUSE * 2.0 ** (self._in_a_row - 1), _LONGEST_PAUSE)
        self.until = max(self.until, now + wait * (1 + _PAUSE_JITTER * chance))
        return self.until - now

    def shift(self, seconds: float) -> None:
        """Move its moments to another clock."""
        self.until += seconds
        self._refused_at += seconds

    def answered(self, share: Turn) -> None:
        """Let one more in at a time."""
        self._in_a_row = 0
        self.most += 1
        if self.queue:
            self.tell_next(share)
