"""Short rules that find a cluster's rows: few paths of a small decision tree each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kwise._formatting import short

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.tree import DecisionTreeClassifier

    from kwise.results import Floats, Labels

__all__ = ["ClusterRule", "RuleColumns", "RuleSet", "rules_of"]

# Rows that the tree learns from; it is always judged on all of them.
_MOST_ROWS = 20_000
# Clusters that short rules can tell apart; of more, or of very small ones, none are given.
_MOST_RULES = 40
# Leaves that a cluster may need, those that a rule names, and questions on the way to one; the
# share of rows in the right place from which no more leaves are asked for.
_LEAVES_A_CLUSTER, _MOST_PARTS, _DEEPEST, _FAITHFUL = 4, 3, 7, 0.95


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
    """A rule for each cluster that leaves stand for, and how far all of them can be trusted.

    ``fidelity`` is the share of all rows that meet the rule of their own cluster: what is told,
    not what the whole tree knows. ``n_leaves`` is how many leaves the tree was given.
    """

    of_cluster: tuple[ClusterRule | None, ...]
    fidelity: float
    n_leaves: int


@dataclass(frozen=True)
class RuleColumns:
    """The columns that rules may name, in own units, whatever the clusters are.

    ``values`` has shape (n_samples, n_columns), NaN where a cell is missing.
    """

    names: tuple[str, ...]
    values: Floats

    @cached_property
    def learned(self) -> NDArray[np.intp]:
        """The rows that trees learn from."""
        return np.random.default_rng(0).permutation(len(self.values))[:_MOST_ROWS]

    @cached_property
    def ranks(self) -> Floats:
        """Of these rows, the place of each value among the distinct ones of its column."""
        return np.column_stack([_ranks(column) for column in self.values[self.learned].T])


class _Tree(NamedTuple):
    """Questions by node, children after their parents, as scikit-learn numbers them."""

    children_left: NDArray[np.intp]
    children_right: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: Floats
    missing_go_to_left: NDArray[np.uint8]


def rules_of(columns: RuleColumns, labels: Labels, k: int) -> RuleSet | None:
    """Describe the clusters by a small tree of questions on columns in own units.

    The tree has as many leaves as clusters, and more of them only while the rules put too few rows
    where k-means did, up to four for each cluster (the idea of ExKMC).

    References
    ----------
    .. [1] Frost, Moshkovitz and Rashtchian, "ExKMC: Expanding explainable k-means clustering",
       2020. https://arxiv.org/abs/2006.02399
    """
    if not 1 < k <= min(_MOST_RULES, len(labels) // 4) or not columns.names:
        return None
    from sklearn.tree import DecisionTreeClassifier

    order, ranks = columns.learned, columns.ranks
    tree = DecisionTreeClassifier(
        max_depth=min(_DEEPEST, 2 + int(np.ceil(np.log2(k)))),
        max_leaf_nodes=_LEAVES_A_CLUSTER * k,
        min_samples_leaf=max(1, len(order) // 1000),
        random_state=0,
    )
    tree.fit(ranks, labels[order])
    grown, n_leaves = _grown(tree, ranks, columns.values[order]), int(tree.tree_.n_leaves)
    leaves, names = _reached(grown, columns.values), columns.names
    sets = (_rules(grown, leaves, labels, k, names, n) for n in range(min(k, n_leaves), n_leaves))
    good = next((each for each in sets if each.fidelity >= _FAITHFUL), None)
    return good or _rules(grown, leaves, labels, k, names, n_leaves)


def _ranks(column: Floats) -> Floats:
    """Return the place of each value among the column's distinct ones, NaN of a missing one.

    Trees ask for the order alone, and scikit-learn's hold float32 and take values closer than 1e-7
    for one: numbers in a far unit, or far from 0, would be the same to them.
    """
    ranks: Floats = np.unique(column, return_inverse=True)[1].astype(np.float32)
    ranks[np.isnan(column)] = np.nan
    return ranks


def _grown(tree: DecisionTreeClassifier, ranks: Floats, values: Floats) -> _Tree:
    """Return a tree of ranks as one of values: between the two that a question parts it asks."""
    told = tree.tree_
    thresholds = told.threshold.astype(np.float64)
    there = tree.decision_path(ranks).tocsc()
    for node in np.flatnonzero(told.children_left >= 0):
        rows, column = there.indices[slice(*there.indptr[node : node + 2])], told.feature[node]
        below = ranks[rows, column] <= told.threshold[node]
        above = ranks[rows, column] > told.threshold[node]
        if below.any() and above.any():  # else missing cells are parted from all others
            low, high = values[rows[below], column].max(), values[rows[above], column].min()
            thresholds[node] = low / 2 + high / 2
    return _Tree(
        told.children_left, told.children_right, told.feature, thresholds, told.missing_go_to_left
    )


def _reached(tree: _Tree, values: Floats) -> NDArray[np.intp]:
    """Return the leaf that every row reaches."""
    leaves = np.empty(len(values), np.intp)
    waiting = [(0, np.arange(len(values)))]
    while waiting:
        node, rows = waiting.pop()
        leaves[rows] = node
        if tree.children_left[node] >= 0:
            cells = values[rows, tree.feature[node]]
            lower = cells <= tree.threshold[node]
            lower |= np.isnan(cells) & bool(tree.missing_go_to_left[node])
            waiting.append((int(tree.children_left[node]), rows[lower]))
            waiting.append((int(tree.children_right[node]), rows[~lower]))
    return leaves


def _rules(
    tree: _Tree,
    leaves: NDArray[np.intp],
    labels: Labels,
    k: int,
    columns: tuple[str, ...],
    n_leaves: int,
) -> RuleSet:
    """Write the rules of the tree that had grown to ``n_leaves`` leaves.

    Trees grow best leaf first, two nodes at a time: the first 2 n - 1 nodes are that tree.
    """
    n_nodes = 2 * n_leaves - 1
    cells = _shown_nodes(tree, n_nodes)[leaves] * k + labels
    counts = np.bincount(cells, minlength=n_nodes * k).reshape(n_nodes, k)
    paths = _paths(tree, n_nodes)
    own = [_leaves_of(c, counts, paths) for c in range(k)]
    found = [_rule(c, nodes, counts, paths, columns) for c, nodes in enumerate(own)]
    right = sum(int(counts[nodes, c].sum()) for c, nodes in enumerate(own))
    return RuleSet(tuple(found), right / len(labels), n_leaves)


def _shown_nodes(tree: _Tree, n_nodes: int) -> NDArray[np.intp]:
    """Return for each node the first one above it (or itself) that is among ``n_nodes``."""
    left, right = tree.children_left, tree.children_right
    shown = np.arange(len(left))
    for node in range(len(left)):  # children come after their parents
        if left[node] >= n_nodes:
            shown[left[node]] = shown[right[node]] = shown[node]
    return shown


def _paths(tree: _Tree, n_nodes: int) -> dict[int, list[tuple[int, bool, float]]]:
    """List the questions on the way to each leaf: column, whether above, threshold."""
    left, right = tree.children_left, tree.children_right
    column, threshold = tree.feature, tree.threshold
    found, waiting = {}, [(0, [])]  # type: ignore[var-annotated]
    while waiting:
        node, way = waiting.pop()
        if left[node] < 0 or left[node] >= n_nodes:
            found[node] = way
            continue
        step = (int(column[node]), float(threshold[node]))
        waiting.append((int(left[node]), [*way, (step[0], False, step[1])]))
        waiting.append((int(right[node]), [*way, (step[0], True, step[1])]))
    return found


def _leaves_of(
    c: int, counts: NDArray[np.int64], paths: dict[int, list[tuple[int, bool, float]]]
) -> list[int]:
    """Return the leaves that a rule for cluster ``c`` names: few, and each of them worth it."""
    own = [leaf for leaf in paths if counts[leaf, c] and counts[leaf].argmax() == c]
    own.sort(key=lambda node: (-int(counts[node, c]), node))
    total = counts[:, c].sum()
    return [leaf for leaf in own[:_MOST_PARTS] if leaf == own[0] or counts[leaf, c] >= 0.05 * total]


def _rule(
    c: int,
    nodes: list[int],
    counts: NDArray[np.int64],
    paths: dict[int, list[tuple[int, bool, float]]],
    columns: tuple[str, ...],
) -> ClusterRule | None:
    """Write the paths to the leaves of cluster ``c``; None where it is the majority nowhere."""
    if not nodes:
        return None
    met = counts[nodes]
    precision = met[:, c].sum() / met.sum()
    recall = met[:, c].sum() / counts[:, c].sum()
    text = ", or ".join(_words(paths[leaf], columns) for leaf in nodes)
    return ClusterRule(text, float(precision), float(recall))


def _words(path: list[tuple[int, bool, float]], columns: tuple[str, ...]) -> str:
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
