"""Kill commands at random moments: ``python stress/kill.py --times 100``.

Every command and option that writes a file (``tests/writing_commands.py``) begins in a process
forked from one that has the libraries loaded, so that moments fall into its work. Afterwards the
output is the old one or the new one, whole; no other file is there, no process is left, and no
traceback was shown.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from itertools import dropwhile
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from writing_commands import WRITING, output_of, prepare

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
MOST = 120  # seconds that a command may take
# Moments before a command is reached are this file's own.
OURS = os.fsencode(Path(__file__).resolve().parent.parent / "src" / "kwise")
VARIES = re.compile(rb"[\d.:+-]+(?: (?:ms|us|s)\b)?| +")  # times, dates, and how wide they are


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="kills of each command")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="rows whose name begins so")
    parser.add_argument("--first", choices=WRITING, help="the row to begin with")
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start jobs deaf to it
    rng, names = random.Random(asked.seed), [n for n in WRITING if n.startswith(asked.only)]
    names = [*dropwhile(lambda name: asked.first and name != asked.first, names)]
    begun, faults = time.monotonic(), 0
    # No TemporaryDirectory: what is forked would remove it as it ends.
    folder = Path(tempfile.mkdtemp(prefix="kwise-kill-"))
    try:
        # Nothing is computed here: threads would not live on in what is forked.
        os.waitpid(fork(lambda: prepare(folder) or 0)[0], 0)
        load()
        for each in names:
            faults += kills(each, folder, asked.times, rng)
    finally:
        shutil.rmtree(folder)
    took = time.monotonic() - begun
    print(f"{len(names) * asked.times} kills in {took:.0f} s, seed {asked.seed}: {faults} faults")
    return int(faults > 0)


def load() -> None:
    """Import what the commands import."""
    for name in ("matplotlib.figure", "polars", "sklearn.cluster", "scipy.stats",
                 "kwise.analysis", "kwise.cli._app", "kwise.plots", "kwise.report"):  # fmt: skip
        import_module(name)


def kills(name: str, prepared: Path, times: int, rng: random.Random) -> int:
    """Kill one command so often, and count what was not as it should be."""
    place = Path(tempfile.mkdtemp(dir=prepared))
    for each in ("t.csv", "m.kwise", "n.kwise"):
        shutil.copy(prepared / each, place / each)
    words = WRITING[name].split()
    output = place / output_of(WRITING[name])
    took = median(seconds_of(words, place) for _ in range(3))
    new = output.read_bytes()
    names = {each.name for each in place.iterdir()}
    ends: Counter[str] = Counter()
    faults = 0
    for _ in range(times):
        output.unlink(missing_ok=True)
        if "--checkpoint" not in words:  # which would be taken up
            output.write_bytes(b"old")
        said, session = killed(words, place, rng.random() * took, rng.choice(SIGNALS))
        content = output.read_bytes() if output.exists() else b"old"
        is_new = content != b"old"
        broken = is_new and not is_whole(output, content, new)
        ends["BROKEN" if broken else "new" if is_new else "old"] += 1
        wrong = {
            "a broken output": broken,
            "a file left": not {each.name for each in place.iterdir()} <= names,
            "a process left": bool(left_in(session)),
            "a traceback": b"Traceback" in said and OURS in said,
        }
        for what in (each for each, true in wrong.items() if true):
            faults += 1
            more = sorted({each.name for each in place.iterdir()} - names)
            print(f"{name}: {what}: {more} {said[-300:]!r}")
    print(f"{name}: {times} kills within {took:.2f} s: {dict(ends)}", flush=True)
    return faults


def is_whole(output: Path, content: bytes, new: bytes) -> bool:
    """Whether a file is what the command writes; times and dates in it are others."""
    if zipfile.is_zipfile(output):
        with zipfile.ZipFile(output) as archive:
            return archive.testzip() is None
    return VARIES.sub(b"", content) == VARIES.sub(b"", new)


def seconds_of(words: list[str], place: Path) -> float:
    """Run a command to its end, and return how long it took."""
    (place / next(word for word in words if word.startswith("OUT"))).unlink(missing_ok=True)
    begun = time.monotonic()
    process, said = begin(words, place)
    _, status = os.waitpid(process, 0)
    if status:
        raise SystemExit(f"{' '.join(words)}: ended with {status}: {os.read(said, 1 << 16)!r}")
    os.close(said)
    return time.monotonic() - begun


def killed(words: list[str], place: Path, after: float, end: signal.Signals) -> tuple[bytes, int]:
    """Begin a command, kill its first process, and return what it said and its session."""
    process, said = begin(words, place)
    time.sleep(after)
    os.kill(process, end)
    heard, until = b"", time.monotonic() + MOST
    while select.select([said], [], [], max(until - time.monotonic(), 0))[0]:
        part = os.read(said, 1 << 16)
        if not part:
            break
        heard += part
    os.close(said)
    os.waitpid(process, 0)
    return heard, process


def begin(words: list[str], place: Path) -> tuple[int, int]:
    """Begin a command in a session of its own; return its process and its stderr."""

    def work() -> int:
        from kwise.cli import script

        os.chdir(place)
        sys.argv = ["kwise", *words]
        return script()

    return fork(work)


def fork(work: Callable[[], int]) -> tuple[int, int]:
    """Do some work in a process of its own; return it, and what it says as an open file."""
    said, told = os.pipe()
    process = os.fork()
    if process:
        os.close(told)
        return process, said
    code = 70
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number, there in ((0, nowhere), (1, nowhere), (2, told)):
            os.dup2(there, number)
        for each in (said, told, nowhere):
            os.close(each)
        code = work()
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        raise
    finally:
        os._exit(code)


def left_in(session: int) -> list[int]:
    """Return the processes of a session that are still at work a moment later."""
    for _ in range(100):
        found = [each for each in Path("/proc").glob("[0-9]*") if is_of(each, session)]
        if not found:
            return []
        time.sleep(0.1)
    return [int(each.name) for each in found]


def is_of(process: Path, session: int) -> bool:
    """Whether a process is of a session, and no mere entry that waits to be read."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[3]) == session and fields[0] not in "ZX"


if __name__ == "__main__":
    sys.exit(main())
