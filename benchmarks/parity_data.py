"""Data sets for the comparison of answers with scikit-learn: generated ones, and real ones."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits, load_iris, load_wine, make_blobs

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("KWISE_DATA", ROOT.parent / "shared" / "data"))


def generated() -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield (name, rows): a few hundred rows each, so that thousands of fits take a minute."""
    for n, d, centers, spread, offset in (
        (300, 2, 5, 1.0, 0),
        (500, 8, 12, 3.0, 0),
        (700, 3, 1, 1.0, 1e3),
        (400, 40, 20, 6.0, -5),
    ):
        rows, _ = make_blobs(n, d, centers=centers, cluster_std=spread, random_state=n)
        yield f"blobs {n} x {d}", rows + offset
    yield "uniform 600 x 4", np.random.RandomState(0).uniform(size=(600, 4))
    yield "exponential 500 x 3", np.random.RandomState(1).exponential(size=(500, 3)) ** 2
    yield "iris", load_iris().data
    yield "wine", load_wine().data
    yield "digits", load_digits().data[:600]


def real() -> Iterator[tuple[str, NDArray[np.floating]]]:
    """Yield (name, numeric rows without missing cells) of the real data sets that are there."""
    if not FOLDER.is_dir():
        return
    yield from _shapes()
    yield from _frames()
    with np.load(FOLDER / "nakayama_105x22283.npz") as archive:
        yield "nakayama", np.log2(np.maximum(archive["X"], 1))
    images = gzip.decompress(
        (FOLDER / "fashion_mnist_t10k" / "t10k-images-idx3-ubyte.gz").read_bytes()
    )
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784)
    yield "fashion", pixels[:3000].astype(np.float64)


def _shapes() -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the benchmark suite of two- and three-dimensional shapes."""
    for path in sorted((FOLDER / "shapes").glob("*.data.gz")):
        rows = np.loadtxt(path, ndmin=2)
        yield f"shapes/{path.name.partition('.')[0]}", rows


def _frames() -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the numeric columns of the tables."""
    import pandas as pd

    for name in (
        "california_housing/housing.csv",
        "tcga_pancan/pca_16d.csv",
        "faithful.csv",
        "penguins.csv",
        "diamonds.csv.gz",
        "shuttle.csv.gz",
        "cities.csv.gz",
    ):
        table = pd.read_csv(FOLDER / name).select_dtypes("number").dropna()
        yield name, table.to_numpy(np.float64)
    kdd = pd.read_csv(FOLDER / "kddcup99" / "kddcup.data_10_percent.gz", header=None)
    yield "kddcup99", kdd.select_dtypes("number").to_numpy(np.float64)
