"""The agent: a compiled LangGraph graph around one run.

Planning, running and replanning all happen inside the node `execute`: a superstep is a
barrier, so steps that were LangGraph nodes would wait for one another.

Objects:
    `create_dag_agent` (create.py): arguments → compiled graph.
    `Agent` (answer.py): planner, replanner, tools and limits; `answer` runs one
        question from plan to answer and knows nothing of LangGraph.
    `AgentState` (graph.py): small plain JSON with the keys of LangGraph's
        plan-and-execute tutorial.
    `BackgroundLoop` (background.py): runs the sync half of nodes, so that `invoke`
        works in scripts, notebooks, threads and under Ctrl-C.

Invariant: leaving a call, by whatever exception, leaves no step running.
"""

from dagplan.agent.answer import Agent, Answered
from dagplan.agent.create import create_dag_agent

__all__ = ["Agent", "Answered", "create_dag_agent"]
