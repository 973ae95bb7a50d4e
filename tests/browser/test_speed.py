"""How smoothly a page draws a large plan while much happens.

What is counted is what the processors did for it, as the browser's own trace has it:
what other programs take of a machine meanwhile is not the page's fault.
"""

import json
from collections.abc import Iterator
from time import process_time
from typing import Any

import anyio
import pytest

from tests.programs import needs_playwright
from tests.server.conftest import Served
from tests.server.stage import Stage
from tests.views.plans import random_plan

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120), needs_playwright]

STEPS = 300
A_SECOND = 200
TASK = "ThreadControllerImpl::RunTask"
LONGEST_FRAME = 0.1
LONGEST_DRAWING = 1.0


async def opened(stage: Stage, names: list[str]) -> None:
    """Open gates at a rate: here time is what is looked at."""
    began = anyio.current_time()
    for count, name in enumerate(names):
        stage.open(name)
        await anyio.sleep_until(began + count / A_SECOND)


async def traced(browser: Any, page: Any) -> None:
    await browser.start_tracing(page=page, categories=["toplevel", "__metadata"])


async def tasks(browser: Any) -> list[float]:
    """End the trace; return what each task of the page's threads computed, seconds."""
    trace = json.loads(await browser.stop_tracing())["traceEvents"]
    found = [*_tasks(trace)]
    assert len(found) > 100
    return found


def _tasks(trace: list[dict[str, Any]]) -> Iterator[float]:
    threads = {
        (event["pid"], event["tid"]): event["args"]["name"]
        for event in trace
        if event["name"] == "thread_name"
    }
    for event in trace:
        thread = threads.get((event["pid"], event["tid"]), "")
        if event["name"] == TASK and thread in {"CrRendererMain", "Compositor"}:
            yield event.get("tdur", 0) / 1e6


async def test_a_plan_of_300_steps_keeps_up_with_200_events_a_second(
    served: Served, browser: Any, page: Any
):
    stage = Stage(random_plan(1, STEPS).steps, streams=True)
    ids = [step.id for step in stage.plan_steps]
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "Does it keep up?")
        await page.click("text=Ask >> nth=-1")
        await page.locator("#graph > svg").wait_for()
        await traced(browser, page)
        await opened(stage, [f"plan {step_id}" for step_id in ids])
        last = page.locator("#graph .step").nth(STEPS - 1)
        await last.wait_for(state="attached")
        await opened(stage, ids)
        done = page.locator("#counts", has_text=f"{STEPS} of {STEPS} steps done")
        await done.wait_for()
        longest = max(await tasks(browser))

    # The longest task is as long as the longest frame can be for the page's sake.
    assert longest < LONGEST_FRAME


async def test_a_plan_of_300_steps_is_drawn_within_a_second(
    served: Served, browser: Any, page: Any
):
    stage = Stage(random_plan(1, STEPS).steps)
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "How long does it take?")
        began = process_time()
        await traced(browser, page)
        await page.click("text=Ask >> nth=-1")
        await page.locator("#graph .step").nth(STEPS - 1).wait_for(state="attached")
        drawn = sum(await tasks(browser)) + process_time() - began

    assert drawn < LONGEST_DRAWING
