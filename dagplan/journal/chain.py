"""Checksums by which a record shows that it is whole."""

from hashlib import blake2b

from dagplan.errors import CorruptJournalError

_BYTES = 8


def start(run_id: str) -> bytes:
    """Return the checksum with which the record of a run begins."""
    return blake2b(run_id.encode(), digest_size=_BYTES).digest()


def follow(before: bytes, kind: str, body: str) -> bytes:
    """Return the checksum of the next row, which holds for all rows up to it.

    So a row that is missing, changed, out of place or another run's is found.
    """
    return blake2b(before + f"{kind} {body}".encode(), digest_size=_BYTES).digest()


def check(found: bytes, expected: bytes, row: int) -> None:
    """Compare the checksum of a row.

    Raises:
        CorruptJournalError: They differ.
    """
    if found != expected:
        raise CorruptJournalError(f"row {row} is not what was written")
