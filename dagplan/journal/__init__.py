"""What survives a crash: the events of runs, each run by its id.

A result is recorded before anyone may see it, so that a run that is cut off goes on
where it was. Whatever is not exactly what was written is an error, never other data.

Objects:
    `MemoryJournal` (memory.py), `SqliteJournal` (sqlite.py): the journals.
    `settle` (settle.py): the user's word about steps of which nobody knows the end.
    `listed` (listing.py): the recorded runs, each in one line.
    `encode`, `decode` (codec.py): an event as text.
    `Head` (ledger.py): how far a run is recorded; checksums tie all of it together.
    `connect` (database.py): the file: its tables, its version, how it is made.
    `LockFile` (lock.py): held by the one owner of a run, and gone with its process.
    `own` (entry.py): the way in, past the gate.
    `is_damaged` (wal.py): whether SQLite's log lacks what had been committed.
    `Writer` (writer.py): the thread that commits what waits, while a run is open.
    `explained` (failures.py): what an error of SQLite or of the system means.

Invariants: events of one `append` are recorded all or none, and it returns only when
they are on the disk; a run has one owner, across processes; what a journal gives back
is what went in, or a typed error; the event loop never waits for a file.
"""

from dagplan.journal.lock import Owner
from dagplan.journal.memory import MemoryJournal
from dagplan.journal.settle import settle
from dagplan.journal.sqlite import SqliteJournal

__all__ = ["MemoryJournal", "Owner", "SqliteJournal", "settle"]
