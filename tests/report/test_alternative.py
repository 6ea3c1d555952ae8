"""Where another method follows the data better, its groups can be used."""

from __future__ import annotations

import base64
import gzip
import re

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import make_moons

import kwise
from kwise.analysis import Analysis


@pytest.fixture(scope="module")
def crescents() -> Analysis:
    X, _ = make_moons((250, 150), noise=0.05, random_state=0)
    return kwise.analyze(pl.DataFrame(X, schema=["x", "y"]), ks=range(1, 6))


def test_its_groups_are_told_as_clusters_are(crescents: Analysis) -> None:
    other = crescents.summary.alternative

    assert crescents.kind == "unsuitable"
    assert other is not None
    assert [each.number for each in other.groups] == [1, 2]
    assert [each.size for each in other.groups] == [250, 150]
    assert other.without_group == 0
    assert len({each.name for each in other.groups}) == 2
    assert all(each.sentence for each in other.groups)


def test_the_page_shows_them_and_carries_a_group_for_every_row(crescents: Analysis) -> None:
    page = crescents.to_html()

    assert 'data-download="alternative"' in page
    packed = re.search(r'<script type="text/plain" class="alternative">(.+?)</script>', page)
    assert packed
    carried = np.frombuffer(gzip.decompress(base64.b64decode(packed[1])), dtype="<u2")
    assert crescents.selection.alternative is not None
    np.testing.assert_array_equal(carried, crescents.selection.alternative.labels + 1)


def test_where_k_means_suits_the_data_there_is_none(analysis: Analysis) -> None:
    assert analysis.summary.alternative is None
    assert 'data-download="alternative"' not in analysis.to_html()
