"""What survives a crash: the events of runs, and nothing besides.

The state of a run is a fold over its events (`dagplan.history`). An append returns only
when no crash can undo it, and the scheduler shows and begins nothing before that; so
whatever somebody has seen is here.

Objects:
    `SqliteJournal` (sqlite.py): one file, for several processes. Its `Writer`
        (writer.py) is the one thread that writes, and commits together what waits
        together; schema.py has the tables and how they grow.
    `MemoryJournal` (memory.py): the same for as long as the process lasts.
    `FileLock` (lock.py): each run has one owner, which the system knows to be alive.
    `settle` (settle.py): the user's word about steps with side effects that had begun
        when a run was cut off.
    codec.py: events as JSON and back, exactly. chain.py: checksums over all rows of a
        run. wal.py: whether SQLite would lose committed rows of a broken disk.

Invariants: all events of an append are recorded or none; what is read is exactly what
was appended, or a `CorruptJournalError`; nothing here knows what a run means.
"""

from dagplan.journal.lock import Owner
from dagplan.journal.memory import MemoryJournal
from dagplan.journal.settle import settle
from dagplan.journal.sqlite import SqliteJournal

__all__ = ["MemoryJournal", "Owner", "SqliteJournal", "settle"]
