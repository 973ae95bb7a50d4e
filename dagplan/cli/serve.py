"""`dagplan serve`: a page to ask questions on and to watch their runs."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from dagplan.cli.exits import ANSWERED, Ending
from dagplan.cli.options import (
    AnswerName,
    ApproveOption,
    ConcurrencyOption,
    ControlFlowName,
    ControlFlowOption,
    DeadlineOption,
    InstructionsOption,
    JournalOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    ModeName,
    Options,
    ReplanName,
    ReplanOption,
    RetriesOption,
    TimeoutOption,
    ToolsOption,
    WordingOption,
)
from dagplan.errors import SettingsError

if TYPE_CHECKING:
    from dagplan.server.host import Host

PortOption = Annotated[
    int,
    typer.Option(
        "--port",
        metavar="N",
        min=0,
        max=65_535,
        help="Where to listen on 127.0.0.1. Default: any port that is free.",
    ),
]


def serve(  # noqa: PLR0913, PLR0917 - one argument for each option
    port: PortOption = 0,
    model: ModelOption = None,
    tools: ToolsOption = None,
    replan: ReplanOption = ReplanName.IDLE,
    control_flow: ControlFlowOption = ControlFlowName.OPEN,
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
) -> Callable[[], Ending]:
    """Ask questions on a page in your browser and watch their runs; for you alone."""
    options = Options(
        model=model,
        tools=tuple(tools or ()),
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
    )
    return lambda: _serve(options, port)


def _serve(options: Options, port: int) -> Ending:
    """Serve until Ctrl-C.

    Raises:
        SettingsError: Model, tools or port cannot be used, or what serves is missing.
    """
    import anyio

    try:
        from dagplan.server.serving import serve as serve_pages
    except ImportError as error:
        raise SettingsError(
            f"serving needs {error.name}; install it with pip install 'dagplan[serve]'"
        ) from error
    host = host_of(options)
    try:
        anyio.run(serve_pages, host, port, _say)
    except KeyboardInterrupt:
        # The only way to end it, so no interruption.
        return Ending(ANSWERED)
    return Ending(ANSWERED)


def host_of(options: Options) -> "Host":
    """Resolve model and tools once, for all runs.

    Raises:
        SettingsError: Model or tools cannot be used.
    """
    from dagplan.cli.crew import assemble
    from dagplan.cli.keeping import journal_of, new_run_id, note_of
    from dagplan.server.host import Host

    modes = {mode.value: replace(options, mode=mode) for mode in ModeName}
    crews = {mode: assemble(chosen) for mode, chosen in modes.items()}
    return Host(
        lambda mode: crews[mode].make(),
        journal_of(options),
        crews["parallel"].header,
        lambda mode: note_of(modes[mode], "ask"),
        new_run_id,
    )


def _say(address: str) -> None:
    sys.stdout.write(f"open {address}\nCtrl-C ends it, and cancels what still runs\n")
    sys.stdout.flush()
