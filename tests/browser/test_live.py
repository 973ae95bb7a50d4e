"""The live page in a real browser: what a user sees and does while a run goes on."""

from typing import Any

import pytest

from dagplan.errors import UnclearQuestionError
from dagplan.plan import Plan
from dagplan.plan.revision import Revision
from dagplan.views.waterfall import duration
from tests.browser.conftest import Tab, watched
from tests.programs import needs_playwright
from tests.server.conftest import Address, Served
from tests.server.stage import CHAIN, Stage, failure, pays, step

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60), needs_playwright]


async def ask(page: Any, address: Address, question: str = "What is it?") -> None:
    await page.goto(address.first)
    await page.fill("#question", question)
    await page.click("text=Ask >> nth=-1")


async def shows(page: Any, selector: str, text: str | None = None) -> None:
    """Wait until something is shown, with a text."""
    found = page.locator(selector)
    await (found if text is None else found.filter(has_text=text)).first.wait_for()


async def is_over(page: Any) -> None:
    await page.wait_for_selector("body[data-over=true]")


def node(step_id: str, status: str = "") -> str:
    """Select a step of the graph by its id and where it stands."""
    return f'#graph .step.{status or "step"}[aria-label^="{step_id},"]'


async def test_a_question_is_asked_and_its_steps_go_from_waiting_to_done(
    served: Served, tab: Tab
):
    page, stage = tab.page, Stage(CHAIN, answer="So it is.")
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, "h1", "What is it?")
        await shows(page, node("a", "running"))
        await shows(page, node("b", "running"))
        await shows(page, node("c", "waiting"))
        stage.open("a")
        await shows(page, node("a", "succeeded"))
        await shows(page, node("c", "waiting"))
        stage.open("b")
        await shows(page, node("c", "running"))
        await shows(page, "#counts", "2 of 3 steps done, 1 running")
        stage.open("c", "answer")
        await shows(page, "#answer", "So it is.")
        await is_over(page)
        await shows(page, "#status", "answered")
        await shows(page, "#timeline .row")
        await shows(page, "#figures", "speed-up")

    assert tab.origins == {address.base}


async def test_the_graph_fills_while_the_plan_is_written(served: Served, page: Any):
    stage = Stage(CHAIN, streams=True)
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, "#graph", "(no steps)")
        stage.open("plan a")
        await shows(page, node("a", "running"))
        assert await page.locator("#graph .step").count() == 1
        stage.open("plan b", "b")
        await shows(page, node("b", "succeeded"))
        stage.open("plan c")
        await shows(page, node("c", "waiting"))
        assert await page.locator("#graph .link").count() == 2
        await shows(page, "#table tr", "Do c")


async def test_the_answer_is_shown_while_it_is_written(served: Served, page: Any):
    stage = Stage([step("a")], answer="One two.")
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("a", "answer")
        await shows(page, ".answer", "One two.")


async def test_a_revision_appears_in_the_graph_and_among_the_news(
    served: Served, page: Any
):
    change = Revision(steps=[step("d", "a")], drop=["b"])
    stage = Stage(
        [step("a"), step("b")], revision=change, outcomes={"b": failure("no b")}
    )
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("a", "b")
        await shows(page, node("b", "failed"))
        stage.open("revise")
        await shows(page, node("d", "running"))
        assert await page.locator(node("b")).count() == 0
        await shows(page, "#news", "plan revised: added d; dropped b")
        stage.open("d", "answer")
        await is_over(page)
        await shows(page, "#revisions", "Revision 1")


async def test_what_was_skipped_waits_again_once_a_revision_gives_it_a_chance(
    served: Served, page: Any
):
    change = Revision(steps=[step("b", task="Try otherwise")])
    outcomes = {"b": failure("no b")}
    stage = Stage(CHAIN, revision=change, outcomes=outcomes, streams=True)
    async with served(stage.host()) as address:
        await ask(page, address)
        await page.locator("#graph > svg").wait_for()
        stage.open("plan a", "plan b", "plan c")
        await shows(page, node("c", "waiting"))
        stage.open("a", "b")
        await shows(page, node("c", "skipped"))
        stage.gates.pop("b")
        stage.open("revise")
        await shows(page, node("b", "running"))
        await shows(page, node("c", "waiting"))
        await shows(page, '#table tr[data-step="n2"] .status', "waiting")


