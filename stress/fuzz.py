"""Coverage-guided fuzzing of what takes bytes: ``python stress/fuzz.py --seconds 600``.

A run is a process of its own for each target, begun again where an input ended it; the input is
kept then, and the run goes on.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fuzz_targets import CORPUS, HERE, TARGETS

FOUND = HERE.parent / "build" / "fuzz"
UNGUIDED = "no interesting inputs were found so far"  # libFuzzer's words where it sees no code
LIMITS = ["-timeout=120", "-max_len=65536", "-print_final_stats=1"]
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
    parser.add_argument("--target", choices=TARGETS, help="run in this process (libFuzzer's own)")
    asked, words = parser.parse_known_args()
    if asked.target:
        fuzz(asked.target, words)
        return 0
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
    grown = folder / "corpus"
    grown.mkdir(parents=True, exist_ok=True)
    begun, inputs, rounds = time.monotonic(), 0, 0
    while (left := int(seconds - (time.monotonic() - begun))) > 0:
        words = [sys.executable, __file__, "--target", target, *LIMITS]
        words += [MEMORY.get(target, "-rss_limit_mb=2048"), f"-seed={seed + rounds}"]
        words += [f"-max_total_time={left}", f"-artifact_prefix={folder}/"]
        words += [str(grown), str(CORPUS / target)]
        done = subprocess.run(
            words, env=variables, capture_output=True, text=True, errors="replace", check=False
        )
        inputs += executed(done.stderr)
        rounds += 1
        if UNGUIDED in done.stderr:
            raise SystemExit(f"{target}: {UNGUIDED}")
        if done.returncode:
            print(f"{target}: {last_words(done.stderr)}", flush=True)
    kept = [each.name for each in folder.iterdir() if each.is_file() and "slow" not in each.name]
    print(f"{target}: {inputs:,} inputs in {time.monotonic() - begun:.0f} s, seeds {seed} to "
          f"{seed + rounds - 1}, {len(kept)} kept in {folder}", flush=True)  # fmt: skip
    return len(kept)


def executed(said: str) -> int:
    """Return how many inputs libFuzzer ran."""
    stated = re.findall(r"number_of_executed_units: (\d+)", said) or re.findall(
        r"^#(\d+)", said, re.M
    )
    return int(stated[-1]) if stated else 0


def last_words(said: str) -> str:
    """Return what ended a run, in one line."""
    errors = re.findall(
        r"^(?:\w+\.)*\w+(?:Error|Exception)\b.*|^==\d+==.*|^thread .*panicked.*", said, re.M
    )
    return errors[-1][:300] if errors else said.strip().rpartition("\n")[2][:300]


def fuzz(target: str, words: list[str]) -> None:
    """Hand this process to libFuzzer."""
    import atheris

    # Sources are found as files, which are instrumented; an editable install's own loader is not.
    sys.path.insert(0, str(HERE.parent / "src"))
    sys.meta_path.sort(key=lambda finder: "Redirecting" in type(finder).__name__)
    with atheris.instrument_imports(include=["kwise", "bindings", "fuzz_variants"]):  # whole names
        for known in (CORPUS / target).iterdir():
            TARGETS[target](known.read_bytes())  # what is loaded late is instrumented now
    atheris.Setup([sys.argv[0], *words], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
