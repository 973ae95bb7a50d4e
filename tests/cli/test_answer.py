"""How a model's answer comes to the command line, over real HTTP."""

from tests.cli.conftest import Dagplan
from tests.loopback import Json, Loopback, Sliced, Text

OWN = ("--tools", "own_tools:EVERY", "--journal", "runs.db")
GREETING = Json(
    {
        "steps": [{"greet": {"name": "Ada"}, "id": "hello"}],
        "answer": "Said ${hello}.",
    }
)


def test_an_answer_at_once_is_shown_after_one_call(dagplan: Dagplan, model: Loopback):
    model.reply(Sliced(Json({"steps": [], "answer": "Bonjour."}), characters=4))
    ended = dagplan("ask", "Translate hello.", *OWN)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("Bonjour.") == 1
    assert "\n1 model call; " in ended.out
    assert ended.out.startswith("planned by gpt-5-mini\n\nBonjour.\n\nno step ran\n")


def test_pieces_of_an_answer_come_together_and_no_json_does(
    dagplan: Dagplan, model: Loopback
):
    model.reply(GREETING, Sliced(Text("Ada was greeted."), characters=3))
    ended = dagplan("ask", "Greet Ada.", *OWN, "--answer", "model")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("\n\nAda was greeted.\n") == 1
    assert "{" not in ended.out.replace("${hello}", "")


def test_the_template_alone_answers_where_that_is_asked_for(
    dagplan: Dagplan, model: Loopback
):
    model.reply(GREETING)
    ended = dagplan("ask", "Greet Ada.", *OWN, "--answer", "template", "-q")
    assert (ended.code, ended.out) == (0, "Said hello Ada.\n")


def test_a_template_that_will_not_do_is_no_answer_and_one_line(
    dagplan: Dagplan, model: Loopback
):
    refused = {"refuse": {"name": "Ada"}, "id": "no"}
    model.reply(Json({"steps": [refused], "answer": "${no}"}))
    template = ("--answer", "template", "--run-id", "mine")
    ended = dagplan("ask", "Greet Ada.", *OWN, *template, "-q")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("dagplan: the answer cannot be taken from the plan's")
    assert "step 'no' failed: ValueError: no Ada" in ended.err
    assert ended.err.count("\n") == 1
    # It goes on as it began: the mode is kept with the run.
    again = dagplan("resume", "mine", "--journal", "runs.db", "-q")
    assert (again.code, again.err) == (1, ended.err)
    assert len(model.requests) == 1