async def test_what_looked_like_an_answer_goes_when_the_plan_is_revised(
    served: Served, page: Any
):
    change = Revision(steps=[step("b", "a")])
    stage = Stage([step("a")], revision=change, thought="Let me see", answer="So.")
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("a")
        await shows(page, ".answer", "Let me see")
        stage.open("revise")
        await shows(page, node("b", "running"))
        assert await page.locator("#answer").text_content() == ""
        stage.open("b", "answer")
        await shows(page, ".answer", "So.")


async def test_the_timeline_grows_while_the_run_goes_on(served: Served, page: Any):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("a")
        await shows(page, node("a", "succeeded"))
        row = page.locator("#timeline .row.succeeded", has_text="a")
        await row.first.wait_for()
        await page.hover(node("a"))
        await shows(page, "#timeline .row.lit")


async def test_items_of_a_step_are_counted_in_its_box(served: Served, page: Any):
    each = step("each", for_each="${list}", task="Do ${item}")
    stage = Stage([step("list"), each], outcomes={"list": ["x", "y", "z"]})
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("list", "each[0]")
        await shows(page, f"{node('each', 'running')} .aside", "1/3")
        stage.open("each[1]")
        await shows(page, f"{node('each', 'running')} .aside", "2/3")
        stage.open("each[2]", "answer")
        await is_over(page)
        await shows(page, node("each", "succeeded"), "✓3")


async def test_times_are_written_as_the_server_writes_them(served: Served, page: Any):
    async with served(Stage(CHAIN).host()) as address:
        await ask(page, address)
        await page.locator("#clock:not(:empty)").wait_for()
        seconds = [0, 4e-7, 7e-6, 9.994e-4, 0.0031, 0.0094, 0.0996, 0.5, 9.99, 9.999]
        seconds += [59.94, 59.96, 61.4, 754, 3599.6, 3600, 86_399, 1e6]
        written = await page.evaluate("seconds => seconds.map(duration)", seconds)

    assert [one.replace(",", "") for one in map(duration, seconds)] == written


async def test_a_failed_step_says_why(served: Served, page: Any):
    stage = Stage(CHAIN, outcomes={"a": failure("nothing <b>there</b>")})
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("a", "b")
        await shows(page, node("a", "failed"))
        await shows(page, node("c", "skipped"))
        await page.click(node("a"))
        await shows(page, "#panel", "nothing <b>there</b>")
        await shows(page, "#news", "a: failed: nothing <b>there</b>")
        stage.open("answer")
        await is_over(page)
        await shows(page, "#panel", "nothing <b>there</b>")


async def test_a_press_on_a_box_that_is_drawn_anew_before_the_release_counts(
    served: Served, page: Any
):
    stage = Stage(CHAIN, streams=True)
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("plan a")
        await page.hover(node("a", "running"))
        pressed = await page.query_selector(node("a"))
        await page.mouse.down()
        stage.open("a")
        await shows(page, node("a", "succeeded"))
        stage.open("plan b")
        await shows(page, node("b", "running"))
        assert not await pressed.evaluate("box => box.isConnected")
        await page.mouse.up()
        await shows(page, "#panel-heading", "a")
        await shows(page, node("a", "chosen"))


async def test_a_run_is_cancelled(served: Served, page: Any):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, node("a", "running"))
        await page.click("text=Cancel")
        await is_over(page)
        await shows(page, "#status", "cancelled")
        await shows(page, node("a", "cancelled"))
        await shows(page, "#next", "Resume")
        assert not await page.locator("#cancel").is_visible()


async def test_a_run_is_cancelled_before_or_without_the_scripts_of_its_page(
    served: Served, browser: Any
):
    async with served(Stage(CHAIN).host()) as address:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await ask(page, address)
        async with page.expect_response("**/cancel"):
            await page.click("#cancel >> text=Cancel")
        async with address.client() as http:
            told = (await http.get(f"{page.url}/events")).text
        assert '"cancelled"' in told
        await context.close()


async def test_calls_that_wait_are_approved_refused_and_changed(
    served: Served, page: Any
):
    steps = [pays("x", "Ann"), pays("y", "Bob"), pays("z", "Eve")]
    stage = Stage(steps, approves=["pay"], gated=False)
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, node("z", "parked"))
        forms = page.locator("#asked form")
        await forms.nth(2).wait_for()
        await forms.filter(has_text="x: pay").locator("text=Approve").click()
        await shows(page, node("x", "succeeded"))
        await forms.filter(has_text="y: pay").locator("text=Refuse").click()
        await shows(page, node("y", "failed"))
        last = forms.filter(has_text="z: pay")
        await last.locator("textarea").fill('{"to": ')
        await last.locator("text=Approve").click()
        await shows(page, "#asked output", "that is no JSON")
        await last.locator("textarea").fill('{"to": "Zoe"}')
        await last.locator("text=Approve").click()
        await is_over(page)
        assert not await page.locator("#asked").is_visible()

    assert [(call.id, call.args) for call in stage.calls] == [
        ("x", {"to": "Ann"}),
        ("z", {"to": "Zoe"}),
    ]


