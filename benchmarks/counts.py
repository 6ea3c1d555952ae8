"""Has the engine come to need more instructions? A few pieces of its work, counted by valgrind.

    make counts                # builds the driver, counts, compares: code 1 beyond 5 % more
    make counts-reference      # counts, and writes benchmarks/results/counts.json anew

Counts are those of the baseline instruction set on one thread: valgrind knows no AVX-512. They are
the same on every machine, loaded or not, but not with every compiler: the reference names its
own, and with another one nothing is compared and the program says so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REFERENCE = Path(__file__).parent / "results" / "counts.json"
GROWTH = 0.05


def listed(driver: Path) -> tuple[str, list[str]]:
    """Return the driver's compiler, and the names of its work."""
    done = subprocess.run([driver], capture_output=True, text=True, check=True)
    compiler, *names = done.stdout.splitlines()
    return compiler, names


def count(driver: Path, name: str) -> int:
    """Return the instructions that one piece of work takes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=counted"]
        command += [f"--callgrind-out-file={out}", str(driver), name]
        environment = {**os.environ, "KWISE_MAX_ISA": "baseline"}
        subprocess.run(command, env=environment, capture_output=True, check=True)
        found = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.MULTILINE)
    if not found or int(found[1]) == 0:
        sys.exit(f"valgrind counted nothing for {name!r}")
    return int(found[1])


def compare(counts: dict[str, int], reference: dict[str, int]) -> bool:
    """Print every count beside the reference; tell whether one grew too much."""
    is_worse = False
    for name, now in counts.items():
        before = reference.get(name)
        change = now / before - 1 if before else 0.0
        word = "" if before else "new: make counts-reference"
        if change > GROWTH:
            is_worse, word = True, f"more than {GROWTH:.0%} growth"
        elif change < -GROWTH:
            word = "better: make counts-reference keeps it so"
        print(f"{name:32} {now:13,} {change:+8.2%}  {word}")
    return is_worse


def main() -> int:
    """Count, then compare or write the reference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("driver", type=Path)
    parser.add_argument("--update", action="store_true", help="write the reference")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("Instructions are not counted: valgrind is not installed (apt-get install valgrind)")
        return 0
    compiler, names = listed(options.driver)
    reference = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
    if not options.update and reference.get("compiler") != compiler:
        print(
            f"Instructions are not compared: the reference is of g++ {reference.get('compiler')}, "
            f"this is {compiler}"
        )
        return 0
    counts = {name: count(options.driver, name) for name in names}
    is_worse = compare(counts, reference.get("instructions", {}))
    if options.update:
        record = {"compiler": compiler, "instructions": counts}
        REFERENCE.write_text(json.dumps(record, indent=1) + "\n")
        return 0
    if is_worse:
        print("If it is worth it, say why and run: make counts-reference")
    return int(is_worse)


if __name__ == "__main__":
    sys.exit(main())
