"""A criterion of your own: a score, a rule, and it votes beside those that are built in.

python examples/05_own_criterion.py
"""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.datasets import make_blobs

import kwise
from kwise.plots import plot_criterion
from kwise.results import Score
from kwise.selection import Criterion, rules


def dunn(context, run):
    """Score a run by the least distance between clusters over the greatest width of one."""
    rows = context.rows(500)
    X, labels = context.X[rows], run.labels[rows]
    apart = cdist(X, X)
    same = labels[:, None] == labels[None, :]
    return Score(float(apart[~same].min() / apart[same].max()))


DUNN = Criterion(
    name="dunn",
    label="Dunn",
    score=dunn,
    choose=rules.highest,
    direction="higher",
    source="Dunn 1974",
)

X, _ = make_blobs(300, centers=[(0, 0), (8, 0), (0, 8), (8, 8)], random_state=2)
selection = kwise.select_k(X, range(1, 8), criteria=["silhouette", "bic", DUNN], random_state=0)

print(selection.verdict)
for name, choice in selection.choices.items():
    print(f"{name}: k = {choice.k} ({choice.reason})")
print("Dunn:", np.round([score.value for score in selection.sweep.scores["dunn"]], 3).tolist())
plot_criterion(selection, "dunn").figure.savefig("dunn.svg")
