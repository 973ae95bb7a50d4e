"""How a perfect model answers a ReAct agent: all it can ask for now, then the answer."""

import json
from collections.abc import Iterator

from benchmarks.provider.asked import Asked, Reply, compact

from .known import call_of, ready, require_question, result_of, stands_in


def react(asked: Asked) -> Reply:
    """Call the tools for whatever can be asked by now, or answer.

    Where only one call is allowed in a reply, the first of them is made.
    """
    question = asked.question
    require_question(asked)
    open_ids = ready(question, _done(asked))
    if not open_ids:
        return Reply("answer", question.answer)
    names = open_ids if asked.may_call_several else open_ids[:1]
    calls = [call_of(question, name) for name in names]
    return Reply("turn", calls=[(tool, compact(args)) for tool, args in calls])


def _done(asked: Asked) -> Iterator[str]:
    """Find the works whose call was made and gave what it should."""
    question = asked.question
    messages = asked.body.get("messages", ())
    given = {m.get("tool_call_id"): str(m.get("content")) for m in messages}
    made = [call for m in messages for call in m.get("tool_calls") or ()]
    for name in question.works:
        tool, args = call_of(question, name)
        for call in made:
            function = call["function"]
            same = (
                function["name"] == tool and json.loads(function["arguments"]) == args
            )
            if same and stands_in(result_of(question, name), given.get(call["id"], "")):
                yield name
                break
