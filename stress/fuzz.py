"""Coverage-guided fuzzing of what takes bytes: ``python stress/fuzz.py --seconds 600``.

A run is a process of its own for each target, begun again where an input ended it; the input is
kept then, and the run goes on. Inputs are counted in ``build/fuzz/TARGET/count`` as they are tried,
so that a run counts however it ends.
"""

from __future__ import annotations

import argparse
import mmap
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fuzz_targets import CORPUS, HERE, TARGETS

FOUND = HERE.parent / "build" / "fuzz"
UNGUIDED = "no interesting inputs were found so far"  # libFuzzer's words where it sees no code
LIMITS = ["-timeout=120", "-max_len=65536"]
COUNT = struct.Struct("<q")
STOP = threading.Event()  # set where this process is asked to end
# The engine under the address sanitizer reserves memory that it does not use.
MEMORY = {"bindings": "-rss_limit_mb=0"}
# One thread: inputs are small, and every target has a process of its own.
ALONE = {"POLARS_MAX_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="targets at a time")
    parser.add_argument("--only", nargs="+", choices=TARGETS, default=[*TARGETS])
    parser.add_argument("--native", type=Path, help="the engine built for it: see make fuzz")
    parser.add_argument("--count", type=Path, help="the file where --target counts its inputs")
    parser.add_argument("--target", choices=TARGETS, help="run in this process (libFuzzer's own)")
    asked, words = parser.parse_known_args()
    if asked.target:
        fuzz(asked.target, words, asked.count)
        return 0
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: STOP.set())
    with ThreadPoolExecutor(asked.jobs) as pool:
        runs = [
            pool.submit(run, each, asked.seconds, asked.seed, environment(each, asked.native))
            for each in asked.only
        ]
        return int(sum(each.result() for each in runs) > 0)


def environment(target: str, native: Path | None) -> dict[str, str]:
    """Return what a target runs in; the bindings with an engine that tells where it went."""
    if target != "bindings" or native is None:
        return {**os.environ, **ALONE}
    import atheris

    runtime = Path(atheris.path()) / "asan_with_fuzzer.so"
    options = "detect_leaks=0:allocator_may_return_null=1"
    return {
        **os.environ,
        **ALONE,
        "KWISE_NATIVE": str(native),
        "LD_PRELOAD": str(runtime),
        "ASAN_OPTIONS": options,
    }


def run(target: str, seconds: int, seed: int, variables: dict[str, str]) -> int:
    """Fuzz one target for so long, and tell what came of it."""
    folder = FOUND / target
    grown, count, log = folder / "corpus", folder / "count", folder / "log"
    grown.mkdir(parents=True, exist_ok=True)
    count.write_bytes(bytes(COUNT.size))
    begun, rounds = time.monotonic(), 0
    while not STOP.is_set() and (left := int(seconds - (time.monotonic() - begun))) > 0:
        words = [sys.executable, __file__, "--target", target, "--count", str(count), *LIMITS]
        words += [MEMORY.get(target, "-rss_limit_mb=2048"), f"-seed={seed + rounds}"]
        words += [f"-max_total_time={left}", f"-artifact_prefix={folder}/"]
        words += [str(grown), str(CORPUS / target)]
        with log.open("wb") as stream:
            process = subprocess.Popen(words, env=variables, stdout=stream, stderr=stream)
        followed(process, lambda: tell(target, count, begun))
        rounds += 1
        said = log.read_text(errors="replace")
        if UNGUIDED in said:
            raise SystemExit(f"{target}: {UNGUIDED}")
        if process.returncode and not STOP.is_set():
            print(f"{target}: ended with {process.returncode}: {last_words(said)}", flush=True)
    ours = {"count", "log"}
    kept = [each.name for each in folder.iterdir()
            if each.is_file() and "slow" not in each.name and each.name not in ours]  # fmt: skip
    tell(target, count, begun)
    print(
        f"{target}: seeds {seed} to {seed + rounds - 1}, {len(kept)} kept in {folder}", flush=True
    )
    return len(kept)


def followed(process: subprocess.Popen[bytes], tell: Callable[[], None]) -> None:
    """Wait for a run, telling each minute how far it is; end it where this process is to end."""
    told = time.monotonic()
    while process.poll() is None:
        if STOP.wait(1):
            process.kill()
        elif time.monotonic() - told > 60:
            told = time.monotonic()
            tell()


def tell(target: str, count: Path, begun: float) -> None:
    """Print how many inputs were tried so far."""
    (inputs,) = COUNT.unpack(count.read_bytes())
    print(f"{target}: {inputs:,} inputs in {time.monotonic() - begun:.0f} s", flush=True)


def counting(work: Callable[[bytes], None], file: Path) -> Callable[[bytes], None]:
    """Return the work, each call of which is counted in a file that outlives any end."""
    with file.open("r+b") as stream:
        count = mmap.mmap(stream.fileno(), COUNT.size)

    def counted(data: bytes) -> None:
        work(data)
        COUNT.pack_into(count, 0, COUNT.unpack_from(count)[0] + 1)

    return counted


def last_words(said: str) -> str:
    """Return what ended a run, in one line."""
    errors = re.findall(
        r"^(?:\w+\.)*\w+(?:Error|Exception)\b.*|^==\d+==.*|^thread .*panicked.*", said, re.M
    )
    return errors[-1][:300] if errors else said.strip().rpartition("\n")[2][:300]


def fuzz(target: str, words: list[str], count: Path) -> None:
    """Hand this process to libFuzzer."""
    import atheris

    # Sources are found as files, which are instrumented; an editable install's own loader is not.
    sys.path.insert(0, str(HERE.parent / "src"))
    sys.meta_path.sort(key=lambda finder: "Redirecting" in type(finder).__name__)
    with atheris.instrument_imports(include=["kwise", "bindings", "fuzz_variants"]):  # whole names
        for known in (CORPUS / target).iterdir():
            TARGETS[target](known.read_bytes())  # what is loaded late is instrumented now
    atheris.Setup([sys.argv[0], *words], counting(TARGETS[target], count))
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
