"""How a plan can be drawn."""

from enum import StrEnum


class FormatName(StrEnum):
    """How a plan is drawn."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    HTML = "html"
    TRACE = "trace"


SUFFIXES = {
    ".mmd": FormatName.MERMAID,
    ".mermaid": FormatName.MERMAID,
    ".dot": FormatName.DOT,
    ".gv": FormatName.DOT,
    ".svg": FormatName.SVG,
    ".html": FormatName.HTML,
    ".htm": FormatName.HTML,
    ".json": FormatName.TRACE,
}
