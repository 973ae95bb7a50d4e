"""The report page in a real browser, opened from disk with the network off."""

from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from dagplan.cli.app import execute
from dagplan.views import to_html
from tests.browser.conftest import Tab
from tests.browser.test_live import node, shows
from tests.programs import needs_playwright
from tests.views.plans import figures, figures_results

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60), needs_playwright]

QUESTION = "Compare the population density of France, Japan and Brazil"


@pytest.fixture
async def report(tab: Tab, tmp_path: Path) -> Any:
    """A report of a plan with steps in every state."""
    file = tmp_path / "report.html"
    file.write_text(to_html(figures(), figures_results()), "utf-8")
    await tab.page.context.set_offline(True)
    await tab.page.goto(file.as_uri())
    return tab.page


async def test_ask_html_leaves_a_page_with_graph_timeline_and_answer(
    tab: Tab, tmp_path: Path
):
    file = tmp_path / "run.html"
    arguments = ["ask", QUESTION, "--quiet", "--no-journal", "--html", str(file)]
    assert await anyio.to_thread.run_sync(execute, arguments) == 0
    await tab.page.context.set_offline(True)
    await tab.page.goto(file.as_uri())

    await shows(tab.page, "h1", QUESTION)
    await shows(tab.page, ".answer", "Japan has the highest population density")
    assert await tab.page.locator("#graph .step.succeeded").count() == 10
    assert await tab.page.locator("#timeline .row").count() > 10
    assert tab.requests == [file.as_uri()]


async def test_a_step_that_is_pointed_at_in_the_graph_is_marked_elsewhere(report: Any):
    await report.hover(node("density"))

    await shows(report, 'tr[data-step="n4"].lit')
    assert await report.locator("#graph .link.lit").count() == 3
    await report.hover("h1")
    assert await report.locator(".lit").count() == 0


async def test_a_step_that_is_chosen_in_the_table_is_told_of_and_marked(report: Any):
    await report.click('tr[data-step="n3"] button')

    await shows(report, "#panel-heading", "pops")
    await shows(report, "#panel", "[1] failed: not <found>")
    await shows(report, "#graph .step.chosen", "pops")
    await report.click("#panel button >> text=end")
    await shows(report, "#panel-heading", "end")
    assert report.url.endswith("#n5")
    await report.reload()
    await shows(report, "#panel-heading", "end")


async def test_the_keyboard_walks_along_the_lines(report: Any):
    await report.focus(node("pop_fr"))
    for key, then in [
        ("ArrowRight", "density"),
        ("ArrowRight", "end"),
        ("ArrowLeft", "density"),
        ("ArrowUp", "pops"),
        ("ArrowDown", "density"),
    ]:
        await report.keyboard.press(key)
        await shows(report, "#panel-heading", then)
    await report.keyboard.press("Escape")
    await shows(report, "#panel", "Choose a step")


async def test_searching_looks_into_what_steps_found(report: Any):
    await report.fill("#search", "643801")

    await shows(report, "#found", "2 of 6 steps")
    assert await report.locator("tbody tr:visible").count() == 2
    assert await report.locator("#graph .missed").count() == 4
    await report.keyboard.press("Escape")
    assert await report.locator("tbody tr:visible").count() == 6


async def test_a_wide_picture_can_be_fitted_to_the_page(report: Any):
    button = report.locator('button[data-fits="graph"]')
    await button.click()

    assert await button.get_attribute("aria-pressed") == "true"
    widths = (
        "[...document.querySelectorAll('#graph, #graph > svg')].map(e => e.clientWidth)"
    )
    outer, inner = await report.evaluate(f"({widths})")
    assert inner <= outer
