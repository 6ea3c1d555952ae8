"""Influence of columns, and sensitivity to the scaling."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from kwise import KMeans
from kwise.io import demonstration
from kwise.preparation import Preparation, column_influence, scaling_sensitivity

RNG = np.random.default_rng(0)


def test_shares_are_those_of_the_definition():
    X = RNG.normal(size=(90, 4)) * [1, 2, 3, 4]
    labels = RNG.integers(0, 3, size=90)
    mean = X.mean(axis=0)
    between = sum((labels == c).sum() * (X[labels == c].mean(axis=0) - mean) ** 2 for c in range(3))

    found = {each.name: each for each in column_influence(X, labels, list("abcd"))}

    np.testing.assert_allclose([found[n].share for n in "abcd"], between / between.sum())
    total = ((X - mean) ** 2).sum(axis=0)
    np.testing.assert_allclose([found[n].explained for n in "abcd"], between / total)


def test_shares_add_up_and_descend():
    shares = [each.share for each in column_influence(RNG.normal(size=(50, 6)), np.arange(50) % 4)]

    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


def test_rows_without_a_cluster_take_no_part():
    X = RNG.normal(size=(60, 3))
    labels = np.arange(60) % 3
    extended = np.vstack([X, np.full((2, 3), 1e9), np.full((1, 3), np.nan)])

    found = column_influence(extended, [*labels, -1, -1, 0])

    assert found == column_influence(X, labels)


def test_one_cluster_has_no_influence():
    found = column_influence(RNG.normal(size=(9, 2)), np.zeros(9, int))

    assert [each.share for each in found] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [(np.zeros(5, int), None, "one label per row"), (np.zeros(9, int), ["a"], "1 names")],
)
def test_what_does_not_fit_is_refused(labels, names, message):
    with pytest.raises(ValueError, match=message):
        column_influence(np.zeros((9, 2)), labels, names)


def test_sensitivity_compares_the_answers_of_preparations():
    frame = demonstration().frame
    found = scaling_sensitivity(frame, 3, random_state=0)

    labels = {
        scale: KMeans(3, n_init=10, random_state=0).fit_predict(
            Preparation(scale=scale).fit_transform(frame)
        )
        for scale in ("standard", "none")
    }
    expected = adjusted_rand_score(labels["standard"], labels["none"])
    answers = {each.scale: each for each in found.answers}
    assert answers["standard"].agreement["none"] == pytest.approx(expected)
    assert answers["none"].agreement["standard"] == pytest.approx(expected)
    assert answers["none"].agreement["none"] == 1.0
    assert sum(answers["robust"].sizes) == 178
    assert found.lowest == min(min(each.agreement.values()) for each in found.answers)
    assert "The scaling matters" in found.verdict
    assert "'proline' holds 99%" in found.verdict
    assert len(found.table()) == 4


def test_groups_far_apart_do_not_depend_on_the_scaling():
    centers = np.repeat([[0, 0], [50, 50], [0, 50]], 30, axis=0)
    frame = pl.DataFrame(centers + RNG.normal(size=(90, 2)), schema=["a", "b"])

    found = scaling_sensitivity(frame, 3, random_state=0)

    assert found.lowest == 1.0
    assert "hardly matters" in found.verdict


def test_everything_but_the_scaling_is_done_as_prepared():
    frame = demonstration().frame.with_columns(
        alcohol=pl.when(pl.int_range(178) < 9).then(None).otherwise(pl.col("alcohol"))
    )
    preparation = Preparation(drop=["proline"], categories="one-hot", components=2)

    found = scaling_sensitivity(
        frame, 2, preparation=preparation, scales=["standard", "normalize-rows"], random_state=0
    )

    assert [each.scale for each in found.answers] == ["standard", "normalize-rows"]
    assert sum(found.answers[0].sizes) == 169
    assert preparation.scale == "standard"
    assert preparation.components == 2


@pytest.mark.parametrize(
    ("scales", "message"),
    [(["standard"], "at least two"), (["standard", "nope"], "unknown scale 'nope'")],
)
def test_scales_are_checked(scales, message):
    with pytest.raises(ValueError, match=message):
        scaling_sensitivity(demonstration().frame, 3, scales=scales)
