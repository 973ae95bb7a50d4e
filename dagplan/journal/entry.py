"""The way in: who may go on with a run, and whether the file can be trusted.

Beside the file is a folder with a lock file for each run that is owned, and the gate:
a lock that is held for the moment in which somebody looks who owns what and becomes an
owner. So nobody sees half of that, two who come at once get one owner, and a lock file
that is there is signed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from dagplan.errors import RunBusy
from dagplan.journal.database import create
from dagplan.journal.lock import LockFile, Mark, Owner, owner_of


def own(path: Path, run_id: str) -> tuple[LockFile, Mark | None]:
    """Become the owner of a run, and make the file if need be.

    Returns:
        What is held until the run is given up, and what an owner left who crashed.

    Raises:
        RunBusy: It has one.
        OSError: The file or the folder of the locks cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _gate(path):
        place = _place(path, run_id)
        lock = LockFile.take(place)
        if lock is None:
            owner = owner_of(place) or Owner(None, None)
            raise RunBusy(run_id, pid=owner.pid, host=owner.host)
        with kept_on_failure(lock) as mark:
            lock.sign()
            create(path)
            return lock, mark


@contextmanager
def kept_on_failure(lock: LockFile) -> Iterator[Mark | None]:
    """Give a lock up if something fails, but leave the mark that was found in it."""
    mark = None
    try:
        mark = lock.left_mark()
        yield mark
    except BaseException:
        if mark is None:
            lock.give_up()
        else:
            lock.leave()
        raise


def owner(path: Path, run_id: str) -> Owner | None:
    """Return who owns a run; None if nobody does.

    Raises:
        OSError: The folder of the locks cannot be used.
    """
    place = _place(path, run_id)
    if not place.exists():
        return None
    with _gate(path):
        return owner_of(place)


@contextmanager
def _gate(path: Path) -> Iterator[None]:
    lock = LockFile.take(_folder(path) / ".gate", wait=True)
    assert lock is not None
    try:
        yield
    finally:
        lock.give_up()


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.name}.locks")


def _place(path: Path, run_id: str) -> Path:
    # Where file names are the same in small and capital letters, run ids are not.
    told_apart = blake2b(run_id.encode(), digest_size=4).hexdigest()
    return _folder(path) / f"{run_id}.{told_apart}"
