"""A lock has one holder, goes with its process, and leaves nothing behind."""

import os
import socket
import subprocess
import sys
import threading

import pytest

from dagplan.journal.lock import LockFile, Mark, Owner, mark_at, owner_of

HERE = Owner(os.getpid(), socket.gethostname())


@pytest.fixture
def place(tmp_path):
    return tmp_path / "locks" / "run"


def taken(place, **options):
    lock = LockFile.take(place, **options)
    assert lock is not None
    return lock


def test_a_lock_has_one_holder_in_a_process_too(place):
    lock = taken(place)
    lock.sign()
    assert LockFile.take(place) is None
    assert owner_of(place) == HERE
    lock.give_up()
    taken(place).give_up()


def test_nothing_is_left_of_a_lock_that_was_given_up(place):
    lock = taken(place)
    other = taken(place.with_name("other"))
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    lock.give_up()
    assert [*place.parent.iterdir()] == [other.path]
    other.give_up()
    assert not place.parent.exists()


def test_to_give_up_twice_does_no_harm_to_the_next_holder(place):
    lock = taken(place)
    lock.give_up()
    other = taken(place)
    lock.give_up()
    lock.mark(Mark(1, bytes(16)))
    assert LockFile.take(place) is None
    other.give_up()


def test_nobody_owns_what_nobody_took(place):
    assert owner_of(place) is None
    assert not place.parent.exists()


def test_a_holder_that_has_not_signed_yet_is_one(place):
    lock = taken(place)
    assert owner_of(place) == Owner(None, None)
    lock.mark(Mark(1, bytes(16)))
    assert owner_of(place) == Owner(None, None)
    lock.give_up()


def test_the_mark_of_a_holder_that_crashed_is_found(place):
    lock = taken(place)
    assert mark_at(place) is None
    lock.sign()
    lock.mark(Mark(3, b"x" * 16))
    lock.mark(Mark(2**40, b"y" * 16))
    lock.leave()
    assert owner_of(place) is None
    lock = taken(place)
    assert mark_at(place) == Mark(2**40, b"y" * 16)
    lock.sign()
    assert mark_at(place) == Mark(2**40, b"y" * 16)
    assert owner_of(place) == HERE
    lock.give_up()


def test_half_a_mark_is_none(place):
    lock = taken(place)
    lock.mark(Mark(3, b"x" * 16))
    with place.open("r+b") as file:
        file.seek(520)
        file.write(b"\xff")
    assert mark_at(place) is None
    lock.give_up()


def test_whoever_waits_gets_the_lock_when_it_is_given_up(place):
    lock = taken(place)
    code = (
        "import sys; from pathlib import Path\n"
        "from dagplan.journal.lock import LockFile\n"
        "print('here', flush=True)\n"
        "lock = LockFile.take(Path(sys.argv[1]), wait=True); lock.sign()\n"
        "print('got it', flush=True); sys.stdin.read(); lock.give_up()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "here\n"
        lock.give_up()
        assert other.stdout.readline() == "got it\n"
        assert owner_of(place) == Owner(other.pid, HERE.host)
        assert LockFile.take(place) is None
        other.communicate()
    assert not place.parent.exists()


def test_a_process_that_is_killed_leaves_the_lock_to_others(place):
    code = (
        "import sys; from pathlib import Path\n"
        "from dagplan.journal.lock import LockFile, Mark\n"
        "lock = LockFile.take(Path(sys.argv[1])); lock.sign()\n"
        "lock.mark(Mark(7, b'm' * 16)); print('mine', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "mine\n"
        assert owner_of(place) == Owner(other.pid, HERE.host)
        assert LockFile.take(place) is None
        other.kill()
    assert owner_of(place) is None
    lock = taken(place)
    assert mark_at(place) == Mark(7, b"m" * 16)
    lock.give_up()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 600,
        b"[]",
        b'{"pid": "1", "host": "h"}',
        b'{"pid": 1}',
        b"{" * 512,
    ],
)
def test_an_owner_that_cannot_be_read_is_one(place, content):
    lock = taken(place)
    place.write_bytes(content)
    assert owner_of(place) == Owner(None, None)
    assert mark_at(place) is None
    lock.give_up()


def test_locks_that_come_and_go_have_one_holder_at_a_time(place):
    # Each that is given up is unlinked under the hands of those who wait for it.
    holders: list[int] = []
    most: list[int] = []

    def use():
        for _ in range(60):
            lock = taken(place, wait=True)
            holders.append(1)
            most.append(len(holders))
            holders.pop()
            lock.give_up()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 240
    assert not place.parent.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_that_outlives_its_parent_does_not_keep_the_lock(place):
    lock = taken(place)
    (begun, begins), (over, ends) = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        os.write(begins, b"!")
        os.close(ends)
        os.read(over, 1)  # until the test is over
        os._exit(0)
    os.read(begun, 1)
    lock.leave()
    again = LockFile.take(place)
    for end in (begun, begins, over, ends):
        os.close(end)
    os.waitpid(child, 0)
    assert again is not None
    again.give_up()


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links are followed here")
def test_a_link_is_not_followed(place, tmp_path):
    place.parent.mkdir()
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        LockFile.take(place)
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_a_link_to_nowhere_is_none(place, tmp_path):
    place.parent.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        LockFile.take(place)


def test_a_folder_that_is_a_file_is_none(place):
    place.parent.touch()
    with pytest.raises(NotADirectoryError):
        LockFile.take(place)
