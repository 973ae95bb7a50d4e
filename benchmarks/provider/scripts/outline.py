"""How a perfect model answers planners that write a list of tasks.

`#2` in a task stands for what the second one found; `= #1 - #2` is to be calculated.
"""

from benchmarks.provider.asked import Asked, Refusal, Reply, compact
from benchmarks.questions.question import shown

from .known import found_in, numbered, require_leaves, require_question

READ = "Read what the task asks for out of the passage. Write nothing else."
ANSWER = "Answer the question from what was found."


def outline(asked: Asked) -> Reply:
    """Answer a planner, a reader or the one who answers."""
    question = asked.question
    if asked.schema == "Outline":
        require_question(asked)
        return Reply("plan", compact({"tasks": numbered(question)}))
    if asked.system == READ:
        found = found_in(question, asked.user)
        if len(found) != 1:
            raise Refusal(f"{question.id}: {len(found)} passages to read")
        return Reply("value", shown(question.values[found[0]]))
    require_question(asked)
    require_leaves(asked, asked.user)
    return Reply("answer", question.answer)
