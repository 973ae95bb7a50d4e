"""Prices are those of who serves a model, and unknown where that is not known."""

import subprocess
import sys

import pytest

from dagplan.events import Tokens
from dagplan.models import Called
from dagplan.prices import is_priced, price_of
from dagplan.testing import ScriptedModel

OPENAI = "https://api.openai.com/v1/"
MILLION = 1_000_000


def test_tokens_from_a_cache_are_counted_apart():
    plain = price_of("gpt-4.1-mini", OPENAI, Tokens(MILLION, 0))
    cached = price_of("gpt-4.1-mini", OPENAI, Tokens(MILLION, 0, MILLION))
    half = price_of("gpt-4.1-mini", OPENAI, Tokens(MILLION, 0, MILLION // 2))
    written = price_of("gpt-4.1-mini", OPENAI, Tokens(0, MILLION))
    # OpenAI's list prices of 2025, dollars for a million tokens.
    assert (plain, cached, written) == (0.4, 0.1, 1.6)
    assert half == pytest.approx(0.25)


def test_more_tokens_from_a_cache_than_were_read_cost_what_was_read():
    assert price_of("gpt-4.1-mini", OPENAI, Tokens(10, 1, 99)) == price_of(
        "gpt-4.1-mini", OPENAI, Tokens(10, 1, 10)
    )


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4.1-mini", OPENAI),
        ("openai/gpt-4.1-mini", OPENAI),
        ("openai/gpt-4.1-mini", "https://openrouter.ai/api/v1"),
        ("gpt-4o", "https://mine.openai.azure.com/openai/deployments/x"),
        ("claude-sonnet-4-5", "anthropic"),
        ("claude-sonnet-4-5", "https://api.anthropic.com"),
        ("gemini-2.5-flash", "google_genai"),
        ("llama-3.3-70b-versatile", "groq"),
    ],
)
def test_a_model_that_is_listed_has_a_price(model: str, provider: str):
    assert is_priced(model, provider)


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4.1-mini", None),
        ("gpt-4.1-mini", "http://127.0.0.1:8000/v1"),
        ("gpt-4.1-mini", "https://models.example.org/v1"),
        ("gpt-4.1-mini", "ollama"),
        ("nobody-s-model", OPENAI),
        ("", OPENAI),
    ],
)
def test_what_is_not_known_is_unknown_and_not_free(model: str, provider: str | None):
    assert price_of(model, provider, Tokens(10, 10)) is None


def test_tokens_that_nobody_counted_have_no_price():
    assert price_of("gpt-4.1-mini", OPENAI, None) is None


def test_the_list_comes_with_the_package_and_is_never_fetched():
    """In a process of its own, in which no connection can be made."""
    code = """
import socket
def refuse(*_): raise AssertionError("it went to the network")
socket.socket.connect = socket.getaddrinfo = refuse
from dagplan.events import Tokens
from dagplan.prices import price_of
assert price_of("gpt-4.1-mini", "openai", Tokens(1000, 10)) > 0
from genai_prices import data_snapshot
assert not data_snapshot.get_snapshot().from_auto_update
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=9)


# --- who serves a model -------------------------------------------------------


def openai_model(**settings):
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(**{"model": "gpt-4.1-mini", "api_key": "k", **settings})


def test_openai_is_called_at_its_own_address_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert Called.of(openai_model()) == Called("gpt-4.1-mini", OPENAI)


def test_an_address_of_ones_own_counts_wherever_it_was_set(monkeypatch):
    here = "http://127.0.0.1:8000/v1/"
    assert Called.of(openai_model(base_url=here)).provider == here
    monkeypatch.setenv("OPENAI_BASE_URL", here)
    assert Called.of(openai_model()).provider == here


def test_of_a_model_of_another_package_the_package_tells():
    class ChatGroq(ScriptedModel):
        __module__ = "langchain_groq.chat_models"

    assert Called.of(ChatGroq(model_name="x")) == Called("x", "groq")


def test_of_a_model_of_nobody_s_nothing_is_known():
    assert Called.of(ScriptedModel(model_name="gpt-4.1-mini")).provider is None
