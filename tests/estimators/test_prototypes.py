"""k-prototypes: numbers and categories together, beside definitions and brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from kwise import KMeans, KPrototypes


def dissimilarities(rows: np.ndarray, prototypes: np.ndarray, gamma: float) -> np.ndarray:
    """Return Huang's dissimilarity by its definition; the first two columns are numbers."""
    found = np.zeros((len(rows), len(prototypes)))
    for i, row in enumerate(rows):
        for c, prototype in enumerate(prototypes):
            found[i, c] = sum((float(a) - float(b)) ** 2 for a, b in zip(row[:2], prototype[:2]))
            found[i, c] += gamma * sum(a != b for a, b in zip(row[2:], prototype[2:]))
    return found


@pytest.fixture
def rows() -> np.ndarray:
    """Return 240 rows of two numbers and two columns of words, in three groups."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(3), 80)
    numbers = rng.normal(size=(240, 2)) + 4.0 * np.array([[0, 0], [1, 0], [0, 1]])[group]
    color = np.array(["red", "green", "blue"])[np.where(rng.random(240) < 0.8, group, 2 - group)]
    size = np.array(["s", "m"])[rng.integers(0, 2, 240)]
    return np.column_stack([numbers.astype(object), color, size])


def test_labels_cost_and_prototypes_are_those_of_the_definition(rows):
    model = KPrototypes(3, gamma=1.7, random_state=0).fit(rows)
    away = dissimilarities(rows, model.cluster_centers_, 1.7)

    np.testing.assert_array_equal(model.labels_, away.argmin(axis=1))
    assert model.cost_ == pytest.approx(away.min(axis=1).sum())
    assert model.inertia_ == model.cost_ == min(model.costs_)
    np.testing.assert_allclose(model.transform(rows), away)
    np.testing.assert_array_equal(model.predict(rows), model.labels_)
    assert model.score(rows) == pytest.approx(-model.cost_)
    for c in range(3):
        mine = rows[model.labels_ == c]
        mean = mine[:, :2].astype(float).mean(axis=0)
        np.testing.assert_allclose(model.cluster_centers_[c, :2].astype(float), mean)
        for j in (2, 3):
            levels, counts = np.unique(mine[:, j].astype(str), return_counts=True)
            assert model.cluster_centers_[c, j] == levels[counts.argmax()]
            profile = dict(
                zip(model.categories_[f"column {j + 1}"], model.profiles_[f"column {j + 1}"][c])
            )
            assert profile["s" if j == 3 else "red"] == pytest.approx(
                (mine[:, j] == ("s" if j == 3 else "red")).mean()
            )


def test_many_starts_find_the_best_of_all_labelings():
    rng = np.random.default_rng(1)
    for _ in range(3):
        rows = np.empty((7, 3), dtype=object)
        rows[:, :2] = rng.normal(size=(7, 2))
        rows[:, 2] = rng.choice(["a", "b"], 7)
        best = np.inf
        for labels in itertools.product(range(2), repeat=7):
            cost = 0.0
            for c in set(labels):
                mine = rows[np.array(labels) == c]
                numbers = mine[:, :2].astype(float)
                cost += ((numbers - numbers.mean(axis=0)) ** 2).sum()
                cost += 0.8 * (len(mine) - max((mine[:, 2] == each).sum() for each in "ab"))
            best = min(best, cost)
        model = KPrototypes(2, gamma=0.8, n_init=50, random_state=0).fit(rows)
        assert model.cost_ == pytest.approx(best)


def cost_of(rows: np.ndarray, labels: np.ndarray, gamma: float) -> float:
    """Return the cost of a labeling with the best prototypes for it."""
    cost = 0.0
    for c in np.unique(labels):
        mine = rows[labels == c]
        numbers = mine[:, :2].astype(float)
        cost += ((numbers - numbers.mean(axis=0)) ** 2).sum()
        for column in mine[:, 2:].T.astype(str):
            cost += gamma * (len(mine) - np.unique(column, return_counts=True)[1].max())
    return cost


def test_no_single_row_is_better_elsewhere(rows):
    rows = rows[::3]
    model = KPrototypes(4, gamma=2.0, n_init=1, random_state=1).fit(rows)

    assert model.cost_ == pytest.approx(cost_of(rows, model.labels_, 2.0))
    for i, c in itertools.product(range(len(rows)), range(4)):
        labels = model.labels_.copy()
        labels[i] = c
        assert cost_of(rows, labels, 2.0) >= model.cost_ * (1 - 1e-9)


def test_numbers_alone_are_k_means(blobs):
    mixed = KPrototypes(4, random_state=0).fit(blobs)
    plain = KMeans(4, n_init=10, random_state=0).fit(blobs)

    assert mixed.cost_ == pytest.approx(plain.inertia_)
    assert mixed.cluster_centers_.dtype == np.float64


def test_categories_alone_are_k_modes():
    rows = [["a", "x"], ["a", "x"], ["a", "y"], ["b", "z"], ["b", "z"], ["c", "z"]]
    model = KPrototypes(2, random_state=0).fit(rows)

    assert model.gamma_ == 1.0
    assert model.cost_ == 2.0
    assert sorted(model.cluster_centers_.tolist()) == [["a", "x"], ["b", "z"]]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_frames_tell_which_columns_are_categories(rows, frame):
    columns = {
        "color": rows[:, 2].tolist(),
        "x": rows[:, 0].astype(float),
        "y": rows[:, 1].astype(float),
        "big": rows[:, 3] == "m",
    }
    table = frame(columns)
    model = KPrototypes(3, gamma=1.0, random_state=0).fit(table)
    other = KPrototypes(3, gamma=1.0, random_state=0, categorical=["color", 3]).fit(table)

    assert list(model.categories_) == ["color", "big"]
    assert model.categories_["big"] == (False, True)
    np.testing.assert_array_equal(model.labels_, other.labels_)
    assert model.cost_ == pytest.approx(KPrototypes(3, gamma=1.0, random_state=0).fit(rows).cost_)


def test_codes_may_be_named_as_categories():
    X = np.array([[0.0, 1.0], [0.1, 1.0], [5.0, 2.0], [5.1, 9.0]])
    model = KPrototypes(2, categorical=[1], gamma=1.0, random_state=0).fit(X)

    assert model.categories_ == {"column 2": (1.0, 2.0, 9.0)}
    assert model.cost_ == pytest.approx(1.01)
    with pytest.raises(ValueError, match="categorical names 'zip', which is no column; there are"):
        KPrototypes(2, categorical=["zip"]).fit(X)


def test_gamma_follows_from_the_data_and_its_weight_is_said(rows):
    model = KPrototypes(3, random_state=0).fit(rows)
    variance = rows[:, :2].astype(float).var(axis=0).mean()
    shares = [np.unique(c, return_counts=True)[1] / 240 for c in rows[:, 2:].T.astype(str)]
    chance = np.mean([1 - (each**2).sum() for each in shares])
    scaled = rows.copy()
    scaled[:, :2] *= 1000.0
    far = KPrototypes(3, random_state=0).fit(scaled)

    assert model.gamma_ == pytest.approx(variance / chance)
    assert far.gamma_ == pytest.approx(1e6 * model.gamma_)
    np.testing.assert_array_equal(far.labels_, model.labels_)
    assert "A category that differs weighs gamma = " in model.weighing()
    assert f"{np.sqrt(model.gamma_):.3g} of column 1 (" in model.weighing()
    assert sum(each.share for each in model.column_shares_) == pytest.approx(1.0)
    assert [each.name for each in model.column_shares_ if each.is_category][-1] == "column 4"
    huang = KPrototypes(3, gamma="huang").fit(rows)
    assert huang.gamma_ == pytest.approx(rows[:, :2].astype(float).std(axis=0).mean() / 2)


def test_other_gammas_can_be_tried(rows):
    model = KPrototypes(3, random_state=0).fit(rows)
    effects = model.try_gammas(rows, factors=(0.0, 1.0, 100.0))

    assert [each.gamma for each in effects] == pytest.approx([0, model.gamma_, 100 * model.gamma_])
    assert effects[1].agreement == 1.0
    assert effects[0].categories_share < effects[1].categories_share < effects[2].categories_share


def test_by_gower_no_column_of_numbers_counts_more_than_one(rows):
    stretched = rows.copy()
    stretched[:, 0] *= 1e6
    model = KPrototypes(3, metric="gower", random_state=0).fit(rows)
    again = KPrototypes(3, metric="gower", random_state=0).fit(stretched)

    assert model.gamma_ == again.gamma_ == 1.0
    np.testing.assert_array_equal(model.labels_, again.labels_)
    assert model.transform(rows).max() <= 4.0
    ratio = again.cluster_centers_[:, 0].astype(float) / model.cluster_centers_[:, 0].astype(float)
    np.testing.assert_allclose(ratio, 1e6)


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA])
def test_missing_categories_are_one_or_none_or_refused(rows, gap):
    rows[::5, 2] = gap
    own = KPrototypes(3, gamma=1.0, random_state=0).fit(rows)
    none = KPrototypes(3, gamma=1.0, missing="ignore", random_state=0).fit(rows)

    assert own.categories_["column 3"] == ("blue", "green", "red", None)
    assert none.categories_["column 3"] == ("blue", "green", "red")
    assert none.cost_ < own.cost_
    present = np.arange(240) % 5 != 0
    filled = rows.copy()
    filled[::5, 2] = "?"
    away = dissimilarities(filled, none.cluster_centers_, 1.0)
    np.testing.assert_allclose(none.transform(rows)[present], away[present])
    np.testing.assert_allclose(none.transform(rows)[~present], away[~present] - 1.0)
    with pytest.raises(ValueError, match=r"column 3 has a missing cell in row 0; missing="):
        KPrototypes(3, missing="error").fit(rows)
    rows[4, 1] = None
    with pytest.raises(ValueError, match=r"NaN \(a missing number\): column 2, row 4"):
        KPrototypes(3).fit(rows)


def test_categories_that_were_not_seen_differ_from_all(rows):
    model = KPrototypes(3, gamma=1.0, random_state=0).fit(rows)
    new = rows[:1].copy()
    new[0, 2] = "violet"

    away = model.transform(new) - dissimilarities(new, model.cluster_centers_, 1.0)
    np.testing.assert_allclose(away, 0.0, atol=1e-12)
    new[0, 2] = None
    assert model.predict(new).shape == (1,)


def test_whole_weights_are_repeated_rows(rows):
    weights = np.random.default_rng(0).integers(1, 4, 240)
    weighted = KPrototypes(3, gamma=1.0, n_init=20, random_state=0)
    weighted.fit(rows, sample_weight=weights)
    repeated = KPrototypes(3, gamma=1.0, n_init=20, random_state=0).fit(
        rows.repeat(weights, axis=0)
    )

    assert weighted.cost_ == pytest.approx(repeated.cost_)


def test_the_answer_is_the_same_on_any_number_of_threads():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=9000), "c": rng.choice(list("abcdef"), 9000)})
    found = []
    for n in (1, 2):
        with threadpool_limits(n):
            found.append(KPrototypes(4, n_init=2, random_state=0).fit(table))

    np.testing.assert_array_equal(found[0].labels_, found[1].labels_)
    assert found[0].cost_ == found[1].cost_


def test_what_cannot_be_clustered_is_refused_with_words(rows):
    with pytest.raises(TypeError, match="KPrototypes takes dense rows"):
        KPrototypes(2).fit(sparse.csr_array(np.eye(4)))
    with pytest.raises(ValueError, match=r"column 3 holds what is no number; name it in"):
        KPrototypes(2, categorical=[3]).fit(rows)
    with pytest.raises(ValueError, match="n_samples=2 should be >= n_clusters=3"):
        KPrototypes(3).fit(rows[:2])
