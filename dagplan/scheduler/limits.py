"""What may start now: slots, requests and tokens a minute, and what providers ask.

A `Throttle` holds the live counts. Runs that are given the same one share it, since
rate limits belong to an account and not to a run. Each run sees it through a `Share`.
Whoever is held up at a gate queues there, so that no run starves another; a run that
stands first is told when it may look again. No clock here: moments are arguments.
"""

from collections.abc import Callable, Hashable
from math import inf

from dagplan.policy import Limits
from dagplan.scheduler.gates import ROUNDING, Gate, Provider, Turn, Window


class Share(Turn):
    """One run's part in a throttle.

    Args:
        throttle: What is shared.
        wake: Called when the run, having been held up, should look again.
        epoch: When the run began, on the clock that all who share have in common;
            moments are given and returned in seconds since then.
        inner: Whether the run is part of a step that holds a slot already: it takes no
            other, or it could wait for itself.

    Attributes:
        queued: Where it stands in a queue.
        held_until: After a `take` that said no: when to ask again, in seconds since the
            run began; infinity where `wake` will tell.
    """

    def __init__(
        self,
        throttle: "Throttle",
        wake: Callable[[], object],
        epoch: float = 0.0,
        *,
        inner: bool = False,
    ) -> None:
        super().__init__(wake, throttle.draw)
        self._inner = inner
        self.held_until = inf
        self._throttle = throttle
        self._epoch = epoch
        self.queued: dict[Gate, None] = {}
        self._held: dict[Gate, None] = {}

    def take(self, user: Hashable, now: float) -> "tuple[Gate, ...] | None":
        """Count an attempt in, if it may start now.

        Args:
            user: What is to be started: the tool of a step.
            now: Seconds since the run began.

        Returns:
            What `give_back` wants at its end; None if it has to wait, and then
            `held_until` says until when.
        """
        throttle = self._throttle
        throttle.last_seen = now + self._epoch
        if self._inner:
            return self.take_request(user, now)
        if not throttle.only_slots:
            return self._take(throttle.gates(user), now)
        # The way of most attempts: one gate, and nobody to share it with.
        slots = throttle.slots
        if not slots:
            return slots
        gate = slots[0]
        if gate.queue or throttle.runs > 1:
            return self._take(slots, now)
        if gate.used < gate.most:
            gate.used += 1
            return slots
        self.held_until = inf
        return None

    def take_request(self, user: Hashable, now: float) -> "tuple[Gate, ...] | None":
        """Count a request of an attempt that runs in, if it may go out; see `take`."""
        # Not held up by how many calls are under way to a provider that has opened
        # again: its own attempt is one of them, and would wait for itself.
        until = self._throttle.closed_until(user) - self._epoch
        if now < until - ROUNDING:
            self.held_until = until
            return None
        return self._take(self._throttle.windows, now)

    def give_back(self, grant: "tuple[Gate, ...]", *, answered: bool = False) -> None:
        """Count an attempt out.

        Args:
            grant: What `take` returned.
            answered: Whether it succeeded: more may then go to the providers that it
                has used.
        """
        for gate in grant:
            gate.used -= 1
            if gate.queue:
                gate.tell_next(self)
        if answered and not self._throttle.only_slots:
            for gate in grant:
                gate.answered(self)

    def undo(self, grant: "tuple[Gate, ...]") -> None:
        """Count an attempt out that has not been started after all."""
        self.give_back(grant)
        for window in self._throttle.windows:
            window.refund(self)

    @property
    def is_full(self) -> bool:
        """Whether only an end of an attempt of this very run can make room.

        Where slots are shared the run has to queue, and so to ask.
        """
        throttle = self._throttle
        if throttle.runs > 1 or not throttle.slots:
            return False
        gate = throttle.slots[0]
        return gate.used >= gate.most

    @property
    def only_slots(self) -> bool:
        """Whether nothing but slots limits anything so far."""
        return self._throttle.only_slots

    def beside(self, wake: Callable[[], None]) -> "Share":
        """Return a share of the same run for what waits beside its attempts."""
        return Share(self._throttle, wake, epoch=self._epoch)

    def looked(self) -> None:
        """Say that all that could start has: where the run no longer waits, others go.

        To be called after a round of `hold` and `take`.
        """
        for gate in self.queued:
            if gate not in self._held:
                gate.forget(self)
        self.queued, self._held = self._held, {}

    def close(self) -> None:
        """Give up every place in a queue."""
        for gate in {**self.queued, **self._held}:
            gate.forget(self)
        self.queued, self._held = {}, {}

    def refused(
        self,
        user: Hashable,
        resource: str,
        after: float | None,
        began: float,
        now: float,
        chance: float,
    ) -> float:
        """Close a provider for some time, for all who share.

        Args:
            user: The tool whose call was refused.
            resource: The provider.
            after: Seconds that it asked to wait, if it did.
            began: When the refused attempt began.
            now: Seconds since the run began.
            chance: A random number from 0 to 1.

        Returns:
            Seconds until the provider is open again.
        """
        provider = self._throttle.provider(user, resource)
        epoch = self._epoch
        return provider.refuse(after, began + epoch, now + epoch, chance)

    def spend(self, tokens: int, now: float) -> None:
        """Count tokens that a call has used."""
        self._throttle.spend(tokens, now + self._epoch)

    def _take(self, gates: "tuple[Gate, ...]", now: float) -> "tuple[Gate, ...] | None":
        moment = now + self._epoch
        for gate in gates:
            until = gate.hold(self, moment)
            if until is not None:
                self._held[gate] = self.queued[gate] = None
                self.held_until = until - self._epoch
                return None
        if self.ticket:
            self.served(waits_elsewhere=bool(self.queued))
        return tuple([gate for gate in gates if gate.enter(self, moment)])


