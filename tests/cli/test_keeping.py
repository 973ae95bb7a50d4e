"""What is kept with a run so that it can go on by its id alone."""

from dagplan.cli.keeping import note_of, with_note
from dagplan.cli.options import AnswerName, ModeName, Options, ReplanName


def test_a_run_goes_on_with_the_options_that_it_was_begun_with():
    begun = Options(
        tools=("crm:find",),
        mode=ModeName.SEQUENTIAL,
        replan=ReplanName.EAGER,
        answer=AnswerName.MODEL,
        retries=1,
    )
    assert with_note(Options(), note_of(begun, "ask")) == begun


def test_what_is_said_anew_counts():
    note = note_of(Options(replan=ReplanName.EAGER), "ask")
    again = Options(replan=ReplanName.NEVER)
    assert with_note(again, note).replan is ReplanName.NEVER
