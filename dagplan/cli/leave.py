"""Leaves the program, whatever its threads still do."""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from dagplan.cli.exits import INTERRUPTED

_PATIENCE = 1.0  # seconds for last words; Ctrl-C is to be heard within two


def leave(code: int) -> NoReturn:
    """Leave the program.

    A tool in a thread cannot be cancelled, and a thread that was given up would hold
    the exit for as long as it likes.
    """
    me = threading.current_thread()
    others = [t for t in threading.enumerate() if t is not me and not t.daemon]
    if others or code == INTERRUPTED:
        leave_now(code)
    sys.exit(code)


def leave_now(
    code: int, *last: Callable[[], object], patience: float = _PATIENCE
) -> NoReturn:
    """End the process at once; what was written is flushed first.

    Args:
        code: The exit code.
        last: What else to do before, in order; what one raises does not keep the others
            from being done.
        patience: Seconds after which the process ends whatever is left to do.
    """
    # A tool in a thread may hold a stream that nobody reads any more: last words must
    # not wait for it.
    in_time = threading.Timer(patience, os._exit, [code])
    in_time.daemon = True
    in_time.start()
    streams = (s for s in (sys.stdout, sys.stderr) if s is not None)
    for act in (*last, *(stream.flush for stream in streams)):
        # There is nobody left to tell.
        with suppress(Exception):
            act()
    os._exit(code)
