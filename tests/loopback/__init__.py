"""A loopback server that speaks OpenAI's chat protocol and Tavily's search.

Tests of model calls go through real clients and real HTTP: what is tested is
what will run. The server runs in the test process, in a thread with an event
loop of its own, so that sync and async tests use it alike. One server serves
the session; each test gets a `Loopback`, its own path prefix on that server,
so tests cannot see one another's requests or replies.

    Server     one socket, one loop; `serve()` starts and stops it
    Loopback   one test's script: replies to give, requests seen, violations
    Reply      what to answer, as a frozen value; wrappers bend it (cut, gate)
    Gate       a point where a reply waits until the test opens it
    Recorded   one request as it arrived

Two invariants. The server refuses what the real providers refuse, in their
words (`schema_rules`, `request_rules`). And it never sends what a real provider
could not send: a scripted reply that breaks the request's strict schema, or a
request that no reply was scripted for, is a *violation*; it is answered with
500 and fails the test when it ends. Nothing here sleeps: tests gate and wait.
"""

from .recorded import Recorded
from .replies import (
    CutStream,
    Found,
    Gate,
    Gated,
    Hang,
    Hit,
    Json,
    Refusal,
    Reply,
    Sliced,
    Status,
    Text,
    ToolCalls,
    Truncated,
)
from .script import Loopback
from .server import Server, serve

__all__ = [
    "CutStream",
    "Found",
    "Gate",
    "Gated",
    "Hang",
    "Hit",
    "Json",
    "Loopback",
    "Recorded",
    "Refusal",
    "Reply",
    "Server",
    "Sliced",
    "Status",
    "Text",
    "ToolCalls",
    "Truncated",
    "serve",
]
