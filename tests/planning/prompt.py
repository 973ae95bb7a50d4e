"""The command: `python -m tests.planning.prompt ID|all -o DIR`.

Writes what the planner sends to a model for a question, word by word, as a text that a
person or another model can act on. It is what arrives at a server when the planner
asks, so no copy of the prompt can go stale here.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio

from dagplan.planning import ModelPlanner
from dagplan.protocols import PlanRequest
from tests.loopback import Json, Loopback, Recorded, serve
from tests.loopback.clients import chat_model
from tests.planning.questions import TODAY, Question, questions
from tests.planning.toolsets import toolset

ANSWERED = Json({"steps": [], "answer": "noted"})


async def sent(loopback: Loopback, question: Question) -> Recorded:
    """Return the request by which the planner asks for a plan."""
    loopback.reply(ANSWERED)
    planner = ModelPlanner(chat_model(loopback), today=TODAY)
    calls: list[object] = []
    request = PlanRequest(question.question, toolset(question.tools), calls.append)
    await planner.plan(request)
    return loopback.requests[-1]


def prompt_text(request: Recorded) -> str:
    """Write a request as text: its messages in order, then the schema of the reply."""
    return "\n\n".join(_parts(request)) + "\n"


def _parts(request: Recorded) -> Iterator[str]:
    for message in request.messages:
        yield f"=== {message['role']} ===\n{message['content']}"
    wanted: dict[str, Any] = request.body["response_format"]["json_schema"]
    enforced = "enforced" if wanted["strict"] else "not enforced"
    schema = json.dumps(wanted["schema"], ensure_ascii=False)
    yield f"=== JSON schema of the reply ({enforced} by the provider) ===\n{schema}"


async def write(chosen: Sequence[Question], folder: Path) -> None:
    """Write a file for each question."""
    with serve() as server, server.script() as loopback:
        for question in chosen:
            text = prompt_text(await sent(loopback, question))
            (folder / f"{question.id}.txt").write_text(text, "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the prompt of one question, or of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning.prompt")
    known = [question.id for question in questions()]
    parser.add_argument("id", choices=["all", *known], metavar="ID|all")
    parser.add_argument("-o", dest="folder", type=Path, required=True, metavar="DIR")
    wish = parser.parse_args(arguments)
    chosen = [one for one in questions() if wish.id in ("all", one.id)]
    wish.folder.mkdir(parents=True, exist_ok=True)
    anyio.run(write, chosen, wish.folder)
    sys.stdout.write(f"{len(chosen)} prompts in {wish.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
