"""What running steps side by side bought, in one honest line."""

from dagplan.report import RunReport
from dagplan.views.waterfall import duration

_TOO_SHORT = 0.05  # seconds of work: less than anybody notices, or can measure
_NOTICEABLE = 1.05
_WORTH_NAMING = 0.01  # of the whole time


def gain_line(
    report: RunReport,
    slots: int | None,
    *,
    local: bool = False,
    computing: float = 0.0,
) -> str:
    """Say what a run took, and what the same calls take one at a time.

    Args:
        report: The figures of the run; nothing else is claimed.
        slots: How many steps could run at once; None for no limit.
        local: Whether no step can have left the machine.
        computing: Seconds that the process itself computed while steps ran.
    """
    ran = sum(n for status, n in report.steps.items() if status != "skipped")
    if not ran:
        return "no step ran"
    steps = f"{ran:,} step{'' if ran == 1 else 's'}"
    if _working(report) < _TOO_SHORT:
        return f"{_short(report, steps, local=local)}: {_nothing_to_gain(ran)}"
    if ran > 1 and computing > _working(report) / 3:
        # Threads of Python compute in turns: each waits for the others meanwhile, and
        # the sum of their times would promise a gain that nobody gets.
        took = _short(report, steps, local=False)
        return f"{took}, much of it computing: what side by side gained cannot be told"
    wall = duration(report.wall)
    if ran == 1:
        said = f"in {wall}: {_nothing_to_gain(ran)}"
    elif slots == 1:
        said = f"one at a time in {wall}"
    else:
        serial = duration(report.serial_sum)
        said = f"in {wall}; one at a time {serial}: {_factor(report)}"
    return f"{steps} {said} ({_parts(report)})"


def calls_lines(report: RunReport) -> list[str]:
    """Say how often models were called, and what that came to, if they were."""
    used = report.usage
    if not used.calls:
        return []
    said = f"{used.calls:,} model call{'' if used.calls == 1 else 's'}"
    tokens = used.tokens
    if not tokens.total:
        return [f"{said}; the provider did not count tokens"]
    cached = f" ({tokens.cached:,} of them from a cache)" if tokens.cached else ""
    read = f"{tokens.input:,} tokens read{cached}, {tokens.output:,} written"
    return [f"{said}; {read}; {used.price_phrase}"]


def _working(report: RunReport) -> float:
    """Return the seconds in which steps ran."""
    return report.wall - report.planning - report.answering


def _factor(report: RunReport) -> str:
    if report.speedup < _NOTICEABLE:
        return "nothing gained"
    return f"{report.speedup:.1f}\N{MULTIPLICATION SIGN} as fast"


def _nothing_to_gain(ran: int) -> str:
    if ran == 1:
        return "nothing to run side by side"
    return "nothing to gain from running side by side"


def _short(report: RunReport, steps: str, *, local: bool) -> str:
    where = ", all local," if local else ""
    took = f"{steps}{where} in {duration(_working(report))}"
    if report.planning < _TOO_SHORT:
        return took
    return f"{took} after {duration(report.planning)} of planning"


def _parts(report: RunReport) -> str:
    """Name the parts of which no schedule could be shorter."""
    chain = report.critical_path - report.planning - report.answering
    parts = [
        ("planning", report.planning),
        ("longest chain", chain),
        ("answer", report.answering),
    ]
    least = _WORTH_NAMING * report.wall
    return ", ".join(
        f"{name} {duration(seconds)}"
        for name, seconds in parts
        if seconds >= least or name == "longest chain"
    )