async def test_the_planner_s_question_is_answered_in_words(served: Served, page: Any):
    stage = Stage(CHAIN, gated=False, trouble=[UnclearQuestionError("Which <one>?")])
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, "#asked", "Which <one>?")
        await page.click("#asked >> text=Answer")
        await shows(page, "#asked output", "the answer is empty; write one")
        await page.fill("#asked textarea", "That one.")
        await page.click("#asked >> text=Answer")
        await is_over(page)
        await shows(page, "#news", "answered: That one.")


async def test_what_the_user_is_writing_outlives_another_question(
    served: Served, page: Any
):
    steps = [pays("x", "Ann"), step("b"), pays("y", "Bob", "b")]
    stage = Stage(steps, approves=["pay"])
    async with served(stage.host()) as address:
        await ask(page, address)
        await page.fill("#asked textarea", '{"to": "An')
        stage.open("b")
        await shows(page, "#asked form", "y: pay")
        await page.keyboard.type('n"}')
        written = page.locator("#asked form", has_text="x: pay").locator("textarea")
        assert await written.input_value() == '{"to": "Ann"}'


async def test_nothing_runs_before_the_plan_is_approved(served: Served, page: Any):
    stage = Stage(CHAIN, approves=["plan"], gated=False)
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, "#asked", "Run this plan of 3 steps?")
        await shows(page, node("a", "waiting"))
        edited = Plan(steps=[step("only")]).model_dump_json(exclude_defaults=True)
        await page.fill("#asked textarea", edited)
        await page.click("#asked >> text=Approve")
        await is_over(page)
        await shows(page, node("only", "succeeded"))

    assert [call.id for call in stage.calls] == ["only"]


async def test_a_page_that_is_loaded_again_in_the_middle_has_lost_nothing(
    served: Served, page: Any
):
    stage = Stage(CHAIN, answer="So it is.")
    async with served(stage.host()) as address:
        await ask(page, address)
        stage.open("a")
        await shows(page, node("a", "succeeded"))
        await page.reload()
        await shows(page, node("a", "succeeded"))
        await shows(page, node("b", "running"))
        stage.open("b")
        await shows(page, node("c", "running"))
        await page.reload()
        stage.open("c", "answer")
        await shows(page, "#answer", "So it is.")
        await is_over(page)
        await page.reload()
        await shows(page, "#answer", "So it is.")
        await shows(page, node("c", "succeeded"))


async def test_a_lost_connection_goes_on_where_it_was(served: Served, page: Any):
    stage = Stage(CHAIN)
    connected: list[str] = []

    async def cut_the_first(route: Any) -> None:
        connected.append(route.request.url)
        if len(connected) > 1:
            await route.continue_()
            return
        # The last event that the page has seen already, once more.
        seen = max(int(connected[0].partition("from=")[2]) - 1, 0)
        said = f'retry: 1\nid: {seen}\ndata: {{"at": 0}}\n\n'
        await route.fulfill(body=said, content_type="text/event-stream")

    async with served(stage.host()) as address:
        await page.route("**/events?*", cut_the_first)
        await ask(page, address)
        await shows(page, node("b", "running"))
        stage.open("a", "b")
        await shows(page, node("c", "running"))

    assert len(connected) == 2


async def test_two_tabs_watch_one_run(served: Served, page: Any):
    stage = Stage([pays("x", "Ann"), step("b")], approves=["pay"])
    async with served(stage.host()) as address:
        await ask(page, address)
        other = watched(await page.context.new_page())
        await other.page.goto(page.url)
        for each in (page, other.page):
            await shows(each, node("b", "running"))
            await shows(each, "#asked", "x: pay")
        await other.page.click("#asked >> text=Approve")
        await page.locator("#asked").wait_for(state="hidden")
        stage.open("x", "b", "answer")
        for each in (page, other.page):
            await is_over(each)
            await shows(each, node("x", "succeeded"))

    assert other.errors == []