class Throttle:
    """The live counts of limits, for one event loop.

    ```python
    throttle = Throttle(Limits(requests_per_minute=60))
    await execute_plan(plan, run_step, limits=throttle)
    ```

    Args:
        limits: The limits; they hold for all runs together that are given this object.

    A run inside a step of a run with the same throttle shares its rates and pauses, and
    takes no slots of it, but has as many of its own.

    Attributes:
        last_seen: When something last asked, on the clock of its loop.
        runs: How many runs use it.
        slots: The gate of the slots, if they are limited.
        windows: The limits per minute, if there are any.
        only_slots: Whether nothing else limits anything so far.
    """

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self.runs = 0
        self.slots: tuple[Gate, ...] = (
            () if limits.concurrency is None else (Gate(limits.concurrency),)
        )
        self._tools = {name: Gate(most) for name, most in limits.per_tool.items()}
        self._tokens: Window | None = None
        windows: list[Window] = []
        if limits.requests_per_minute is not None:
            windows.append(Window(limits.requests_per_minute, counted=True))
        if limits.tokens_per_minute is not None:
            self._tokens = Window(limits.tokens_per_minute, counted=False)
            windows.append(self._tokens)
        self.windows = tuple(windows)
        self._providers: dict[str, Provider] = {}
        # Which providers the calls of a tool were refused by.
        self._uses: dict[Hashable, tuple[Provider, ...]] = {}
        self.only_slots = not self._tools and not windows
        self._common = (*self.windows, *self.slots)
        self.last_seen = -inf
        self._loop: object = None
        self._tickets = 0

    def draw(self) -> int:
        """Draw the next ticket."""
        self._tickets += 1
        return self._tickets

    def bind(self, loop: object, now: float) -> None:
        """Take in a run of an event loop.

        Args:
            loop: Tells the loop from others.
            now: The moment on its clock. Clocks of other loops may have been ahead, as
                each run of trio begins anywhere; then no time counts as passed.

        Raises:
            RuntimeError: Runs of another loop are under way.
        """
        if self.runs and self._loop != loop:
            raise RuntimeError(
                "this Throttle is in use on another event loop; make one for each loop"
            )
        if self._loop != loop and now < self.last_seen:
            for window in self.windows:
                window.shift(now - self.last_seen)
            for provider in self._providers.values():
                provider.shift(now - self.last_seen)
        self._loop = loop
        self.runs += 1

    def release(self) -> None:
        """Let a run go."""
        self.runs -= 1
        if not self.runs:
            self._loop = None

    def gates(self, user: Hashable) -> tuple[Gate, ...]:
        """Return the gates through which an attempt goes, the narrowest first."""
        tool = self._tools.get(user) if self._tools else None  # type: ignore[call-overload]
        uses = self._uses.get(user, ()) if self._uses else ()
        if tool is None and not uses:
            return self._common
        return (*uses, *(() if tool is None else (tool,)), *self._common)

    def closed_until(self, user: Hashable) -> float:
        """Return when all providers that a tool uses are open, on the shared clock."""
        return max((p.until for p in self._uses.get(user, ())), default=-inf)

    def provider(self, user: Hashable, resource: str) -> Provider:
        """Return a provider, and know from now on that a tool uses it."""
        provider = self._providers.setdefault(resource, Provider())
        uses = self._uses.get(user, ())
        if provider not in uses:
            self._uses[user] = (*uses, provider)
            self.only_slots = False
        return provider

    def spend(self, tokens: int, now: float) -> None:
        """Count tokens that a call has used."""
        if self._tokens is not None:
            self._tokens.spend(tokens, now)
