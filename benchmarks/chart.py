"""Bars: how many times dagplan's time each way takes, as an SVG picture."""

from collections.abc import Iterator, Mapping, Sequence

from dagplan.views.frame import framed
from dagplan.views.measure import text_width
from dagplan.views.xml import element, number, text

Ratios = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Of the medians, and the least and the most of a question, by group and rival."""

_LEFT, _WIDE, _ROW, _HEAD, _MOST = 130.0, 460.0, 24.0, 34.0, 7.0
_SMALL = 11.0


def to_chart(ratios: Ratios) -> str:
    """Draw a bar for the medians of each way, and a line from the least to the most.

    Dagplan's own time is the upright line at 1; what ends left of it is faster.

    Args:
        ratios: By group and rival; rivals whose name begins with the sign of division
            are left out.
    """
    body: list[str] = []
    top = 0.0
    for group, rivals in ratios.items():
        shown = [(name, r) for name, r in rivals.items() if not name.startswith("÷")]
        body += _group(group, shown, top)
        top += _HEAD + _ROW * len(shown) + 14.0
    width = _LEFT + _WIDE + 60.0
    said = "Bars of how many times the time of dagplan others take"
    return framed(body, (width, top), said, styled=True)


def _x(ratio: float) -> float:
    return _LEFT + _WIDE * min(ratio, _MOST) / _MOST


def _group(
    name: str, rivals: Sequence[tuple[str, Mapping[str, float]]], top: float
) -> Iterator[str]:
    yield element("text", text(name), class_="id", x=0.0, y=top + 14.0)
    bottom = top + _HEAD + _ROW * len(rivals) - 6.0
    for tick in range(int(_MOST) + 1):
        at = number(_x(tick))
        line = f"M{at} {number(top + 24.0)}V{number(bottom)}"
        critical = "link critical" if tick == 1 else "rule"
        yield element("path", d=line, class_=critical)
        yield element(
            "text", text(f"{tick}"), class_="small faint mid", x=_x(tick), y=top + 18.0
        )
    for place, (rival, ratio) in enumerate(rivals):
        yield from _bar(rival, ratio, top + _HEAD + _ROW * place)


def _bar(rival: str, ratio: Mapping[str, float], top: float) -> Iterator[str]:
    look = "succeeded" if ratio["medians"] >= 1 else "failed"
    middle = top + 7.0
    yield element("text", text(rival), class_="small", x=0.0, y=top + 11.0)
    bar = element(
        "rect",
        class_="bar",
        x=_LEFT,
        y=top,
        width=_x(ratio["medians"]) - _LEFT,
        height=14.0,
    )
    yield element("g", bar, class_=look)
    ends = f"M{number(_x(ratio['least']))} {number(middle)}"
    yield element("path", d=f"{ends}H{number(_x(ratio['most']))}", class_="link")
    said = f"{ratio['medians']:.2f}"
    beyond = max(_x(ratio["most"]), _x(ratio["medians"])) + 6.0
    room = _LEFT + _WIDE + 60.0 - text_width(said, _SMALL)
    yield element("text", text(said), class_="small", x=min(beyond, room), y=top + 11.0)
