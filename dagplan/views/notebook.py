"""What a notebook shows for a plan or a run."""

from collections.abc import Collection, Mapping

from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.views.svg import to_svg
from dagplan.views.text import to_text

Bundle = dict[str, str]
"""A drawing for each media type."""

_DRAWERS = {"image/svg+xml": to_svg, "text/plain": to_text}


def mime_bundle(
    plan: Plan,
    results: Mapping[str, StepResult] | None = None,
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> Bundle:
    """Draw a plan in each way that a notebook or a terminal may ask for.

    Args:
        plan: The plan.
        results: Where its steps stand; None draws the plan alone.
        include: The media types that are wanted; None for all.
        exclude: Those that are not.
    """
    return {
        media: draw(plan, results)
        for media, draw in _DRAWERS.items()
        if (include is None or media in include) and media not in (exclude or ())
    }
