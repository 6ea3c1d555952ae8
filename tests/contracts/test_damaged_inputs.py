"""Whatever is passed as rows, labels, weights or k: an answer, or an error that names it."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import polars as pl
import pytest

import kwise
from damages import EITHER, KINDS, LABELS, REFUSED, ROWS
from kwise import analysis, comparison, io, metrics, ordered, plots, preparation, selection
from kwise.compat import jenkspy, mapclassify

NOWHERE = Path("no", "such", "folder")  # pictures are drawn, and written nowhere
HISTORY = kwise.KMeans(2, random_state=0, keep_history=True).fit(ROWS).history_


OUTCOME = comparison.Outcome("a", "A", "", comparison.Partition(LABELS, ""))


class Target(NamedTuple):
    """A call that works, and what each of its arguments is: rows, values, table, labels, ..."""

    call: Callable[..., object]
    arguments: Mapping[str, str]


def _fit(kind: type, X: Any, n_clusters: Any, sample_weight: Any = None) -> object:
    model = kind(n_clusters, random_state=0)
    weights = {} if sample_weight is None else {"sample_weight": sample_weight}
    return model.fit(X, **weights)


def _partial_fit(X: Any, n_clusters: Any, sample_weight: Any = None) -> object:
    model = kwise.MiniBatchKMeans(n_clusters, random_state=0)
    return model.partial_fit(X, sample_weight=sample_weight)


def _after_fit(kind: type, method: str, X: Any, **more: Any) -> object:
    return getattr(kind(2, random_state=0).fit(ROWS), method)(X, **more)


_WEIGHTED = {"X": "rows", "n_clusters": "k", "sample_weight": "weights"}
_LABELED = {"X": "rows", "labels": "labels"}
_INDEX = {**_LABELED, "sample_weight": "weights"}
_AGREEMENT = {"labels_true": "labels", "labels_pred": "labels"}
_DRAWN = {"points": "rows", "labels": "labels"}
_SPREAD = {"values": "values with gaps", "labels": "labels"}
NUMERIC = (kwise.KMeans, kwise.MiniBatchKMeans, kwise.BisectingKMeans)

TARGETS: dict[str, Target] = {
    **{f"{m.__name__}": Target(partial(_fit, m), _WEIGHTED) for m in NUMERIC},
    **{
        f"{m.__name__}.{method}": Target(partial(_after_fit, m, method), {"X": "rows"})
        for m in (*NUMERIC, kwise.KMedoids)
        for method in ("predict", "transform")
    },
    **{
        f"{m.__name__}.score": Target(
            partial(_after_fit, m, "score"), {"X": "rows", "sample_weight": "weights"}
        )
        for m in NUMERIC
    },
    "MiniBatchKMeans.partial_fit": Target(_partial_fit, _WEIGHTED),
    "KMedoids": Target(partial(_fit, kwise.KMedoids), {"X": "rows", "n_clusters": "k"}),
    "KPrototypes": Target(
        partial(_fit, kwise.KPrototypes),
        {"X": "table", "n_clusters": "k", "sample_weight": "weights"},
    ),
    "KPrototypes.predict": Target(
        partial(_after_fit, kwise.KPrototypes, "predict"), {"X": "table"}
    ),
    "kwise.k_means": Target(partial(kwise.k_means, random_state=0), _WEIGHTED),
    "kwise.kmeans_plusplus": Target(partial(kwise.kmeans_plusplus, random_state=0), _WEIGHTED),
    "kwise.rows": Target(kwise.rows, {"source": "table"}),
    "kwise.analyze": Target(partial(kwise.analyze, k=2), {"frame_or_path": "table"}),
    "kwise.analyze, k": Target(lambda k: kwise.analyze(ROWS, k=k), {"k": "k or None"}),
    "kwise.compare": Target(
        partial(kwise.compare, k=2, methods=["kmeans"]),
        {"frame_or_path": "table", "truth": "labels"},
    ),
    "kwise.read_table": Target(kwise.read_table, {"source": "table"}),
    "selection.select_k": Target(
        partial(selection.select_k, ks=[2], criteria=["silhouette"], n_init=1, random_state=0),
        {"X": "rows", "sample_weight": "weights"},
    ),
    "selection.sweep_k": Target(
        partial(selection.sweep_k, ks=[2], criteria=["silhouette"], n_init=1, random_state=0),
        {"X": "rows", "sample_weight": "weights"},
    ),
    "selection.sweep_k, ks": Target(
        lambda ks: selection.sweep_k(ROWS, [ks], criteria=["silhouette"], n_init=1), {"ks": "k"}
    ),
    "selection.sweep_components": Target(
        partial(selection.sweep_components, n_components=[1], n_init=1, random_state=0),
        {"X": "rows", "n_clusters": "k", "truth": "labels"},
    ),
    "metrics.calinski_harabasz_score": Target(metrics.calinski_harabasz_score, _INDEX),
    "metrics.davies_bouldin_score": Target(metrics.davies_bouldin_score, _INDEX),
    "metrics.silhouette_score": Target(metrics.silhouette_score, _INDEX),
    "metrics.silhouette_samples": Target(metrics.silhouette_samples, _INDEX),
    "metrics.silhouette_estimate": Target(metrics.silhouette_estimate, _INDEX),
    "metrics.dip_statistic": Target(metrics.dip_statistic, {"values": "values"}),
    "metrics.match_labels": Target(
        metrics.match_labels, {"labels_true": "labels", "labels_found": "labels"}
    ),
    **{
        f"metrics.{name}": Target(getattr(metrics, name), _AGREEMENT)
        for name in metrics.agreement.__all__
    },
    "comparison.compare_methods": Target(
        partial(comparison.compare_methods, methods=["kmeans"], stability_runs=1),
        {"X": "rows", "n_clusters": "k", "truth": "labels"},
    ),
    "preparation.column_influence": Target(
        preparation.column_influence, {"X": "rows with gaps", "labels": "labels"}
    ),
    "preparation.scaling_sensitivity": Target(
        partial(preparation.scaling_sensitivity, scales=["none", "standard"], n_init=1),
        {"frame": "table", "n_clusters": "k"},
    ),
    "io.match_models": Target(lambda rows: io.match_models(MODEL, MODEL, rows), {"rows": "table"}),
    "ordered.kmeans_1d": Target(
        lambda x, sample_weight=None: ordered.kmeans_1d(x, [2], sample_weight=sample_weight),
        {"x": "values", "sample_weight": "weights"},
    ),
    "ordered.kmeans_1d, ks": Target(lambda ks: ordered.kmeans_1d(ROWS[:, 0], [ks]), {"ks": "k"}),
    "ordered.segment": Target(
        lambda X, sample_weight=None: ordered.segment(X, [2], sample_weight=sample_weight),
        {"X": "rows", "sample_weight": "weights"},
    ),
    "ordered.segment, ks": Target(lambda ks: ordered.segment(ROWS, [ks]), {"ks": "k"}),
    "analysis.find_breaks": Target(
        lambda frame_or_path: analysis.find_breaks(frame_or_path, "column 1", 2),
        {"frame_or_path": "table"},
    ),
    "analysis.find_breaks, classes": Target(
        lambda classes: analysis.find_breaks(pl.DataFrame(ROWS, schema=["a", "b"]), "a", classes),
        {"classes": "k"},
    ),
    "analysis.find_segments": Target(
        partial(analysis.find_segments, k=2), {"frame_or_path": "table"}
    ),
    "plots.animate_iterations": Target(
        lambda X: plots.animate_iterations(X, HISTORY, NOWHERE / "x.gif"), {"X": "rows"}
    ),
    "plots.plot_boxes": Target(plots.plot_boxes, _SPREAD),
    "plots.plot_violins": Target(plots.plot_violins, _SPREAD),
    "plots.plot_silhouette": Target(plots.plot_silhouette, _SPREAD),
    "plots.plot_sizes": Target(plots.plot_sizes, {"labels": "labels alone"}),
    "plots.plot_pairs": Target(plots.plot_pairs, {"X": "rows with gaps", "labels": "labels"}),
    "plots.plot_scatter": Target(plots.plot_scatter, _DRAWN),
    "plots.plot_interactive": Target(plots.plot_interactive, _DRAWN),
    "plots.plot_segments": Target(plots.plot_segments, _LABELED),
    "plots.save_segments": Target(
        lambda X, labels: plots.save_segments(X, labels, NOWHERE / "x.svg"), _LABELED
    ),
    "plots.plot_outcome": Target(lambda X: plots.plot_outcome(X, OUTCOME), {"X": "rows"}),
    "plots.plot_hue": Target(plots.plot_hue, {"points": "rows", "values": "values with gaps"}),
    "plots.plot_history": Target(
        lambda points: plots.plot_history(points, HISTORY), {"points": "rows"}
    ),
    "jenkspy.jenks_breaks": Target(
        jenkspy.jenks_breaks, {"values": "values read once", "n_classes": "k"}
    ),
    "mapclassify.FisherJenks": Target(mapclassify.FisherJenks, {"y": "values", "k": "k"}),
}
MODEL = io.as_model(kwise.KMeans(2, random_state=0).fit(ROWS))


# What prepares and judges a whole table takes seconds for so many of them.
SLOW = {"kwise.compare", "kwise.analyze", "analysis.find_breaks", "plots.animate_iterations"}
CASES = [
    pytest.param(
        target,
        argument,
        id=f"{target}-{argument}",
        marks=[pytest.mark.slow] if target in SLOW else [],
    )
    for target, (_, arguments) in TARGETS.items()
    for argument in arguments
]


@pytest.mark.parametrize(("target", "argument"), CASES)
def test_damage_is_answered_or_refused_in_words(target, argument):
    call, arguments = TARGETS[target]
    kind = arguments[argument]
    wrong = {}
    for must, makers in ((True, REFUSED[kind]), (False, EITHER[kind])):
        # One row is too few for the weights, or for k: either may be named.
        named = [argument] if must else [*arguments, "ks"]
        for damage, make in makers.items():
            given = {name: KINDS[each] for name, each in arguments.items()}
            said = _said(call, {**given, argument: make(KINDS[kind])})
            if said is None:
                if must:
                    wrong[damage] = "answered"
            elif kind == "table" and not said.startswith("not in words"):
                continue  # the table's cells are named instead
            elif not any(re.search(rf"\b{name}\b", said) for name in named):
                wrong[damage] = said

    assert not wrong


def _said(call: Callable[..., object], given: Mapping[str, object]) -> str | None:
    """Return what is said of damaged arguments, None for an answer."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", RuntimeWarning)
            call(**given)
    except (ValueError, TypeError) as error:
        return str(error)
    except FileNotFoundError as error:
        return None if str(NOWHERE) in str(error) else repr(error)
    except Exception as error:  # what no user should see
        return f"not in words: {error!r}"
    finally:
        plt.close("all")
    return None


# Arguments that hold rows, labels or weights.
TAKEN = {"X", "x", "y", "points", "values", "labels", "labels_true", "labels_pred"}
TAKEN |= {"labels_found", "truth", "sample_weight", "frame_or_path", "frame", "source", "rows"}
# What takes a fitted table's own parts: labels by number of clusters, an ordering of a tree.
OTHERS = {"Preparation", "Method", "plot_tree", "plot_reachability"}


def _takes_data(thing: object) -> bool:
    if inspect.isclass(thing):
        return hasattr(thing, "fit")
    return callable(thing) and bool(TAKEN & set(inspect.signature(thing).parameters))


def test_every_public_function_is_damaged():
    folders = [kwise, analysis, *(getattr(kwise, name) for name in sorted(kwise._FOLDERS))]
    public = {name for each in folders for name in each.__all__ if _takes_data(getattr(each, name))}
    damaged = {part for name in TARGETS for part in re.split(r"[.,]", name)}

    assert public - damaged == OTHERS
