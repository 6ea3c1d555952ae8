"""Genes: far more columns than rows, and the samples stand in columns.

python examples/03_genes.py [expression.csv]        without a file, one is made up
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

import kwise


def made_up() -> Path:
    """Write 2,000 genes of 60 samples of three kinds, a column for each sample."""
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(3, 2_000)) * (rng.random(2_000) < 0.05)
    samples = kinds[np.arange(60) % 3] * 4 + rng.normal(size=(60, 2_000))
    columns = {"gene": [f"g{j}" for j in range(2_000)]}
    columns |= {f"sample {i}": row.round(3) for i, row in enumerate(samples)}
    path = Path("expression.csv")
    pl.DataFrame(columns).write_csv(path)
    return path


path = Path(sys.argv[1]) if len(sys.argv) > 1 else made_up()

# A few components hold what samples have in common; distances in all columns are mostly noise.
analysis = kwise.analyze(path, transpose=True, components=5, ks=range(1, 7), random_state=0)

print(analysis.verdict)
print("samples in each group:", np.bincount(analysis.labels[analysis.labels >= 0]).tolist())
analysis.plot.scatter().figure.savefig("genes.svg")