async def test_parallel_and_sequential_run_side_by_side(served: Served, page: Any):
    stage = Stage([step("a"), step("b")])
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "What is it?")
        await page.check("text=both, to compare")
        await page.click("text=Ask >> nth=-1")
        left = page.frame_locator("iframe >> nth=0")
        right = page.frame_locator("iframe >> nth=1")
        await left.locator(node("b", "running")).wait_for()
        await right.locator(node("a", "running")).wait_for()
        await (
            right.locator(node("b", "ready"))
            .or_(right.locator(node("b", "waiting")))
            .wait_for()
        )
        stage.open("a", "b", "answer")
        await shows(page, "#gain", "times as fast")

    assert stage.planned == 1


async def test_past_runs_are_listed_opened_and_resumed(served: Served, page: Any):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address:
        await ask(page, address, "Why so?")
        stage.open("a")
        await shows(page, node("a", "succeeded"))
        await page.click("text=Cancel")
        await is_over(page)
    # Another server, with the same journal.
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await shows(page, ".runs", "cancelled")
        await page.click(".runs >> text=Why so?")
        await shows(page, node("b", "cancelled"))
        await page.click("text=Resume")
        await shows(page, node("b", "running"))
        stage.open("b", "c", "answer")
        await is_over(page)
        await shows(page, "#status", "answered")

    assert [call.id for call in stage.calls] == ["a", "b", "b", "c"]


async def test_a_question_that_cannot_be_taken_stays_in_the_form(
    served: Served, page: Any
):
    async with served(Stage(CHAIN).host()) as address:
        await page.goto(address.first)
        await page.fill("#question", "   ")
        await page.click("text=Ask >> nth=-1")
        await shows(page, "#trouble", "the question is empty; ask one")


async def test_the_keyboard_alone_reaches_everything(served: Served, page: Any):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address:
        await page.goto(address.first)
        await page.keyboard.type("What is it?")
        for key in ("Tab", "ArrowRight", "Shift+Tab", "Tab", "Tab"):
            await page.keyboard.press(key)
        await page.keyboard.press("Enter")
        await page.locator("#clock:not(:empty)").wait_for()
        await page.focus(node("a"))
        await page.keyboard.press("ArrowRight")
        await shows(page, "#panel-heading", "c")
        stage.open("a", "b")
        await shows(page, node("c", "running"))
        focused = "document.activeElement.getAttribute('aria-label')"
        assert (await page.evaluate(focused)).startswith("c,")
        await page.focus("#cancel button")
        await page.keyboard.press("Enter")
        await is_over(page)


async def test_what_is_being_searched_for_outlives_a_new_table(
    served: Served, page: Any
):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address:
        await ask(page, address)
        await shows(page, node("a", "running"))
        await page.fill("#search", "do c")
        await shows(page, "#found", "1 of 3 steps")
        before = await page.query_selector("#table tbody tr")
        stage.open("a", "b", "c", "answer")
        await is_over(page)
        assert not await before.evaluate("row => row.isConnected")
        assert await page.input_value("#search") == "do c"
        assert await page.evaluate("document.activeElement.id") == "search"
        assert await page.locator("#table tbody tr:visible").count() == 1


async def test_the_focus_stays_with_its_step_while_the_plan_is_redrawn(
    served: Served, page: Any
):
    stage = Stage(CHAIN, streams=True)
    label = "document.activeElement.getAttribute('aria-label') ?? ''"
    async with served(stage.host()) as address:
        await ask(page, address)
        await page.locator("#clock:not(:empty)").wait_for()
        stage.open("plan a")
        await shows(page, node("a", "running"))
        await page.focus(node("a"))
        stage.open("plan b", "a")
        await shows(page, node("b", "running"))
        assert (await page.evaluate(label)).startswith("a,")
        stage.open("plan c", "b")
        await shows(page, node("c", "running"))
        assert (await page.evaluate(label)).startswith("a,")
        stage.open("c", "answer")
        await is_over(page)
        assert (await page.evaluate(label)).startswith("a,")


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 29)")]
)
async def test_colours_follow_the_reader_s_preference(
    served: Served, page: Any, scheme: str, ground: str
):
    await page.emulate_media(color_scheme=scheme)
    stage = Stage(CHAIN, gated=False)
    async with served(stage.host()) as address:
        await ask(page, address)
        await is_over(page)
        colour = "getComputedStyle(document.body).backgroundColor"
        assert await page.evaluate(colour) == ground
