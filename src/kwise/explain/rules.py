"""Short rules that find a cluster's rows: one path of a small decision tree each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["ClusterRule", "RuleSet", "rules_of"]

# Rows that the tree learns from; it is always judged on all of them.
_MOST_ROWS = 20_000
# Clusters that short rules can tell apart; of more, or of very small ones, none are given.
_MOST_RULES = 40


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """A short test that finds a cluster's rows, with how well it does, in [0, 1].

    ``precision`` is the share of rows meeting the rule that belong to the cluster,
    ``recall`` the share of the cluster's rows that meet it.
    """

    text: str
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A rule for each cluster that a leaf stands for, and how often the tree is right."""

    of_cluster: tuple[ClusterRule | None, ...]
    fidelity: float


def rules_of(values: Floats, columns: list[str], labels: Labels, k: int) -> RuleSet | None:
    """Describe the clusters by a tree of at most four questions on columns in own units.

    ``values`` has shape (n_samples, n_columns), NaN where a cell is missing.
    """
    if not 1 < k <= min(_MOST_RULES, len(labels) // 4) or values.shape[1] == 0:
        return None
    from sklearn.tree import DecisionTreeClassifier

    order = np.random.default_rng(0).permutation(len(labels))[:_MOST_ROWS]
    tree = DecisionTreeClassifier(
        max_depth=min(4, 1 + int(np.ceil(np.log2(k)))),
        max_leaf_nodes=2 * k,
        min_samples_leaf=max(1, len(order) // 1000),
        random_state=0,
    )
    table = values.astype(np.float32)
    tree.fit(table[order], labels[order])
    leaves = tree.apply(table)
    counts = np.zeros((tree.tree_.node_count, k), dtype=np.int64)
    np.add.at(counts, (leaves, labels), 1)
    paths = _paths(tree.tree_)
    found = [_rule(c, counts, paths, columns) for c in range(k)]
    right = counts[np.arange(len(counts)), _majority(tree, k)]
    return RuleSet(tuple(found), float(right.sum() / len(labels)))


def _majority(tree: object, k: int) -> NDArray[np.intp]:
    """Return the cluster that each node of the tree votes for."""
    values: NDArray[np.float64] = tree.tree_.value[:, 0, :]  # type: ignore[attr-defined]
    classes: NDArray[np.intp] = tree.classes_  # type: ignore[attr-defined]
    assert values.shape[1] <= k
    votes: NDArray[np.intp] = classes[values.argmax(axis=1)]
    return votes


def _paths(tree: object) -> dict[int, list[tuple[int, bool, float]]]:
    """List the questions on the way to each leaf: column, whether above, threshold."""
    left, right = tree.children_left, tree.children_right  # type: ignore[attr-defined]
    column, threshold = tree.feature, tree.threshold  # type: ignore[attr-defined]
    found, waiting = {}, [(0, [])]  # type: ignore[var-annotated]
    while waiting:
        node, way = waiting.pop()
        if left[node] < 0:
            found[node] = way
            continue
        step = (int(column[node]), float(threshold[node]))
        waiting.append((int(left[node]), [*way, (step[0], False, step[1])]))
        waiting.append((int(right[node]), [*way, (step[0], True, step[1])]))
    return found


def _rule(
    c: int,
    counts: NDArray[np.int64],
    paths: dict[int, list[tuple[int, bool, float]]],
    columns: list[str],
) -> ClusterRule | None:
    """Write the path to the leaf that holds most of cluster ``c`` where it is the majority."""
    own = [leaf for leaf in paths if counts[leaf, c] and counts[leaf].argmax() == c]
    if not own:
        return None
    leaf = max(own, key=lambda node: int(counts[node, c]))
    precision = counts[leaf, c] / counts[leaf].sum()
    recall = counts[leaf, c] / counts[:, c].sum()
    return ClusterRule(_words(paths[leaf], columns), float(precision), float(recall))


def _words(path: list[tuple[int, bool, float]], columns: list[str]) -> str:
    """Join the questions of a path, each column once: 32.5 < latitude <= 36.1."""
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    for column, above, threshold in path:
        if above:
            low[column] = max(threshold, low.get(column, -np.inf))
        else:
            high[column] = min(threshold, high.get(column, np.inf))
    parts = []
    for column in dict.fromkeys(column for column, _, _ in path):
        name = columns[column]
        if column in low and column in high:
            parts.append(f"{short(low[column], 4)} < {name} ≤ {short(high[column], 4)}")
        elif column in low:
            parts.append(f"{name} > {short(low[column], 4)}")
        else:
            parts.append(f"{name} ≤ {short(high[column], 4)}")
    return " and ".join(parts)
