"""What a model is told of a plan that it has to mend."""

from dagplan.errors import PlanError


def problems_text(error: PlanError) -> str:
    """List every problem of a plan, a line each, for the model that wrote it."""
    return "\n".join(f"- {problem}" for problem in error.problems[:50])
