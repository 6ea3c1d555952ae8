"""A table of every kind of column, and preparations that use it in different ways."""

import numpy as np
import polars as pl

from kwise import KMeans
from kwise.preparation import SCALINGS, Preparation

RNG = np.random.default_rng(0)
N = 200
FRAME = pl.DataFrame(
    {
        "width": [None if i % 9 == 0 else x for i, x in enumerate(RNG.gamma(2.0, 3.0, N).tolist())],
        "height": RNG.normal(5, 100, N),
        "depth": np.exp(RNG.normal(0, 2, N)),
        "color": RNG.choice(["red", "green", "blue"], N),
        "flag": RNG.random(N) < 0.3,
    }
)
# Columns that are used if they are named: words in an order, numbers that are categories.
WIDER = FRAME.with_columns(
    risk=pl.Series(RNG.choice(["Low", "medium", "High"], N)),
    region=pl.Series(RNG.choice([1, 2, 7], N)),
    heat=pl.Series([-999.0 if i % 7 == 0 else x for i, x in enumerate(RNG.normal(20, 3, N))]),
)
WIDER_PREPARATIONS = [
    {"columns": ["height", "risk", "flag", "heat"], "missing": "mean"},
    {"columns": ["height", "region", "heat"], "categories": "one-hot"},
    {"columns": ["height", "risk", "width", "heat"], "missing": "knn"},
    {"columns": ["height", "depth", "width", "heat"], "missing": "iterative"},
]
PREPARATIONS = [
    *({"scale": scale} for scale in SCALINGS),
    {"missing": "median", "categories": "one-hot"},
    {"missing": "mean", "categories": "mixed"},
    {"missing": "mean", "transform_skew": True, "components": 2},
    {"columns": ["depth", "height"], "components": 0.5, "scale": "robust"},
    {"drop": ["width"], "categories": "one-hot", "scale": "normalize-rows", "components": 3},
]


def fitted(frame=FRAME, **parameters):
    preparation = Preparation(**parameters)
    X = preparation.fit_transform(frame)
    estimator = KMeans(3, random_state=0).fit(X[~np.isnan(X).any(axis=1)])
    return preparation, estimator
