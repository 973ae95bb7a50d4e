"""The agent: a compiled LangGraph graph around one run.

Planning, running and replanning all happen inside the node `execute`: a superstep is a
barrier, so steps that were LangGraph nodes would wait for one another.

Objects:
    `create_dag_agent` (create.py): arguments → compiled graph.
    `Agent` (answer.py): planner, replanner, tools and limits; `answer` runs one
        question from plan to answer, or goes on where that was cut off, and knows
        nothing of LangGraph. `Answered` or `Held` comes of it (outcome.py).
    `Revising`, `News` (revising.py, news.py): from a plan that runs to its answer; the
        replanner is asked when the mode says so, while steps run on.
    `Consent`, `Held` (approval.py): what only the user can say, and what waits for it.
    `Inquiry` (asking.py): the one question that the planner may ask the user.
    `Execute`, `AgentState` (graph.py): the node that does all that, the one that
        interrupts, and small plain JSON with the keys of LangGraph's plan-and-execute
        tutorial. Plan and results are in the journal, not in the checkpoint.
    `AnswerMessages`, `apart` (messages.py, apart.py): the answer is what LangGraph's
        `messages` stream holds, and steps are kept from it.
    `portrait` (portrait.py): what a notebook shows of it.
    `BackgroundLoop` (background.py): runs the sync half of nodes, so that `invoke`
        works in scripts, notebooks, threads and under Ctrl-C.

Invariant: leaving a call, by whatever exception, leaves no step running.
"""

from dagplan.agent.answer import Agent
from dagplan.agent.create import create_dag_agent
from dagplan.agent.outcome import Answered

__all__ = ["Agent", "Answered", "create_dag_agent"]
