"""What is read back is what was written, or an error that says why not."""

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from types import MappingProxyType
from typing import get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from dagplan.errors import CorruptJournalError, JournalError
from dagplan.events import (
    Bound,
    Event,
    ModelCalled,
    Outcome,
    Role,
    RunStarted,
    StepFailed,
    StepPlanned,
    StepSucceeded,
    Tokens,
)
from dagplan.journal.codec import decode, encode
from dagplan.plan.model import Step
from tests.journal.samples import EVENTS


def test_there_is_a_sample_of_every_kind():
    assert {type(event) for event in EVENTS} == set(get_args(Event))


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_comes_back_as_it_was(event):
    kind, body = encode(event)
    found = decode(kind, body)
    assert found == event
    assert type(found) is type(event)
    assert repr(found) == repr(event)  # 1 equals True and 1.0


def test_a_mapping_of_another_kind_comes_back_as_a_dict():
    event = RunStarted(0.0, "", "", 1, MappingProxyType({"a": MappingProxyType({})}))
    assert decode(*encode(event)) == event


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.text())
@settings(max_examples=50)
def test_every_value_comes_back_exactly(number, integer, text):
    event = StepSucceeded(number, "a", [number, integer, {text: text}])
    assert repr(decode(*encode(event))) == repr(event)


def test_the_deepest_value_comes_back():
    value: object = []
    for _ in range(199):
        value = [value]
    assert decode(*encode(StepSucceeded(0.0, "a", value))) == StepSucceeded(
        0.0, "a", value
    )


def test_half_a_character_in_an_error_comes_back():
    event = StepFailed(0.0, "a", "no file \udce9.txt é", "OSError")
    assert decode(*encode(event)) == event
    encode(event)[1].encode()


def test_two_halves_that_would_come_back_as_one_character_are_refused():
    with pytest.raises(JournalError, match="it holds halves of characters"):
        encode(StepFailed(0.0, "a", "\ud83d\ude00", "OSError"))


def test_what_is_no_event_is_refused():
    with pytest.raises(JournalError, match="'x' is no event; record those of"):
        encode("x")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}, object(), b"x"])
def test_what_no_json_says_is_refused(value):
    with pytest.raises(JournalError, match=r"a StepSucceeded at 1\.5 s cannot be") as e:
        encode(StepSucceeded(1.5, "a", value))
    assert e.value.__cause__ is not None


def test_a_step_that_no_json_says_is_refused():
    step = Step(id="a", args={"x": {1}})
    with pytest.raises(JournalError, match="a StepPlanned at 0 s cannot be recorded"):
        encode(StepPlanned(0.0, "a", step))


def test_calls_recorded_before_there_was_a_cache_or_a_price_are_read():
    plain = {"at": 1.0, "role": "step", "step_id": "a", "model": "m"}
    plain |= {"tokens": [10, 2], "started": 0.5, "ended": 1.0}
    assert decode("ModelCalled", json.dumps(plain)) == ModelCalled(
        1.0, "step", "a", "m", Tokens(10, 2, 0), 0.5, 1.0, None
    )


def test_a_kind_that_is_not_known_was_written_by_a_newer_version():
    with pytest.raises(JournalError, match=r"kind 'StepDreamt' .*install the newer"):
        decode("StepDreamt", "{}")


def test_a_field_that_is_not_known_was_written_by_a_newer_version():
    kind, body = encode(StepSucceeded(0.0, "a", 1))
    plain = json.loads(body) | {"mood": "good"}
    with pytest.raises(JournalError, match=r"field 'mood', not known .*install"):
        decode(kind, json.dumps(plain))


def test_a_step_with_a_field_that_is_not_known_was_written_by_a_newer_version():
    kind, body = encode(StepPlanned(0.0, "a", Step(id="a")))
    plain = json.loads(body)
    plain["step"]["mood"] = "good"
    with pytest.raises(JournalError, match=r"a step not known .*install the newer"):
        decode(kind, json.dumps(plain))


@pytest.mark.parametrize("event", EVENTS)
def test_a_field_that_an_older_version_did_not_have_is_at_its_default(event):
    kind, body = encode(event)
    plain = json.loads(body)
    defaults = {f.name: f.default for f in fields(event) if f.name == "attempt"}
    if "attempt" in defaults and isinstance(defaults["attempt"], int):
        del plain["attempt"]
        assert decode(kind, json.dumps(plain)) == replace(event, attempt=1)


