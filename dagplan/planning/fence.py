"""Code fences, which models put around JSON; nothing is lost by leaving them out."""

from typing import Final

_FENCE: Final = "```"


def unfenced(text: str) -> str:
    """Return what stands between the fences around a text, or the text itself."""
    inner = text.strip()
    if len(inner) < 6 or not (inner.startswith(_FENCE) and inner.endswith(_FENCE)):
        return text
    language, _, rest = inner[3:-3].partition("\n")
    return rest if _is_language(language) else text


def may_precede(head: str) -> bool:
    """Tell whether a document may begin after this: blanks, and a fence's first line."""
    opening = head.lstrip()
    if not opening:
        return True
    language, newline, rest = opening[3:].partition("\n")
    return (
        opening.startswith(_FENCE)
        and newline == "\n"
        and _is_language(language)
        and not rest.strip()
    )


def _is_language(words: str) -> bool:
    return not words.strip() or words.strip().isalnum()
