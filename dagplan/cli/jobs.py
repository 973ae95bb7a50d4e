"""What the commands do: ask a question, write a plan, run a plan."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, replace
from time import process_time

import anyio

from dagplan.agent.answer import Agent, Invocation
from dagplan.agent.approval import Held, Word
from dagplan.agent.outcome import Answered
from dagplan.agent.wording import check_question
from dagplan.cli.approver import TerminalApprover
from dagplan.cli.asker import TerminalAsker
from dagplan.cli.board import Board
from dagplan.cli.comparing import comparison, require_comparable
from dagplan.cli.crew import Crew, assemble
from dagplan.cli.document import run_document
from dagplan.cli.exits import (
    ANSWERED,
    BadInputError,
    Ending,
    PlanFileError,
)
from dagplan.cli.gain import calls_lines, gain_line
from dagplan.cli.keeping import (
    accepted,
    journal_of,
    kept,
    new_run_id,
    note_of,
    with_note,
)
from dagplan.cli.live import LivePresenter
from dagplan.cli.options import ModeName, Options, read_question
from dagplan.cli.outcome import ending_of, ends_text, held_ending
from dagplan.cli.plain import Plain
from dagplan.cli.plan_file import (
    check_writable,
    read_plan_file,
    shown_name,
    write_plan_file,
)
from dagplan.cli.present import Presenter, Silent
from dagplan.cli.run_page import RunPage
from dagplan.cli.runs import table
from dagplan.cli.screen import Screen
from dagplan.cli.terminal import answers
from dagplan.cli.underway import Underway
from dagplan.cli.watch import run_watched
from dagplan.cli.wrap import wrapped
from dagplan.errors import PlanError
from dagplan.history import History
from dagplan.journal import settle
from dagplan.journal.listing import listed
from dagplan.plan import Plan
from dagplan.protocols import Observer, PlanRequest
from dagplan.scheduler import Run
from dagplan.views import printable, to_text

Work = Callable[[Agent, Invocation], Awaitable[Answered | Held]]


def ask(argument: str, options: Options) -> Ending:
    """Answer a question.

    Raises:
        QuestionError: The question is empty, too long, or cannot be planned.
        SettingsError: Model or tools cannot be used.
        PlanError: The model found no valid plan.
        ModelError: The model could not be called.
        JournalError: The run cannot be recorded.
    """
    question = read_question(argument)
    check_question(question)
    note = note_of(options, "ask")
    return _run(options, lambda agent, call: agent.answer(question, call), note)


def ask_in_both_modes(argument: str, options: Options) -> Ending:
    """Answer a question, answer it again one step at a time, and compare.

    Raises:
        BadInputError: Another option does not go with it, or a tool has side effects.
        QuestionError, SettingsError, PlanError, ModelError, JournalError: As for `ask`.
    """
    require_comparable(options)
    question = read_question(argument)
    check_question(question)
    runs: list[Run] = []

    async def work(agent: Agent, call: Invocation) -> Answered | Held:
        outcome = await agent.answer(question, call)
        runs.append(outcome.run)
        return outcome

    endings = []
    for mode in ModeName:
        one = replace(options, mode=mode)
        endings.append(_run(one, work, note_of(one, "ask")))
    _screen().write(f"\n{comparison(*runs)}\n")
    return max(endings, key=lambda ending: ending.code)


def run_saved(name: str, options: Options) -> Ending:
    """Run a saved plan.

    Raises:
        BadInputError: The file cannot be read, or holds no plan that can run.
        SettingsError: Model or tools cannot be used.
        JournalError: The run cannot be recorded.
    """
    plan = read_plan_file(name)

    async def work(agent: Agent, call: Invocation) -> Answered | Held:
        try:
            return await agent.run(plan, call)
        except PlanError as error:
            raise PlanFileError(shown_name(name), error.problems) from error

    return _run(options, work, note_of(options, "run"), saved=True)


def resume(
    run_id: str,
    options: Options,
    retry: Sequence[str],
    accept: Sequence[str],
    answer: str | None,
) -> Ending:
    """Go on with a run that was cut off, is paused, or did not come to an answer.

    Raises:
        BadInputError: An argument cannot be read.
        UnknownRunError: The journal holds no such run.
        RunBusy: Somebody else runs it.
        JournalError: The journal cannot be read or written.
    """
    values = accepted(accept)
    history = anyio.run(_history, run_id, options, retry, values)
    options = with_note(replace(options, run_id=run_id), history.note)
    if not history.question and not history.planned:
        raise BadInputError(f"run {run_id!r} holds no plan; run its plan again")

    said = _answer(run_id, history, answer)

    async def work(agent: Agent, call: Invocation) -> Answered | Held:
        call = replace(call, answers=said)
        if history.note.get("command") == "run":
            return await agent.run(history.plan, call)
        return await agent.answer("", call)

    return _run(options, work, {}, saved=history.note.get("command") == "run")


def _answer(run_id: str, history: History, answer: str | None) -> dict[str, Word]:
    """Return what the user says to the question that a run waits with.

    Raises:
        BadInputError: It asks nothing.
    """
    if answer is None:
        return {}
    if history.asked is None or history.reply is not None:
        raise BadInputError(f"run {run_id!r} asks nothing; leave --answer out")
    return {history.asked.digest: answer}


async def _history(
    run_id: str,
    options: Options,
    retry: Sequence[str],
    values: Mapping[str, object],
) -> History:
    """Return what a run has come to, once the user has said what is to be said."""
    journal = journal_of(options)
    if retry or values:
        await settle(journal, run_id, retry=retry, accept=values)
    return History.of(await journal.read(run_id))


def show_runs(options: Options, most: int) -> Ending:
    """List recorded runs.

    Raises:
        JournalError: The journal cannot be read.
    """
    screen = _screen()
    runs = anyio.run(listed, journal_of(options), most)
    if options.as_json:
        screen.write_json([asdict(run) for run in runs], 2)
    else:
        screen.write(table(runs, screen) or "no runs are recorded\n")
    return Ending(ANSWERED)


def write_plan(argument: str, options: Options, output: str | None) -> Ending:
    """Write the plan of a question, and draw it.

    Raises:
        BadInputError: The output file cannot be written.
        QuestionError: The question is empty, too long, or cannot be planned.
        SettingsError: Model or tools cannot be used.
        PlanError: The model found no valid plan.
        ModelError: The model could not be called.
    """
    question = read_question(argument)
    check_question(question)
    if output is not None:
        check_writable(output)
    screen = _screen()
    with _only_the_result(alone=options.as_json):
        crew = assemble(options)
        plan = anyio.run(_plan, crew, question)
    if output is not None:
        write_plan_file(output, plan)
    if options.as_json:
        screen.write_json(plan.model_dump(mode="json", exclude_defaults=True), 2)
    else:
        screen.write(_plan_page(plan, crew, screen, output))
    return Ending(ANSWERED)


async def _plan(crew: Crew, question: str) -> Plan:
    agent = crew.make()
    request = PlanRequest(question, agent.tools, emit=lambda _: None)
    return await agent.planner.plan(request)


def _plan_page(plan: Plan, crew: Crew, screen: Screen, output: str | None) -> str:
    drawing = to_text(
        plan,
        width=screen.size[0],
        colour=screen.colour,
        ascii_only=screen.ascii_only,
    )
    written = f"\nwritten to {printable(output)}\n" if output is not None else ""
    return f"{crew.header}\n\n{drawing}\n{screen.dim(written)}"


def _run(
    options: Options, work: Work, note: Mapping[str, object], *, saved: bool = False
) -> Ending:
    """Run an agent with a presenter looking on, and write what came of it."""
    screen = _screen()
    page = RunPage(options.html)
    board = Board(anyio.current_time, process_time)
    with _only_the_result(alone=options.as_json or options.quiet):
        crew = assemble(options, plans=not saved)
        presenter = _presenter(options, board, screen, crew, saved=saved)
        underway = Underway()

        async def begin(see: Observer) -> Answered | Held:
            agent = _before_the_user(crew.make(), options)
            seen = replace(agent, run_step=underway.around(agent.run_step))
            async with kept(options) as record:
                underway.run_id = None if record is None else record.run_id
                call = Invocation(page.beside(see), record, note=note)
                return await work(seen, call)

        with page.of_what_is_cut_off():
            outcome = run_watched(begin, board, presenter, underway)
    if isinstance(outcome, Held):
        page.write(outcome, "")
        return held_ending(outcome, recorded=underway.run_id is not None)
    run = outcome.run
    response = outcome.response or (ends_text(run) if saved else "")
    if options.as_json:
        run_id = underway.run_id or new_run_id()
        screen.write_json(run_document(run, response, run_id))
    elif options.quiet:
        screen.write(f"{_readable(response, screen)}\n")
    else:
        # Presenters show answers as they are written; others nobody has shown.
        if response and not (outcome.response and board.over):
            screen.write(f"\n{_readable(response, screen)}\n")
        local = crew.model is None and not options.tools and not saved
        gain = gain_line(run.report, crew.slots, local=local, computing=board.computing)
        _add(screen, gain, *calls_lines(run.report))
    # Last: a disk that is full shall cost the page alone.
    page.write(outcome, response)
    return ending_of(run, response)


def _before_the_user(agent: Agent, options: Options) -> Agent:
    """Let an agent ask the user, where there is one to ask."""
    if options.approve:
        agent = replace(agent, approver=TerminalApprover(agent.tools))
    return replace(agent, asker=TerminalAsker()) if answers() else agent


def _add(screen: Screen, *lines: str) -> None:
    """Write lines that say less than the answer, after an empty one."""
    shown = ("", *(_readable(line, screen) for line in lines))
    screen.write("".join(f"{screen.dim(line)}\n" for line in shown))


def _presenter(
    options: Options, board: Board, screen: Screen, crew: Crew, *, saved: bool
) -> Presenter:
    if options.as_json or options.quiet:
        return Silent()
    header = "a saved plan" if saved else crew.header
    # What is redrawn again and again leaves no line for a question to the user.
    if screen.terminal and not options.approve:
        return LivePresenter(board, screen, header, model=crew.model)
    return Plain(board, screen, header)


def _readable(response: str, screen: Screen) -> str:
    """Break lines for people; what a program reads keeps its own."""
    if screen.terminal:
        return wrapped(response, screen.size[0])
    return printable(response, lines=True)


def _screen() -> Screen:
    return Screen.of(sys.stdout, os.environ)


@contextmanager
def _only_the_result(*, alone: bool) -> Iterator[None]:
    """Keep what tools print out of an stdout that is for the result alone."""
    if not alone:
        yield
        return
    with redirect_stdout(sys.stderr):
        yield
