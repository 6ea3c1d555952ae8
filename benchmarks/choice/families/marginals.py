"""Groups and single groups in columns as tables have them: skewed, heavy, counted, rated, capped.

A table is drawn in a latent space, where groups are round or there is one, and every column is then
read through a monotone curve of its own, as a Gaussian copula does.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from .base import Table, centers_apart, rows_between, scaled, sizes_of


def _money(rng, z):
    return np.round(
        np.exp(rng.uniform(6, 10) + rng.uniform(0.3, 1.1) * z), int(rng.integers(-2, 3))
    )


def _heavy(rng, z):
    return np.sinh(z * rng.uniform(0.3, 0.9))


def _gamma(rng, z):
    return np.exp(rng.uniform(0.2, 0.6) * z) + 0.2 * z


def _bounded(rng, z):
    return 1.0 / (1.0 + np.exp(-rng.uniform(0.5, 1.5) * z - rng.uniform(-1.5, 1.5)))


def _counts(rng, z):
    return np.floor(np.exp(rng.uniform(0.5, 2.0) + rng.uniform(0.3, 0.8) * z))


def _zero_inflated(rng, z):
    floor = rng.uniform(-0.8, 0.6)
    return np.where(z < floor, 0.0, np.exp(z - floor) - rng.choice([0.0, 0.9]))


def _likert(rng, z):
    cuts = np.sort(rng.uniform(-1.6, 1.6, int(rng.choice([3, 4, 4, 6, 9]))))
    return np.searchsorted(cuts, z).astype(float)


def _yes_no(rng, z):
    return (z > rng.uniform(-1.0, 1.0)).astype(float)


def _rounded(rng, z):
    return np.round(z * rng.uniform(2, 12))


def _plain(rng, z):
    return z * np.exp(rng.normal()) + rng.normal() * 10


CURVES = {
    "plain": _plain,
    "money": _money,
    "heavy": _heavy,
    "gamma": _gamma,
    "bounded": _bounded,
    "counts": _counts,
    "zero_inflated": _zero_inflated,
    "likert": _likert,
    "yes_no": _yes_no,
    "rounded": _rounded,
}
MIXED = ("plain", "plain", "money", "heavy", "gamma", "bounded", "counts", "rounded", "likert")


def _latent(rng, n: int, d: int):
    """Draw correlated standard normal columns: a few factors and noise."""
    factors = int(rng.integers(0, 4))
    mix = rng.normal(size=(factors, d)) * rng.uniform(0.2, 1.0)
    z = rng.normal(size=(n, d)) + rng.normal(size=(n, factors)) @ mix
    return z / z.std(axis=0)


def _read_through(rng, z, names):
    """Read every column of the latent rows through a curve of its own."""
    mixed = [CURVES[str(rng.choice(names))](rng, column) for column in z.T]
    X = np.column_stack(mixed)
    keep = X.std(axis=0) > 0
    return scaled(X[:, keep] if keep.any() else z)


def one_group_of(*names: str, columns=(2, 4, 6, 10, 15)):
    """Make the family of single groups read through these curves."""

    def make(rng):
        n, d = rows_between(rng, 60, 1500), int(rng.choice(columns))
        return Table(_read_through(rng, _latent(rng, n, d), names), np.zeros(n, dtype=int))

    return make


def groups_of(*names: str, columns=(2, 3, 4, 6, 10, 15), apart=(3.5, 9.0)):
    """Make the family of round groups read through these curves."""

    def make(rng):
        k, d, n = int(rng.integers(2, 6)), int(rng.choice(columns)), rows_between(rng, 120, 1000)
        sizes = sizes_of(rng, n, k, 2.5)
        least = rng.uniform(*apart)
        centers = centers_apart(rng, k, d, least, least * 1.4)
        z = np.repeat(centers, sizes, axis=0) + 0.5 * _latent(rng, sizes.sum(), d)
        z += np.sqrt(0.75) * rng.normal(size=z.shape)
        z = (z - z.mean(axis=0)) / z.std(axis=0)
        return Table(_read_through(rng, z, names), np.repeat(np.arange(k), sizes))

    return make


def latent_classes(rng):
    """Draw yes-no answers of 2 to 4 classes of people."""
    k, d, n = int(rng.integers(2, 5)), int(rng.integers(6, 21)), rows_between(rng, 150, 1000)
    sizes = sizes_of(rng, n, k, 2)
    likely = np.where(rng.random((k, d)) < 0.5, rng.uniform(0.03, 0.15), rng.uniform(0.85, 0.97))
    X = (rng.random((sizes.sum(), d)) < np.repeat(likely, sizes, axis=0)).astype(float)
    return Table(X, np.repeat(np.arange(k), sizes))


def yes_no_answers(rng):
    """Draw yes-no answers of one class of people."""
    d, n = int(rng.integers(2, 16)), rows_between(rng, 100, 1000)
    return Table(
        (rng.random((n, d)) < rng.uniform(0.1, 0.9, d)).astype(float), np.zeros(n, dtype=int)
    )


def indicators(rng):
    """Draw indicator columns of independent categories beside measurements: one group."""
    n = rows_between(rng, 120, 1000)
    parts = [rng.normal(size=(n, int(rng.integers(1, 5))))]
    for _ in range(int(rng.integers(1, 4))):
        classes = int(rng.integers(2, 6))
        share = rng.dirichlet(np.full(classes, 3.0))
        parts.append(np.eye(classes)[rng.choice(classes, n, p=share)])
    X = np.hstack(parts)
    X = X[:, X.std(axis=0) > 0]
    return Table(scaled(X) if rng.random() < 0.7 else X, np.zeros(n, dtype=int))


def poisson_counts(rng):
    """Draw counts of one kind, some of them zero by a second cause."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([2, 3, 5, 10]))
    X = rng.poisson(np.exp(rng.uniform(-0.5, 2.0, d)), (n, d)).astype(float)
    if rng.random() < 0.5:
        X *= rng.random((n, d)) < rng.uniform(0.4, 0.9)
    return Table(scaled(X), np.zeros(n, dtype=int))


def skewed_factor(rng):
    """Draw columns that all follow one skewed common factor."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([2, 4, 8, 15]))
    factor = np.exp(rng.uniform(0.4, 1.0) * rng.normal(size=(n, 1)))
    X = factor * rng.uniform(0.5, 1.5, d) + rng.uniform(0.1, 0.6) * rng.normal(size=(n, d))
    return Table(scaled(X), np.zeros(n, dtype=int))


def uniform_copula(rng):
    """Draw ranks: every column uniform, columns correlated."""
    n, d = rows_between(rng, 100, 1500), int(rng.choice([2, 3, 5, 10]))
    return Table(norm.cdf(_latent(rng, n, d)), np.zeros(n, dtype=int))
