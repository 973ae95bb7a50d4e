"""A plan by hand: `asyncio.gather` for each level, read only where another needs it."""

import asyncio  # noqa: TID251 - what is measured is asyncio's own

from . import Ask
from .outlined import Outlined, levels, needs
from .site import Site


def prepare(site: Site) -> Ask:
    """Return a question by levels."""
    outlined = Outlined(site)

    async def ask() -> str:
        tasks = await outlined.plan()
        wanted = {number for task in tasks for number in needs(task)}
        known: dict[int, str] = {}
        for level in levels(tasks):
            found = await asyncio.gather(
                *(
                    outlined.find(tasks[at - 1], known, read=at in wanted)
                    for at in level
                )
            )
            known.update(zip(level, found, strict=True))
        return await outlined.answer(tasks, known)

    return ask
