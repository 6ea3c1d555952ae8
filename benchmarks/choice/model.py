"""The two models of the verdict, fitted on measured tables: which k, and which method is better.

Both are boosted trees (scikit-learn's), written as plain lists for ``kwise.selection.trees``.
A family weighs as often as it is drawn in turn, however many of its tables were measured. Tables on
which no number of round groups is right teach nothing about k; those on which nobody can tell
groups from one teach nothing about other methods.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
from families import FAMILIES
from measure import read_cache
from sklearn.ensemble import HistGradientBoostingClassifier
from truth import NEAR, NEARER, Truth, truth_of

from kwise.results import Score
from kwise.selection import CRITERIA
from kwise.selection.signs import Findings, signs_of
from kwise.selection.suitability import RIVALS
from kwise.selection.support import at_best, probabilities_of, signs_of_methods

Floats = np.ndarray
Signs = dict[str, Floats]

# So many tables come once more without the comparison with other methods, so that the model of k
# can do without.
EVERY = 5
BOOSTED = {
    "support": {"max_iter": 600, "max_leaf_nodes": 31, "min_samples_leaf": 20},
    "better": {"max_iter": 500, "max_leaf_nodes": 10, "min_samples_leaf": 10},
}
# Trees are fitted so often, with other signs left out at each division, and averaged.
N_FITS = 2


class Measured:
    """A measured table: what the verdict may look at, and the truth."""

    def __init__(self, line: dict) -> None:
        self.family: str = line["family"]
        self.kind: str = line["kind"]
        self.seed: int = line["seed"]
        self.rows_columns: tuple[int, int] = tuple(line["rows_columns"])
        self.ks: list[int] = line["ks"]
        self.seconds: float = sum(line["seconds"])
        self.other_fit: dict[str, float] = line["other_fit"]
        self.truth: Truth = truth_of(line)
        self.findings = findings_of(line)
        self.signs = signs_of(self.findings)

    @property
    def hits(self) -> Floats:
        """Tell for every candidate whether it is right."""
        return np.array([k in self.truth.ks for k in self.ks])

    @property
    def scores_only(self) -> Signs:
        """Return the signs as they are where other methods were not compared."""
        findings = self.findings
        known = Findings(findings.ks, findings.scores, findings.choices, findings.inertias, {}, {})
        return signs_of(known)


def read(which: str, cache: Path) -> list[Measured]:
    """Read the measured tables of a set."""
    lines = read_cache(which, cache).values()
    return [Measured(line) for line in lines if line["k"] in line["ks"]]


def findings_of(line: dict) -> Findings:
    """Return the findings as the verdict sees it."""
    scores = {
        name: [Score(v, error) for v, error in zip(row, line["errors"][name])]
        for name, row in line["scores"].items()
    }
    choices = {name: CRITERIA[name].choose(line["ks"], row) for name, row in scores.items()}
    inertias = [
        starts(value, *each) for value, each in zip(line["scores"]["inertia"], line["starts"])
    ]
    shapes = {int(k): shape for k, shape in line["shape"].items()}
    return Findings(tuple(line["ks"]), scores, choices, inertias, line["suitability"], shapes)


def starts(best: float, same: float, lacks: float) -> list[float]:
    """Return inertias of ten starts of which that share came to the best, and the next lacks so."""
    best = 0.0 if math.isnan(best) else best
    n_same = max(1, round(10 * same))
    return [best] * n_same + [best * (1.0 + lacks)] * (10 - n_same)


def without(tables: list[Measured], *parts: str) -> list[str]:
    """Return the names of the signs that hold none of these words."""
    names = list(tables[0].signs)
    return [name for name in names if not any(part in name for part in parts)]


def weights_of(tables: list[Measured]) -> Floats:
    """Return the tables' weights: all of a family together weigh as often as it comes."""
    drawn = Counter(table.family for table in tables)
    weights = np.array([FAMILIES[table.family].often / drawn[table.family] for table in tables])
    return weights / weights.mean()


