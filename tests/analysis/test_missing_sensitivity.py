"""Whether the missing cells decide is found out and said."""

import numpy as np
import polars as pl
import pytest

import kwise

RNG = np.random.default_rng(3)
CENTERS = np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [0.0, 12.0, 0.0]])
GROUP = np.repeat([0, 1, 2], [150, 150, 40])
X = CENTERS[GROUP] + RNG.normal(size=(340, 3))


def holed(rows):
    """Return the three groups with a gap in some rows of the column that tells none apart."""
    frame = pl.DataFrame(X, schema=["a", "b", "c"])
    return frame.with_columns(c=pl.when(pl.Series(rows)).then(None).otherwise("c"))


def test_few_rows_that_turn_the_answer_are_the_first_warning():
    analysis = kwise.analyze(holed(GROUP == 2))
    found = analysis.missing_sensitivity

    assert analysis.k == 2
    assert not found.same
    assert (found.treatment, found.other) == ("drop", "median")
    assert "3 clusters" in found.other_verdict
    assert analysis.account.warnings[0] == found.sentence
    assert "40 of 340 rows turn the answer: missing='drop' leads to '2 clusters" in found.sentence


def test_gaps_that_decide_nothing_are_a_step_of_the_account():
    analysis = kwise.analyze(holed(np.arange(340) % 20 == 0))
    found = analysis.missing_sensitivity

    assert found.same
    assert found.agreement > 0.95
    assert found.sentence in analysis.account.steps
    assert not any("turn" in each or "move" in each for each in analysis.account.warnings)


@pytest.mark.parametrize(("share", "other"), [(10, "drop"), (1, "knn")])
def test_filled_cells_are_compared_with_rows_left_out_or_filled_otherwise(share, other):
    frame = holed(np.arange(340) % 10 < 10 // share - (share == 1))
    found = kwise.analyze(frame, missing="mean").missing_sensitivity

    assert (found.treatment, found.other) == ("mean", other)


def test_a_whole_table_is_answered_for_once():
    analysis = kwise.analyze(pl.DataFrame(X))

    assert analysis.missing_sensitivity is None
