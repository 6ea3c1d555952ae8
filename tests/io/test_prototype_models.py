"""k-prototypes as models: labels of rows known and unknown are the estimator's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kwise
from kwise.io import save_model
from kwise.io.model_card import facts
from kwise.preparation import Preparation


def mixed_frame(n: int = 240) -> pd.DataFrame:
    """Three groups, told by numbers and by words; some words are missing."""
    rng = np.random.default_rng(5)
    group = rng.integers(3, size=n)
    towns = np.array(["Aix", 'l\'Île "x"', "Ulm"])
    return pd.DataFrame(
        {
            "income": rng.normal(size=n) + 3 * group,
            "town": np.where(rng.random(n) < 0.8, towns[group], "Aix"),
            "age": rng.normal(40, 9, size=n),
            "plan": np.where(rng.random(n) < 0.1, None, np.array(["no", "yes"])[group % 2]),
        }
    )


def changed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with words that were not seen, and with words that are missing."""
    new = frame.copy()
    new.loc[:40, "town"] = "elsewhere"
    new.loc[20:70, "plan"] = None
    new.loc[60:90, "town"] = None
    return new


@pytest.mark.parametrize("metric", ["huang", "gower"])
@pytest.mark.parametrize("missing", ["category", "ignore"])
def test_a_loaded_model_labels_rows_as_the_prototypes_do(tmp_path, metric, missing):
    frame = mixed_frame()
    fitted = kwise.KPrototypes(3, metric=metric, missing=missing, random_state=0).fit(frame)
    save_model(tmp_path / "mixed.kwise", fitted)
    model = kwise.load(tmp_path / "mixed.kwise")
    np.testing.assert_array_equal(model.predict(frame), fitted.labels_)
    new = changed(frame)
    np.testing.assert_array_equal(model.predict(new), fitted.predict(new))


def test_distances_are_roots_of_dissimilarities_where_all_words_are_known(tmp_path):
    frame = mixed_frame()
    fitted = kwise.KPrototypes(3, random_state=0).fit(frame)
    save_model(tmp_path / "mixed.kwise", fitted)
    found = kwise.load(tmp_path / "mixed.kwise").distances(frame)
    np.testing.assert_allclose(found**2, fitted.transform(frame), rtol=1e-9)


@pytest.mark.parametrize("word", ["", " ", "NA", "--"])
def test_words_that_are_read_as_missing_are_refused(tmp_path, word):
    frame = pd.DataFrame({"x": [0.0, 0.1, 1.0, 1.1], "word": [word, word, "b", None]})
    fitted = kwise.KPrototypes(2, random_state=0).fit(frame)
    with pytest.raises(ValueError, match="as a missing cell, and column 'word' holds it"):
        save_model(tmp_path / "no.kwise", fitted)


def test_words_alone_and_numbers_alone_are_saved_too(tmp_path):
    for columns in (["town", "plan"], ["income", "age"]):
        frame = mixed_frame()[columns]
        fitted = kwise.KPrototypes(3, random_state=0).fit(frame)
        save_model(tmp_path / "some.kwise", fitted)
        model = kwise.load(tmp_path / "some.kwise")
        np.testing.assert_array_equal(model.predict(frame), fitted.labels_)


def test_categories_that_are_no_words_and_a_second_preparation_are_refused(tmp_path):
    fitted = kwise.KPrototypes(2, categorical=[1], random_state=0).fit(
        [[1.0, 7], [1.1, 7], [9.0, 8], [9.2, 8]]
    )
    with pytest.raises(ValueError, match=r"'column 2' holds 7\.?0? ?.*column of words"):
        save_model(tmp_path / "no.kwise", fitted)
    words = kwise.KPrototypes(2, random_state=0).fit(mixed_frame())
    with pytest.raises(ValueError, match="without a preparation"):
        save_model(tmp_path / "no.kwise", words, preparation=Preparation())
    assert not list(tmp_path.iterdir())


def test_centers_of_categories_are_shown_as_shares(tmp_path):
    fitted = kwise.KPrototypes(3, random_state=0).fit(mixed_frame())
    save_model(tmp_path / "mixed.kwise", fitted)
    centers = facts(kwise.load(tmp_path / "mixed.kwise"))["centers"]
    shown = np.array([values for name, values in centers.items() if name.startswith("town=")])
    np.testing.assert_allclose(shown.sum(axis=0), 1.0)
    assert set(np.unique(shown.round(12))) <= {0.0, 1.0}
