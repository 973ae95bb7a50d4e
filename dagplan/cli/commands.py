"""The commands: options in, a job out."""

from collections.abc import Callable
from typing import Annotated, cast

import typer

from dagplan.cli.exits import INTERRUPTED, Ending
from dagplan.cli.options import (
    AcceptOption,
    AnswerName,
    ApproveOption,
    CompareOption,
    ConcurrencyOption,
    ControlFlowName,
    ControlFlowOption,
    DeadlineOption,
    HtmlOption,
    InstructionsOption,
    JournalOption,
    JsonOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    ModeName,
    ModeOption,
    MostOption,
    NoJournalOption,
    Options,
    OutputOption,
    PlanArgument,
    QuestionArgument,
    QuietOption,
    ReplanName,
    ReplanOption,
    ReplyOption,
    RetriesOption,
    RetryOption,
    RunArgument,
    RunIdOption,
    TimeoutOption,
    ToolsOption,
    WordingOption,
)
from dagplan.cli.screen import OutputError
from dagplan.cli.serve import serve
from dagplan.cli.show import show

Job = Callable[[], Ending]
"""What a command line asks for; run outside the option parser."""

app = typer.Typer(
    name="dagplan",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from dagplan import __version__

        typer.echo(f"dagplan {__version__}")
        raise typer.Exit


@app.callback()
def dagplan(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Answer multi-part questions with a plan whose independent steps run together.

    Exit codes: 0 answered, 3 answered with failed or skipped steps, 1 no answer,
    2 bad input, 130 interrupted.
    """
    del version  # its callback has answered already


@app.command()
def ask(  # noqa: PLR0913, PLR0917 - one argument for each option
    question: QuestionArgument,
    model: ModelOption = None,
    tools: ToolsOption = None,
    mode: ModeOption = ModeName.PARALLEL,
    replan: ReplanOption = ReplanName.IDLE,
    control_flow: ControlFlowOption = ControlFlowName.OPEN,
    compare_sequential: CompareOption = False,
    max_concurrency: ConcurrencyOption = None,
    retries: RetriesOption = None,
    timeout: TimeoutOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    deadline: DeadlineOption = None,
    instructions: InstructionsOption = None,
    answer: WordingOption = AnswerName.AUTO,
    approve: ApproveOption = None,
    journal: JournalOption = None,
    no_journal: NoJournalOption = False,
    run_id: RunIdOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    html: HtmlOption = None,
) -> Job:
    """Plan a question, run the plan, and answer."""
    options = Options(
        model=model,
        tools=tuple(tools or ()),
        mode=mode,
        replan=replan,
        control_flow=control_flow,
        max_concurrency=max_concurrency,
        retries=retries,
        timeout=timeout,
        max_calls=max_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        deadline=deadline,
        instructions=instructions,
        answer=answer,
        approve=tuple(approve or ()),
        journal=journal,
        keeps=_keeps(journal, run_id, no_journal=no_journal),
        run_id=run_id,
        as_json=as_json,
        quiet=quiet,
        html=html,
    )

    def job() -> Ending:
        from dagplan.cli import jobs

        both = jobs.ask_in_both_modes if compare_sequential else jobs.ask
        return both(question, options)

    return job


@app.command()
def plan(
    question: QuestionArgument,
    output: OutputOption = None,
    model: ModelOption = None,
    tools: ToolsOption = None,
    instructions: InstructionsOption = None,
    as_json: JsonOption = False,
) -> Job:
    """Write the plan of a question without running it."""
    options = Options(
        model=model,
        tools=tuple(tools or ()),
        instructions=instructions,
        as_json=as_json,
    )

    def job() -> Ending:
        from dagplan.cli import jobs

        return jobs.write_plan(question, options, output)

    return job


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one argument for each option
    plan: PlanArgument,
    model: ModelOption = None,
    tools: ToolsOption = None,
    mode: ModeOption = ModeName.PARALLEL,
    max_concurrency: ConcurrencyOption = None,
    retries: RetriesOption = None,
    timeout: TimeoutOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    deadline: DeadlineOption = None,
    approve: ApproveOption = None,
    journal: JournalOption = None,
    no_journal: NoJournalOption = False,
    run_id: RunIdOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    html: HtmlOption = None,
) -> Job:
    """Run a saved plan."""
    options = Options(
        model=model,
        tools=tuple(tools or ()),
        mode=mode,
        max_concurrency=max_concurrency,
        retries=retries,
        timeout=timeout,
        max_calls=max_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        deadline=deadline,
        approve=tuple(approve or ()),
        journal=journal,
        keeps=_keeps(journal, run_id, no_journal=no_journal),
        run_id=run_id,
        as_json=as_json,
        quiet=quiet,
        html=html,
    )

    def job() -> Ending:
        from dagplan.cli import jobs

        return jobs.run_saved(plan, options)

    return job


@app.command()
def resume(  # noqa: PLR0913, PLR0917 - one argument for each option
    run_id: RunArgument,
    retry: RetryOption = None,
    accept: AcceptOption = None,
    answer: ReplyOption = None,
    model: ModelOption = None,
    tools: ToolsOption = None,
    max_concurrency: ConcurrencyOption = None,
    retries: RetriesOption = None,
    timeout: TimeoutOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    deadline: DeadlineOption = None,
    journal: JournalOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    html: HtmlOption = None,
) -> Job:
    """Go on with a run that was cut off or is paused; nothing finished is repeated.

    What is not given here is as it was when the run began.
    """
    options = Options(
        model=model,
        tools=tuple(tools or ()),
        max_concurrency=max_concurrency,
        retries=retries,
        timeout=timeout,
        max_calls=max_calls,
        max_tokens=max_tokens,
        max_cost=max_cost,
        deadline=deadline,
        journal=journal,
        as_json=as_json,
        quiet=quiet,
        html=html,
    )

    def job() -> Ending:
        from dagplan.cli import jobs

        retried, accepted = tuple(retry or ()), tuple(accept or ())
        return jobs.resume(run_id, options, retried, accepted, answer)

    return job


@app.command()
def runs(
    most: MostOption = 20,
    journal: JournalOption = None,
    as_json: JsonOption = False,
) -> Job:
    """List recorded runs, the newest first."""
    options = Options(journal=journal, as_json=as_json)

    def job() -> Ending:
        from dagplan.cli import jobs

        return jobs.show_runs(options, most)

    return job


def _keeps(journal: str | None, run_id: str | None, *, no_journal: bool) -> bool:
    if no_journal and (journal is not None or run_id is not None):
        raise typer.BadParameter(
            "--no-journal goes with neither --journal nor --run-id."
        )
    return not no_journal


def parse(arguments: list[str]) -> Job | int:
    """Read a command line.

    Returns:
        What it asks for; the exit code where help or version was wanted and written.

    Raises:
        OutputError: Help or version cannot be written.
        Exception: The command line cannot be read; typer has no public name for that
            error, which has a method `format_message`.
    """
    try:
        found = app(arguments, standalone_mode=False, prog_name="dagplan")
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except OSError as error:
        # The parser opens no file, it only writes.
        raise OutputError("standard output", error) from error
    if found == INTERRUPTED:
        # What typer makes of Ctrl-C.
        raise KeyboardInterrupt
    return cast("Job | int", found or 0)


app.command()(show)
app.command()(serve)
