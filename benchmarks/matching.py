"""How often splits, mergers, births and deaths are named where planted, and only there.

python benchmarks/matching.py [--times 200]

Last month has groups of known places, this month others; both are clustered with as many clusters
as there are groups, and matched on this month's rows by ``kwise.io.match_models``. A match is right
if it names just what was planted, of the right clusters, and calls all others kept. ``apart`` is
how far the halves of what splits or merges lie from each other, in standard deviations of a group.
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl
from scipy.stats import beta

import kwise
from kwise.io import Model, as_model, match_models
from kwise.preparation import Preparation

PLACES = np.array([[0.0, 0, 0], [12, 0, 0], [0, 12, 0], [12, 12, 6], [0, 0, 12]])
# What was planted: groups of then and now; "a" and "b" are halves of one that is whole as "a+b".
STORIES: dict[str, tuple[str, str]] = {
    "nothing": ("1 2 3 4", "1 2 3 4"),
    "a split": ("1 2 3 a+b", "1 2 3 a b"),
    "a merger": ("1 2 3 a b", "1 2 3 a+b"),
    "a new cluster": ("1 2 3 4", "1 2 3 4 5"),
    "a cluster that is gone": ("1 2 3 4 5", "1 2 3 4"),
    "a split and a new cluster": ("1 2 a+b", "1 2 a b 5"),
    "a merger and one that is gone": ("1 2 5 a b", "1 2 a+b"),
}
RIGHT = {
    "nothing": {},
    "a split": {"split": 1},
    "a merger": {"merged": 1},
    "a new cluster": {"new": 1},
    "a cluster that is gone": {"gone": 1},
    "a split and a new cluster": {"split": 1, "new": 1},
    "a merger and one that is gone": {"merged": 1, "gone": 1},
}


def month(
    rng: np.random.Generator, groups: str, n: int, apart: float
) -> tuple[pl.DataFrame, np.ndarray]:
    """Draw rows of these groups, and say of which each is; halves are drawn from one as well."""
    rows, owner = [], []
    names = groups.replace("+", " ").split()
    for name, size in zip(names, rng.multinomial(n, rng.dirichlet(np.full(len(names), 10.0)))):
        half = {"a": -0.5, "b": 0.5}.get(name, 0.0) * apart
        place = PLACES[3 if name in "ab" else int(name) - 1] + np.array([0, 0, half])
        rows.append(place + rng.normal(size=(size, 3)))
        owner += [name] * size
    return pl.DataFrame(np.vstack(rows), schema=["x", "y", "z"]), np.array(owner)


def model_of(frame: pl.DataFrame, k: int, seed: int) -> Model:
    """Cluster a month."""
    preparation = Preparation(scale="none")
    X = preparation.fit_transform(frame)
    return as_model(kwise.KMeans(k, n_init=10, random_state=seed).fit(X), preparation).calibrated(
        frame
    )


def is_right(story: str, seed: int, n: int, apart: float) -> bool:
    """Say whether a match names what was planted, of the right clusters."""
    then, now = STORIES[story]
    rng = np.random.default_rng([seed, int(10 * apart)])
    (before, _), (rows, owner) = month(rng, then, n, apart), month(rng, now, n, apart)
    models = [model_of(t, len(g.split()), seed) for t, g in ((before, then), (rows, now))]
    found = match_models(*models, rows)
    counts = {kind: len(found.named(kind)) for kind in ("split", "merged", "new", "gone")}
    if {kind: c for kind, c in counts.items() if c} != RIGHT[story]:
        return False
    label = models[1].predict(rows) + 1
    halves = {int(np.bincount(label[owner == half]).argmax()) for half in "ab" if half in owner}
    split = all(set(each.now) == halves for each in found.named("split"))
    into = all(set(each.now) == halves for each in found.named("merged"))
    born = int(np.bincount(label[owner == "5"]).argmax()) if "5" in owner else 0
    return split and into and all(each.now == (born,) for each in found.named("new"))


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--times", type=int, default=200)
    asked.add_argument("--rows", type=int, default=800)
    words = asked.parse_args()
    aparts = (4.0, 6.0, 8.0)
    print(
        f"| planted | {' | '.join(f'{each:.0f} apart' for each in aparts)} |\n|---|---:|---:|---:|"
    )
    for story in STORIES:
        cells = []
        for apart in aparts:
            right = sum(is_right(story, i, words.rows, apart) for i in range(words.times))
            low = beta.ppf(0.025, right, words.times - right + 1) if right else 0.0
            cells.append(f"{right} of {words.times} (at least {100 * low:.1f} %)")
        print(f"| {story} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
