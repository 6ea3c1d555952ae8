"""A file appears whole or not at all, and stays what it was: link, device, mode, owner."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kwise._atomic import write_text, written_whole

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.txt"
    path.write_text("old and long\n")
    return path


def write(path: Path, content: bytes) -> None:
    with written_whole(path) as file:
        file.write(content)


def fail(path: Path, error: type[BaseException]) -> None:
    with written_whole(path) as file:
        file.write(b"half")
        raise error


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_new_file_is_as_open_as_the_umask_allows(tmp_path: Path) -> None:
    for mask, expected in [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)]:
        before = os.umask(mask)
        try:
            write(tmp_path / f"{mask}", b"x")
        finally:
            os.umask(before)
        assert mode(tmp_path / f"{mask}") == expected


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o755, 0o666])
def test_an_old_file_keeps_its_mode(old: Path, kept: int) -> None:
    old.chmod(kept)
    write(old, b"new")
    assert (old.read_bytes(), mode(old)) == (b"new", kept)


@pytest.mark.skipif(not AS_ROOT, reason="only root can give files away")
def test_an_old_file_keeps_its_owner(old: Path) -> None:
    os.chown(old, 1234, 5678)
    old.chmod(0o640)
    write(old, b"new")
    assert (old.stat().st_uid, old.stat().st_gid, mode(old)) == (1234, 5678, 0o640)


@pytest.mark.skipif(not AS_ROOT, reason="takes another user's part")
def test_a_file_of_another_user_is_written_and_stays_theirs(old: Path) -> None:
    old.chmod(0o666)
    old.parent.chmod(0o777)
    for folder in old.parent.parents:
        if folder.stat().st_mode & 0o001 == 0 and "pytest" in str(folder):
            folder.chmod(folder.stat().st_mode | 0o011)
    os.seteuid(4321)
    try:
        write(old, b"new")
    finally:
        os.seteuid(0)
    assert (old.read_bytes(), old.stat().st_uid) == (b"new", 0)


def test_a_file_that_may_not_be_written_is_not_replaced(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, kind: kind != os.W_OK)
    with pytest.raises(PermissionError, match="may not be written") as caught:
        write(old, b"new")
    assert caught.value.filename == str(old)
    assert old.read_text() == "old and long\n"


def test_a_link_stays_one_and_its_file_is_replaced(old: Path) -> None:
    link, other = old.with_name("link"), old.with_name("folder")
    other.mkdir()
    (other / "far").symlink_to("../link")
    link.symlink_to(old.name)
    write(other / "far", b"new")
    assert (other / "far").readlink() == Path("../link")
    assert link.readlink() == Path(old.name)
    assert old.read_bytes() == b"new"


def test_a_link_to_nothing_makes_its_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("made.txt")
    write(tmp_path / "link", b"new")
    assert (tmp_path / "made.txt").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


def test_links_that_lead_nowhere_are_named(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "lost").symlink_to("absent/file")
    with pytest.raises(OSError, match="leads to itself") as caught:
        write(tmp_path / "round", b"new")
    assert caught.value.filename == str(tmp_path / "round")
    with pytest.raises(FileNotFoundError, match=r"lost: it is a link to .*absent/file"):
        write(tmp_path / "lost", b"new")


def test_a_file_of_two_names_keeps_both(old: Path) -> None:
    twin = old.with_name("twin")
    twin.hardlink_to(old)
    write(old, b"new")
    assert twin.read_bytes() == b"new"
    assert twin.samefile(old)
    with pytest.raises(ZeroDivisionError):
        fail(old, ZeroDivisionError)
    assert twin.read_bytes() == b"new"


def test_a_pipe_is_written_and_stays_one(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"new" * 50_000)
    reader.join(timeout=10)
    assert got == [b"new" * 50_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_written_and_stays_one(tmp_path: Path) -> None:
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        device.write_bytes(b"")
    except OSError:
        device = Path(os.devnull)
    before = device.stat().st_rdev
    write(device, b"new")
    assert stat.S_ISCHR(device.stat().st_mode)
    assert device.stat().st_rdev == before


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_an_open_file_is_written_where_it_stands(name: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    log = tmp_path / "log"
    log.write_text("before\n")
    code = (
        "import pathlib, sys; from kwise._atomic import write_text\n"
        "write_text(pathlib.Path(sys.argv[1]), 'new')"
    )
    with log.open("ab") as file:
        subprocess.run([sys.executable, "-c", code, name], stdout=file, cwd=tmp_path, check=True)
    assert log.read_text() == "before\nnew"


def test_a_failure_leaves_the_old_file_and_nothing_else(old: Path) -> None:
    for name in ("old.txt", "absent.txt"):
        with pytest.raises(KeyboardInterrupt):
            fail(old.with_name(name), KeyboardInterrupt)
    assert [path.name for path in old.parent.iterdir()] == ["old.txt"]
    assert old.read_text() == "old and long\n"


@pytest.mark.parametrize("twin", [False, True], ids=["one name", "two names"])
def test_no_room_is_said_with_the_name_and_the_old_file_stays(old: Path, twin: bool) -> None:
    if twin:
        old.with_name("twin").hardlink_to(old)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError) as caught:  # noqa: PT011 - its name is looked at
            write(old, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.filename == str(old)
    assert old.read_text() == "old and long\n"
    assert len(list(old.parent.iterdir())) == 1 + twin


def test_a_kill_leaves_the_old_file_and_nothing_else(old: Path) -> None:
    code = (
        "import os, sys; from kwise._atomic import written_whole\n"
        "with written_whole(sys.argv[1]) as file:\n"
        "    file.write(b'half'); file.flush(); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, old], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in old.parent.iterdir()] == ["old.txt"]
    assert old.read_text() == "old and long\n"


@pytest.mark.parametrize("way", ["named", "nameless", "two names"])
def test_of_ten_writers_one_wins_whole(
    old: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    if way == "two names":
        old.with_name("twin").hardlink_to(old)
    contents = [bytes([65 + i]) * (200_000 + i) for i in range(10)]
    mask = os.umask(0o027)
    writers = [threading.Thread(target=write, args=(old, each)) for each in contents]
    for each in writers:
        each.start()
    for each in writers:
        each.join(timeout=30)
    assert os.umask(mask) == 0o027  # one for all threads: nobody may turn it meanwhile
    assert old.read_bytes() in contents
    assert len(list(old.parent.iterdir())) == 1 + (way == "two names")


def test_a_name_as_long_as_the_system_allows_is_written(tmp_path: Path) -> None:
    longest = tmp_path / ("n" * 255)
    write(longest, b"new")
    assert longest.read_bytes() == b"new"


def test_a_file_mounted_by_itself_is_written_in_place(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: Path, target: Path) -> None:
        raise OSError(16, "Device or resource busy", str(self))

    monkeypatch.setattr(Path, "replace", busy)
    write(old, b"new")
    assert old.read_bytes() == b"new"
    assert [path.name for path in old.parent.iterdir()] == ["old.txt"]


def test_no_folder_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write(tmp_path / "absent" / "file", b"")
    with pytest.raises(IsADirectoryError, match="it is a folder"):
        write(tmp_path, b"")


def test_what_utf8_cannot_say_is_escaped(tmp_path: Path) -> None:
    assert write_text(tmp_path / "t", "caf\udce9 \u00e9").read_bytes() == b"caf\\udce9 \xc3\xa9"
