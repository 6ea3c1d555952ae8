"""Data sets on which optima are compared: published ones, real tables, simulated ones.

Real files come from the folder ``KWISE_DATA`` and are left out where it is absent; scikit-learn
brings some; the rest is drawn from fixed seeds. Columns of different units are standardized.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

Array = NDArray[np.float64]
DATA = Path(os.environ.get("KWISE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def standardized(X: Array) -> Array:
    """Center every column and divide it by its standard deviation."""
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)


def suite(name: str, every: int = 1) -> Array:
    """Read a set of Gagolewski's suite, or every so many rows of it."""
    with gzip.open(DATA / "shapes" / f"{name}.data.gz") as file:
        return np.ascontiguousarray(np.loadtxt(file, ndmin=2)[::every])


def table(path: str, columns: slice = slice(None), every: int = 1, *, scale: bool = True) -> Array:
    """Read the columns of numbers of a table, without rows that lack one."""
    import polars as pl

    frame = pl.read_csv(DATA / path).select(pl.selectors.numeric()).drop_nulls()
    X = frame.to_numpy().astype(np.float64)[::every, columns]
    return np.ascontiguousarray(standardized(X) if scale else X)


def images(n: int) -> Array:
    """Return the first Fashion-MNIST test images, 784 pixels each."""
    file = next((DATA / "fashion_mnist_t10k").glob("*images*"))
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784)[:n].astype(np.float64)


def pixels(n: int) -> Array:
    """Return pixels of a photograph, evenly spaced."""
    from PIL import Image

    with Image.open(DATA / "hubble_deep_field.jpg") as image:
        X = np.asarray(image.convert("RGB"), dtype=np.float64).reshape(-1, 3)
    return np.ascontiguousarray(X[:: len(X) // n])


def bundled(name: str, *, scale: bool) -> Array:
    """Return a set that comes with scikit-learn."""
    X = getattr(datasets, f"load_{name}")().data.astype(np.float64)
    return standardized(X) if scale else X


def groups(seed: int, n: int, d: int, count: int, spread: float) -> Array:
    """Draw round groups of unequal sizes with centers anywhere in a cube."""
    rng = np.random.default_rng(seed)
    centers, shares = rng.uniform(size=(count, d)), rng.dirichlet(np.full(count, 3.0))
    return centers[rng.choice(count, n, p=shares)] + spread * rng.normal(size=(n, d))


def birch(kind: int, n: int) -> Array:
    """Draw 100 groups on a grid, along a sine, or anywhere: after Zhang et al. (1997)."""
    rng, i = np.random.default_rng(kind), np.arange(100)
    grid = np.column_stack([i % 10, i // 10]) * 10.0
    sine = np.column_stack([i * 2 * np.pi, 40 * np.sin(i * 2 * np.pi / 25)])
    centers = {1: grid, 2: sine, 3: rng.uniform(0, 100, size=(100, 2))}[kind]
    return centers[rng.integers(100, size=n)] + rng.normal(size=(n, 2)) * (1.5 if kind == 1 else 1)


def noise(seed: int, n: int, d: int, kind: str) -> Array:
    """Draw rows without groups."""
    rng = np.random.default_rng(seed)
    if kind == "uniform":
        return rng.uniform(size=(n, d))
    if kind == "heavy":
        return rng.standard_t(3, size=(n, d))
    if kind == "skewed":
        return np.exp(rng.normal(size=(n, d)))
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d))


# Name -> how it is made, and the numbers of clusters.
SETS: dict[str, tuple[Callable[[], Array], tuple[int, ...]]] = {
    **{
        name: (partial(suite, name), ks)
        for name, ks in {
            "s1": (15, 30), "s2": (15,), "a1": (20, 50), "d31": (31,), "unbalance": (8, 20),
            "aggregation": (7, 25), "compound": (10,), "flame": (10,), "jain": (20,),
            "spiral": (20,), "target": (10,), "smile": (25,), "chainlink": (10,),
            "isolation": (20,), "twodiamonds": (5,), "hepta": (7,),
        }.items()
    },
    "birch1, every 5th row": (partial(suite, "birch1", 5), (100,)),
    **{
        name: (partial(bundled, name, scale=scale), ks)
        for name, scale, ks in [
            ("iris", False, (5, 10)), ("wine", True, (10,)), ("breast_cancer", True, (10, 20)),
            ("digits", False, (10, 50, 200)), ("diabetes", False, (10,)),
        ]
    },
    "California housing": (partial(table, "california_housing/housing.csv"), (10, 50)),
    "California places": (
        partial(table, "california_housing/housing.csv", slice(0, 2), scale=False), (10, 50),
    ),
    "cities, every 10th": (partial(table, "cities.csv.gz", every=10, scale=False), (100,)),
    "shuttle, every 5th": (partial(table, "shuttle.csv.gz", slice(0, 9), 5), (20,)),
    "diamonds, every 5th": (partial(table, "diamonds.csv.gz", every=5), (20,)),
    "penguins": (partial(table, "penguins.csv"), (5,)),
    "faithful": (partial(table, "faithful.csv"), (5,)),
    "genes, 16 components": (partial(table, "tcga_pancan/pca_16d.csv", scale=False), (5, 20)),
    "Fashion-MNIST, 3,000": (partial(images, 3000), (10, 50)),
    "Hubble pixels": (partial(pixels, 10_000), (32, 100)),
    "birch 2 (drawn)": (partial(birch, 2, 10_000), (100,)),
    "birch 3 (drawn)": (partial(birch, 3, 10_000), (100,)),
    "birch 1 (drawn)": (partial(birch, 1, 10_000), (100,)),
    "30 groups, d 2": (partial(groups, 0, 2000, 2, 30, 0.05), (10, 30, 60)),
    "100 groups, d 2": (partial(groups, 1, 5000, 2, 100, 0.02), (50, 100)),
    "25 groups, d 8": (partial(groups, 2, 2000, 8, 25, 0.2), (10, 25, 50)),
    "40 groups, d 16": (partial(groups, 3, 3000, 16, 40, 0.25), (20, 80)),
    "20 groups, d 64": (partial(groups, 4, 2000, 64, 20, 0.3), (20, 50)),
    "200 groups, d 5": (partial(groups, 5, 6000, 5, 200, 0.05), (200,)),
    "16 groups, d 32": (partial(groups, 6, 1024, 32, 16, 0.02), (16,)),
    "50 groups, d 128": (partial(groups, 7, 2000, 128, 50, 0.4), (50,)),
    "uniform, d 2": (partial(noise, 8, 3000, 2, "uniform"), (50,)),
    "uniform, d 8": (partial(noise, 9, 3000, 8, "uniform"), (30,)),
    "heavy tails, d 5": (partial(noise, 10, 3000, 5, "heavy"), (30,)),
    "skewed, d 4": (partial(noise, 11, 3000, 4, "skewed"), (40,)),
    "one Gaussian, d 10": (partial(noise, 12, 4000, 10, "gaussian"), (5, 20)),
}  # fmt: skip


def cases() -> Iterator[tuple[str, Array, int]]:
    """Yield sets that can be made here, and numbers of clusters."""
    for name, (make, ks) in SETS.items():
        try:
            X = make()
        except (FileNotFoundError, StopIteration):
            continue
        for k in ks:
            yield name, X, k
