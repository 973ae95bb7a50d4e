"""What a browser or a program asks for, over HTTP."""

import json
from typing import Any

import anyio
import pytest

from dagplan.errors import UnclearQuestionError
from dagplan.events import (
    PlanFinished,
    RunFinished,
    RunStarted,
    StepPlanned,
    StepStarted,
    StepSucceeded,
)
from dagplan.journal import MemoryJournal
from tests.server.conftest import Served
from tests.server.stage import CHAIN, Stage, failure, pays, step

pytestmark = pytest.mark.anyio

HTML = {"accept": "text/html"}


async def asked(http: Any, question: str = "Why?", mode: str = "parallel") -> str:
    """Ask, and return the path of the run."""
    answer = await http.post("/ask", data={"question": question, "mode": mode})
    assert answer.status_code == 303, answer.text
    place: str = answer.headers["location"]
    return place


async def over(http: Any, run: str) -> list[str]:
    """Wait until a run is over; return what was told of it."""
    told: str = (await http.get(f"{run}/events")).text
    return told.split("\n\n")


def outcome(told: list[str]) -> str:
    """Return how a run ended, as its last news have it."""
    (*_, last) = [line for line in told if '"outcome"' in line]
    found: str = json.loads(last.partition("data: ")[2])["outcome"]
    return found


async def in_doubt(served: Served) -> MemoryJournal:
    """Return a journal with a run that was cut off while it paid."""
    stage = Stage([pays("x", "Ann")])
    async with served(stage.host()) as address, address.client() as http:
        await asked(http, "Pay?")
        await stage.begun("x")
        assert isinstance(stage.journal, MemoryJournal)
        left = MemoryJournal()
        left.runs["old"] = [*stage.journal.runs["run1"]]
    return left


