"""Plain typed functions as tools: their schema, their words, their validation."""

import inspect
import re
import types
from collections.abc import Callable, Iterator, Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from dagplan.errors import ToolError, UnsupportedToolError
from dagplan.plan.returns import Returns
from dagplan.plan.toolspec import ToolSpec

if TYPE_CHECKING:
    from pydantic import ValidationError

# Classes by which LangGraph and langchain mark arguments that a graph would fill in.
# Compared by name, so that a plain function does not cost an import of langchain.
_INJECTED = frozenset(
    {"InjectedToolArg", "_DirectlyInjectedToolArg", "ToolRuntime", "Runtime"}
)
_SECTION = re.compile(r"^(Args|Returns|Raises|Yields|Example|Examples|Note|Notes):$")
_ARGUMENT = re.compile(r"^(?P<name>\w+)(\s*\([^)]*\))?:\s*(?P<text>.*)$")


def is_async(function: Callable[..., object]) -> bool:
    """Tell whether calling a function or callable object gives an awaitable."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(type(function), "__call__", None)  # noqa: B004 - what a call runs
    )


def specify(
    function: Callable[..., object], *, name: str | None, hidden: str | None
) -> ToolSpec:
    """Read a function's signature and docstring.

    Args:
        function: A function, bound method or callable object.
        name: Name of the tool; the function's own without it.
        hidden: A parameter that planners do not see.

    Raises:
        UnsupportedToolError: A parameter has no annotation or is injected.
    """
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    target = _target(function)
    label = name or str(getattr(target, "__name__", type(function).__name__))
    hints = _hints(target, label)
    _refuse_unusable(target, hints, label)
    try:
        schema = TypeAdapter(cast("Any", target)).json_schema()
    except PydanticUserError as error:
        raise UnsupportedToolError(
            f"tool {label!r} has an argument that JSON cannot express: {error.message}"
        ) from error
    summary, arguments = _words(
        inspect.getdoc(target) or inspect.getdoc(function) or ""
    )
    properties = cast("dict[str, dict[str, object]]", schema.get("properties", {}))
    properties.pop(hidden or "", None)
    for key, text in arguments.items():
        if key in properties:
            properties[key].setdefault("description", text)
    return ToolSpec(label, summary, schema, _returns(hints.get("return")))


def validated(
    function: Callable[..., object],
) -> Callable[[dict[str, object]], object]:
    """Wrap a function so that it takes one dictionary and refuses bad arguments.

    What it raises for bad arguments is a `ToolError`; other errors are its own.
    """
    from pydantic import ValidationError, validate_call

    target = _target(function)
    checked = validate_call(target)
    titles = {getattr(target, name, "") for name in ("__name__", "__qualname__")}

    def run(arguments: dict[str, object]) -> object:
        try:
            return checked(**arguments)
        except ValidationError as error:
            # One that the function met inside is not about its own arguments.
            if error.title not in titles:
                raise
            raise ToolError(arguments_refused(error)) from error

    return run


def arguments_refused(error: "ValidationError") -> str:
    """Say on one line which arguments a tool refused."""
    return "; ".join(
        f"argument {'.'.join(map(str, entry['loc']))!r}: {entry['msg']}, "
        f"got {entry['input']!r:.80}"
        for entry in error.errors(include_url=False)[:5]
    )


def injected(annotation: object) -> bool:
    """Tell whether an annotation marks an argument that a graph would inject."""
    candidates = [annotation, get_origin(annotation), *get_args(annotation)]
    classes = (c if isinstance(c, type) else type(c) for c in candidates)
    return any(base.__name__ in _INJECTED for c in classes for base in c.__mro__)


def _target(function: Callable[..., object]) -> Callable[..., object]:
    if inspect.isroutine(function):
        return function
    callable_object: Any = function
    return cast("Callable[..., object]", callable_object.__call__)


def _hints(target: Callable[..., object], label: str) -> dict[str, object]:
    try:
        return get_type_hints(target, include_extras=True)
    except (NameError, TypeError) as error:
        raise UnsupportedToolError(
            f"tool {label!r} has annotations that cannot be read: {error}"
        ) from error


def _refuse_unusable(
    target: Callable[..., object], hints: Mapping[str, object], label: str
) -> None:
    for parameter in inspect.signature(target).parameters.values():
        if parameter.kind is parameter.POSITIONAL_ONLY:
            reason = "is positional only; steps pass arguments by name"
        elif parameter.name not in hints:
            reason = "has no annotation; planners need its type"
        elif injected(hints[parameter.name]):
            reason = "would be injected by a graph; steps can only pass JSON values"
        else:
            continue
        raise UnsupportedToolError(
            f"argument {parameter.name!r} of tool {label!r} {reason}"
        )


def _words(docstring: str) -> tuple[str, dict[str, str]]:
    """Split a Google-style docstring into its description and its arguments."""
    sections: dict[str, list[str]] = {"": []}
    current = ""
    for line in docstring.splitlines():
        if match := _SECTION.match(line.strip()):
            current = match[1]
        sections.setdefault(current, []).append("" if match else line)
    summary = " ".join("\n".join(sections[""]).split())
    return summary, dict(_arguments(sections.get("Args", [])))


def _arguments(lines: list[str]) -> Iterator[tuple[str, str]]:
    entries: list[tuple[str, list[str]]] = []
    indent = next((len(x) - len(x.lstrip()) for x in lines if x.strip()), 0)
    for line in lines:
        stripped = line.strip()
        match = _ARGUMENT.match(stripped)
        if match and len(line) - len(line.lstrip()) == indent:
            entries.append((match["name"], [match["text"]]))
        elif entries and stripped:
            entries[-1][1].append(stripped)
    return ((name, " ".join(words)) for name, words in entries)


def _returns(annotation: object) -> Returns:
    """Translate an annotation into a type of the plan language, where it can."""
    found = _type_of(annotation)
    return found if isinstance(found, str | list | dict) else None


def _type_of(annotation: object) -> object:  # noqa: PLR0911 - a line for each kind
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is bool:
        return "boolean"
    if annotation in (int, float):
        return "number"
    if annotation is str or (
        origin is Literal and all(isinstance(value, str) for value in arguments)
    ):
        return "text"
    if origin is list and arguments and (inner := _type_of(arguments[0])):
        return [inner]
    if origin in (Union, types.UnionType):
        kinds = [_type_of(argument) for argument in arguments]
        return kinds[0] if all(kind == kinds[0] for kind in kinds) else None
    if isinstance(annotation, type) and hasattr(annotation, "__required_keys__"):
        hints = get_type_hints(annotation)
        return {
            key: _type_of(hints[key]) for key in sorted(annotation.__required_keys__)
        }
    return None
