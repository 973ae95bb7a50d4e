"""Faults of a provider over real HTTP, as a run's retries are told of them."""

import socket
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from dagplan.errors import ModelError
from dagplan.events import ModelCalled
from dagplan.models import Caller, ask
from dagplan.providers import resolve_model
from dagplan.trouble import Trouble, classify
from tests.loopback import CutStream, Hang, Loopback, Sliced, Status, Text

LASTING = Trouble(transient=False)
PASSING = Trouble(transient=True)


@pytest.fixture
def model(loopback: Loopback, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    monkeypatch.setenv("DAGPLAN_MODEL", "openai:gpt-4.1-mini")
    return resolve_model()


async def trouble_of(model, **options):
    calls: list[ModelCalled] = []
    with pytest.raises(ModelError) as caught:
        await ask(model, [HumanMessage("?")], Caller("step", calls.append), **options)
    assert caught.value.__cause__ is not None
    assert len(calls) == 1
    return classify(caught.value)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Status(400), LASTING),
        (Status(401), LASTING),
        (Status(404), LASTING),
        (Status(409), PASSING),
        (Status(429, retry_after=5, code="insufficient_quota"), LASTING),
        (Status(429, retry_after=86_400), Trouble(transient=False, after=86_400)),
        (Status(500), PASSING),
        (Status(500, headers={"x-should-retry": "false"}), LASTING),
        (Status(503), PASSING),
        (CutStream(Text("a whole answer")), PASSING),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_each_fault_is_seen_at_once_for_what_it_is(
    loopback: Loopback, model, reply, expected, streamed
):
    if streamed and isinstance(reply, CutStream):
        reply = Sliced(reply, characters=3)
    loopback.reply(reply)
    options = {"say": lambda _: None} if streamed else {}
    assert await trouble_of(model, **options) == expected
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (Status(429), None),
        (Status(429, retry_after=2.5), 2.5),
        (Status(429, headers={"retry-after-ms": "20"}), 0.02),
        (Status(503, retry_after=1), 1.0),
    ],
)
async def test_a_rate_limit_names_the_host_and_the_wait(
    loopback: Loopback, model, status, after
):
    loopback.reply(status)
    host = loopback.base_url.split("/")[2]
    assert await trouble_of(model) == Trouble(
        transient=True, after=after, resource=host
    )
    assert len(loopback.requests) == 1


async def test_a_request_that_hangs_times_out_once(loopback: Loopback, monkeypatch):
    monkeypatch.setenv("DAGPLAN_REQUEST_TIMEOUT", "0.05")
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    loopback.reply(Hang())
    assert await trouble_of(resolve_model("openai:gpt-4.1-mini")) == PASSING
    assert len(loopback.requests) == 1


async def test_a_refused_connection_may_be_tried_again(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    assert await trouble_of(resolve_model("openai:gpt-4.1-mini")) == PASSING


async def test_an_address_without_a_scheme_is_lasting(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "127.0.0.1/v1")
    assert await trouble_of(resolve_model("openai:gpt-4.1-mini")) == LASTING


@pytest.mark.parametrize(
    "name", ["gpt-4.1-mini", "openai:gpt-4.1-mini", "azure_openai:gpt-4.1-mini"]
)
def test_no_model_that_is_made_here_retries_by_itself(monkeypatch, name):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-10-21")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:9")
    model: Any = resolve_model(name)
    assert model.root_async_client.max_retries == 0
    assert model.root_client.max_retries == 0
