"""What the commands do: ask a question, write a plan, run a plan."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from time import process_time
from uuid import uuid4

import anyio

from dagplan.agent.answer import Agent, Answered, check_question
from dagplan.cli.board import Board
from dagplan.cli.crew import Crew, assemble
from dagplan.cli.document import run_document
from dagplan.cli.exits import (
    ANSWERED,
    Ending,
    PlanFileError,
)
from dagplan.cli.gain import calls_lines, gain_line
from dagplan.cli.live import LivePresenter
from dagplan.cli.options import Options, read_question
from dagplan.cli.outcome import ending_of, ends_text
from dagplan.cli.plain import Plain
from dagplan.cli.plan_file import (
    check_writable,
    read_plan_file,
    shown_name,
    write_plan_file,
)
from dagplan.cli.present import Presenter, Silent
from dagplan.cli.screen import Screen
from dagplan.cli.underway import Underway
from dagplan.cli.watch import run_watched
from dagplan.cli.wrap import wrapped
from dagplan.errors import PlanError
from dagplan.plan import Plan
from dagplan.protocols import Observer, PlanRequest
from dagplan.views import printable, to_text

Work = Callable[[Agent, Observer], Awaitable[Answered]]


def ask(argument: str, options: Options) -> Ending:
    """Answer a question.

    Raises:
        QuestionError: The question is empty, too long, or cannot be planned.
        SettingsError: Model or tools cannot be used.
        PlanError: The model found no valid plan.
        ModelError: The model could not be called.
    """
    question = read_question(argument)
    check_question(question)
    return _run(options, lambda agent, see: agent.answer(question, see))


def run_saved(name: str, options: Options) -> Ending:
    """Run a saved plan.

    Raises:
        BadInputError: The file cannot be read, or holds no plan that can run.
        SettingsError: Model or tools cannot be used.
    """
    plan = read_plan_file(name)

    async def work(agent: Agent, see: Observer) -> Answered:
        try:
            return await agent.run(plan, see)
        except PlanError as error:
            raise PlanFileError(shown_name(name), error.problems) from error

    return _run(options, work, saved=True)


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


def _run(options: Options, work: Work, *, saved: bool = False) -> Ending:
    """Run an agent with a presenter looking on, and write what came of it."""
    screen = _screen()
    board = Board(anyio.current_time, process_time)
    with _only_the_result(alone=options.as_json or options.quiet):
        crew = assemble(options, plans=not saved)
        presenter = _presenter(options, board, screen, crew, saved=saved)
        underway = Underway()

        def begin(see: Observer) -> Awaitable[Answered]:
            agent = crew.make()
            seen = replace(agent, run_step=underway.around(agent.run_step))
            return work(seen, see)

        answered = run_watched(begin, board, presenter, underway)
    run = answered.run
    response = answered.response or (ends_text(run) if saved else "")
    if options.as_json:
        screen.write_json(run_document(run, response, uuid4().hex))
    elif options.quiet:
        screen.write(f"{_readable(response, screen)}\n")
    else:
        # Presenters show answers as they are written; this one nobody wrote.
        if not answered.response and response:
            screen.write(f"\n{_readable(response, screen)}\n")
        local = crew.model is None and not options.tools and not saved
        gain = gain_line(run.report, crew.slots, local=local, computing=board.computing)
        lines = [_readable(line, screen) for line in (gain, *calls_lines(run.report))]
        screen.write("".join(f"{screen.dim(line)}\n" for line in ("", *lines)))
    return ending_of(run, response)


def _presenter(
    options: Options, board: Board, screen: Screen, crew: Crew, *, saved: bool
) -> Presenter:
    if options.as_json or options.quiet:
        return Silent()
    header = "a saved plan" if saved else crew.header
    if screen.terminal:
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
