"""One question asked twice: steps side by side, then one at a time."""

from dagplan.cli.exits import BadInputError
from dagplan.cli.options import ModeName, Options
from dagplan.cli.tools_option import load_tools
from dagplan.scheduler import Run
from dagplan.tools.spec import as_tool
from dagplan.views.waterfall import duration

_FLAG = "--compare-sequential"


def require_comparable(options: Options) -> None:
    """Refuse what cannot be done twice, or has no second time.

    Raises:
        BadInputError: With the option, or the tool that has side effects.
    """
    for given, name, why in (
        (options.as_json, "--json", "prints one run"),
        (options.quiet, "--quiet", "prints nothing but the answer"),
        (options.run_id is not None, "--run-id", "names one run"),
        (options.mode is ModeName.SEQUENTIAL, "--mode sequential", "is one of the two"),
    ):
        if given:
            raise BadInputError(f"{_FLAG} asks twice, and {name} {why}; leave one out")
    for spec in (as_tool(tool).spec for tool in load_tools(options.tools) or ()):
        if spec.side_effects:
            raise BadInputError(
                f"{_FLAG} would run tool {spec.name!r} twice, which has side effects; "
                "compare without it"
            )


def comparison(parallel: Run, sequential: Run) -> str:
    """Say how long both took, from the question to the answer."""
    side, single = parallel.report.wall, sequential.report.wall
    said = f"side by side {duration(side)}, one at a time {duration(single)}: "
    said += f"{single / side:.2f}\N{MULTIPLICATION SIGN} as long"
    if parallel.plan == sequential.plan:
        return said
    first, second = len(parallel.plan.steps), len(sequential.plan.steps)
    return f"{said} (the plans differ: they have {first:,} and {second:,} steps)"
