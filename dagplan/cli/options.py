"""What can be asked for on the command line."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Annotated

import typer

from dagplan.errors import QuestionError

_MOST_BYTES = 400_000  # of a question; four for each character that may be asked


class AnswerName(StrEnum):
    """Who words the answer."""

    AUTO = "auto"
    MODEL = "model"
    TEMPLATE = "template"


class ModeName(StrEnum):
    """How steps run."""

    PARALLEL = "parallel"
    SEQUENTIAL = "sequential"


class ControlFlowName(StrEnum):
    """Whether what steps find may change what is called."""

    OPEN = "open"
    STRICT = "strict"


class ReplanName(StrEnum):
    """When the plan may be revised."""

    IDLE = "idle"
    EAGER = "eager"
    STEP = "step"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Options:
    """Options that the commands share.

    Attributes:
        model: Name of the model; None for what the environment says.
        tools: `MODULE:NAME`s.
        mode: Whether steps run side by side.
        replan: When the plan may be revised.
        control_flow: Whether whoever revises it sees what steps found.
        max_concurrency: How many at once; None for the default.
        retries: How often steps and calls that plan or answer are tried again; None
            for the default.
        timeout: Seconds for one attempt at a step; None for no limit.
        max_calls: Calls of models, the answering one on top; None for no bound.
        max_tokens: Tokens that they read and write; None for no bound.
        max_cost: US dollars that they cost; None for no bound.
        deadline: Seconds for the whole run; None for no bound.
        instructions: What the user wants of every plan and answer.
        answer: Who words the answer.
        approve: What the user approves of first.
        journal: File in which the run is recorded; None for the default one.
        keeps: Whether the run is recorded.
        run_id: Names the run; None for a new one.
        as_json: Whether to print one JSON object and nothing else.
        quiet: Whether to print the answer and nothing else.
        html: File to write the page of the run to; None for none.
    """

    model: str | None = None
    tools: tuple[str, ...] = ()
    mode: ModeName = ModeName.PARALLEL
    replan: ReplanName = ReplanName.IDLE
    control_flow: ControlFlowName = ControlFlowName.OPEN
    max_concurrency: int | None = None
    retries: int | None = None
    timeout: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    deadline: float | None = None
    instructions: str | None = None
    answer: AnswerName = AnswerName.AUTO
    approve: tuple[str, ...] = ()
    journal: str | None = None
    keeps: bool = True
    run_id: str | None = None
    as_json: bool = False
    quiet: bool = False
    html: str | None = None


def _seconds(value: float | None) -> float | None:
    return _above_0(value, "seconds")


def _dollars(value: float | None) -> float | None:
    return _above_0(value, "dollars")


def _above_0(value: float | None, unit: str) -> float | None:
    # Beside 0 and less: infinity and what is no number, which are floats as well.
    if value is not None and not (isfinite(value) and value > 0):
        raise typer.BadParameter(f"{value:g} is not a number of {unit} above 0.")
    return value


QuestionArgument = Annotated[
    str,
    typer.Argument(metavar="QUESTION", help="The question; - reads it from stdin."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Model that plans and answers, such as openai:gpt-5-mini; "
        "offline for none. Default: what the environment says.",
    ),
]
ToolsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tools",
        metavar="MODULE:NAME",
        help="Tools in place of the default ones: a function, a langchain tool or a "
        "list of them. May be given several times.",
    ),
]
ModeOption = Annotated[
    ModeName,
    typer.Option("--mode", help="sequential runs one step at a time, to compare."),
]
ControlFlowOption = Annotated[
    ControlFlowName,
    typer.Option(
        "--control-flow",
        help="strict keeps what steps found from whoever decides what is called next, "
        "so that no text found can change that.",
    ),
]
ReplanOption = Annotated[
    ReplanName,
    typer.Option(
        "--replan",
        help="When the plan may be revised: once nothing more can start, as soon as a "
        "step has failed, after each step, or never.",
    ),
]
CompareOption = Annotated[
    bool,
    typer.Option(
        "--compare-sequential",
        help="Ask a second time, one step at a time, and say how the times compare.",
    ),
]
ConcurrencyOption = Annotated[
    int | None,
    typer.Option(
        "--max-concurrency",
        metavar="N",
        min=1,
        help="How many steps may run at once. Default: 16.",
    ),
]
RetriesOption = Annotated[
    int | None,
    typer.Option(
        "--retries",
        metavar="N",
        min=0,
        help="How often steps, planning and answering are tried again after an error "
        "that may pass by itself, such as a lost connection. Default: 2.",
    ),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        callback=_seconds,
        help="How long one attempt at a step may take. Default: no limit.",
    ),
]
MaxCallsOption = Annotated[
    int | None,
    typer.Option(
        "--max-calls",
        metavar="N",
        min=1,
        help="Calls of models after which nothing new starts and the answer is made "
        "from what is there; that call comes on top. Default: no bound.",
    ),
]
MaxTokensOption = Annotated[
    int | None,
    typer.Option(
        "--max-tokens",
        metavar="N",
        min=1,
        help="The same for tokens read and written.",
    ),
]
MaxCostOption = Annotated[
    float | None,
    typer.Option(
        "--max-cost",
        metavar="DOLLARS",
        callback=_dollars,
        help="The same for US dollars by list price; needs models with a known one.",
    ),
]
DeadlineOption = Annotated[
    float | None,
    typer.Option(
        "--deadline",
        metavar="SECONDS",
        callback=_seconds,
        help="The same for the time that the run takes; what runs then is cancelled.",
    ),
]
InstructionsOption = Annotated[
    str | None,
    typer.Option(
        "--instructions",
        metavar="TEXT",
        help="What a model is to mind in every plan and answer.",
    ),
]
WordingOption = Annotated[
    AnswerName,
    typer.Option(
        "--answer",
        help="Who words the answer: the plan's template if it can, else the model "
        "(auto); always the model; or the template, which fails where it will not do.",
    ),
]
ApproveOption = Annotated[
    list[str] | None,
    typer.Option(
        "--approve",
        metavar="WHAT",
        help="Ask before it is run: plan, side_effects or the name of a tool. May be "
        "given several times.",
    ),
]
JournalOption = Annotated[
    str | None,
    typer.Option(
        "--journal",
        metavar="FILE",
        help="Record runs in this file, so that a crash loses no finished step. "
        "Default: runs.db in the user's state folder.",
    ),
]
NoJournalOption = Annotated[
    bool, typer.Option("--no-journal", help="Do not record the run.")
]
RunIdOption = Annotated[
    str | None,
    typer.Option(
        "--run-id",
        metavar="ID",
        help="Name of the run; one that is recorded already goes on.",
    ),
]
RetryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--retry",
        metavar="STEP",
        help="Run this step again, of which nobody knows whether it was done.",
    ),
]
AcceptOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="STEP=VALUE",
        help="Take such a step as done, and this as what it found (JSON, else text).",
    ),
]
ReplyOption = Annotated[
    str | None,
    typer.Option(
        "--answer",
        metavar="TEXT",
        help="Answer the question with which the run waits.",
    ),
]
RunArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the run.")]
MostOption = Annotated[
    int,
    typer.Option("--most", "-n", metavar="N", min=1, help="How many, newest first."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object and nothing else.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print the answer and nothing else.")
]
HtmlOption = Annotated[
    str | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Write a page to this file with all that is known of the run, however it "
        "ends: graph, timeline, every step. It needs no network.",
    ),
]
OutputOption = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write the plan to this file; dagplan run FILE runs it.",
    ),
]
PlanArgument = Annotated[
    str,
    typer.Argument(metavar="FILE", help="The plan as JSON; - reads it from stdin."),
]


def read_question(argument: str) -> str:
    """Return the question of the command line, or of stdin where that says `-`.

    Raises:
        QuestionError: It is not UTF-8, or too long to be one.
    """
    if argument == "-":
        return _question_on_stdin()
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise QuestionError("the question is not UTF-8; write it in UTF-8") from None
    return argument


def _question_on_stdin() -> str:
    if sys.stdin is None:
        raise QuestionError("stdin is closed; give the question as an argument")
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise QuestionError(
            f"the question on stdin has more than {_MOST_BYTES:,} bytes; shorten it"
        )
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise QuestionError("the question on stdin is not UTF-8 text") from None
