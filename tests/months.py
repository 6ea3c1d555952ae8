"""Months of a table whose four groups are known, and what may happen to them."""

import numpy as np
import polars as pl

CENTERS = np.array([[0.0, 0.0, 0.0], [7.0, 0.0, 0.0], [0.0, 7.0, 0.0], [7.0, 7.0, 3.0]])
SHARES = (0.4, 0.3, 0.2, 0.1)
USED = ["age", "income", "visits"]


def month(n, seed, *, shares=SHARES, appeared=0, shift=0.0, sites="aab", spread=1.0):
    """Return n rows, and so many of a group that was never there; ``id`` is a key."""
    rng = np.random.default_rng(seed)
    group = rng.choice(len(shares), n, p=shares)
    X = CENTERS[group] + rng.normal(0.0, spread, (n, 3))
    X[group == 1, 0] += shift
    X = np.vstack([X, np.array([16.0, -9.0, 0.0]) + rng.normal(size=(appeared, 3))])
    return pl.DataFrame(
        {
            "id": [f"c{i}" for i in range(len(X))],
            "age": 40 + 5 * X[:, 0],
            "income": 500 + 100 * X[:, 1],
            "visits": X[:, 2],
            "site": rng.choice(list(sites), len(X)),
        }
    )
