"""Fits, predictions and pages in one process, for long: ``python stress/soak.py --seconds 600``.

Memory, threads and descriptors are noted as it goes on. After a tenth of the time everything
that is loaded once is there; from then on all three must stay flat. Asked to end (SIGTERM), it
tells how far it came.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

import kwise
from kwise.cli import main as command

MOST_GROWTH = 48 << 20  # bytes; what an allocator may keep


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    done: Counter[str] = Counter()
    notes: list[tuple[float, int, int, int]] = []
    begun = time.monotonic()
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    with tempfile.TemporaryDirectory() as folder:
        while (now := time.monotonic() - begun) < asked.seconds and not stopped.is_set():
            for name, work, times in WORKS:
                for _ in range(times):
                    work(rng, Path(folder))
                    done[name] += 1
            notes.append((now, *state()))
            if len(notes) % 10 == 0:
                print(f"{now:.0f} s: {dict(done)}", flush=True)
    return told(done, notes, asked)


def told(
    done: Counter[str], notes: list[tuple[float, int, int, int]], asked: argparse.Namespace
) -> int:
    """Print what was done and how memory, threads and descriptors went; say if they grew."""
    settled = [note for note in notes if note[0] >= notes[-1][0] / 10]
    first, last = settled[0], settled[-1]
    print(
        ", ".join(f"{n:,} {name}" for name, n in done.items()),
        f"in {last[0]:.0f} s, seed {asked.seed}",
    )
    for part, name in enumerate(("MB of memory", "threads", "descriptors"), start=1):
        values = [note[part] >> (20 if part == 1 else 0) for note in settled]
        print(f"{name}: {values[0]} -> {values[-1]} (least {min(values)}, most {max(values)})")
    grew = last[1] - first[1] > MOST_GROWTH or last[2] > first[2] or last[3] > first[3]
    print("GREW" if grew else "flat")
    return int(grew)


def state() -> tuple[int, int, int]:
    """Return memory in use, threads and open descriptors."""
    used = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return (
        used,
        *(sum(1 for _ in Path(f"/proc/self/{kind}").iterdir()) for kind in ("task", "fd")),
    )


def fit(rng: np.random.Generator, _folder: Path) -> None:
    """Fit rows of any shape."""
    X = rng.normal(size=(int(rng.integers(20, 3000)), int(rng.integers(1, 20))))
    kwise.KMeans(int(rng.integers(1, 9)), random_state=0).fit(X).predict(X)


def save_and_predict(rng: np.random.Generator, folder: Path) -> None:
    """Save a model, load it, and predict."""
    X = rng.normal(size=(200, 3))
    path = folder / "m.kwise"
    kwise.io.save_model(path, kwise.KMeans(3, random_state=0).fit(X))
    kwise.load(path).predict(X)


def report(rng: np.random.Generator, folder: Path) -> None:
    """Write a page by the command."""
    table = folder / "t.csv"
    X = rng.normal(size=(60, 2)) + 9 * rng.integers(0, 3, 60)[:, None]
    table.write_text("a,b\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in X) + "\n")
    with redirect_stdout(io.StringIO()):
        code = command(["report", str(table), "--ks", "1:4", "-q", "-o", str(folder / "p.html")])
    if code:
        raise SystemExit(f"report ended with {code}")


Work = Callable[[np.random.Generator, Path], None]
WORKS: tuple[tuple[str, Work, int], ...] = (
    ("fits with predictions", fit, 40),
    ("models saved and loaded", save_and_predict, 20),
    ("pages", report, 1),
)

if __name__ == "__main__":
    sys.exit(main())
