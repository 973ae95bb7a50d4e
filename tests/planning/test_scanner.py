"""Steps found in a text however it is cut into pieces."""

import json
import random

import pytest

from dagplan.planning.scanner import StepScanner

_TEXTS = ["", "a", '"', "\\", "{[", "]}", "é", "😀", '\\"}', "```", "${a}", "\n"]


def _value(chance: random.Random, depth: int = 3) -> object:
    kind = chance.randrange(5 if depth else 3)
    if kind == 3:
        return [_value(chance, depth - 1) for _ in range(chance.randrange(3))]
    if kind == 4:
        keys = chance.sample(_TEXTS, chance.randrange(3))
        return {key: _value(chance, depth - 1) for key in keys}
    return ["".join(chance.choices(_TEXTS, k=3)), chance.randrange(99), None][kind]


def test_random_chunkings_give_what_the_whole_text_gives() -> None:
    chance = random.Random(7)
    for _ in range(20_000):
        steps = [
            {"tool": _value(chance), "id": f"s{n}"} for n in range(chance.randrange(4))
        ]
        plan = {"answer": _value(chance), "steps": steps, "more": _value(chance)}
        text = json.dumps(plan, ensure_ascii=chance.random() < 0.5)
        text = chance.choice(["{}", "```json\n{}\n```", " \n{}"]).replace("{}", text)
        scanner, found, at = StepScanner(), list[object](), 0
        while at < len(text):
            size = chance.randint(1, 40)
            found += scanner.feed(text[at : at + size])
            at += size
        assert found == steps


def test_a_step_is_found_with_its_closing_brace() -> None:
    scanner = StepScanner()
    assert scanner.feed('{"steps": [{"id": "a"') == []
    assert scanner.feed("}") == [{"id": "a"}]


def test_what_is_malformed_ends_the_reading() -> None:
    for text in ('{"steps": [{"a": 1, "a": 2}, {}', '{"steps": [1, {}', 'So: {"steps"'):
        assert StepScanner().feed(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": "a"}, {"id": "b"}]',
        '```json\n[{"id": "a"}, {"id": "b"}]\n```',
        '{"st\\u0065ps": [{"id": "a"}, {"id": "b"}]}',
        '``` JSON5 \n\n{"steps": [{"id": "a"}, {"id": "b"}]}\n```',
        '\u00a0```\n{"steps": [{"id": "a"}, {"id": "b"}]}```',
        " " * 5_000 + '{"answer": "steps", "steps": [{"id": "a"}, {"id": "b"}]}',
    ],
)
def test_every_way_to_write_a_plan_is_followed(text: str) -> None:
    scanner = StepScanner()
    found = [element for character in text for element in scanner.feed(character)]
    assert found == [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize(
    "text",
    [
        'steps: [{"id": "a"}]',
        '```my plan\n{"steps": [{"id": "a"}]}',
        '```{"steps": [{"id": "a"}]}',
        '{"plan": {"steps": [{"id": "a"}]}}',
        '{"steps": {"a": [{"id": "a"}]}}',
        '[[{"id": "a"}]]',
        '{"\\ud8": [{"id": "a"}]}',
    ],
)
def test_what_stands_elsewhere_is_no_step(text: str) -> None:
    assert StepScanner().feed(text) == []
