"""The handler of bus errors: it minds watched mappings alone, and passes on everything else."""

import signal
import subprocess
import sys

import pytest

from kwise._core import _native

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cuts no mapped file")

BEFORE = """
import ctypes, faulthandler, mmap, os, signal, sys, threading
import numpy as np
from kwise._core import _native

def mapping(name):
    with open(name, "wb") as file:
        file.write(b"x" * 16384)
    with open(name, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

def watch(mapped):
    return _native.watch_mapping(np.frombuffer(mapped, np.uint8))

ours, other = mapping(sys.argv[1]), mapping(sys.argv[2])
"""
CUT_OURS = "os.truncate(sys.argv[1], 0); print('read', ours[5000], flush=True)\n"
CUT_OTHER = "os.truncate(sys.argv[2], 0); other[5000]\n"
SENT = "os.kill(os.getpid(), signal.SIGBUS)\n"


def ran(tmp_path, *parts):
    words = [sys.executable, "-c", BEFORE + "".join(parts)]
    files = [str(tmp_path / name) for name in ("ours", "other")]
    return subprocess.run([*words, *files], capture_output=True, text=True, timeout=60, check=False)


def test_zeros_are_read_beyond_a_cut_and_told_of(tmp_path):
    said = "watched = watch(ours); print(_native.mapping_missed(watched))\n"

    done = ran(tmp_path, said, CUT_OURS, "print(_native.mapping_missed(watched))")

    assert done.stdout.split() == ["False", "read", "0", "True"]
    assert done.returncode == 0, done.stderr


def test_threads_read_beyond_a_cut_at_once(tmp_path):
    lines = """
watch(ours)
os.truncate(sys.argv[1], 0)
wait, sums, rows = threading.Barrier(8), [], np.frombuffer(ours, np.uint8)
def read(i):
    wait.wait()
    sums.append(int(rows[i::8].sum()))
threads = [threading.Thread(target=read, args=(i,)) for i in range(8)]
for each in threads: each.start()
for each in threads: each.join()
print(*sums)
"""
    done = ran(tmp_path, lines)

    assert done.stdout.split() == ["0"] * 8
    assert done.returncode == 0, done.stderr


def test_a_forked_process_reads_zeros_too(tmp_path):
    lines = """
watched = watch(ours)
os.truncate(sys.argv[1], 0)
child = os.fork()
found = ours[5000]
if not child: os._exit(found + _native.mapping_missed(watched))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), found)
"""
    done = ran(tmp_path, lines)

    assert done.stdout.split() == ["1", "0"], done.stderr


@pytest.mark.parametrize("watched", ["", "watch(ours)\n", "_native.unwatch_mapping(watch(ours))\n"])
@pytest.mark.parametrize("fault", [CUT_OTHER, SENT])
def test_what_is_no_mapping_of_ours_ends_the_process_as_ever(tmp_path, watched, fault):
    done = ran(tmp_path, watched, fault, "print('went on')")

    assert done.returncode == -signal.SIGBUS
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        ("faulthandler.enable(); watch(ours)\n", CUT_OTHER),
        ("faulthandler.enable(); watch(ours)\n", SENT),
        ("watch(ours); faulthandler.enable()\n", CUT_OTHER),
        ("watch(ours); faulthandler.enable()\n", SENT),
        # Under a handler that came later, watching anew is not in front of it as well.
        ("watch(ours); faulthandler.enable(); watch(ours)\n", CUT_OTHER),
        (
            "first = watch(ours); faulthandler.enable(); _native.unwatch_mapping(first)\n"
            "watch(ours)\n",
            CUT_OTHER,
        ),
        ("faulthandler.enable(); _native.unwatch_mapping(watch(ours))\n", CUT_OTHER),
    ],
)
def test_faulthandler_tells_of_what_is_none_of_ours_once(tmp_path, order, fault):
    done = ran(tmp_path, order, fault, "print('went on')")

    assert done.returncode == -signal.SIGBUS
    assert done.stdout == ""
    assert 1 <= done.stderr.count("Fatal Python error: Bus error") <= 2
    assert "Current thread" in done.stderr


@pytest.mark.parametrize(
    "order",
    [
        "faulthandler.enable(); watch(ours)\n",
        "watch(ours); faulthandler.enable(); faulthandler.disable()\n",
        "faulthandler.enable(); watch(ours); faulthandler.disable(); watch(ours)\n",
    ],
)
def test_a_cut_is_survived_beside_faulthandler(tmp_path, order):
    done = ran(tmp_path, order, CUT_OURS)

    assert (done.returncode, done.stdout, done.stderr) == (0, "read 0\n", "")


def test_a_handler_of_python_gets_what_is_sent(tmp_path):
    lines = """
signal.signal(signal.SIGBUS, lambda *_: print("handled"))
watch(ours)
for _ in range(2): os.kill(os.getpid(), signal.SIGBUS)
"""
    done = ran(tmp_path, lines)

    assert done.stdout.split() == ["handled", "handled"], done.stderr


def test_the_handler_is_gone_with_the_last_mapping(tmp_path):
    lines = """
signal.signal(signal.SIGBUS, signal.SIG_IGN)
ignored = int(open("/proc/self/status").read().split("SigIgn:")[1].split()[0], 16) >> 6 & 1
both = [watch(ours), watch(other)]
for each in both:
    caught = open("/proc/self/status").read().split("SigCgt:")[1].split()[0]
    print(int(caught, 16) >> 6 & 1)
    _native.unwatch_mapping(each)
caught, again = (
    int(open("/proc/self/status").read().split(name)[1].split()[0], 16) >> 6 & 1
    for name in ("SigCgt:", "SigIgn:")
)
print(caught, ignored, again)
"""
    if not sys.platform.startswith("linux"):
        pytest.skip("reads /proc")
    done = ran(tmp_path, lines)

    assert done.stdout.split() == ["1", "1", "0", "1", "1"], done.stderr


def test_what_is_not_watched_is_refused():
    for ask in (_native.mapping_missed, _native.unwatch_mapping):
        with pytest.raises(ValueError, match="no mapping is watched by this number"):
            ask(200)
    assert not _native.mapping_missed(-1)
