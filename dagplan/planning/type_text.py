"""Types as a plan's text has them, after an id: `pop:number`, `r:{year:number}`.

    type = word | "[" type "]" | "{" key ":" type { "," key ":" type } "}"

Words are the names of types, of which `check` knows which there are. A key is a word,
or a JSON string where it holds blanks or any of `[]{}:,"`.
"""

import json
import re
from typing import Final

from dagplan.plan.references import short

_DEEPEST: Final = 32  # a type that is meant nests less
# Blanks are those of JSON: any other character is part of a word.
_TOKEN: Final = re.compile(
    r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^ \t\r\n\[\]{}:,"]+)[ \t\r\n]*'
)
_WORD: Final = re.compile(r'[^ \t\r\n\[\]{}:,"]+')


def write_type(returns: object, unknown: str | None = None) -> str | None:
    """Write a type as text.

    Args:
        returns: The type.
        unknown: What to write for types, or parts of one, that are not known.

    Returns:
        The text; None if it is no type or nests too deeply.
    """
    try:
        return _write(returns, unknown, _DEEPEST)
    except ValueError:
        return None


def _write(returns: object, unknown: str | None, levels: int) -> str:
    match returns:
        case None if unknown:
            return unknown
        case str() if _WORD.fullmatch(returns):
            return returns
        case [inner] if levels:
            return f"[{_write(inner, unknown, levels - 1)}]"
        case dict() if levels and returns:
            parts = {k: _write(v, unknown, levels - 1) for k, v in returns.items()}
            return f"{{{','.join(f'{_key(k)}:{part}' for k, part in parts.items())}}}"
        case _:
            raise ValueError(returns)


def _key(name: str) -> str:
    return name if _WORD.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def read_type(text: str) -> object:
    """Read a type.

    Raises:
        ValueError: The text is no type.
    """
    tokens = _tokens(text)
    tokens.reverse()
    found = _read(tokens, _DEEPEST)
    if tokens:
        raise ValueError(f"{short(tokens[-1])} after a type")
    return found


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    end = 0
    while end < len(text):
        match = _TOKEN.match(text, end)
        if match is None:
            raise ValueError(f"no type at {text[end : end + 20]!r}")
        found.append(match[1])
        end = match.end()
    return found


def _read(tokens: list[str], levels: int) -> object:
    """Take one type off the tokens, which are in reverse order."""
    match _take(tokens):
        case "[" | "{" if not levels:
            raise ValueError("a type that nests too deeply")
        case "[":
            inner = _read(tokens, levels - 1)
            _expect(tokens, "]")
            return [inner]
        case "{":
            return _read_keys(tokens, levels - 1)
        case name:
            return _name(name)


def _read_keys(tokens: list[str], levels: int) -> dict[str, object]:
    found: dict[str, object] = {}
    while True:
        key = _name(_take(tokens))
        if key in found:
            raise ValueError(f"the key {short(key)} twice")
        _expect(tokens, ":")
        found[key] = _read(tokens, levels)
        if (after := _take(tokens)) == "}":
            return found
        if after != ",":
            raise ValueError(f"{short(after)} where a comma or brace belongs")


def _take(tokens: list[str]) -> str:
    if not tokens:
        raise ValueError("a type that breaks off")
    return tokens.pop()


def _expect(tokens: list[str], wanted: str) -> None:
    if (found := _take(tokens)) != wanted:
        raise ValueError(f"{short(found)} where {wanted!r} belongs")


def _name(piece: str) -> str:
    if piece.startswith('"'):
        return str(json.loads(piece))
    if piece in "[]{}:,":
        raise ValueError(f"{piece!r} where a name belongs")
    return piece
