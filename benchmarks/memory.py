"""How much memory does a fit take beside the data? In bytes a row, each case in a fresh process.

    python benchmarks/memory.py

The budget is one more copy of X, 16 bytes a row, and 8 MB that do not grow; the program ends with
code 1 beyond it. scikit-learn's figure is printed beside, for the same case. The arrays must be
large: the allocator keeps small ones for later when they are freed.
"""

from __future__ import annotations

import itertools
import subprocess
import sys

# Rows by the number of columns.
N_SAMPLES = {2: 24_000_000, 16: 6_000_000}
CONSTANT_BYTES = 8_000_000

PROGRAM = """
import resource, sys
import numpy as np
library, task, dtype, order = sys.argv[1:5]
N_FEATURES = int(sys.argv[5])
if library == "kwise":
    import kwise as module
else:
    import sklearn.cluster as module
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
# Code and threads are loaded by a small fit, so that only what grows with the rows counts.
small = np.random.RandomState(0).normal(size=(5000, N_FEATURES)).astype(dtype)
model = module.KMeans(20, random_state=0, max_iter=5, n_init=1).fit(small)
model.predict(small)
X = np.empty((N_SAMPLES, N_FEATURES), dtype, order=order)
rng = np.random.RandomState(1)
for begin in range(0, N_SAMPLES, 100_000):
    X[begin : begin + 100_000] = rng.random_sample((100_000, N_FEATURES)) + rng.randint(0, 5)
before = resident()
getattr(model, task)(X)
print((max(peak(), before) - before) / N_SAMPLES)
"""


def bytes_a_row(library: str, task: str, dtype: str, order: str, n_features: int) -> float:
    """Return the growth of the process's peak memory during one task."""
    program = PROGRAM.replace("N_SAMPLES", str(N_SAMPLES[n_features]))
    command = [sys.executable, "-c", program, library, task, dtype, order, str(n_features)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> int:
    """Measure and print all cases."""
    print("Bytes a row beside X")
    names = ("rows", "columns", "task", "dtype", "order", "kwise", "budget", "scikit-learn")
    print("{:>10} {:>7} {:8} {:8} {:5} {:>7} {:>7} {:>13}".format(*names))
    is_over = False
    cases = itertools.product(N_SAMPLES, ("fit", "predict"), ("float32", "float64"), "CF")
    for n_features, task, dtype, order in cases:
        width = n_features * (4 if dtype == "float32" else 8)
        budget = width + 16 if task == "fit" else 16
        ours, theirs = (
            bytes_a_row(name, task, dtype, order, n_features) for name in ("kwise", "sklearn")
        )
        is_over |= ours > budget + CONSTANT_BYTES / N_SAMPLES[n_features]
        print(
            f"{N_SAMPLES[n_features]:10,} {n_features:7} {task:8} {dtype:8} {order:5} {ours:7.1f} "
            f"{budget:7} {theirs:13.1f}",
            flush=True,
        )
    return int(is_over)


if __name__ == "__main__":
    sys.exit(main())
