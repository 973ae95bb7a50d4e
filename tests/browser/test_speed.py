"""How smoothly a page draws a large plan while much happens."""

from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from tests.browser.conftest import Tab
from tests.programs import needs_playwright
from tests.server.conftest import Served
from tests.server.stage import Stage
from tests.views.plans import random_plan

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120), needs_playwright]

STEPS = 300
A_SECOND = 200
FRAMES = """(() => {
  window.gaps = [];
  let last;
  const loop = (now) => {
    if (last !== undefined) window.gaps.push(now - last);
    last = now;
    requestAnimationFrame(loop);
  };
  requestAnimationFrame(loop);
})()"""


@dataclass(frozen=True)
class Course:
    """How a run was drawn, in seconds.

    Attributes:
        planned: The longest frame while the plan was written, a step every 5 ms.
        ran: The longest frame while its steps ran, with two events every 5 ms.
        drawn: From the end of the planning until the whole plan was there.
    """

    planned: float
    ran: float
    drawn: float

    @property
    def is_smooth(self) -> bool:
        return self.drawn < 1.0 and self.planned < 0.1 and self.ran < 0.1


async def opened(stage: Stage, names: list[str]) -> None:
    """Open gates at a rate: here time is what is looked at."""
    began = anyio.current_time()
    for count, name in enumerate(names):
        stage.open(name)
        await anyio.sleep_until(began + count / A_SECOND)


async def longest(page: Any) -> float:
    """Return the longest frame since this was asked last."""
    taken: float = await page.evaluate("Math.max(...window.gaps.splice(0)) / 1000")
    return taken


async def course(served: Served, page: Any) -> Course:
    stage = Stage(random_plan(1, STEPS).steps, streams=True)
    ids = [step.id for step in stage.plan_steps]
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "Does it keep up?")
        await page.click("text=Ask >> nth=-1")
        await page.locator("#graph svg").wait_for()
        await longest(page)
        await opened(stage, [f"plan {step_id}" for step_id in ids])
        began = anyio.current_time()
        await page.locator("#graph .step").nth(STEPS - 1).wait_for(state="attached")
        drawn = anyio.current_time() - began
        planned = await longest(page)
        await opened(stage, ids)
        done = page.locator("#counts", has_text=f"{STEPS} of {STEPS} steps done")
        await done.wait_for()
        return Course(planned, await longest(page), drawn)


async def test_a_plan_of_300_steps_keeps_up_with_200_events_a_second(
    served: Served, tab: Tab
):
    await tab.page.add_init_script(FRAMES)
    courses: list[Course] = []
    # The machine may have others to serve; the best of three tells.
    while len(courses) < 3 and not any(one.is_smooth for one in courses):
        courses.append(await course(served, tab.page))

    assert any(one.is_smooth for one in courses), courses
