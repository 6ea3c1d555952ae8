"""One table written in many ways: the same columns are used, and the same numbers are seen."""

import numpy as np
import pytest

from kwise import KMeans
from kwise.io import read_table
from kwise.preparation import Preparation
from messy_files import WAYS, shops

FRAME = shops()
TIDY = Preparation().fit_transform(FRAME)


@pytest.mark.parametrize("name", WAYS)
def test_the_answer_is_that_of_the_tidy_table(tmp_path, name):
    write, suffix, columns = WAYS[name]
    path = tmp_path / f"shops{suffix}"
    path.write_bytes(write(FRAME))
    preparation = Preparation()

    X = preparation.fit_transform(read_table(path))

    complete = X[~np.isnan(X).any(axis=1)]
    assert preparation.summary_.used == columns
    np.testing.assert_allclose(complete, TIDY, atol=1e-9)
    labels = [KMeans(3, random_state=0).fit(rows).labels_.tolist() for rows in (complete, TIDY)]
    assert labels[0] == labels[1]
