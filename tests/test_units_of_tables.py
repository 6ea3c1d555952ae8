"""No unit matters to any member of the tables of plug-ins, and to what stands around estimators.

Every row of ``ANSWERS`` is a function of rows and of their unit, whose answer the unit must not
change. Members of tables have a row each by themselves; public names are looked for.
"""

from __future__ import annotations

import importlib
import json
from typing import Any

import numpy as np
import polars as pl
import pytest

import kwise.analysis
import kwise.comparison
import kwise.io
import kwise.preparation
import kwise.selection
from kwise import KMeans, KMedoids, KPrototypes
from kwise.cli import main
from kwise.compat.jenkspy import JenksNaturalBreaks, jenks_breaks
from kwise.compat.mapclassify import FisherJenks
from kwise.compat.yellowbrick import InterclusterDistance, KElbowVisualizer, SilhouetteVisualizer
from kwise.estimators.quality import QUALITIES
from kwise.init import INITIALIZERS

K = 3
RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(90, 3)) + 6 * (np.arange(90) % K)[:, None]
LABELS = np.arange(90) % K
EXPONENTS = (-400, -60, 100, 400)


def framed(X, *, gaps=False, words=False):
    """Return the rows as a frame."""
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    if gaps:
        there = np.arange(len(X)) % 7 > 0
        frame = frame.with_columns(pl.when(pl.Series(there)).then("b").otherwise(None).alias("b"))
    if words:
        frame = frame.with_columns(word=pl.Series([f"w{i % K}" for i in range(len(X))]))
    return frame


def fitted(X, unit, **settings):
    """Return what a fit of k-means finds."""
    model = KMeans(K, random_state=0, **settings).fit(X)
    return model.labels_, model.cluster_centers_ / unit, model.inertia_ / unit / unit


def medoids(X, **settings):
    """Return what a fit of k-medoids finds."""
    model = KMedoids(K, random_state=0, **settings).fit(X)
    return model.labels_, model.medoid_indices_


def chosen(X, criterion):
    """Return what a criterion says of k."""
    criteria = [criterion]
    found = kwise.select_k(X, range(1, 6), criteria=criteria, n_init=2, random_state=0)
    return found.k, found.kind, found.verdict, found.confidence


def compared(X, methods):
    """Return the labels of methods."""
    found = kwise.comparison.compare_methods(X, K, methods=methods, random_state=0)
    return [each.labels for each in found.outcomes]


def prepared(X, unit, **settings):
    """Return prepared cells."""
    cells = kwise.preparation.Preparation(**settings).fit_transform(framed(X, gaps=True))
    return cells / unit if settings.get("scale") == "none" else cells


def used(X, tmp_path, scale):
    """Return what a saved model says of rows, of which a third are new to it, and learns."""
    known = framed(X[LABELS < 2])
    path = tmp_path / "m.kwise"
    kwise.analyze(known, k=2, scale=scale, random_state=0).save(path)
    model = kwise.load(path)
    drift, update = model.drift(framed(X)), model.update(framed(X))
    later = kwise.analyze(known, k=2, scale=scale, random_state=1).to_model()
    match = kwise.io.match_models(model, later, framed(X))
    return (
        model.predict(framed(X)),
        (drift.alarm, drift.level, drift.n_rows),
        [each.n_rows for each in drift.appeared],
        update.gained,
        match.labels_now,
    )


def explained(X, scale):
    """Return what clusters are, but for words that name values."""
    found = kwise.analyze(framed(X), k=K, scale=scale, random_state=0).explain()
    told = [
        (each.size, each.silhouette, each.margin, each.stability,
         each.rule and (each.rule.precision, each.rule.recall),
         [note.row for note in (*each.typical, *each.borderline)])
        for each in found.clusters
    ]  # fmt: skip
    return told, found.fidelity, found.silhouette


def swept_components(X):
    """Return what numbers of components give."""
    found = kwise.selection.sweep_components(X, [1, 2], n_clusters=K, n_init=2, random_state=0)
    return found.explained, found.silhouettes


def influence(X):
    """Return which column tells clusters apart."""
    return [(each.name, each.share, each.explained)
            for each in kwise.preparation.column_influence(X, LABELS, ["a", "b", "c"])]  # fmt: skip


def sensitivity(X):
    """Return how far scalings agree."""
    found = kwise.preparation.scaling_sensitivity(framed(X), K, n_init=2, random_state=0)
    return [(each.scale, each.sizes, each.agreement) for each in found.answers]


