"""Random plans of every shape that the wire format has to carry."""

from random import Random
from typing import Any

from dagplan.plan import Plan, Step, ToolSpec

TOOLS = [
    ToolSpec("search", "", {"type": "object", "properties": {"q": {"type": "string"}}}),
    ToolSpec(
        "look-up",
        "",
        {
            "type": "object",
            "properties": {"name": {"type": "string"}, "of": {"type": "object"}},
            "required": ["name"],
        },
    ),
]
_TEXTS = ["x", "Wie groß? ${a.0}", '"quoted" \\${x}', "new\nline", "$5", "[{}]", "null"]


def random_type(chance: Random, depth: int = 0) -> Any:
    """A type as a plan declares it."""
    kind = chance.randrange(3 if depth < 3 else 1)
    if kind == 0:
        return chance.choice(["text", "number", "boolean"])
    if kind == 1:
        return [random_type(chance, depth + 1)]
    names = chance.sample(["name", "type", "gdp", "ä-1", "id", "more"], 2)
    return {name: random_type(chance, depth + 1) for name in names}


def random_value(chance: Random, depth: int = 0) -> Any:
    """A JSON value that is not null, which would mean that it was left out."""
    kind = chance.randrange(6 if depth < 3 else 4)
    if kind == 4:
        return [random_value(chance, depth + 1) for _ in range(chance.randrange(3))]
    if kind == 5:
        return {key: random_value(chance, depth + 1) for key in ("k", "id", "more")}
    return [chance.choice(_TEXTS), chance.randrange(9), 0.1, True][kind]


def random_step(chance: Random, index: int) -> Step:
    """A step with a random choice of everything that is not at its default."""
    tool = chance.choice([None, "search", "look-up", "unheard of"])
    fields: dict[str, Any] = {
        "for_each": chance.choice(["${s0.*.name}", ["x", 5, {"k": None}], []]),
        "partial": True,
        "returns": random_type(chance),
        "depends_on": ["s0", "s1"],
        "optional": ["s2"],
    }
    if tool is not None:
        fields["task"] = chance.choice(_TEXTS)
    chosen = {k: v for k, v in fields.items() if chance.random() < 0.4}
    if tool is None:
        return Step(id=f"s{index}", task=chance.choice(_TEXTS), **chosen)
    names = {"search": ["q"], "look-up": ["name", "of"]}.get(tool, ["k"])
    args = {name: random_value(chance) for name in names if chance.random() < 0.8}
    return Step(id=f"s{index}", tool=tool, args=args, **chosen)


def random_plan(seed: int) -> Plan:
    """A plan of any shape; it need not be valid."""
    chance = Random(seed)
    steps = [random_step(chance, index) for index in range(chance.randrange(6))]
    return Plan(steps=steps, answer=chance.choice([None, "It is $${s0}."]))
