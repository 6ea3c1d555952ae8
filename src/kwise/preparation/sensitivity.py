"""Does the answer depend on the scaling? The same k under each, and how well they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from kwise._formatting import fixed
from kwise._progress import AnyProgress, silent, with_bar
from kwise._registry import resolve
from kwise.estimators import KMeans
from kwise.preparation.decomposition import fit_components
from kwise.preparation.influence import ColumnInfluence, column_influence
from kwise.preparation.scaling import SCALINGS, Scaling, row_lengths
from kwise.preparation.transformer import Frame, Preparation
from kwise.types import Floats

FOUR = ("standard", "minmax", "robust", "none")
ALIKE = 0.9  # adjusted Rand index from which two answers are nearly the same


@dataclass(frozen=True, slots=True)
class ScalingAnswer:
    """The clusters under one scaling.

    ``sizes`` counts the rows of each cluster, largest first; ``agreement`` maps every
    scaling to the adjusted Rand index between its clusters and these, at most 1, 0 for
    unrelated ones; ``leading`` is the column with the largest influence.
    """

    scale: str
    sizes: tuple[int, ...]
    agreement: dict[str, float]
    leading: ColumnInfluence


@dataclass(frozen=True, slots=True)
class ScalingSensitivity:
    """The answers under several scalings, and a sentence on how far they agree."""

    answers: tuple[ScalingAnswer, ...]
    lowest: float
    verdict: str

    def table(self) -> list[dict[str, object]]:
        """Return one row per scaling, JSON-ready, ready for a data frame."""
        return [
            {
                "scale": each.scale,
                "sizes": list(each.sizes),
                **{f"ARI with {other}": value for other, value in each.agreement.items()},
                "leading column": each.leading.name,
                "its share": each.leading.share,
            }
            for each in self.answers
        ]


@with_bar
def scaling_sensitivity(
    frame: Frame,
    n_clusters: int,
    *,
    preparation: Preparation | None = None,
    scales: Sequence[str] = FOUR,
    n_init: int = 10,
    random_state: int | None = None,
    progress: AnyProgress = silent,
) -> ScalingSensitivity:
    """Cluster a table under several scalings, and compare the answers.

    Parameters
    ----------
    frame : data frame or array of shape (n_samples, n_columns)
        The table.
    n_clusters : int
        The same under every scaling, in [1, rows without a missing cell].
    preparation : Preparation, optional
        Everything but the scaling is done as it says; it need not be fitted.
    scales : sequence of str
        Names in ``SCALINGS``, at least two.
    n_init : int, default=10
        Starts of each fit.
    random_state : int, optional
        An int gives the same answer every time.
    progress : bool, "bar" or callable, default=False
        Called after each scaling.

    Returns
    -------
    ScalingSensitivity
        One answer per scaling, in the order of ``scales``.

    Examples
    --------
    >>> from kwise.io import demonstration
    >>> from kwise.preparation import scaling_sensitivity
    >>> found = scaling_sensitivity(demonstration().frame, 3, random_state=0)
    >>> found.answers[3].leading.name
    'proline'
    >>> found.lowest < 0.5
    True
    """
    assert callable(progress)  # as with_bar has it
    if len(scales) < 2:
        raise ValueError(f"scales={list(scales)} is too short; pass at least two to compare")
    chosen = [resolve(SCALINGS, name, what="scale") for name in scales]
    plain = clone(preparation) if preparation is not None else Preparation()
    components = plain.components
    plain.set_params(scale="none", components=None)
    X = plain.fit_transform(frame)
    X = X[~np.isnan(X).any(axis=1)]
    names = list(plain.get_feature_names_out())
    n_numbers = len(plain.state_.numbers)
    labels: list[NDArray[np.int32]] = []
    leading: list[ColumnInfluence] = []
    for done, scaling in enumerate(chosen):
        progress("clusters under each scaling", done, len(chosen))
        scaled = _scaled(X, scaling, n_numbers)
        clustered = _projected(scaled, components)
        fitted = KMeans(n_clusters, n_init=n_init, random_state=random_state).fit(clustered)
        labels.append(fitted.labels_)
        leading.append(column_influence(scaled, fitted.labels_, names)[0])
    progress("clusters under each scaling", len(chosen), len(chosen))
    return _compared([each.name for each in chosen], labels, leading)


def _scaled(X: Floats, scaling: Scaling, n_numbers: int) -> Floats:
    """Scale the numbers; indicators of categories stay as they are."""
    scaled = X.copy()
    if n_numbers:
        centers, spreads = scaling.fit(X[:, :n_numbers])
        scaled[:, :n_numbers] -= centers
        scaled[:, :n_numbers] /= spreads
    return scaled / row_lengths(scaled) if scaling.by_row else scaled


def _projected(X: Floats, components: float | None) -> Floats:
    """Take principal components, if so prepared."""
    if components is None:
        return X
    fitted = fit_components(X, components)
    return np.ascontiguousarray((X - fitted.mean) @ fitted.axes.T)


def _compared(
    names: list[str], labels: list[NDArray[np.int32]], leading: list[ColumnInfluence]
) -> ScalingSensitivity:
    """Compare every two answers."""
    agreement = [[float(adjusted_rand_score(a, b)) for b in labels] for a in labels]
    answers = tuple(
        ScalingAnswer(
            scale=name,
            sizes=tuple(sorted(np.bincount(labels[i]).tolist(), reverse=True)),
            agreement=dict(zip(names, agreement[i])),
            leading=leading[i],
        )
        for i, name in enumerate(names)
    )
    pairs = [(agreement[i][j], i, j) for i in range(len(names)) for j in range(i)]
    lowest, i, j = min(pairs)
    return ScalingSensitivity(answers, lowest, _verdict(answers, lowest, answers[j], answers[i]))


def _verdict(
    answers: tuple[ScalingAnswer, ...], lowest: float, one: ScalingAnswer, other: ScalingAnswer
) -> str:
    """Say in a sentence how much the scaling matters."""
    if lowest >= ALIKE:
        return (
            f"The scaling hardly matters: all {len(answers)} answers agree "
            f"(adjusted Rand index {fixed(lowest)} or more)."
        )
    led = max((one, other), key=lambda each: each.leading.share)
    text = (
        f"The scaling matters: {one.scale!r} and {other.scale!r} agree with an adjusted Rand "
        f"index of {fixed(lowest)} only"
    )
    if led.leading.share < 0.5:
        return text + "."
    share = min(led.leading.share, 0.99)  # rounding must not claim all of it
    return (
        f"{text}; with {led.scale!r}, column {led.leading.name!r} holds {share:.0%} of what sets "
        "the clusters apart."
    )
