"""Which model is used: argument, then settings, then what has a key, else none."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from dagplan.errors import MissingKeyError, SettingsError
from dagplan.providers import Settings, default_tools, resolve_model


def name_of(model):
    return None if model is None else model.model_name


@pytest.mark.parametrize(
    ("environment", "argument", "expected"),
    [
        ({}, None, None),
        ({"OPENAI_API_KEY": ""}, None, None),
        ({"OPENAI_API_KEY": "k"}, None, "gpt-5-mini"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, None, "gpt-5-mini"),
        ({"OPENAI_API_KEY": "k", "DAGPLAN_MODEL": "openai:m"}, None, "m"),
        ({"OPENAI_API_KEY": "k", "DAGPLAN_MODEL": "offline"}, None, None),
        ({"OPENAI_API_KEY": "k", "DAGPLAN_MODEL": "openai:m"}, "openai:n", "n"),
        ({"OPENAI_API_KEY": "k"}, "plain-name", "plain-name"),
        ({"OPENAI_API_KEY": "k"}, "offline", None),
    ],
)
def test_the_order_of_resolution(monkeypatch, environment, argument, expected):
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    assert name_of(resolve_model(argument)) == expected


def test_a_model_object_is_used_as_it_is(loopback):
    from tests.loopback.clients import chat_model

    model = chat_model(loopback)
    assert resolve_model(model) is model


def test_a_model_without_a_key_says_which_variable_to_set():
    with pytest.raises(MissingKeyError, match="export OPENAI_API_KEY") as caught:
        resolve_model("openai:gpt-5-mini")
    assert caught.value.variable == "OPENAI_API_KEY"


def test_a_provider_whose_package_is_missing_says_so():
    with pytest.raises(SettingsError, match="anthropic"):
        resolve_model("anthropic:claude-sonnet-4-5")


def test_an_unknown_provider_says_so():
    with pytest.raises(SettingsError, match="nosuch"):
        resolve_model("nosuch:model")


def test_keys_are_never_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-very-secret")
    settings = Settings.read()
    model = resolve_model(settings=settings)
    assert "very-secret" not in repr(settings) + str(settings) + repr(model)


def test_requests_have_a_timeout_and_streams_count_tokens(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("DAGPLAN_REQUEST_TIMEOUT", "7")
    model: Any = resolve_model()
    assert model.request_timeout == 7
    assert model.stream_usage is True


def test_a_setting_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv("DAGPLAN_REQUEST_TIMEOUT", "soon")
    with pytest.raises(SettingsError, match="DAGPLAN_REQUEST_TIMEOUT is 'soon'"):
        Settings.read()


def test_web_search_is_a_default_tool_only_with_its_key(monkeypatch):
    assert "web_search" not in {tool.spec.name for tool in default_tools()}
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-test")
    assert "web_search" in {tool.spec.name for tool in default_tools()}


async def test_a_request_that_hangs_ends_with_a_line_about_the_timeout(loopback):
    from dagplan.errors import ModelError
    from dagplan.models import Caller, ask
    from tests.loopback import Hang
    from tests.loopback.clients import chat_model

    loopback.reply(Hang())
    model = chat_model(loopback, timeout=0.05)
    caller = Caller("planner", lambda _: None)
    with pytest.raises(ModelError, match="did not answer in time"):
        await ask(model, [HumanMessage("?")], caller)