def breaks(X, unit, classes):
    """Return the classes of a column."""
    found = kwise.analysis.find_breaks(framed(X), "a", classes)
    return np.array(found.bounds) / unit, found.labels, found.goodness_of_fit


def natural_breaks(X):
    """Return the classes of a column as jenkspy does."""
    model = JenksNaturalBreaks(K)
    model.fit(X[:, 0])
    return model.predict(X[:, 0]), model.goodness_of_variance_fit(X[:, 0])


def drawn(visualizer, X, attribute):
    """Return what a visualizer of yellowbrick's names found."""
    visualizer.fit(X)
    return getattr(visualizer, attribute)


ANSWERS: dict[str, Any] = {
    **{f"init={name}": lambda X, u, name=name: fitted(X, u, init=name) for name in INITIALIZERS},
    **{f"quality={name}": lambda X, u, name=name: fitted(X, u, quality=name) for name in QUALITIES},
    "sizes": lambda X, u: fitted(X, u, min_size=28, max_size=31),
    "trim": lambda X, u: fitted(X, u, trim=0.1),
    "metric=cosine": lambda X, u: KMeans(K, metric="cosine", random_state=0).fit(X).labels_,
    **{
        f"KMedoids, {name}": lambda X, _, name=name: medoids(X, metric=name)
        for name in ("euclidean", "sqeuclidean", "manhattan", "chebyshev", "cosine")
    },
    "KMedoids, clara": lambda X, _: medoids(X, method="clara"),
    # gamma="huang" is a standard deviation beside squares, as published: it has a unit.
    **{
        f"KPrototypes, {name}": lambda X, _, name=name: (
            KPrototypes(K, metric=name, random_state=0).fit(framed(X, words=True)).labels_
        )
        for name in ("huang", "gower")
    },
    **{
        f"criterion {name}": lambda X, _, name=name: chosen(X, name)
        for name in kwise.selection.CRITERIA
    },
    **{
        f"method {name}": lambda X, _, name=name: compared(X, [name])
        for name in kwise.comparison.METHODS
    },
    "dbscan_with": lambda X, u: compared(X, [kwise.comparison.dbscan_with(2.0 * u)]),
    "k_medoids_with": lambda X, _: compared(X, [kwise.comparison.k_medoids_with("manhattan")]),
    **{
        f"scale={name}": lambda X, u, name=name: prepared(X, u, scale=name)
        for name in kwise.preparation.SCALINGS
    },
    **{
        f"missing={name}": lambda X, u, name=name: prepared(X, u, missing=name)
        for name in kwise.preparation.FILLINGS
        if name != "error"
    },
    **{
        f"explain, {name}": lambda X, _, name=name: explained(X, name)
        for name in ("none", "standard", "robust")
    },
    "components": lambda X, u: prepared(X, u, components=2),
    "sweep_components": lambda X, _: swept_components(X),
    "column_influence": lambda X, _: influence(X),
    "scaling_sensitivity": lambda X, _: sensitivity(X),
    "find_breaks": lambda X, u: breaks(X, u, "auto"),
    "find_breaks, 4 classes": lambda X, u: breaks(X, u, 4),
    "find_segments": lambda X, _: kwise.analysis.find_segments(framed(X), k=K).labels,
    "jenks_breaks": lambda X, u: np.array(jenks_breaks(X[:, 0], K)) / u,
    "JenksNaturalBreaks": lambda X, _: natural_breaks(X),
    "FisherJenks": lambda X, u: np.asarray(FisherJenks(X[:, 0], K).bins) / u,
    "KElbowVisualizer": lambda X, _: drawn(
        KElbowVisualizer(KMeans(random_state=0), k=(2, 6)), X, "elbow_value_"
    ),
    "SilhouetteVisualizer": lambda X, _: drawn(
        SilhouetteVisualizer(KMeans(K, random_state=0)), X, "silhouette_score_"
    ),
}


def assert_same(one, other, name):
    """Compare answers: numbers but for rounding."""
    if isinstance(one, (list, tuple)):
        assert len(one) == len(other), name
        for mine, its in zip(one, other):
            assert_same(mine, its, name)
    elif isinstance(one, (float, np.ndarray)):
        np.testing.assert_allclose(np.asarray(other), np.asarray(one), 1e-9, 1e-12, err_msg=name)
    else:
        assert one == other, name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ANSWERS)