HOSTILE_TEXT = st.text() | st.sampled_from(
    [
        "",
        "\x00\x1f\x7f\x85\u2028\u2029\ufeff",
        "\U0001f600",
        '[{"\\/',
        "é" * 300,
        "null",
    ]
)
HOSTILE_NUMBER = st.sampled_from(
    [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 1e16]
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**64, -(2**63) - 1, 10**4_299])
    | st.floats(allow_nan=False, allow_infinity=False)
    | HOSTILE_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(HOSTILE_TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)
ARGS = st.dictionaries(HOSTILE_TEXT, PLAIN, max_size=3)
TEXTS = st.lists(HOSTILE_TEXT, max_size=3)
STEP = st.builds(
    Step,
    id=HOSTILE_TEXT,
    task=HOSTILE_TEXT,
    tool=st.none() | HOSTILE_TEXT,
    args=ARGS,
    depends_on=TEXTS,
    optional=TEXTS,
    for_each=st.none() | HOSTILE_TEXT,
    partial=st.booleans(),
    returns=st.none() | HOSTILE_TEXT | st.lists(PLAIN, max_size=2) | ARGS,
)
OF_TYPE: dict[object, st.SearchStrategy[object]] = {
    float: HOSTILE_NUMBER | st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(),
    str: HOSTILE_TEXT,
    bool: st.booleans(),
    object: PLAIN,
    None | int: st.none() | st.integers(),
    None | str: st.none() | HOSTILE_TEXT,
    Mapping[str, object]: ARGS,
    None | Mapping[str, object]: st.none() | ARGS,
    Step: STEP,
    tuple[Step, ...]: st.lists(STEP, max_size=2).map(tuple),
    tuple[str, ...]: TEXTS.map(tuple),
    None | Tokens: st.none() | st.builds(Tokens, *[st.integers()] * 3),
    None | float: st.none() | st.floats(allow_nan=False, allow_infinity=False),
    Role: st.sampled_from(get_args(Role)),
    Bound: st.sampled_from(get_args(Bound)),
    Outcome: st.sampled_from(get_args(Outcome)),
}


@pytest.mark.parametrize("kind", get_args(Event))
def test_every_kind_of_event_comes_back_whatever_it_holds(kind):
    hints = get_type_hints(kind)
    builds = st.builds(kind, **{f.name: OF_TYPE[hints[f.name]] for f in fields(kind)})

    @given(builds)
    @settings(max_examples=15, suppress_health_check=[*HealthCheck], database=None)
    def comes_back(event):
        name, body = encode(event)
        body.encode()
        assert repr(decode(name, body)) == repr(event)

    comes_back()


@pytest.mark.parametrize("kind", get_args(Event))
def test_a_field_of_a_newer_version_is_refused_in_every_kind(kind):
    event = next(event for event in EVENTS if type(event) is kind)
    name, body = encode(event)
    with pytest.raises(JournalError, match="field 'mood', not known"):
        decode(name, json.dumps({**json.loads(body), "mood": 1}))


@pytest.mark.parametrize("kind", get_args(Event))
def test_a_field_that_is_missing_is_missed_in_every_kind(kind):
    event = next(event for event in EVENTS if type(event) is kind)
    name, body = encode(event)
    for field in fields(kind):
        plain = json.loads(body)
        del plain[field.name]
        if field.default is MISSING and field.default_factory is MISSING:
            with pytest.raises(CorruptJournalError, match=f"a {name} lacks fields"):
                decode(name, json.dumps(plain))
        else:
            decode(name, json.dumps(plain))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("StepSucceeded", ""),
        ("StepSucceeded", "[]"),
        ("StepSucceeded", "{}"),
        ("StepSucceeded", '{"at": 0, "step_id": "a"}'),
        ("StepSucceeded", "[" * 100_000),
        ("Revised", '{"at": 0, "added": 5}'),
        ("Revised", '{"at": 0, "dropped": 5}'),
        (
            "ModelCalled",
            json.dumps(
                dict.fromkeys(("at", "started", "ended"), 0)
                | {
                    "role": "step",
                    "step_id": None,
                    "model": "m",
                    "tokens": [1, 2, 3, 4],
                }
            ),
        ),
    ],
)
def test_what_is_no_event_is_corrupt(kind, body):
    with pytest.raises(CorruptJournalError, match=rf"^a {kind} "):
        decode(kind, body)
