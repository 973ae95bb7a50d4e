"""The one JSON object of `--json`."""

from dagplan.events import RunStarted
from dagplan.scheduler import Run


def run_document(run: Run, response: str, run_id: str) -> dict[str, object]:
    """Describe a run in plain JSON values.

    Args:
        run: The run.
        response: What was answered.
        run_id: Names the run.
    """
    return {
        "run_id": run_id,
        "question": _question(run),
        "response": response,
        "plan": run.plan.model_dump(mode="json", exclude_defaults=True),
        "steps": [
            {
                "id": step_id,
                "status": result.status,
                "value": result.value,
                "error": result.error,
                "attempts": result.attempts,
                "started": result.started,
                "ended": result.ended,
            }
            for step_id, result in run.results.items()
        ],
        "report": run.report.as_dict(),
    }


def _question(run: Run) -> str:
    first = run.events[0] if run.events else None
    return first.question if isinstance(first, RunStarted) else ""
