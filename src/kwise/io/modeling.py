"""From fitted estimators and pipelines to models."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from kwise.io.model import Json, Model
from kwise.types import Floats

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from kwise.estimators import KPrototypes
    from kwise.preparation import Preparation

__all__ = ["FittedCenters", "as_model"]


class FittedCenters(Protocol):
    """What a model needs of a fitted estimator: the centers of its clusters."""

    cluster_centers_: NDArray[np.floating]


def as_model(
    fitted: Model | Pipeline | FittedCenters,
    preparation: Preparation | None = None,
    metadata: Mapping[str, Json] | None = None,
) -> Model:
    """Make a model of a fitted pipeline, or of an estimator and its preparation.

    Parameters
    ----------
    fitted : Model, Pipeline or estimator
        A pipeline of a ``Preparation`` and an estimator with ``cluster_centers_``; or that
        estimator alone. Of ``KPrototypes`` labels are the same; squared distances of rows with
        a category that no prototype has are less by ``gamma_ / 2`` for each.
    preparation : Preparation, optional
        Fitted; only beside an estimator. Without it the model takes rows as they are.
    metadata : mapping, optional
        Saved along with versions and the estimator's parameters.

    Returns
    -------
    Model
        Refers to the same arrays.

    Raises
    ------
    TypeError
        If there are no fitted centers.
    ValueError
        If the estimator gives rows to clusters otherwise than by the nearest of them.

    Examples
    --------
    >>> from kwise import KMeans
    >>> from kwise.io import as_model
    >>> as_model(KMeans(2, random_state=0).fit([[0.0], [0.1], [5.0]])).centers.shape
    (2, 1)
    """
    from kwise.preparation import Preparation

    if isinstance(fitted, Model):
        return replace(fitted, metadata={**fitted.metadata, **(metadata or {})})
    estimator: object = fitted
    steps = getattr(fitted, "steps", None)
    if steps is not None:
        if len(steps) != 2 or not isinstance(steps[0][1], Preparation):
            raise TypeError(
                "the pipeline has to be a Preparation and one estimator, found "
                + " -> ".join(type(step).__name__ for _, step in steps)
            )
        preparation, estimator = steps[0][1], steps[1][1]
    centers = getattr(estimator, "cluster_centers_", None)
    if centers is None:
        raise TypeError(f"{type(estimator).__name__} has no cluster_centers_; fit it first")
    if hasattr(estimator, "gamma_"):
        preparation, centers = _of_prototypes(estimator, preparation)
    else:
        _refuse_other_rules(estimator)
    centers = np.array(centers, dtype=np.float64)
    if preparation is None:
        names = getattr(estimator, "feature_names_in_", None)
        preparation = _as_they_are(centers, None if names is None else [str(n) for n in names])
    told = {**_told(estimator), **(metadata or {})}
    return Model(preparation, centers, told)


def _refuse_other_rules(estimator: object) -> None:
    """Refuse an estimator whose new rows do not go to the nearest center, as a model's do."""
    metric = getattr(estimator, "metric", "euclidean")
    if metric != "euclidean":
        raise ValueError(
            f"a model keeps Euclidean distances, and the estimator has metric={metric!r}; "
            "scale='normalize-rows' in the preparation clusters by direction, as cosine does"
        )
    if hasattr(estimator, "children_"):
        raise ValueError(
            f"a model gives rows to the nearest center, and {type(estimator).__name__} down a tree "
            "of splits: the answers would be others. Save a KMeans that begins from its "
            "cluster_centers_."
        )


def _of_prototypes(
    estimator: object, preparation: Preparation | None
) -> tuple[Preparation, Floats]:
    """Return preparation and centers of k-prototypes, which compares categories itself."""
    from kwise.io.prototypes import prototype_space

    if preparation is not None:
        raise ValueError(
            "k-prototypes reads categories itself: save it without a preparation, or cluster "
            "with Preparation(categories='mixed') and KMeans."
        )
    return prototype_space(cast("KPrototypes", estimator))


def _as_they_are(centers: Floats, names: list[str] | None) -> Preparation:
    """Return a preparation that changes nothing."""
    from kwise.preparation import Preparation, PreparationSummary
    from kwise.preparation.state import FittedState

    width = centers.shape[1]
    names = names or [f"column {j + 1}" for j in range(width)]
    preparation = Preparation(names, scale="none")
    preparation.state_ = FittedState(
        names_in=tuple(names),
        numbers=tuple(names),
        categories=(),
        levels=(),
        missing="drop",
        by_row=False,
        fillings=np.full(width, np.nan),
        category_fillings=(),
        powers=np.full(width, np.nan),
        centers=np.zeros(width),
        spreads=np.ones(width),
    )
    steps = ("Rows are taken as they are.",)
    preparation.summary_ = PreparationSummary((), steps, (), 0, 0)
    return preparation


def _told(estimator: object) -> dict[str, Json]:
    """Return versions, and what an estimator says of itself, as JSON values."""
    import sklearn

    import kwise

    told: dict[str, Json] = {
        "versions": {
            "kwise": kwise.__version__,
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "python": platform.python_version(),
        },
        "estimator": type(estimator).__name__,
    }
    if hasattr(estimator, "get_params"):
        plain = (str, int, float, bool, type(None))
        parameters = {
            name: cast("Json", value)
            for name, value in estimator.get_params().items()
            if isinstance(value, plain)
        }
        told["parameters"] = parameters
    if hasattr(estimator, "inertia_"):
        told["inertia"] = float(estimator.inertia_)
    labels = getattr(estimator, "labels_", None)
    if labels is not None:
        told["sizes"] = np.bincount(labels[labels >= 0]).tolist()
    return told
