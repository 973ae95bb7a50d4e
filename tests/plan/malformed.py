"""A campaign of malformed plans: each is a `Plan` or a `PlanError`, and at once.

`python -m tests.plan.malformed --count 20000 --seed 1` runs it at length.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

from dagplan.errors import PlanError
from dagplan.plan import PlanLimits, ToolSpec, load_plan
from dagplan.plan.check import check_plan

NUMBER = {"type": "number"}
TREE = {
    "type": "object",
    "properties": {
        "of": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/T"}}, NUMBER]}
    },
}
TOOLS = [
    ToolSpec(
        "total",
        "",
        {
            "type": "object",
            "properties": {
                "of": {"type": "array", "items": NUMBER},
                "also": {"anyOf": [{"type": "array", "items": NUMBER}, NUMBER]},
                "name": {"type": "string", "maxLength": 9},
                "tree": {"$ref": "#/$defs/T"},
            },
            "$defs": {"T": TREE},
        },
        returns={"sum": "number"},
    ),
    *(ToolSpec(f"look_up_the_value_number_{i}_of_the_list", "") for i in range(100)),
]

Document = dict[str, Any]
Steps = list[dict[str, Any]]

STRANGE: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    10**4_000,
    "",
    "\x00",
    "\ud800",
    "ß" * 64,
    "${",
    "${}",
    "${a.b.}",
    "${item}",
    "\\${",
    "${s0.*.*.0.x}",
    "x" * 5_000,
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"*": "text"},
    ["text", 5],
    {"a": {"b": ["json"]}},
]


def good_plan(chance: Random, count: int = 0) -> Document:
    """A valid plan as a document."""
    steps: Steps = []
    for index in range(count or chance.randint(1, 12)):
        step: dict[str, Any] = {"id": f"s{index}", "task": f"Find number {index}"}
        before = [f"s{chance.randrange(index)}" for _ in range(min(index, 2))]
        kind = chance.randrange(4)
        if kind == 0:
            values = [1, *(f"${{{name}.sum}}" for name in before)]
            step |= {"tool": "total", "args": {"of": values}}
        elif kind == 1 and before:
            step |= {"depends_on": before[:1], "optional": before[1:]}
        elif kind == 2 and before:
            step |= {"task": f"Use ${{{before[0]}}} and $${{{before[-1]}}}"}
        steps.append(step)
    return {"steps": steps, "answer": f"About ${{s{len(steps) - 1}}}."}


def malformed_plan(seed: int) -> str | bytes:
    """A plan as text, mutated in one way or several.

    Args:
        seed: The same seed gives the same text.
    """
    chance = Random(seed)
    if seed % 40 == 0:  # the large ones are rare, so that many seeds take little time
        return _LARGE[seed // 40 % len(_LARGE)](chance)
    document = good_plan(chance)
    for _ in range(chance.randint(1, 4)):
        if document:
            chance.choice(_CHANGES)(document, chance)
    text = json.dumps(document, ensure_ascii=chance.random() < 0.5)
    for _ in range(chance.choice([0, 0, 1, 2])):
        text = chance.choice(_CUTS)(text, chance)
    return text.encode("utf-8", "surrogatepass") if chance.random() < 0.2 else text


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key or index into it."""
    stack = [value]
    while stack:
        node = stack.pop()
        entries = node.items() if isinstance(node, dict) else enumerate(node)
        for key, child in list(entries):
            yield node, key
            if isinstance(child, dict | list):
                stack.append(child)


def put_strange(document: Document, chance: Random) -> None:
    container, key = chance.choice([*places(document)])
    container[key] = deepcopy(chance.choice(STRANGE))


def remove(document: Document, chance: Random) -> None:
    container, key = chance.choice([*places(document)])
    del container[key]


def _add_field(document: Document, chance: Random) -> None:
    fields = ["args", "tool", "returns", "for_each", "partial", "optional", "x" * 99]
    for step in steps_of(document):
        if chance.random() < 0.5:
            step[chance.choice(fields)] = deepcopy(chance.choice(STRANGE))


def _refer(document: Document, chance: Random) -> None:
    """References to a step itself, to later ones, to none, and into types."""
    steps = steps_of(document)
    names = [str(step.get("id")) for step in steps] + ["item", "gone", "é", "s1.x.0"]
    for step in steps:
        reference = f"${{{chance.choice(names)}}}"
        where = chance.choice(["task", "for_each", "args", "depends_on", "returns"])
        step[where] = {
            "args": {"of": reference, reference: [reference] * 3},
            "depends_on": [reference[2:-1]],
            "returns": [{"x": "text"}],
        }.get(where, f"{reference}")


