"""Kill commands at random moments: ``python stress/kill.py --times 100``.

Afterwards the output is the old one or the new one, whole; no other file is there, no process is
left, and no traceback was shown.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

KWISE = Path(sys.executable).with_name("kwise")
TABLE = "a,b,c\n" + "".join(
    f"{i % 3 * 9 + i % 7 / 9:.3f},{i % 3 * 5 + i % 5 / 7:.3f},{i}\n" for i in range(300)
)
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
# Name -> words; OUT is what is written.
COMMANDS = {
    "report": ["report", "t.csv", "--ks", "1:4", "-q", "-o", "OUT"],
    "fit": ["fit", "t.csv", "--k", "3", "-q", "-o", "OUT"],
    "predict": ["predict", "m.kwise", "t.csv", "-q", "-o", "OUT"],
    "export": ["export", "m.kwise", "-o", "OUT"],
    "compare": ["compare", "t.csv", "--k", "3", "--methods", "kmeans,ward", "-q", "-o", "OUT.svg"],
    "datasets": ["datasets", "iris", "-o", "OUT"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="kills of each command")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    begun, faults = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "t.csv").write_text(TABLE)
        subprocess.run(
            [KWISE, "fit", "t.csv", "--k", "3", "-q", "-o", "m.kwise"], cwd=folder, check=True
        )
        for command in COMMANDS:
            faults += kills(command, folder, asked.times, rng)
    done, took = len(COMMANDS) * asked.times, time.monotonic() - begun
    print(f"{done} kills in {took:.0f} s, seed {asked.seed}: {faults} faults")
    return int(faults > 0)


def kills(command: str, folder: Path, times: int, rng: random.Random) -> int:
    """Kill one command so often, and count what was not as it should be."""
    place = Path(tempfile.mkdtemp(dir=folder))
    for name in ("t.csv", "m.kwise"):
        shutil.copy(folder / name, place / name)
    words = COMMANDS[command]
    output = place / next(word for word in words if word.startswith("OUT"))
    took = min(seconds_of([KWISE, *words], place) for _ in range(3))
    new = output.read_bytes()
    names = {each.name for each in place.iterdir()}
    ends: Counter[str] = Counter()
    faults = 0
    for _ in range(times):
        output.write_bytes(b"old")
        said, session = killed([KWISE, *words], place, rng.random() * took, rng.choice(SIGNALS))
        content = output.read_bytes()
        ends["old" if content == b"old" else "new" if content == new else "BROKEN"] += 1
        wrong = {
            "a broken output": content not in (b"old", new),
            "a file left": {each.name for each in place.iterdir()} != names,
            "a process left": bool(left_in(session)),
            "a traceback": b"Traceback" in said,
        }
        for what in (each for each, true in wrong.items() if true):
            faults += 1
            more = sorted({each.name for each in place.iterdir()} - names)
            print(f"{command}: {what}: {more} {said[-300:]!r}")
    print(f"{command}: {times} kills within {took:.1f} s: {dict(ends)}")
    return faults


def seconds_of(words: list[str | Path], place: Path) -> float:
    """Run a command to its end, and return how long it took."""
    begun = time.monotonic()
    subprocess.run(words, cwd=place, check=True, capture_output=True)
    return time.monotonic() - begun


def killed(
    words: list[str | Path], place: Path, after: float, end: signal.Signals
) -> tuple[bytes, int]:
    """Run a command, kill its first process, and return what it said and its session."""
    process = subprocess.Popen(
        words, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(after)
    process.send_signal(end)
    _, said = process.communicate(timeout=60)
    return said, process.pid


def left_in(session: int) -> list[int]:
    """Return the processes of a session that are still at work a moment later."""
    for _ in range(50):
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
