"""Texts that try to break out of a picture, drawn by a seed.

Each is one to six pieces: markup and syntax of every language that a view writes,
escapes of terminals, characters that steer or garble, and ordinary words between. The
tests take them in slices; `DAGPLAN_TEST_HOSTILE=2000` says how many there are in all.
"""

import os
import random
from collections.abc import Iterator

import pytest

from dagplan.events import (
    AnswerText,
    Event,
    ModelCalled,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepResult,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStatus,
    StepStuck,
    StepSucceeded,
    Throttled,
    Tokens,
)
from dagplan.plan import Plan, Step

COUNT = int(os.environ.get("DAGPLAN_TEST_HOSTILE", "200"))
SLICE = 40
LONG = 100_000

PIECES = [
    # HTML, SVG, XML
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "-->",
    "</svg><svg onload=alert(1)>",
    "</style><img src=x onerror=alert(1)>",
    "</title></text></g>",
    "<![CDATA[x]]>",
    "]]>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE html [<!ENTITY a 'b'>]>",
    "&lt;b&gt; &amp;lt; &#60;script&#62; &a; &",
    '" onmouseover="alert(1)" x=\'',
    "javascript:alert(1)",
    "style=position:fixed",
    # Mermaid
    'n0["x"] --> n1\nclick n0 "javascript:alert(1)"',
    '"]:::x; end\nsubgraph a[',
    "%%{init: {'securityLevel': 'loose'}}%%",
    "#quot;]#59; #35;",
    "1. list",
    "- item",
    "`**bold**` _x_ __y__",
    "$$x^2$$",
    "fa:fa-user www.example.com http://example.com a@example.com",
    "ﬂ°°34¶ß",
    # DOT
    '"]; n9 [URL="javascript:alert(1)"',
    '\\"];}',
    "\\N \\G \\l \\",
    "<<b>x</b>>",
    "// /* */ # digraph",
    # JSON, Python, references
    '{"a": [1, "\\u2028"]}',
    "\u2028 \u2029 \x85",
    "${missing} $${x} \\${y} ${",
    "__import__('os')",
    "[bold red]x[/bold red] [link=http://example.com]y[/]",
    # terminals
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\",
    "\x9b5n\x90q\x9c",
    "\r\n\t\v\f\x08\x7f",
    # characters
    "\x00",
    "\ud800",
    "\udfff\udc00",
    "\ufffe\uffff\U0001ffff",
    "\u202euser\u202c \u2066x\u2069 \u200f",
    "a\u200bb\u200dc\ufeff\u00ad",
    "z" + "\u0301" * 60,
    "\u3164\u2800\u115f",
    "\U000e0041\U000e007f",
    "👩\u200d💻 ❤\ufe0f",
    # ordinary, and wide, and from right to left
    "plain words",
    "東京の人口は",
    "שלום עולם",
    "مرحبا بالعالم",
    "नमस्ते",
    "\ufdfd\U00012031",
    "WWWWWWWWWWWWWWWWWWWWWWWWWW",
    "a" * 400,
    "",
    "   ",
]


def hostile_texts(count: int = COUNT, seed: int = 1) -> Iterator[str]:
    """Draw texts; one in fifty has 100 kB."""
    rng = random.Random(seed)
    yield from PIECES[:count]
    for index in range(count - len(PIECES)):
        drawn = rng.choices(PIECES, k=rng.randint(1, 6))
        text = rng.choice(["", " ", "\n"]).join(drawn)
        if index % 50 == 49:
            text = (text or "x") * (LONG // max(len(text), 1) + 1)
        yield text


SLICES = [
    texts[at : at + SLICE]
    for texts in [list(hostile_texts())]
    for at in range(0, len(texts), SLICE)
]
in_slices = pytest.mark.parametrize(
    "texts", SLICES, ids=[*map(str, range(len(SLICES)))]
)
"""Runs a test once for each slice of the texts."""


def hostile_plan(texts: list[str]) -> Plan:
    """Put texts wherever a plan can hold one."""
    steps = []
    for index, text in enumerate(texts):
        other = texts[(index * 7 + 3) % len(texts)]
        steps.append(
            Step(
                id=text,
                task=other if index % 3 else "",
                tool=text if index % 2 else None,
                args={other: [text, {text: 1}]},
                depends_on=texts[max(0, index - 2) : index],
                optional=[other] if index % 4 == 0 else [],
                for_each=text if index % 5 == 0 else None,
            )
        )
    return Plan(steps=steps, answer=texts[0])


def hostile_results(plan: Plan) -> dict[str, StepResult]:
    """Put the texts of a plan wherever a result can hold one."""
    statuses: list[StepStatus] = ["succeeded", "failed", "skipped", "running"]
    return {
        step.id: StepResult(
            statuses[index % 4],
            value={step.id: [step.task]},
            error=step.id if index % 4 in {1, 2} else None,
            attempts=index % 3,
            started=index / 10,
            ended=index / 10 + 1,
        )
        for index, step in enumerate(plan.steps)
    }


def hostile_events(texts: list[str]) -> list[Event]:
    """Put texts wherever an event can hold one."""
    plan = hostile_plan(texts)
    events: list[Event] = [
        RunStarted(0.0, texts[-1], texts[0], 4),
        *(StepPlanned(0.1, step.id, step) for step in plan.steps),
        ModelCalled(0.2, "planner", None, texts[1], Tokens(1, 2), 0.0, 0.2),
        PlanFinished(0.2, texts[0]),
    ]
    at = 0.2
    for index, text in enumerate(texts):
        at += 0.1
        events += [StepStarted(at, text), StepHedged(at, text, 2)]
        events += _end(at + 0.05, text, index)
    events += [
        Revised(at + 0.2, tuple(plan.steps[:1]), tuple(plan.steps[1:2]), (texts[2],)),
        AnswerText(at + 0.3, texts[0]),
        RunFinished(at + 0.4, "answered"),
    ]
    return events


def _end(at: float, text: str, index: int) -> list[Event]:
    match index % 5:
        case 0:
            return [StepSucceeded(at, text, {text: [text]}, 2), StepStuck(at, text, 1)]
        case 1:
            return [StepFailed(at, text, text, text)]
        case 2:
            return [
                ModelCalled(at, "step", text, text, None, at - 0.02, at),
                Throttled(at, text, text, 0.1),
                StepRetried(at, text, 1, text, text, 0.1),
            ]
        case 3:
            return [
                StepStarted(at, f"{text}[0]"),
                StepSucceeded(at, f"{text}[0]", text),
            ]
        case _:
            return [StepSkipped(at, text, text)]
