"""The way in: who may go on with a run, and whether the file can be trusted.

Beside the file is a folder with a lock file for each run that is owned, and the gate:
a lock that is held for the moment in which somebody looks who owns what and becomes an
owner. So nobody sees half of that, two who come at once get one owner, and a lock file
that is there is signed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from dagplan.errors import RunBusy
from dagplan.journal.database import create
from dagplan.journal.failures import corrupt
from dagplan.journal.lock import LockFile, Mark, Owner, mark_at, owner_of
from dagplan.journal.wal import is_damaged

_GATE = ".gate"


@dataclass(frozen=True, slots=True)
class Admission:
    """What an owner got at the gate.

    Attributes:
        lock: Held until the run is given up.
        marks: What owners left who crashed, by run.
        is_first: Whether nobody else owned a run.
    """

    lock: LockFile
    marks: Mapping[str, Mark]
    is_first: bool


def own(path: Path, run_id: str) -> Admission:
    """Become the owner of a run, and make the file if need be.

    Raises:
        RunBusy: It has one.
        CorruptJournalError: The log is damaged, or the file is gone.
        OSError: The file or the folder of the locks cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _gate(path):
        place = _place(path, run_id)
        lock = LockFile.take(place)
        if lock is None:
            owner = owner_of(place) or Owner(None, None)
            raise RunBusy(run_id, pid=owner.pid, host=owner.host)
        with kept_on_failure(lock):
            lock.sign()
            is_first = _check_log(path, but=place)
            marks = _marks(path)
            create(path)
            return Admission(lock, marks, is_first)


def look(path: Path) -> Mapping[str, Mark]:
    """Check what can only be checked before the file is opened.

    Returns:
        What owners know to be recorded, those who crashed included, by run.

    Raises:
        CorruptJournalError: Its log is damaged, or it is gone.
        OSError: The folder of the locks cannot be used.
    """
    with _gate(path):
        _check_log(path)
        return _marks(path)


def _check_log(path: Path, but: Path | None = None) -> bool:
    """Check the log that is left of a crash, behind the gate.

    SQLite would drop what is damaged and what follows it. While somebody owns a run
    the log is being written, and was checked by the first who came; owners write,
    nobody else does. So where there is none, what is read here stands still; the most
    that readers do is to take all of it over and remove it.

    Returns:
        False where somebody else owns a run, so that it could not be checked.
    """
    if _others(path, but):
        return False
    log = path.with_name(f"{path.name}-wal")
    try:
        file = log.open("rb")
    except FileNotFoundError:
        return True
    with file:
        damaged = is_damaged(file)
        is_alone = not path.exists() and file.tell() > 0
    if damaged or is_alone:
        what = "is damaged" if damaged else "is there and the file is not"
        raise corrupt(path, f"its log {log.name!r} {what}")
    return True


def _others(path: Path, but: Path | None) -> bool:
    """Tell whether somebody else owns a run."""
    return any(owner_of(place) is not None for place in _places(path) if place != but)


def _marks(path: Path) -> dict[str, Mark]:
    found = {place.name.partition(".")[0]: mark_at(place) for place in _places(path)}
    marks = {run_id: mark for run_id, mark in found.items() if mark is not None}
    if marks and not path.exists():
        raise corrupt(
            path,
            f"it is gone, and run {min(marks)!r} was in it (to begin anew here remove "
            f"'{path.name}.locks')",
        )
    return marks


@contextmanager
def kept_on_failure(lock: LockFile) -> Iterator[None]:
    """Give a lock up if something fails, but leave the mark that is in it."""
    try:
        yield
    except BaseException:
        if mark_at(lock.path) is None:
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
    lock = LockFile.take(_folder(path) / _GATE, wait=True)
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


def _places(path: Path) -> list[Path]:
    folder = _folder(path)
    return [place for place in folder.iterdir() if place.name != _GATE]