def fit_support(tables: list[Measured], names: list[str], *, shipped: bool = False) -> dict:
    """Fit which candidate is right, on tables where one is; once, unless it is to be shipped."""
    pairs = list(zip(tables, weights_of(tables)))
    some = [(table, weight) for table, weight in pairs if table.truth.ks]
    known = [(table.signs, table.hits, weight) for table, weight in some]
    if shipped:
        known += [(table.scores_only, table.hits, weight) for table, weight in some[::EVERY]]
    X = np.vstack([matrix(signs, names) for signs, _, _ in known])
    y = np.concatenate([hits for _, hits, _ in known])
    weight = np.concatenate([np.full(len(hits), weight) for _, hits, weight in known])
    return boosted("support", names, X, y, weight, n_fits=N_FITS if shipped else 1)


def fit_better(
    tables: list[Measured], supports: list[Floats], *, shipped: bool = False, without=()
) -> dict:
    """Fit which other method is much better, beside the candidate with most support."""
    rows, truth, weights = [], [], []
    for table, support, weight in zip(tables, supports, weights_of(tables)):
        if table.truth.structure != "unclear which":
            rows.append(signs_of_methods(at_best(table.signs, support)))
            truth += [is_better(table, rival) for rival in RIVALS]
            weights += [weight] * len(RIVALS)
    names = [name for name in rows[0] if not any(part in name for part in without)]
    X = np.vstack([np.column_stack([row[name] for name in names]) for row in rows])
    n_fits = N_FITS if shipped else 1
    return boosted("better", names, X, np.array(truth), np.array(weights), n_fits=n_fits)


def is_better(table: Measured, rival: str) -> bool:
    """Whether a method's groups come much nearer to the planted ones than those of k-means."""
    near = max(NEAR, table.truth.fit + NEARER)
    return table.truth.structure == "other shape" and table.other_fit[rival] >= near


def boosted(
    which: str, names: list[str], X: Floats, y: Floats, weight: Floats, *, n_fits: int
) -> dict:
    """Fit trees, and return them as plain lists."""
    trees, base, depth = [], 0.0, 0
    for seed in range(n_fits):
        model = HistGradientBoostingClassifier(
            learning_rate=0.05,
            l2_regularization=3.0,
            max_features=0.3,
            early_stopping=False,
            random_state=seed,
            **BOOSTED[which],
        ).fit(X, y, weight)
        base += float(model._baseline_prediction[0, 0]) / n_fits
        for (tree,) in model._predictors:
            trees.append([plain(node, n_fits) for node in tree.nodes])
            depth = max(depth, int(tree.nodes["depth"].max()))
    return {"base": round(base, 5), "depth": depth, **lean(names, trees)}


def plain(node, n_fits: int) -> list[float]:
    """Return a node as a short list: a leaf's value, or what it asks and where it leads."""
    if node["is_leaf"]:
        return [float(f"{node['value'] / n_fits:.3g}")]
    threshold = float(f"{min(node['num_threshold'], 1e300):.6g}")
    children = [int(node["left"]), int(node["right"])]
    return [int(node["feature_idx"]), threshold, int(node["missing_go_to_left"]), *children]


def columns_of(trees: list[list[list[float]]]) -> dict:
    """Return trees as ``kwise.selection.trees`` reads them: one list a column."""
    nodes = [[-1, node[0], 0, 0, 0] if len(node) == 1 else node for tree in trees for node in tree]
    names = ("feature", "number", "missing_left", "left", "right")
    return {
        "sizes": [len(tree) for tree in trees],
        **{name: list(column) for name, column in zip(names, zip(*nodes))},
    }


def lean(names: list[str], trees: list[list[list[float]]]) -> dict:
    """Return names and trees without names that no tree asks for."""
    asked = sorted({node[0] for tree in trees for node in tree if len(node) > 1})
    place = {old: new for new, old in enumerate(asked)}
    kept = [
        [[place[node[0]], *node[1:]] if len(node) > 1 else node for node in tree] for tree in trees
    ]
    return {"names": [names[i] for i in asked], **columns_of(kept)}


def matrix(signs: Signs, names: list[str]) -> Floats:
    """Return signs as one row a candidate; nan for what is not among them."""
    unknown = np.full(len(signs["log_k"]), np.nan)
    return np.column_stack([signs.get(name, unknown) for name in names])


def support_of(table: Measured, trees, sharpness: float) -> Floats:
    """Return the probability of each candidate."""
    return probabilities_of(trees.log_odds(table.signs), sharpness)