def _duplicate_step(document: Document, chance: Random) -> None:
    steps = steps_of(document)
    if steps:
        document["steps"] = [*steps, dict(chance.choice(steps))]


def _nest(document: Document, chance: Random) -> None:
    container, key = chance.choice([*places(document)])
    depth = chance.choice([5, 150, 199, 200, 201, 300, 700, 900])
    inner = json.dumps(container[key])
    opening, closing = chance.choice([("[", "]"), ('{"of":', "}"), ('{"of":[', "]}")])
    try:
        container[key] = json.loads(opening * depth + inner + closing * depth)
        json.dumps(document)
    except RecursionError:
        container[key] = None


def steps_of(document: Document) -> Steps:
    steps = document.get("steps")
    if not isinstance(steps, list):
        return []
    return [step for step in steps if isinstance(step, dict)]


_CHANGES: list[Callable[[Document, Random], None]] = [
    put_strange,
    remove,
    _add_field,
    _refer,
    _duplicate_step,
    _nest,
]


def _truncate(text: str, chance: Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _overwrite(text: str, chance: Random) -> str:
    at = chance.randrange(len(text) + 1)
    noise = chance.choice(['"', "{", "}", "[", ",", "NaN", "1e999", "-", "\x00", "\\u"])
    return text[:at] + noise + text[at + chance.randrange(3) :]


def _double_key(text: str, chance: Random) -> str:
    key = chance.choice(['"id":', '"steps":', '"of":', '"task":'])
    return text.replace(key, f"{key}1,{key}", 1)


def _wrap(text: str, chance: Random) -> str:
    depth = chance.choice([1, 900, 990, 5_000])
    return "[" * depth + text + "]" * depth


_CUTS = [_truncate, _overwrite, _double_key, _wrap]


def _text(*steps: dict[str, Any], **more: Any) -> str:
    return json.dumps({"steps": steps, **more})


def _task(step_id: str, **more: Any) -> dict[str, Any]:
    return {"id": step_id, "task": "x", **more}


def _edges(chance: Random) -> str:
    ahead = chance.randint(10, 25)
    total = chance.choice([500, 1_000])
    turn = chance.choice([0, total])  # with it the last ones close cycles
    steps = [
        _task(f"s{i}", depends_on=[f"s{(i + j) % total}" for j in range(1, ahead)])
        for i in range(total)
    ]
    return _text(*steps[: total - (0 if turn else ahead)])


def _cycles(chance: Random) -> str:
    size = chance.choice([2, 3, 10, 1_000])
    return _text(
        *(
            _task(f"s{i}", optional=[f"s{i - i % size + (i + 1) % size}"])
            for i in range(1_000)
        )
    )


def _big_type(chance: Random) -> str:
    returns = {f"k{i}": "text" for i in range(chance.randint(1, 50_000))}
    uses = chance.choice([{"for_each": "${s}"}, {"task": "${s.x} ${s.y}"}])
    many = [{**_task(f"s{i}"), **uses} for i in range(999)]
    return _text(_task("s", returns=returns), *many)


def _one(chance: Random, build: Callable[[int], dict[str, Any]], most: int) -> str:
    return _text(_task("b"), build(chance.choice([most // 200, most // 20, most])))


def _total(**args: Any) -> dict[str, Any]:
    return {"id": "a", "tool": "total", "args": args}


_LARGE: list[Callable[[Random], str | bytes]] = [
    lambda c: _one(c, lambda n: _task("a", x="${" * n), 900_000),
    lambda c: _one(c, lambda n: {"id": "a", "task": "${" * n}, 900_000),
    lambda c: _one(c, lambda n: {"id": "a", "task": "${b}" * n}, 400_000),
    lambda c: _one(c, lambda n: {"id": "a", "task": "${b.x.0}" * n}, 200_000),
    lambda c: _one(c, lambda n: {"id": "a", "task": "\\${" * n}, 300_000),
    lambda c: _one(c, lambda n: _total(name="${" * n), 100_000),
    lambda c: _one(c, lambda n: _total(name="${b}" * n), 40_000),
    lambda c: _one(c, lambda n: _total(of=["${b}"] * n), 19_000),
    lambda c: _one(c, lambda n: _total(of=[1] * n), 600_000),
    lambda c: _one(c, lambda n: _total(of=["x"] * n), 24_000),
    lambda c: _one(c, lambda n: _total(also=["x"] * n), 24_000),
    lambda c: _one(c, lambda n: _total(also=[1] * n + ["x"]), 24_000),
    lambda c: _one(c, lambda n: _total(tree={"of": [{"of": 1}] * n}), 12_000),
    lambda c: _one(c, lambda n: _total(**{f"k{i}": i for i in range(n)}), 24_000),
    lambda c: _one(c, lambda n: _task("a", depends_on=[1] * n), 600_000),
    lambda c: _one(c, lambda n: _task("a", depends_on=["é"] * n), 200_000),
    lambda c: _one(c, lambda n: _task("a", **{f"k{i}": 0 for i in range(n)}), 150_000),
    lambda c: _one(c, lambda n: _task("a" * n), 1_900_000),
    lambda c: _one(c, lambda n: _task("a", **{"k" * n: 0}), 1_900_000),
    lambda c: _one(c, lambda n: {"id": "a", "tool": "t" * n}, 1_900_000),
    lambda c: _one(c, lambda n: _task("a", returns=["x"] * n), 300_000),
    lambda c: _one(c, lambda n: _task("a", returns={f"k {i}": 1 for i in range(n)}), 90_000),
    lambda c: _text(answer="x" * c.choice([1_000, 2_000_000])),
    lambda c: _text(answer="é" * 330_000),
    lambda c: _text(answer="${s0}" * c.choice([39_000, 350_000])),
    lambda c: f'{{"steps":[{"0," * c.choice([999, 900_000])}0]}}',
    lambda c: f'{{"steps":[{"{}," * c.choice([999, 600_000])}{{}}]}}',
    lambda c: '{"steps":' + "[" * c.choice([100, 950, 10**6]),
    lambda c: '{"a":' * c.choice([100, 950, 300_000]),
    lambda c: f'{{"steps":{"9" * c.choice([4_300, 4_301, 10**6])}}}',
    lambda c: "\x00" * c.choice([1, 10**6]),
    lambda c: b"\xff" * c.choice([1, 10**6]),
    lambda c: " " * c.choice([1, 1_900_000]) + "1",
    lambda c: '"' + "\\ud800" * c.choice([1, 300_000]) + '"',
    lambda c: _text(*(_task(f"s{i}", for_each=f"${{s{i - 1}}}") for i in range(1_000))),
    lambda c: _text(*({"id": f"s{i}", "tool": f"look_up_the_value_numbr_{i}_of_the_list"} for i in range(1_000))),
    lambda c: _text(*(_task(f"look_up_the_value_of_the_number_{i}", depends_on=[f"look_up_the_valu_of_the_number_{i}"]) for i in range(1_000))),
    lambda c: _text(*[_task("s")] * c.choice([1_000, 1_001])),
    lambda c: json.dumps(good_plan(c, 1_000)),
    lambda c: _text(*({"id": 1, "task": 2, "tool": 3, "returns": 4} for _ in range(1_000))),
    _edges,
    _cycles,
    _big_type,
]  # fmt: skip


def outcome(text: str | bytes) -> str:
    """Load and check a plan: `"valid"`, or the rule of its first problem.

    Anything else that is raised is a failure of the campaign.
    """
    try:
        check_plan(load_plan(text), TOOLS, PlanLimits())
    except PlanError as error:
        refused = error
    else:
        return "valid"
    assert all(len(str(problem)) < 2_000 for problem in refused.problems)
    assert str(refused).encode()
    return refused.problems[0].rule


def main() -> None:
    """Run the campaign and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found: Counter[str] = Counter()
    slowest, where = 0.0, 0
    for seed in range(options.seed, options.seed + options.count):
        text = malformed_plan(seed)
        started = time.process_time()
        try:
            found[outcome(text)] += 1
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        taken = time.process_time() - started
        if taken > slowest:
            slowest, where = taken, seed
    valid = found.pop("valid", 0)
    rules = ", ".join(f"{rule} {count}" for rule, count in found.most_common())
    sys.stdout.write(
        f"{options.count} plans: {valid} valid, {found.total()} refused\n"
        f"slowest: {slowest:.3f} s of processor time (seed {where})\n{rules}\n"
    )


if __name__ == "__main__":
    main()
