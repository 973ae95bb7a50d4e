"""How one step runs.

Objects:
    `PlannedStepRunner` (runner.py): the `StepRunner` of an agent; picks one of the two
        ways below.
    tool_step.py: calls a tool with resolved arguments. No model decides anything.
        threads.py runs sync tools, and leaves those that do not end.
    agent_step.py: a small langchain agent with tools, for what no single call can do.
        record.py emits its model calls; admission.py has its requests wait until they
        may go out; fitting.py cuts what its tools found; alone.py sees to it that a
        cancelled one has ended.
    `read_value` (reader.py): reads the declared value out of what a tool found. One
        model call, made only where a reference asks for the value.

Invariant: what a runner returns is plain JSON, and is of the step's declared type
wherever another step or the answer template refers to it.
"""

from dagplan.steps.runner import PlannedStepRunner

__all__ = ["PlannedStepRunner"]