async def test_the_news_of_a_run_go_on_after_the_last_that_was_heard(served: Served):
    stage = Stage(CHAIN, gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        whole = await over(http, run)
        ids = [line.split("\n")[0] for line in whole if line.startswith("id: ")]
        heard = ids[-3].removeprefix("id: ")
        header = {"last-event-id": heard}
        # What an address says is for the first time only.
        again = await http.get(f"{run}/events?from=0", headers=header)
        since = await http.get(f"{run}/events?from={int(heard) + 1}")

    told = again.text.split("\n\n")
    assert [line.split("\n")[0] for line in told if line.startswith("id")] == ids[-2:]
    assert since.text == again.text
    assert again.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("last", ["x", "-1", "9" * 5_000, "1e3", ""])
async def test_a_place_that_is_none_is_the_beginning(served: Served, last: str):
    stage = Stage(CHAIN, gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        whole = await over(http, run)
        answer = await http.get(f"{run}/events?from={last}")

    again = answer.text.split("\n\n")
    ids = [[one for one in told if one.startswith("id")] for told in (whole, again)]
    assert ids[0] == ids[1] != []


async def test_news_of_a_run_that_another_server_had_are_none(served: Served):
    stage = Stage([], journal=await in_doubt(served))
    async with served(stage.host()) as address, address.client() as http:
        answer = await http.get("/runs/old/events")

    # With which a browser does not ask again.
    assert answer.status_code == 204


async def test_the_page_of_a_run_holds_what_happened_so_far(served: Served):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http, "Why <b>so</b>?")
        stage.open("a", "b")
        await stage.begun("c")
        page = (await http.get(run)).text

    assert ">Why &lt;b&gt;so&lt;/b&gt;?</h1>" in page
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert {s["id"]: s["status"] for s in data["steps"].values()} == {
        "a": "succeeded",
        "b": "succeeded",
        "c": "running",
    }
    assert [*data["since"]] == ["c"]
    assert data["over"] is False
    assert data["seen"] == 10


async def test_all_that_is_known_of_a_step_can_be_asked_for(served: Served):
    stage = Stage(CHAIN, gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        await over(http, run)
        known = await http.get(f"{run}/step?id=c")
        unknown = await http.get(f"{run}/step?id=zz")

    assert known.json()["status"] == "succeeded"
    assert ["output", "found by c"] in known.json()["fields"]
    assert (unknown.status_code, unknown.json()) == (404, None)


async def test_the_graph_comes_in_pieces_and_with_the_table_if_asked(served: Served):
    stage = Stage(CHAIN, gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        await over(http, run)
        alone = (await http.get(f"{run}/graph")).json()
        both = (await http.get(f"{run}/graph?table=1")).json()

    assert [*alone["graph"]["boxes"]] == ["n0", "n1", "n2"]
    assert alone["keys"] == {"n0": "a", "n1": "b", "n2": "c"}
    assert alone["table"] is None
    assert both["table"].startswith("<section")


async def test_a_form_that_cancels_a_run_leads_back_to_its_page(served: Served):
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        run = await asked(http)
        for _ in ("running", "over"):
            sent = await http.post(f"{run}/cancel", headers={"accept": "text/html"})
            assert (sent.status_code, sent.headers["location"]) == (303, run)
            await over(http, run)


async def test_a_run_is_cancelled_once(served: Served):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        await stage.begun("a")
        first = await http.post(f"{run}/cancel")
        told = await over(http, run)
        second = await http.post(f"{run}/cancel")

    assert (first.status_code, second.status_code) == (204, 409)
    assert outcome(told) == "cancelled"


async def test_what_goes_wrong_is_told_and_harms_no_other_run(served: Served):
    stage = Stage(CHAIN)
    stage.trouble = [ValueError("odd\nthing"), failure("no such place")]
    async with served(stage.host()) as address, address.client() as http:
        unforeseen = await over(http, await asked(http))
        foreseen = await over(http, await asked(http))
        stage.open("a", "b", "c", "answer")
        third = await asked(http)
        told = await over(http, third)
        page = (await http.get("/runs/run2")).text

    assert "unexpected ValueError: odd thing; please report this" in unforeseen[-2]
    assert '{"trouble": "no such place"}' in foreseen[-2]
    assert '{"trouble": ""}' in told[-2]
    assert '<p id="trouble" role="alert">no such place</p>' in page


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/runs/none", 404, "holds no run"),
        ("/runs/none/graph", 404, "holds no run"),
        ("/runs/none/parts", 404, "holds no run"),
        ("/runs/none/step?id=a", 404, "holds no run"),
        ("/runs/none/report.html", 404, "holds no run"),
        ("/runs/a.b", 400, "a run id has 1 to 64"),
        ("/beside/none/none", 404, "holds no run"),
        ("/none", 404, "Not Found"),
    ],
)
async def test_what_is_not_there_is_said(
    served: Served, path: str, status: int, said: str
):
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        plain = await http.get(path)
        page = await http.get(path, headers=HTML)

    assert (plain.status_code, page.status_code) == (status, status)
    assert said in plain.text
    assert said in page.text


@pytest.mark.parametrize("path", ["cancel", "answer", "resume"])
async def test_to_change_something_takes_a_post(served: Served, path: str):
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        assert (await http.get(f"/runs/x/{path}")).status_code == 405


async def test_an_answer_that_nothing_waits_for_is_refused(served: Served):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        answer = await http.post(f"{run}/answer", data={"digest": "d", "say": "yes"})

    assert (answer.status_code, answer.text) == (
        409,
        "nothing waits for that any more",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "that is no JSON"),
        ("[1]", "arguments are a JSON object"),
        ("[" * 10**5, ""),
    ],
)
async def test_arguments_that_are_none_are_asked_for_again(
    served: Served, content: str, said: str
):
    stage = Stage([pays("x", "Ann")], approves=["pay"], gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        digest = await stage.waiting(http, run)
        form = {"digest": digest, "say": "instead", "content": content}
        wrong = await http.post(f"{run}/answer", data=form)
        right = await http.post(f"{run}/answer", data={"digest": digest, "say": "yes"})
        await over(http, run)

    assert (wrong.status_code, right.status_code) == (400, 204)
    assert said in wrong.text


async def test_the_planners_question_is_answered_in_words(served: Served):
    stage = Stage(CHAIN, gated=False, trouble=[UnclearQuestionError("Which one?")])
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        digest = await stage.waiting(http, run)
        for form in ({"say": "yes"}, {"say": "instead", "content": " "}):
            await http.post(f"{run}/answer", data={"digest": digest, **form})
        digest = await stage.waiting(http, run)
        form = {"digest": digest, "say": "instead", "content": "That one."}
        await http.post(f"{run}/answer", data=form)
        told = await over(http, run)

    assert outcome(told) == "answered"
    assert "the planner asks: Which one?" in "".join(told)
    assert "answered: That one." in "".join(told)
    assert stage.planned == 2


async def test_an_edited_plan_that_cannot_run_is_asked_for_again(served: Served):
    stage = Stage(CHAIN, approves=["plan"], gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        digest = await stage.waiting(http, run)
        content = '{"steps": [{"id": "a", "tool": "none"}]}'
        form = {"digest": digest, "say": "instead", "content": content}
        wrong = await http.post(f"{run}/answer", data=form)
        await http.post(f"{run}/answer", data={"digest": digest, "say": "no"})
        told = await over(http, run)

    assert wrong.status_code == 400
    assert "unknown-tool" in wrong.text
    assert "not approved" in "".join(told)
    assert stage.calls == []


@pytest.mark.parametrize(
    ("form", "made", "found"),
    [
        ({"doubt:x": "retry"}, ["x"], "found by x"),
        ({"doubt:x": "accept", "value:x": '{"paid": 1}'}, [], '{\n  "paid": 1\n}'),
        ({"doubt:x": "accept", "value:x": "paid"}, [], "paid"),
    ],
)
async def test_a_step_in_doubt_is_settled_as_the_user_says(
    served: Served, form: dict[str, str], made: list[str], found: str
):
    stage = Stage([], journal=await in_doubt(served), gated=False)
    async with served(stage.host()) as address, address.client() as http:
        page = (await http.get("/runs/old")).text
        answer = await http.post("/runs/old/resume", data=form)
        told = await over(http, "/runs/old")
        known = (await http.get("/runs/old/step?id=x")).json()

    assert 'name="doubt:x"' in page
    assert answer.headers["location"] == "/runs/old"
    assert outcome(told) == "answered"
    assert [call.id for call in stage.calls] == made
    assert ["output", found] in known["fields"]


async def test_a_run_whose_step_stays_in_doubt_pauses_again(served: Served):
    stage = Stage([], journal=await in_doubt(served), gated=False)
    async with served(stage.host()) as address, address.client() as http:
        await http.post("/runs/old/resume", data={"doubt:x": ""})
        told = await over(http, "/runs/old")
        page = (await http.get("/runs/old")).text

    assert outcome(told) == "paused"
    assert "x may have been done" in page
    assert stage.calls == []


async def test_what_cannot_be_resumed_says_why(served: Served):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        running = await http.post(f"{run}/resume")
        stage.open("a", "b", "c", "answer")
        await over(http, run)
        answered = await http.post(f"{run}/resume")
        unknown = await http.post("/runs/none/resume")

    assert "goes on already" in running.text
    assert "is answered; ask the question anew" in answered.text
    assert [a.status_code for a in (running, answered, unknown)] == [400, 400, 404]


async def test_a_run_of_another_process_is_shown_and_not_touched(served: Served):
    journal = await in_doubt(served)
    await journal.open("old")
    stage = Stage([], journal=journal)
    async with served(stage.host()) as address, address.client() as http:
        page = (await http.get("/runs/old")).text
        home = (await http.get("/")).text
        resumed = await http.post("/runs/old/resume", data={"doubt:x": "retry"})

    assert "running in another process" in page
    assert ">Resume<" not in page
    assert ">running<" in home
    assert resumed.status_code == 409


async def test_a_form_that_is_larger_than_any_is_refused(served: Served):
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        answer = await http.post("/ask", content=b"question=" + b"x" * 9_000_000)
        many = await http.post("/ask", content=b"a=1&" * 10_000)
        odd = await http.post("/ask", content=b"question=\xff")

    assert [a.status_code for a in (answer, many, odd)] == [400, 400, 400]
    assert "at most 8,000,000 bytes" in answer.text


async def test_the_report_of_a_run_is_a_file_that_needs_no_server(served: Served):
    stage = Stage(CHAIN, gated=False)
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http)
        await over(http, run)
        report = await http.get(f"{run}/report.html")

    assert report.headers["content-disposition"] == 'attachment; filename="run1.html"'
    assert "All of it is found." in report.text
    assert address.base not in report.text


async def test_runs_go_on_while_a_server_is_asked_and_end_with_it(served: Served):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address, address.client() as http:
        await asked(http)
        await stage.begun("a")
        assert isinstance(stage.journal, MemoryJournal)
        assert stage.journal.owned == {"run1"}

    (*_, last) = stage.journal.runs["run1"]
    assert isinstance(last, RunFinished)
    assert last.outcome == "cancelled"
    assert stage.journal.owned == set()


async def test_modes_are_kept_with_the_run(served: Served):
    stage = Stage([step("a"), step("b")])
    async with served(stage.host()) as address, address.client() as http:
        run = await asked(http, mode="sequential")
        await stage.begun("a")
        await anyio.wait_all_tasks_blocked()
        await http.post(f"{run}/cancel")
        await over(http, run)
        assert [call.id for call in stage.calls] == ["a"]
        await http.post(f"{run}/resume")
        await stage.begun("a", 2)
        await anyio.wait_all_tasks_blocked()

    assert [call.id for call in stage.calls] == ["a", "a"]


async def test_a_saved_plan_s_run_goes_on_without_a_question(served: Served):
    journal = MemoryJournal()
    journal.runs["plan"] = [
        RunStarted(0.0, "", "", None, {"command": "run"}),
        StepPlanned(0.0, "a", step("a")),
        StepPlanned(0.0, "b", step("b", "a")),
        PlanFinished(0.0),
        StepStarted(0.1, "a", digest="d"),
        StepSucceeded(0.2, "a", "found before"),
    ]
    stage = Stage([], journal=journal, gated=False)
    async with served(stage.host()) as address, address.client() as http:
        home = (await http.get("/")).text
        await http.post("/runs/plan/resume")
        told = await over(http, "/runs/plan")

    assert "(a saved plan)" in home
    assert stage.planned == 0
    assert "b" in {call.id for call in stage.calls}
    assert outcome(told) == "failed"  # it has no answer to give
