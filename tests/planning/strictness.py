"""What must hold between a tool's schema, the strict one, and the check of a plan.

`python -m tests.planning.strictness --runs 20000 --seed 1` tries it on random schemas.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator

from dagplan.plan import ToolSpec
from dagplan.plan.arguments import argument_problems
from dagplan.planning.arguments import read_arguments, write_arguments
from dagplan.planning.nulls import is_left_out_by_null
from dagplan.planning.wire import plan_schema
from tests.loopback.schema_rules import loose_refusals, refusals, resolve

from .random_schemas import Schema, ValueMaker, random_schema

REFERENCES = ["${a}", "${a.b.0}", "${a.*.c}", "$${a}", "x ${a} y", "${a}${b}"]
_STRANGE: list[Any] = [None, 5, "x", {}, [[]], {"zz": 1}, -7.5]
_VALUES = 6  # tried of each schema


class Laws:
    """One tool's schema with all that follows from it.

    Attributes:
        parameters: The tool's own schema.
        written: The schema in which plans are written.
        seen: What was tried, and how often.
    """

    def __init__(self, parameters: Schema, chance: Random) -> None:
        self.parameters = parameters
        self.seen: Counter[str] = Counter()
        self._chance = chance
        tool = ToolSpec("a tool/1", "", parameters)
        self.written = plan_schema([tool])
        self._strict = Draft202012Validator(self.written.schema)
        # The check refuses what a schema does not name; a schema may allow it.
        closed = {"additionalProperties": False, **parameters}
        older = '"items": [' in json.dumps(parameters)
        draft = Draft7Validator if older else Draft202012Validator
        self._own = draft(closed)

    def hold(self) -> Counter[str]:
        """Try them all; returns what was tried.

        Raises:
            AssertionError: One does not hold.
        """
        self._schema_is_taken()
        maker = ValueMaker(self._chance, self.parameters, self._target)
        for _ in range(_VALUES):
            value = maker.value({**self.parameters, "type": "object"})
            if self._own.is_valid(value):
                self._valid_value_is_taken(value)
                self._invalid_values_are_refused(value)
        return self.seen

    def _target(self, ref: str) -> Schema:
        from urllib.parse import unquote

        return dict(resolve({"$ref": unquote(ref)}, self.parameters) or {})

    def _schema_is_taken(self) -> None:
        Draft202012Validator.check_schema(self.written.schema)
        said = refusals if self.written.strict else loose_refusals
        assert said(self.written.schema) == [], said(self.written.schema)
        self.seen["strict" if self.written.strict else "not strict"] += 1

    def _valid_value_is_taken(self, value: Any) -> None:
        assert [*argument_problems(value, self.parameters)] == [], value
        self.seen["valid values"] += 1
        if not self.written.strict:
            return
        forms = [*self._forms(value, [self.parameters])]
        forms += [write_arguments(form, self.parameters) for form in self._given(value)]
        written = [form for form in forms if self._may_be_written(form)]
        assert written, f"{value!r} cannot be written"
        read = [read_arguments(form, self.parameters) for form in written]
        assert any(_text(form) == _text(value) for form in read), (value, read)
        self.seen["came back"] += 1
        self._references_may_stand_in(value, written[0])

    def _may_be_written(self, args: Any) -> bool:
        step = {"a tool/1": args, "id": "b"}
        return self._strict.is_valid({"steps": [step], "answer": None})

    def _references_may_stand_in(self, value: Any, written: Any) -> None:
        inside = written if isinstance(written, dict | list) else {}
        for path in positions(inside):
            if _at(written, path) is None or self._is_ours(path):
                continue  # of what can only be null nothing is to be found out
            reference = self._chance.choice(REFERENCES)
            form = replaced(written, path, reference)
            assert self._may_be_written(form), f"{reference} at {path} of {written}"
        for path in positions(value):
            form = replaced(value, path, self._chance.choice(REFERENCES))
            assert [*argument_problems(form, self.parameters)] == [], form
            self.seen["references"] += 1

    def _given(self, value: Any) -> Iterator[Any]:
        """Ways to write what is given, without what is left out at the top."""
        for option in self._options([self.parameters], set()):
            properties = option.get("properties") or {}
            if value.keys() <= properties.keys():
                for _ in range(4):
                    yield {k: self._form(v, properties[k]) for k, v in value.items()}

    def _form(self, value: Any, schema: Any) -> Any:
        return self._chance.choice([*self._forms(value, [schema])] or [value])

    def _is_ours(self, path: tuple[Any, ...]) -> bool:
        """Tell whether a place is of the list of optional arguments itself."""
        own = self.parameters.get("properties", {})
        return path[0] == "more" and "more" not in own and len(path) < 3

    def _invalid_values_are_refused(self, value: Any) -> None:
        for path in positions(value):
            form = replaced(value, path, self._chance.choice(_STRANGE))
            if not self._own.is_valid(form):
                assert [*argument_problems(form, self.parameters)], form
                self.seen["invalid values"] += 1

    def _forms(self, value: Any, schemas: list[Any]) -> Iterator[Any]:
        """Ways to write a value where every key has to be written."""
        options = [*self._options(schemas, set())]
        if isinstance(value, list):
            items = [o["items"] for o in options if isinstance(o.get("items"), dict)]
            forms = [next(self._forms(element, items), element) for element in value]
            yield forms
        elif isinstance(value, dict):
            for option in options:
                for _ in range(4):  # as unions inside are written in one way each
                    form = self._object(value, option)
                    yield from () if form is None else [form]
        else:
            yield value

    def _object(self, value: Any, option: Schema) -> Any:
        """Write an object with every key of one kind of it; None if it is another."""
        form = {}
        properties = option.get("properties")
        if properties is None or not value.keys() <= properties.keys():
            return None
        for name, schema in properties.items():
            if name in value:
                form[name] = self._form(value[name], schema)
            elif name in option.get("required", []) or not is_left_out_by_null(
                schema, self.parameters
            ):
                return None
            else:
                form[name] = None
        return form

    def _options(self, schemas: list[Any], seen: set[int]) -> Iterator[Schema]:
        for schema in schemas:
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            yield schema
            if "properties" in schema:
                continue
            inner = [self._target(schema["$ref"])] if "$ref" in schema else []
            for word in ("anyOf", "oneOf", "allOf"):
                inner += schema.get(word, [])
            yield from self._options(inner, seen)


def positions(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to every value inside an object or list."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in entries:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from positions(child, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The same value with another one at a path."""
    copy = json.loads(json.dumps(value))
    _at(copy, path[:-1])[path[-1]] = new
    return copy


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def main() -> int:
    """Try random schemas; returns 1 if a law does not hold for one."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning.strictness")
    parser.add_argument("--runs", type=int, default=2_000, help="how many schemas")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first")
    wish = parser.parse_args()
    seen: Counter[str] = Counter()
    for seed in range(wish.seed, wish.seed + wish.runs):
        parameters = random_schema(seed)
        try:
            seen += Laws(parameters, Random(seed)).hold()
        except Exception:
            sys.stdout.write(f"seed {seed}: {json.dumps(parameters)}\n")
            raise
    lines = [f"{count:>10,} {what}" for what, count in sorted(seen.items())]
    sys.stdout.write("\n".join([f"{wish.runs:,} schemas", *lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
