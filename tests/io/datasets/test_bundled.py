"""Data sets that need no download."""

import pytest
from sklearn.metrics import adjusted_rand_score

from kwise import KMeans
from kwise.io import demonstration, read_table
from kwise.io.datasets import BUNDLED, bundled
from kwise.preparation import Preparation


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_sets_hold_their_true_labels_as_text(name):
    table = bundled(name)

    assert table.name == name
    assert table.truth == table.frame.columns[-1]
    assert table.frame[table.truth].n_unique() in (2, 3, 10)
    assert table.truth not in Preparation().fit(table.frame).summary_.used


def test_the_demonstration_shows_why_scaling_matters():
    table = demonstration()
    truth = table.frame[table.truth].to_list()

    agreement = {
        scale: adjusted_rand_score(
            truth,
            KMeans(3, n_init=10, random_state=0).fit_predict(
                Preparation(scale=scale).fit_transform(table.frame)
            ),
        )
        for scale in ("none", "standard")
    }

    assert agreement["none"] < 0.45
    assert agreement["standard"] > 0.85


def test_an_unknown_set_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match="unknown data set 'wines'; did you mean 'wine'"):
        bundled("wines")


def test_a_bundled_table_reads_as_itself():
    assert read_table(demonstration()).truth == "cultivar"
