"""A torn end of SQLite's log is told from damage before it."""

import sqlite3
from io import BytesIO

import pytest

from dagplan.journal.wal import is_damaged

PAGE = 512
FRAME = 24 + PAGE
COMMITS = 5


@pytest.fixture
def log(tmp_path):
    """Make a log of five transactions of SQLite's own."""
    return _log(tmp_path / "x.db", COMMITS)


def _log(path, commits, before=""):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        f"PRAGMA page_size={PAGE}; PRAGMA journal_mode=WAL;"
        f"CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE); {before}"
    )
    for number in range(commits):
        connection.execute("INSERT INTO t VALUES (?)", ("x" * 100 * number,))
    found = bytearray(path.with_name("x.db-wal").read_bytes())
    connection.close()
    return found


def ends(log):
    """Return where transactions end."""
    starts = range(32, len(log), FRAME)
    return [start + FRAME for start in starts if any(log[start + 4 : start + 8])]


def damaged(log):
    return is_damaged(BytesIO(log))


def test_a_log_that_sqlite_wrote_is_whole(log):
    assert len(ends(log)) == COMMITS
    assert not damaged(log)
    assert not damaged(b"")


def test_a_log_that_ends_in_a_transaction_is_not_damaged(log):
    for size in range(len(log)):
        assert not damaged(log[:size])


def test_a_flip_in_the_last_transaction_may_be_a_torn_write(log):
    last = ends(log)[-2]
    for place in range(last, len(log), 7):
        if 4 <= (place - 32) % FRAME < 8:
            continue  # a transaction that seems to end earlier looks like two
        log[place] ^= 4
        assert not damaged(log)
        log[place] ^= 4


def test_a_flip_before_the_last_two_transactions_is_damage(log):
    early = ends(log)[-3]
    for place in range(0, early, 3):
        log[place] ^= 4
        assert damaged(log), place
        log[place] ^= 4


def test_zeros_at_the_end_are_a_torn_write(log):
    log[ends(log)[-2] :] = bytes(len(log) - ends(log)[-2])
    assert not damaged(log)


def test_what_an_older_log_left_behind_is_none_of_it(tmp_path):
    # The log is begun anew at its start, once it was taken over; it keeps its size.
    older = "".join(f"INSERT INTO t VALUES ('{n}');" for n in range(50))
    log = _log(tmp_path / "x.db", 2, f"{older} PRAGMA wal_checkpoint(FULL);")
    salts = {bytes(log[start + 8 : start + 16]) for start in range(32, len(log), FRAME)}
    assert len(salts) == 2
    assert not damaged(log)
    first = ends(log)[0]
    log[first + 100] ^= 1
    assert not damaged(log)


@pytest.mark.parametrize("size", [1, 31])
def test_half_a_header_is_a_torn_write(log, size):
    assert not damaged(log[:size])


def test_a_header_without_frames_lacks_nothing(log):
    assert not damaged(log[:32])
    log[5] ^= 1
    assert not damaged(log[:32])


def test_checksums_of_the_other_byte_order_are_read(log):
    assert log[3] & 1 == 0  # this machine writes them in its own order
    swapped = bytearray(log)
    swapped[3] |= 1
    _resum(swapped)
    assert not damaged(swapped)
    swapped[200] ^= 1
    assert damaged(swapped)


def _resum(log):
    """Write the checksums as a machine of the other byte order would."""
    sums = _sum(log[:24], (0, 0))
    log[24:32] = b"".join(value.to_bytes(4, "big") for value in sums)
    for start in range(32, len(log), FRAME):
        sums = _sum(log[start : start + 8], sums)
        sums = _sum(log[start + 24 : start + FRAME], sums)
        log[start + 16 : start + 24] = b"".join(v.to_bytes(4, "big") for v in sums)


def _sum(data, sums):
    one, two = sums
    for at in range(0, len(data), 8):
        one = (one + int.from_bytes(data[at : at + 4], "big") + two) % 2**32
        two = (two + int.from_bytes(data[at + 4 : at + 8], "big") + one) % 2**32
    return one, two
