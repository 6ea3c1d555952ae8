"""What a piece of work takes, of this process and all that it began: seconds and memory."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from pathlib import Path


class Watch:
    """Seconds, processor seconds and growth of memory of this process and all that it began."""

    def __enter__(self) -> Watch:
        self._before, self.peak, self._own = _memory(), 0, 0.0
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampler.start()
        self._used, self._begun = _processor(), time.perf_counter()
        return self

    def _sample(self) -> None:
        while not self._stop.wait(0.2):
            self.peak = max(self.peak, _memory() - self._before)
            self._own = time.thread_time()

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._begun
        self._stop.set()
        self._sampler.join()
        self.processor = _processor() - self._used - self._own


def _family() -> list[Path]:
    """Return the folders in /proc of this process and all below it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = (folder / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(told[1]), []).append(int(folder.name))
    found = [os.getpid()]
    for each in found:
        found += parents.get(each, [])
    return [Path("/proc") / str(each) for each in found]


def _memory() -> int:
    """Return the bytes that they hold, what they share counted once."""
    total = 0
    for folder in _family():
        with contextlib.suppress(OSError):
            told = (folder / "smaps_rollup").read_text()
            total += 1024 * int(re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE)[1])  # type: ignore[index]
    return total


def _processor() -> float:
    """Return the seconds of processors that they took, those included that have ended."""
    ticks = 0
    for folder in _family():
        with contextlib.suppress(OSError):
            told = (folder / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, told[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
