"""A report by hand: pandas, scikit-learn, kneed and matplotlib, as the tutorials put them together.

python benchmarks/jobs_by_hand.py TABLE PAGE COLUMNS OUTSIDE
"""

from __future__ import annotations

import sys

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from kneed import KneeLocator
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

KS = range(2, 11)
MOST_ROWS = 10_000


def main() -> None:
    path, page, columns, outside = sys.argv[1:]
    if path.endswith(".npz"):
        frame = pd.DataFrame(np.load(path)["X"])
    else:
        frame = pd.read_csv(path, header=None if "kddcup" in path else 0)
    numbers = frame[columns.split(",")] if columns else frame.select_dtypes("number")
    numbers = numbers.loc[:, numbers.nunique() > 1].dropna()
    X = StandardScaler().fit_transform(numbers)
    most = min(MOST_ROWS, len(X))
    fits = {k: KMeans(k, n_init=10, random_state=0).fit(X) for k in KS}
    scores = {
        k: silhouette_score(X, fit.labels_, sample_size=most, random_state=0)
        for k, fit in fits.items()
    }
    sse = [fit.inertia_ for fit in fits.values()]
    elbow = KneeLocator(list(KS), sse, curve="convex", direction="decreasing").elbow
    best = max(scores, key=scores.__getitem__)
    _, axes = plt.subplots(2, 3, figsize=(18, 10))
    axes[0, 0].plot(list(KS), sse)
    axes[0, 0].set_title(f"elbow: {elbow}")
    axes[0, 1].plot(list(scores), list(scores.values()))
    for place, k in zip((axes[0, 2], axes[1, 0], axes[1, 1]), (2, 3, best)):
        place.scatter(X[:, 0], X[:, -1], c=fits[k].labels_, s=3)
        place.set_title(f"k = {k}")
    beside = frame.loc[numbers.index, outside] if outside else numbers.iloc[:, 0]
    axes[1, 2].boxplot([beside[fits[best].labels_ == c] for c in range(best)])
    plt.savefig(page)


if __name__ == "__main__":
    main()
