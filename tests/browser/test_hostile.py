"""Hostile texts in a real browser: nothing runs, nothing breaks out, nothing is lost."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from dagplan.views import to_html
from tests.browser.conftest import Tab
from tests.browser.test_live import is_over, shows
from tests.programs import needs_playwright
from tests.server.conftest import Served
from tests.server.stage import Stage, failure, pays, step
from tests.views.hostile import (
    SLICES,
    hostile_events,
    hostile_plan,
    hostile_results,
    hostile_texts,
)

A_RUN = 200


def told(texts: Iterable[str]) -> list[str]:
    """Return texts as a run may hold them: no half characters, no references."""
    whole = (text.encode(errors="ignore").decode() for text in texts)
    return [text.replace("${", "\\${") for text in whole]


OUTSIDE = "main :is(img, script, a, iframe), aside :is(img, script, a, iframe)"
RUNS = [
    texts[at : at + A_RUN]
    for texts in [told(hostile_texts())]
    for at in range(0, len(texts), A_RUN)
]

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120), needs_playwright]


@pytest.mark.parametrize("texts", SLICES[:: max(len(SLICES) // 10, 1)])
async def test_a_report_of_hostile_texts_runs_nothing(
    tab: Tab, tmp_path: Path, texts: list[str]
):
    plan = hostile_plan(texts)
    page = to_html(plan, hostile_results(plan), hostile_events(texts))
    file = tmp_path / "page.html"
    file.write_text(page, "utf-8")
    await tab.page.context.set_offline(True)
    await tab.page.goto(file.as_uri())

    titles = await tab.page.title()
    assert titles.endswith(" · dagplan")
    assert await tab.page.locator("#graph .step").count() >= len(texts)
    assert await tab.page.locator("main :is(img, script, a, iframe)").count() == 0
    for name in ("n0", "n1", "n7"):
        await tab.page.locator(f'tr[data-step="{name}"] button').click()
        assert await tab.page.locator("aside :is(img, script, a)").count() == 0
    assert tab.requests == [file.as_uri()]


@pytest.mark.parametrize("texts", RUNS, ids=[*map(str, range(len(RUNS)))])
async def test_hostile_texts_pass_through_the_live_page(
    served: Served, tab: Tab, texts: list[str]
):
    """Each is a question's, a task's, a value's, an error's, a call's and an answer's."""
    steps = [
        pays(f"s{i}", text) if i % 7 == 0 else step(f"s{i}", task=text or "x")
        for i, text in enumerate(texts)
    ]
    outcomes = {
        f"s{i}": failure(text) if i % 5 == 0 else {text: [text]}
        for i, text in enumerate(texts)
    }
    answer = "\n".join(text[:1_000] for text in texts)
    stage = Stage(steps, answer, outcomes=outcomes, gated=False)
    page = tab.page
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "".join(text[:100] for text in texts))
        await page.click("text=Ask >> nth=-1")
        await is_over(page)
        assert await page.locator("#graph .step").count() == len(texts)
        assert await page.locator(OUTSIDE).count() == 0
        for i in range(0, len(texts), 9):
            await page.locator(f'#table [data-step="n{i}"] button').click()
            await shows(page, "#panel-heading", f"s{i}")
            assert await page.locator(OUTSIDE).count() == 0
        await page.goto(address.base)
        await shows(page, ".runs", "answered")

    assert tab.origins == {address.base}


async def test_hostile_calls_are_shown_as_they_are(served: Served, tab: Tab):
    texts = told(hostile_texts(60))
    steps = [pays(f"s{i}", text) for i, text in enumerate(texts)]
    stage = Stage(steps, gated=False, approves=["pay"])
    page = tab.page
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "Whom?")
        await page.click("text=Ask >> nth=-1")
        await page.locator("#asked form").nth(len(texts) - 1).wait_for()
        assert await page.locator(OUTSIDE).count() == 0
        assert await page.locator("#asked :is(img, script, a)").count() == 0
