"""An error on one line, as events and results carry it."""

from dagplan.errors import DagplanError

_LONGEST = 2_000  # characters of a message that are kept


def one_line(error: BaseException) -> str:
    """Return what an error says, with its class unless it is one of dagplan's own."""
    kind = type(error).__name__
    text = " ".join(_message(error)[:_LONGEST].split())
    # Names of files and the like may hold bytes that are no text; models, journals and
    # terminals take text only.
    text = text.encode(errors="replace").decode()
    # dagplan's own errors are sentences; others often are a bare word or nothing.
    shown = text if isinstance(error, DagplanError) and text else f"{kind}: {text}"
    return shown.rstrip(": ")


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:  # noqa: BLE001 - its failure must not become the run's
        return f"its message cannot be read: {type(broken).__name__}"
