"""Requests a minute, and providers that asked to slow down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from dagplan.events import StepHedged, StepStarted, Throttled
from tests.simulate.case import PROVIDERS, split
from tests.simulate.world import Ended, Ran, Story

EPS = 1e-6
MINUTE = 60.0
Found = Iterator[tuple[str, str]]


def check_rates(story: Story) -> Found:
    """Check that no minute, wherever it begins, holds too many requests."""
    most = story.case.per_minute
    if most is None:
        return
    moments = sorted(m for ran in story.rans for m in (ran.started, *ran.requests))
    for first, beyond in zip(moments, moments[most:], strict=False):
        if beyond - first < MINUTE - EPS:
            yield "rate", f"{most + 1} requests from {first} to {beyond}"


@dataclass(slots=True)
class _Provider:
    """A provider as the events tell of it.

    Attributes:
        users: Tools that were seen to use it, and since when.
        until: When it opens.
        refused: When it last refused a call that had begun since it refused before.
        most: How many calls that began since its last refusal may be in flight.
        began: Attempts of its users that are in flight and began since.
        pauses: All pauses, as (from, until).
    """

    users: dict[str, float] = field(default_factory=dict)
    until: float = 0.0
    refused: float = -inf
    most: int = 1
    began: set[tuple[int, str, int]] = field(default_factory=set)
    pauses: list[tuple[float, float]] = field(default_factory=list)


def check_pauses(story: Story) -> Found:
    """Check that nothing starts on a paused provider, and few when it reopens."""
    providers: dict[str, _Provider] = {}
    tools = [flow.versions() for flow in story.case.flows]
    # An attempt that is cancelled at the moment at which it starts never runs.
    real = {(ran.flow, ran.node, ran.attempt) for ran in story.rans}
    for entry in story.log:
        match entry.what:
            case Throttled() as event:
                yield from _throttled(story, providers, entry.at, event)
            case StepStarted(items=None) | StepHedged() as event:
                step_id = split(event.step_id)[0]
                known = {
                    t.tool for (i, _), t in tools[entry.flow].items() if i == step_id
                }
                key = (entry.flow, event.step_id, event.attempt)
                if len(known) == 1 and key in real:
                    yield from _starts(providers, entry.at, known.pop(), key)
            case Ended(ran):
                _ends(providers, ran)
            case _:
                pass
    yield from _requests(story, providers)


def _throttled(
    story: Story, providers: dict[str, _Provider], at: float, event: Throttled
) -> Found:
    provider = providers.setdefault(event.resource, _Provider())
    causes = [
        ran
        for ran in story.rans
        if ran.node == event.step_id
        and ran.ended == at
        and ran.script.kind == "limited"
        and PROVIDERS[ran.task.tool] == event.resource
    ]
    if not causes:
        yield "throttled", f"{event} though nobody was refused"
        return
    after = min(ran.script.after or 0.0 for ran in causes)
    if event.wait < after - EPS:
        yield "throttled", f"{event} is shorter than Retry-After {after}"
    provider.users.setdefault(causes[0].task.tool, at)
    provider.until = max(provider.until, at + event.wait)
    provider.pauses.append((at, at + event.wait))
    # Calls that were under way already say nothing new.
    if max(ran.started for ran in causes) >= provider.refused:
        provider.refused = at
        provider.most = 1
        provider.began.clear()


def _starts(
    providers: dict[str, _Provider], at: float, tool: str, key: tuple[int, str, int]
) -> Found:
    for provider in providers.values():
        if tool not in provider.users:
            continue
        if at < provider.until - EPS:
            yield "paused", f"{key[1]} started at {at}, paused until {provider.until}"
        provider.began.add(key)
        if len(provider.began) > provider.most:
            yield "storm", f"{key[1]} is one of {len(provider.began)} in flight at {at}"


def _ends(providers: dict[str, _Provider], ran: Ran) -> None:
    for provider in providers.values():
        if ran.task.tool in provider.users:
            provider.began.discard((ran.flow, ran.node, ran.attempt))
            provider.most += ran.how == "value"


def _requests(story: Story, providers: dict[str, _Provider]) -> Found:
    """Check that no further request was admitted while its provider was paused."""
    for ran in story.rans:
        for moment in ran.requests:
            for provider in providers.values():
                known = provider.users.get(ran.task.tool, moment)
                for since, until in provider.pauses:
                    if max(since, known) + EPS < moment < until - EPS:
                        yield "paused", f"{ran.node} admitted at {moment}"
