"""A planner that writes slowly: how soon each step starts after it was written.

The planner is a server on this machine that speaks OpenAI's streamed chat completions
and writes a step whenever a pause is over; the pauses and the lengths of the steps are
simulated, all else is real: HTTP, the openai and langchain clients, the agent. Steps
come in pairs. The first of a pair needs nothing and lasts longer than the pause after
it, so that it ends while the planner pauses again; the second needs the first.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import SocketAttribute, SocketStream

from benchmarks.findings import Aim, Findings, Table
from dagplan import create_dag_agent
from dagplan.events import Event, StepStarted, StepSucceeded

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LASTS = 1.4  # pauses that the first step of a pair takes


@dataclass
class Moments:
    """When what happened, on the clock of this machine.

    Attributes:
        written: Per step, when the chunk with its closing brace was sent.
        started: Per step, when the agent told that it had started.
        ended: Per step, when it told that it had succeeded.
    """

    written: dict[str, float] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Note an event of the run."""
        match event:
            case StepStarted(step_id=name):
                self.started[name] = perf_counter()
            case StepSucceeded(step_id=name):
                self.ended[name] = perf_counter()
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Lags:
    """How long steps waited for nothing that they needed, in seconds.

    Attributes:
        after_brace: From a step's closing brace to its start.
        after_dependency: From the end of a step's dependency to its start.
    """

    after_brace: tuple[float, ...]
    after_dependency: tuple[float, ...]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--pairs", type=int, default=10, help="pairs of steps")
    parser.add_argument("--pause", type=float, default=0.3, help="seconds between")


def measure(options: argparse.Namespace) -> Findings:
    """Ask once, and look when each step started."""
    pause = options.pause * options.scale
    found = anyio.run(lags, options.pairs, pause)
    columns = ("from", "steps", "first ms", "median ms", "most ms")
    rows = [
        ("its closing brace to its start", *_figures(found.after_brace)),
        ("the end of its dependency to its start", *_figures(found.after_dependency)),
    ]
    return Findings(
        figures=asdict(found),
        tables=[Table(f"A planner that pauses {pause:g} s (simulated)", columns, rows)],
        aims=[
            Aim("first step after its brace, s", found.after_brace[0], 0.020),
            Aim("any step after its dependency, s", max(found.after_dependency), 0.005),
        ],
    )


def _figures(seconds: tuple[float, ...]) -> tuple[object, ...]:
    shown = [1000 * one for one in (seconds[0], median(seconds), max(seconds))]
    return (len(seconds), *shown)


async def lags(pairs: int, pause: float) -> Lags:
    """Let an agent run a plan that is written slowly.

    Args:
        pairs: Pairs of steps.
        pause: Seconds between two steps.
    """
    moments = Moments()
    planner = SlowPlanner(pairs, pause, moments.written)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)

    async def work(seconds: float) -> float:
        """Take some time.

        Args:
            seconds: How much.
        """
        await anyio.sleep(seconds)
        return seconds

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, planner.serve)
        agent = create_dag_agent(_client(port), tools=[work], on_event=moments.take)
        await agent.ainvoke({"input": "What comes of it?"})
        tasks.cancel_scope.cancel()
    await listener.aclose()
    firsts = [f"a{n}" for n in range(pairs)]
    return Lags(
        tuple(moments.started[name] - moments.written[name] for name in firsts),
        tuple(moments.started[f"b{n}"] - moments.ended[f"a{n}"] for n in range(pairs)),
    )


def _client(port: int) -> "BaseChatModel":
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(  # type: ignore[call-arg] # its aliases confuse the plugin
        model="slow",
        api_key="none",
        base_url=f"http://127.0.0.1:{port}/v1",
        max_retries=0,
        stream_usage=True,
    )


class SlowPlanner:
    """A server of one plan, whose template is the answer.

    Args:
        pairs: Pairs of steps in it.
        pause: Seconds before each step.
        written: Told when the last brace of each step is sent.
    """

    def __init__(self, pairs: int, pause: float, written: dict[str, float]) -> None:
        self._pairs = pairs
        self._pause = pause
        self._written = written

    async def serve(self, client: SocketStream) -> None:
        """Answer one request with the plan, step by step."""
        async with client:
            await _request(client)
            await client.send(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                b"connection: close\r\n\r\n"
            )
            await client.send(_chunk('{"steps":['))
            for number, (name, step) in enumerate(self._steps()):
                await anyio.sleep(self._pause)
                self._written[name] = perf_counter()
                await client.send(_chunk(("," if number else "") + json.dumps(step)))
            last = f"b{self._pairs - 1}"
            await client.send(_chunk(f'],"answer":"It took ${{{last}}}"}}'))
            await client.send(_chunk("", finish="stop") + b"data: [DONE]\n\n")

    def _steps(self) -> Iterator[tuple[str, dict[str, object]]]:
        for number in range(self._pairs):
            first, second = f"a{number}", f"b{number}"
            lasts = {"seconds": LASTS * self._pause}
            yield first, {"work": lasts, "id": f"{first}:number"}
            brief = {"work": {"seconds": 0.001}, "id": f"{second}:number"}
            yield second, {"more": [{"depends_on": [first]}], "step": brief}


async def _request(client: SocketStream) -> None:
    """Read a request to its end; what it asks for is known."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += await client.receive()
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("ascii").lower().splitlines()
    sizes = [line for line in lines if line.startswith("content-length:")]
    left = int(sizes[0].partition(":")[2]) - len(body)
    while left > 0:
        left -= len(await client.receive())


def _chunk(text: str, finish: str | None = None) -> bytes:
    choice: dict[str, Any] = {
        "index": 0,
        "delta": {"role": "assistant", "content": text},
        "finish_reason": finish,
    }
    chunk = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "slow",
        "choices": [choice],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()
