"""Ways in which what a model writes goes wrong, each a function of a good text.

Those on documents change the JSON value and write it again, those on texts change the
characters.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from tests.plan.malformed import STRANGE, places, put_strange, remove, steps_of

Mutation = Callable[[str, Random], str]
Document = dict[str, Any]

REFERENCES = [
    "${s0}", "${s0.sum}", "${s0.*.name}", "${s0.0}", "${item}", "${item.x}", "${gone}",
    "${s0.}", "${.s0}", "${}", "${", "$${s0}", r"\${s0}", r"\\${s0}", "${s0", "$s0",
    "${s0.*.*.*}", "${S0}", "${ s0 }", "${s0}${s1}", "${${s0}}", "${s0.\n}", "${é}",
    "${s0.\u202e}", "${" + "s0." * 500 + "x}", "${s" + "0" * 70 + "}",
]  # fmt: skip
_NUMBERS = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 4_300, "9" * 4_301,
    "9" * 20_000, "1e-999", "-0", "-0.0", "01", "+1", ".5", "1.", "0x10", "1_000",
    "1" + "0" * 400 + ".0", "2.2250738585072011e-308", "1E400",
]  # fmt: skip
_CHARACTERS = [
    "\ud800", "\udc00", "\\ud800", "\\udc00\\ud800", "\\u", "\\u12", "\\x41", "\\",
    "\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x1b[2J", "\x7f", "\u2028", "é",
    "e\u0301", "\U0001d54f", "\\u0000", "\ufffd", "\uffff", "\n", "\t", "\r", '"', '\\"',
]  # fmt: skip
_PROSE = [
    "Here is the plan:\n{}", "{}\n\nThis plan has two steps.", "Sure! {} Enjoy.",
    "<think>{{}}</think>{}", "<|im_start|>{}", "// plan\n{}", "{};", "plan = {}",
    "({})", "{}\n{}", "{}{}", "{}\x00", "data: {}\n\n", '"{}"', "[{}]", "[[{}]]",
    '{{"plan": {}}}', '{{"type": "object", "properties": {}}}', "\ufeff{}", "\u00a0{}",
    " \r\n\t{} \n", "\u2028{}", "{}\n```", "```{}", "```json{}```",
]  # fmt: skip
_FENCES = [
    "```json\n{}\n```", "```\n{}\n```", "``` json \n\n{}\n\n```\n", "```JSON5\n{}```",
    "\n\n```json\r\n{}\r\n```", "~~~\n{}\n~~~", "```json\n{}\n``", "````json\n{}\n````",
    "```json\n```json\n{}\n```\n```", "`{}`", "```my plan\n{}\n```", "```é\n{}\n```",
    "```json\n{}\n```\nDone.", "\u00a0```json\n{}\n```\u00a0", "```{{}}\n{}\n```",
]  # fmt: skip
_WIDE_HEADS = [" " * 300, "\n" * 2_000, "\t\r\n " * 100]


def _on_document(change: Callable[[Document, Random], None]) -> Mutation:
    def mutation(text: str, chance: Random) -> str:
        document = json.loads(text)
        change(document, chance)
        return json.dumps(document, ensure_ascii=chance.random() < 0.5)

    return mutation


def _invented(document: Document, chance: Random) -> None:
    """Keys that no schema names, at every level."""
    names = ["note", "reasoning", "Steps", "tool", "args", "drop", "agent", "id", "é"]
    levels = [document, *(c for c, _ in places(document) if isinstance(c, dict))]
    level = chance.choice(levels)
    level.setdefault(chance.choice(names), deepcopy(chance.choice(STRANGE)))


def _nulls(document: Document, chance: Random) -> None:
    """What strict mode has a model write for all that it leaves out."""
    for container, key in [*places(document)]:
        if chance.random() < 0.3:
            container[key] = None


def _pages(document: Document, chance: Random) -> None:
    page: Any = None
    for _ in range(chance.choice([1, 3, 12, 60])):
        page = {"size": chance.choice([None, 3]), "next": page, "kind": None}
    args = {"page": page, "q": chance.choice([None, "x"])}
    _append(document, {"list-pages": args, "id": "pages", "more": []})


def _references(document: Document, chance: Random) -> None:
    found = [(c, k) for c, k in places(document) if isinstance(c[k], str)]
    for container, key in chance.sample(found, min(len(found), 3)):
        near = chance.choice(["{}", "a {} b", "{}{}"])
        container[key] = near.replace("{}", chance.choice(REFERENCES))


def _loops(document: Document, chance: Random) -> None:
    """`for_each` over what is no list, over itself, over an item, over text."""
    for step in steps_of(document):
        over = chance.choice([*REFERENCES, "s0", f"${{{step.get('id')}}}", ["s0"], 5])
        more = [{"for_each": over}, {"partial": chance.choice([True, False, None, 1])}]
        step["more"] = chance.sample(more, chance.randint(1, 2))


def _same_ids(document: Document, chance: Random) -> None:
    names = ["s0", "S0", "s0 ", "", "item", "é", "a" * 65, "0s", "s0[0]", 5, None]
    for step in steps_of(document):
        if chance.random() < 0.6:
            step["id"] = chance.choice(names)


def _more(document: Document, chance: Random) -> None:
    """What may be more, of wrong types, twice, all at once, or not as a list."""
    keys = ["task", "for_each", "partial", "returns", "depends_on", "optional", "x"]
    for step in steps_of(document):
        entries: list[Any] = [
            {chance.choice(keys): deepcopy(chance.choice(STRANGE))}
            for _ in range(chance.randrange(4))
        ]
        several: list[Any] = [entries, *entries, None, {}, [entries]]
        step["more"] = chance.choice(several)


def _types(document: Document, chance: Random) -> None:
    field: Document = {"name": chance.choice(["a", "", "a.b", 5]), "type": "text"}
    types: list[Any] = [
        [field], [field, field], [[field]], [field, "text"], [{**field, "x": 1}],
        [{"name": "a"}], {"a": "text"}, {"a": {}}, [], [[]], "json", ["text", "text"],
        [{"name": "a", "type": [field]}], {"name": "text", "type": "number"}, "", {},
    ]  # fmt: skip
    for step in steps_of(document):
        step["more"] = [{"returns": deepcopy(chance.choice(types))}]


def _behind_ids(document: Document, chance: Random) -> None:
    """Types behind ids, good and bad."""
    kinds = [
        "text", " number ", "[text]", "{a:text,b:[number]}", "[[{a:text}]]", "json", "",
        "[", "[]", "{}", "{a}", "{a:text,a:text}", "text]", "[text", "text text", ":",
        '{"a b":text}', '{"a":"text"}', "{a.b:text}", "[" * 33 + "text" + "]" * 33,
    ]  # fmt: skip
    for step in steps_of(document):
        step["id"] = f"{step.get('id')}:{chance.choice(kinds)}"


def _around(document: Document, chance: Random) -> None:
    """Steps inside of what stands around them, or of one another."""
    steps = document.get("steps")
    if not isinstance(steps, list):
        return
    for index, step in enumerate(steps):
        over: Document = {
            "for_each": chance.choice(["${s0}", ["x", "${s1}", 5], [], 5, None])
        }
        more: Document = {
            "more": [deepcopy(chance.choice([over, {"optional": ["s0"]}, {}, 5]))]
        }
        around: list[Document] = [
            over,
            more,
            {**over, **more},
            {},
            {"id": "x"},
            {"agent": "x"},
        ]
        inner = step
        for _ in range(chance.choice([0, 1, 1, 2, 50])):
            inner = {**deepcopy(chance.choice(around)), "step": inner}
        steps[index] = inner


def _bare(document: Document, chance: Random) -> None:
    """Arguments without their names, and lists of arguments."""
    for step in steps_of(document):
        for key in step.keys() - {"id", "more", "agent", "step"}:
            args = step[key] if isinstance(step[key], dict) else {"q": "x"}
            lists: list[Any] = [[{k: v} for k, v in args.items()], [args], [], None, 5]
            grouped = {"more": chance.choice(lists)}
            values: list[Any] = [*args.values(), "${s0}", ["x"], 5, None, True]
            step[key] = chance.choice([*values, grouped, {**args, **grouped}])


def _deep(document: Document, chance: Random) -> None:
    depth = chance.choice([5, 40, 190, 199, 200, 201, 300, 440, 460])
    opening, closing = chance.choice(
        [("[", "]"), ('{"of":', "}"), ('[{"name":"a","type":', "}]")]
    )
    inner = json.loads(opening * depth + '"text"' + closing * depth)
    where: list[Document] = [
        {"total": {"tree": inner}, "id": "deep", "more": []},
        {"list-pages": {"page": inner}, "id": "deep", "more": []},
        {"agent": "x", "id": "deep", "more": [{"returns": inner}]},
        {"agent": "x", "id": "deep", "more": inner},
    ]
    _append(document, chance.choice(where))


def _append(document: Document, step: Document) -> None:
    if isinstance(document.get("steps"), list):
        document["steps"].append(step)


def _bare_list(text: str, chance: Random) -> str:
    return json.dumps(json.loads(text).get("steps"), ensure_ascii=chance.random() < 0.5)


def _cut(text: str, chance: Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _cut_in_front(text: str, chance: Random) -> str:
    return text[chance.randrange(len(text) + 1) :]


def _overwritten(text: str, chance: Random) -> str:
    at = chance.randrange(len(text) + 1)
    noise = chance.choice(['"', "{", "}", "[", "]", ",", ":", "'", "/*", *_CHARACTERS])
    return text[:at] + noise + text[at + chance.randrange(3) :]


def _number(text: str, chance: Random) -> str:
    document = json.loads(text)
    container, key = chance.choice([*places(document)])
    container[key] = "@@"
    return json.dumps(document).replace('"@@"', chance.choice(_NUMBERS))


def _characters(text: str, chance: Random) -> str:
    """Odd characters inside a text of the document, raw or escaped."""
    at = chance.choice([i for i, c in enumerate(text) if c == '"'])
    return text[: at + 1] + chance.choice(_CHARACTERS) + text[at + 1 :]


def _double_key(text: str, chance: Random) -> str:
    key = chance.choice(['"id":', '"steps":', '"more":', '"answer":', '"q":'])
    again = chance.choice([key, key.replace('"', '"\\u00', 1), f" {key}"])
    if again.startswith('"\\u00'):
        again = f'"\\u{ord(key[1]):04x}{key[2:]}'
    return text.replace(key, f"{key} 1, {again}", 1)


def _escaped_key(text: str, chance: Random) -> str:
    key = chance.choice(["steps", "answer", "id", "more", "agent"])
    return text.replace(f'"{key}"', f'"\\u{ord(key[0]):04x}{key[1:]}"')


def _wrapped(patterns: list[str]) -> Mutation:
    def mutation(text: str, chance: Random) -> str:
        if chance.random() < 0.3:
            text = _bare_list(text, chance)
        pattern = chance.choice(patterns).replace("{{", "\x01").replace("}}", "\x02")
        wrapped = pattern.replace("{}", text)
        return wrapped.replace("\x01", "{").replace("\x02", "}")

    return mutation


def _head(text: str, chance: Random) -> str:
    return chance.choice(_WIDE_HEADS) + text


def _spread(text: str, chance: Random) -> str:
    """Blanks wherever JSON allows them."""
    return json.dumps(json.loads(text), indent=chance.choice([0, 1, 8]))


MUTATIONS: dict[str, Mutation] = {
    "another type": _on_document(put_strange),
    "removed": _on_document(remove),
    "invented keys": _on_document(_invented),
    "nulls": _on_document(_nulls),
    "nested nulls": _on_document(_pages),
    "references": _on_document(_references),
    "for_each": _on_document(_loops),
    "ids that collide": _on_document(_same_ids),
    "more": _on_document(_more),
    "types": _on_document(_types),
    "types behind ids": _on_document(_behind_ids),
    "around": _on_document(_around),
    "bare": _on_document(_bare),
    "deep": _on_document(_deep),
    "bare list": _bare_list,
    "cut": _cut,
    "cut in front": _cut_in_front,
    "overwritten": _overwritten,
    "numbers": _number,
    "characters": _characters,
    "duplicate keys": _double_key,
    "escaped keys": _escaped_key,
    "prose": _wrapped(_PROSE),
    "fences": _wrapped(_FENCES),
    "blanks in front": _head,
    "blanks": _spread,
}
