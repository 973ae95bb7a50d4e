"""Reads SVG and HTML that views wrote."""

import re
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"

_HARMLESS = re.compile(r"[a-z-]+|viewBox")
_DRAWN = {"svg", "style", "rect", "path", "g", "title", "text", "line", "circle"}


def parsed(drawing: str) -> ET.Element:
    """Parse one SVG element; nothing in it can run, load or lead anywhere."""
    root = ET.fromstring(drawing)
    for part in root.iter():
        tag = part.tag.removeprefix(SVG)
        assert tag in _DRAWN, tag
        for name in part.attrib:
            assert _HARMLESS.fullmatch(name), name
            assert not name.startswith("on")
            assert name not in {"href", "style"}
    sheets = list(root.iter(f"{SVG}style"))
    assert len(sheets) <= 1
    for sheet in sheets:
        assert "url(" not in (sheet.text or "")
        assert "@import" not in (sheet.text or "")
    return root


def classed(root: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of a class."""
    return [part for part in root.iter() if name in part.get("class", "").split()]


def said(part: ET.Element) -> list[str]:
    """Return the texts drawn in an element."""
    return [text.text or "" for text in part.iter(f"{SVG}text")]


def title(part: ET.Element) -> str:
    """Return what a pointer over an element shows."""
    return part.findtext(f"{SVG}title") or ""
