"""How far from what the machine can do? Each row of versus.py beside two lower bounds.

    python benchmarks/roofline.py benchmarks/results/versus.json [--bandwidth GB/S] [--peak GFLOP/S]

The plain algorithm must read the data once an iteration (bytes / bandwidth) and multiply and add
every product (flops / peak); the larger of the two is the least time it can take. The bandwidth
and the peak of a matrix product in float32 are measured here, on the threads that the JSON names,
unless they are given. kwise may come under a bound, since it need not look at every row.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import measuring
import numpy as np
from threadpoolctl import threadpool_limits
from versus_rows import Row


def best_of(call: object, repeats: int = 5) -> float:
    """Return the shortest of a few times, in seconds."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()  # type: ignore[operator]
        taken.append(time.perf_counter() - start)
    return min(taken)


def bandwidth(n_threads: int) -> float:
    """Return bytes a second read from memory by so many threads."""
    parts = [np.ones(2**25, np.float32) for _ in range(n_threads)]  # 128 MB each
    with ThreadPoolExecutor(n_threads) as pool:
        seconds = best_of(lambda: list(pool.map(np.max, parts)))
    return sum(part.nbytes for part in parts) / seconds


def peak(n_threads: int) -> float:
    """Return floating-point operations a second of SciPy's float32 matrix product."""
    from scipy.linalg.blas import sgemm

    size = 2048
    A = np.asfortranarray(np.random.default_rng(0).standard_normal((size, size)), np.float32)
    with threadpool_limits(n_threads):
        return 2.0 * size**3 / best_of(lambda: sgemm(1.0, A, A))


def table(rows: list[Row], bytes_a_second: float, flops_a_second: float) -> str:
    """Return the rows with their bounds, in milliseconds."""
    lines = [
        f"{bytes_a_second / 1e9:.1f} GB/s, {flops_a_second / 1e9:.0f} GFLOP/s",
        "",
        "| work | kwise | bytes / bandwidth | flops / peak | times the larger |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in rows:
        if not row.flops:
            continue
        read, computed = row.bytes / bytes_a_second, row.flops / flops_a_second
        taken = row.median("kwise")
        lines.append(
            f"| {row.name} | {taken * 1e3:.4g} ms | {read * 1e3:.4g} ms | {computed * 1e3:.4g} ms "
            f"| {taken / max(read, computed):.2g} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table of every variant in a JSON file of versus.py."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("json", type=Path)
    parser.add_argument("--bandwidth", type=float, help="GB/s; measured if not given")
    parser.add_argument("--peak", type=float, help="GFLOP/s of all threads; measured if not given")
    options = parser.parse_args()
    record = json.loads(options.json.read_text())
    print(f"on {measuring.machine()['cpu']}, {os.cpu_count()} CPUs", file=sys.stderr)
    for variant in record["variants"]:
        n_threads = variant["threads"]
        print(f"## {n_threads} threads, instruction set: {variant['max_isa']}\n")
        bytes_a_second = options.bandwidth * 1e9 if options.bandwidth else bandwidth(n_threads)
        flops_a_second = options.peak * 1e9 if options.peak else peak(n_threads)
        rows = [Row(**row) for row in variant["rows"]]
        print(table(rows, bytes_a_second, flops_a_second) + "\n")


if __name__ == "__main__":
    main()
