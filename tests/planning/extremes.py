"""Texts that are large or costly where it may hurt most, by size."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

Extreme = Callable[[Random], str]


def _agent(**more: Any) -> dict[str, Any]:
    return {"agent": "x", "id": "a", "more": [{key: v} for key, v in more.items()]}


def _plan(*steps: Any, answer: str | None = None) -> str:
    return json.dumps({"steps": steps, "answer": answer})


def _total(**args: Any) -> dict[str, Any]:
    return {"total": args, "id": "t", "more": []}


def _sized(build: Callable[[int], dict[str, Any]], most: int) -> Extreme:
    """One step whose size is small, within the bounds, or far beyond them."""
    return lambda c: _plan(build(most // c.choice([200, 20, 2, 1])))


def _many(build: Callable[[int], Any]) -> Extreme:
    return lambda c: _plan(*map(build, range(c.choice([999, 1_000, 1_001, 20_000]))))


EXTREMES: dict[str, Extreme] = {
    "100,000 steps": lambda _: _plan(*[_agent()] * 100_000),
    "a million non-steps": lambda _: _plan(*[0] * 650_000),
    "bad steps": _many(lambda i: {"id": f"s{i}"}),
    "good steps": _many(lambda i: {**_agent(), "id": f"s{i}"}),
    "steps of one id": _many(lambda _: _agent()),
    "a chain": _many(lambda i: {**_agent(depends_on=[f"s{i - 1}"]), "id": f"s{i}"}),
    "a cycle": _many(lambda i: {**_agent(optional=[f"s{i ^ 1}"]), "id": f"s{i}"}),
    "misspelt": _many(lambda i: {f"serch_{i}": {}, "id": f"look_up_{i}", "more": []}),
    "for_each chain": _many(
        lambda i: {**_agent(for_each=f"${{s{i - 1}}}"), "id": f"s{i}"}
    ),
    "openings": _sized(lambda n: {**_agent(), "agent": "${" * n}, 900_000),
    "references": _sized(lambda n: {**_agent(), "agent": "${a.0.x}" * n}, 200_000),
    "escapes": _sized(lambda n: {**_agent(), "agent": "\\${" * n}, 300_000),
    "long text": _sized(lambda n: {**_agent(), "agent": "x" * n}, 8_000_000),
    "long name": _sized(lambda n: {"t" * n: {}, "id": "a"}, 2_000_000),
    "long id": _sized(lambda n: {**_agent(), "id": "a" * n}, 2_000_000),
    "type behind an id": _sized(
        lambda n: {**_agent(), "id": "a:" + "[" * n + "text" + "]" * n}, 900_000
    ),
    "keys behind an id": _sized(
        lambda n: {
            **_agent(),
            "id": f"a:{{{','.join(f'k{i}:text' for i in range(n))}}}",
        },
        120_000,
    ),
    "items": _sized(lambda n: {"for_each": ["x"] * n, "step": _agent()}, 350_000),
    "steps in steps": lambda c: '{"steps":[' + '{"step":' * c.choice([9, 440, 90_000]),
    "numbers": _sized(lambda n: _total(of=[1] * n), 600_000),
    "texts": _sized(lambda n: _total(of=["x"] * n), 24_000),
    "nulls in a list": _sized(lambda n: _total(of=[None] * n), 300_000),
    "empty lists": _sized(lambda n: _total(tree={"of": [[]] * n}), 450_000),
    "objects": _sized(lambda n: _total(tree={"of": [{"of": None}] * n}), 120_000),
    "keys": _sized(lambda n: _total(**{f"k{i}": None for i in range(n)}), 120_000),
    "more": _sized(lambda n: {**_agent(), "more": [{}] * n}, 450_000),
    "tasks": _sized(lambda n: {**_agent(), "more": [{"task": "x"}] * n}, 120_000),
    "depends_on": _sized(lambda n: _agent(depends_on=["b"] * n), 380_000),
    "distinct": _sized(lambda n: _agent(optional=[f"b{i}" for i in range(n)]), 190_000),
    "type": _sized(lambda n: _agent(returns={f"k{i}": 1 for i in range(n)}), 150_000),
    "fields": _sized(
        lambda n: _agent(returns=[{"name": f"k{i}", "type": "text"} for i in range(n)]),
        50_000,
    ),
    "answer": lambda c: _plan(answer="${s0}" * c.choice([900, 300_000])),
    "brackets": lambda c: '{"steps":' + "[" * c.choice([100, 950, 1_000_000]),
    "braces": lambda c: '{"a":' * c.choice([100, 950, 300_000]),
    "digits": lambda c: '{"steps":' + "9" * c.choice([4_300, 4_301, 1_900_000]),
    "blanks": lambda c: " " * c.choice([9_000, 1_900_000]) + _plan(_agent()),
    "lines": lambda c: "```json\n" + "\n" * c.choice([9_000, 1_900_000]),
    "ticks": lambda c: "`" * c.choice([5, 6, 7, 1_900_000]),
    "prose": lambda c: "So " * c.choice([99, 600_000]) + _plan(_agent()),
    "quotes": lambda c: '{"' + '\\"' * c.choice([99, 900_000]),
    "surrogates": lambda c: '["' + "\\ud800" * c.choice([1, 300_000]) + '"]',
    "plans": lambda c: _plan(_agent()) * c.choice([2, 1_000, 30_000]),
}