def test_a_power_of_two_changes_no_answer(name):
    plain = ANSWERS[name](ROWS, 1.0)

    for exponent in EXPONENTS:
        scaled = ANSWERS[name](np.ldexp(ROWS, exponent), 2.0**exponent)
        assert_same(plain, scaled, f"2**{exponent}")


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["none", "standard", "robust"])
def test_a_power_of_two_changes_nothing_in_a_model_s_life(tmp_path, scale):
    plain = used(ROWS, tmp_path, scale)

    assert plain[2], "the third group is new"
    for exponent in EXPONENTS:
        scaled = used(np.ldexp(ROWS, exponent), tmp_path, scale)
        assert_same(plain, scaled, f"2**{exponent}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", ["report --ks 1:4 -o PAGE", "report --k 3 --scale none -o PAGE", "explain --k 3"]
)
def test_commands_say_the_same_in_any_unit(tmp_path, capsys, words):
    """Sizes, choices and rows: a page and a text of them are made in every unit."""
    path = tmp_path / "t.csv"

    def said(exponent):
        framed(np.ldexp(ROWS, exponent), words=True).write_csv(path)
        command, *options = words.replace("PAGE", str(tmp_path / "p.html")).split()
        assert main([command, str(path), *options, "-q", "--format", "json"]) == 0
        return counted(json.loads(capsys.readouterr().out))

    plain = said(0)

    assert len(plain) > 10
    for exponent in (-400, 400):
        assert_same(plain, said(exponent), f"2**{exponent}")


def counted(told):
    """Return what has no unit in the JSON of a command: truths and whole numbers, in order."""
    if isinstance(told, dict | list):
        return [each for part in (told.values() if isinstance(told, dict) else told)
                for each in counted(part)]  # fmt: skip
    return [told] if isinstance(told, int) or told is None else []


def test_columns_of_one_middle_value_have_a_scale_in_any_unit():
    X = np.where(np.arange(90)[:, None] % 9 > 0, 1.0, ROWS)
    plain = kwise.preparation.Preparation(scale="robust").fit_transform(X)

    for exponent in EXPONENTS:
        scaled = kwise.preparation.Preparation(scale="robust").fit_transform(np.ldexp(X, exponent))
        np.testing.assert_allclose(scaled, plain, 1e-9)


# Tables, records, and what takes no numbers that have a unit, or is in tests/test_units.py.
OTHERS = {
    "kwise.analysis": {"Analysis", "Breaks", "TableSegments", "analyze", "compare"},
    "kwise.comparison": {"Comparison", "Method", "Outcome", "Partition"},
    "kwise.compat.jenkspy": set(),
    "kwise.compat.mapclassify": set(),
    "kwise.compat.yellowbrick": {"InterclusterDistance"},  # a picture: no number of it is public
    "kwise.preparation": {
        "ColumnInfluence", "ColumnSummary", "PreparationSummary", "ScalingAnswer",
        "ScalingSensitivity", "Preparation",
    },
    "kwise.selection": {
        "ComponentSweep", "Criterion", "SweepContext", "judge_sweep", "select_k", "sweep_k",
    },
    "kwise.init": {"AnyStart", "Initializer", "JointInitializer", "SeededStart", "Start",
                   "kmeans_plusplus"},
    "kwise.io": {"Model", "Table", "as_model", "demonstration", "export_python", "load",
                 "match_models", "read_table", "save_model"},
}  # fmt: skip


@pytest.mark.parametrize("module", OTHERS)
def test_the_list_of_answers_is_complete(module):
    public = importlib.import_module(module).__all__
    listed = {name.partition(",")[0] for name in ANSWERS} | {"compare_methods"}

    assert not [n for n in public if not n.isupper() and n not in listed | OTHERS[module]]


def test_distances_between_clusters_are_drawn_in_any_unit():
    plain = InterclusterDistance(KMeans(K, random_state=0)).fit(ROWS)

    for exponent in EXPONENTS:
        drawn = InterclusterDistance(KMeans(K, random_state=0)).fit(np.ldexp(ROWS, exponent))

        np.testing.assert_array_equal(drawn.scores_, plain.scores_)
        back = np.ldexp(drawn.embedded_centers_, -exponent)
        np.testing.assert_allclose(back, plain.embedded_centers_, rtol=1e-12)
