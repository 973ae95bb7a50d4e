"""The style sheet of all SVG pictures, for light and for dark ground.

Selectors begin with the class of the picture's root, so that nothing else on a page
that holds one changes. Colours are written out: programs that draw SVG without being
browsers know no variables of CSS, and take the rules for light ground.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from dagplan.views.palette import DARK, LIGHT, ON_DARK, ON_LIGHT, Ground, Look, Tone

ROOT: Final = "dagplan"
FONT: Final = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"


def sheet() -> str:
    """Return the rules, without an element around them."""
    dark = "".join(_colours(DARK, ON_DARK))
    return (
        "".join(_shapes())
        + "".join(_colours(LIGHT, ON_LIGHT))
        + f"@media (prefers-color-scheme:dark){{{dark}}}"
    )


def _shapes() -> Iterator[str]:
    yield f".{ROOT} text{{font:12px {FONT};white-space:pre}}"
    for rule in (
        ".id{font-weight:600}",
        ".small{font-size:11px}",
        ".end{text-anchor:end}",
        ".mid{text-anchor:middle}",
        ".link{fill:none;stroke-width:1.5}",
        ".optional{stroke-dasharray:5 4}",
        ".link.critical{stroke-width:3}",
        ".box{stroke-width:1.5}",
        ".missing .box{stroke-dasharray:5 4}",
        ".ring{fill:none;stroke-width:2.5}",
        ".sign{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}",
        ".rule{stroke-width:1}",
        ".wait{stroke-width:1.5;stroke-dasharray:2 3}",
        ".revision{stroke-width:2;stroke-dasharray:6 3}",
        ".budget{stroke-width:2}",
        ".inside{fill:none;stroke-width:3;stroke-linecap:round}",
        ".ground{fill:none;pointer-events:all}",
    ):
        yield f".{ROOT} {rule}"


def _colours(tones: Mapping[Look, Tone], ground: Ground) -> Iterator[str]:
    for selector, rule in {
        ".page": f"fill:{ground.page}",
        "text": f"fill:{ground.text}",
        ".faint": f"fill:{ground.faint}",
        ".box": f"fill:{ground.node};stroke:{ground.line}",
        ".link": f"stroke:{ground.line}",
        ".tip": f"fill:{ground.line}",
        ".link.critical,.ring": f"stroke:{ground.critical}",
        ".tip.critical,.mark": f"fill:{ground.critical}",
        ".back": f"stroke:{tones['failed'].line}",
        ".inside": f"stroke:{ground.page}",
        ".rule": f"stroke:{ground.rule}",
        ".band": f"fill:{ground.node}",
        ".area": f"fill:{tones['ready'].line};fill-opacity:.45",
        ".call": f"fill:{tones['ready'].line}",
        ".revision": f"stroke:{tones['skipped'].line}",
        ".budget": f"stroke:{tones['failed'].line}",
        ".model": f"fill:{ground.faint}",
    }.items():
        yield f"{_under('', selector)}{{{rule}}}"
    for look, tone in tones.items():
        above = f".{look} "
        yield f"{_under(above, '.box')}{{fill:{tone.fill};stroke:{tone.line}}}"
        yield f"{_under(above, '.id')}{{fill:{tone.text}}}"
        yield f"{_under(above, '.small')}{{fill:{tone.text}}}"
        yield f"{_under(above, '.sign,.wait')}{{stroke:{tone.line}}}"
        yield f"{_under(above, '.bar,.filled')}{{fill:{tone.line}}}"


def _under(above: str, selectors: str) -> str:
    return ",".join(f".{ROOT} {above}{one}" for one in selectors.split(","))
