"""The summary: every number against its definition, and a snapshot of the whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_samples

import kwise
from kwise._numbering import size_order

if TYPE_CHECKING:
    from kwise.analysis import Analysis

SNAPSHOT = Path(__file__).with_name("summary.json")


def test_the_summary_is_what_it_was(analysis: Analysis) -> None:
    """The snapshot leaves out what others decide: verdict, scores, versions.

    To renew it, delete the file and run this test twice; then read the difference.
    """
    made = analysis.summary.to_dict()
    for changing in ("reproduction", "answer"):
        made.pop(changing)
    for said in ("account", "steps", "warnings"):
        made["table"][said] = None  # type: ignore[index]
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail("the snapshot was written; look at it, then run again")
    assert_like(made, json.loads(SNAPSHOT.read_text("utf-8")), "summary")


def assert_like(found: object, expected: object, where: str) -> None:
    """Compare two JSON values; numbers to nine digits."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        assert list(found) == list(expected), where
        for key, value in expected.items():
            assert_like(found[key], value, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, list), where
        assert len(found) == len(expected), where
        for i, value in enumerate(expected):
            assert_like(found[i], value, f"{where}[{i}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), where
    else:
        assert found == expected, where


def test_the_summary_is_ready_for_json(analysis: Analysis) -> None:
    text = json.dumps(analysis.summary.to_dict(), allow_nan=False)

    assert json.loads(text)["answer"]["k"] == 3


def test_clusters_are_numbered_by_size(analysis: Analysis) -> None:
    for each in analysis.summary.clusterings:
        sizes = [cluster.size for cluster in each.clusters]
        assert sizes == sorted(sizes, reverse=True)
        assert [cluster.number for cluster in each.clusters] == list(range(1, each.k + 1))


def test_numbers_of_clusters_do_not_depend_on_how_they_were_numbered() -> None:
    labels = np.array([2, 2, 0, 1, 1, 3], dtype=np.int32)
    renamed = np.array([1, 3, 0, 2], dtype=np.int32)[labels]

    assert size_order(labels, 4).tolist() == [2, 1, 0, 3]
    assert np.argsort(size_order(renamed, 4))[renamed].tolist() == [0, 0, 2, 1, 1, 3]


def test_of_clusters_of_one_size_the_first_row_decides_wherever_it_is() -> None:
    labels = np.zeros(20_000, dtype=np.int32)
    labels[[7_000, 9_000]], labels[[8_000, 19_999]], labels[[3, 12_000]] = 3, 1, 4

    assert size_order(labels, 6).tolist() == [0, 4, 3, 1, 2, 5]


def test_labels_model_and_summary_agree(analysis: Analysis, flowers: pl.DataFrame) -> None:
    sizes = [cluster.size for cluster in analysis.summary.chosen.clusters]

    assert np.bincount(analysis.labels).tolist() == sizes == [70, 50, 30]
    assert np.array_equal(analysis.predict(flowers), analysis.labels)


def test_means_are_in_the_columns_own_units(analysis: Analysis, flowers: pl.DataFrame) -> None:
    summary = analysis.summary
    for j, column in enumerate(summary.profile):
        values = flowers[column].to_numpy()
        assert summary.overall[j] == pytest.approx(values.mean())
        assert summary.spread[j] == pytest.approx(values.std())
        for c in range(3):
            assert summary.means[3][j][c] == pytest.approx(values[analysis.labels == c].mean())


def test_silhouettes_of_rows_are_those_of_the_definition(analysis: Analysis) -> None:
    data = analysis.report_data
    for k, values in data.silhouettes.items():
        expected = silhouette_samples(data.X, data.labels[k])
        assert values == pytest.approx(expected, abs=1e-9)


def test_a_large_table_scores_a_sample_that_misses_no_cluster() -> None:
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(6_000, 2)), rng.normal(size=(4, 2)) + 1_000.0])
    made = kwise.analyze(X, ks=[2, 3], scale="none")

    data = made.report_data

    assert 3_000 <= len(data.scored_rows) < 4_000
    expected = silhouette_samples(X, data.labels[2])[data.scored_rows]
    assert data.silhouettes[2] == pytest.approx(expected, abs=1e-7)
    assert (data.labels[2][data.scored_rows] == 1).sum() == 4


def test_a_margin_is_one_minus_the_ratio_of_distances(analysis: Analysis) -> None:
    data = analysis.report_data
    distances = np.linalg.norm(data.X[:, None] - data.centers[3][None], axis=2)
    two = np.sort(distances, axis=1)[:, :2]
    expected = 1 - two[:, 0] / two[:, 1]

    for cluster in analysis.summary.chosen.clusters:
        members = data.labels[3] == cluster.number - 1
        assert cluster.margin == pytest.approx(expected[members].mean())
        assert cluster.borderline[0].margin == pytest.approx(expected[members].min())
        assert cluster.typical[0].row - 1 in np.flatnonzero(members)


def test_rules_are_as_good_as_they_say(analysis: Analysis, flowers: pl.DataFrame) -> None:
    for cluster in analysis.summary.chosen.clusters:
        rule = cluster.rule
        assert rule is not None
        # Three far groups: a threshold on one or two columns tells each from the others.
        assert rule.precision > 0.95
        assert rule.recall > 0.9
        assert "width" in rule.text or "height" in rule.text
    assert analysis.summary.chosen.fidelity == pytest.approx(1.0, abs=0.05)


def test_true_labels_are_matched(analysis: Analysis, flowers: pl.DataFrame) -> None:
    found = analysis.summary.chosen.agreement
    assert found is not None

    expected = adjusted_rand_score(flowers["kind"].to_numpy(), analysis.labels)
    assert found.ari == pytest.approx(expected)
    assert sum(map(sum, found.counts)) == 150
    assert found.matched == pytest.approx(1.0, abs=0.03)


def test_outside_numbers_leave_missing_cells_out(analysis: Analysis) -> None:
    price = analysis.summary.chosen.outside[0]

    assert price.missing == 4
    assert price.rows[0][0] == 146
    assert price.p_value is not None
    assert price.p_value < 1e-6
    assert price.explained == pytest.approx(1.0, abs=0.05)


def test_no_test_is_made_of_a_column_that_made_the_clusters(flowers: pl.DataFrame) -> None:
    made = kwise.analyze(flowers, columns=["width", "height"], outside="width", k=3)

    variable = made.summary.chosen.outside[0]

    assert variable.also_clustered
    assert variable.p_value is None


def test_rows_with_missing_cells_have_no_label(flowers: pl.DataFrame) -> None:
    made = kwise.analyze(flowers, columns=["width", "price"], k=3)

    assert made.labels[:4].tolist() == [-1] * 4
    assert made.summary.table.n_used == 146
    rows = [row.row for cluster in made.summary.chosen.clusters for row in cluster.typical]
    assert min(rows) > 4


def test_names_of_clusters_differ(analysis: Analysis) -> None:
    for each in analysis.summary.clusterings:
        names = [cluster.name for cluster in each.clusters]
        assert len(set(names)) == len(names)


def test_every_candidate_of_several_clusters_tells_its_stability(analysis: Analysis) -> None:
    for each in analysis.summary.clusterings:
        known = [cluster.stability is not None for cluster in each.clusters]
        assert known == [each.k > 1] * each.k


def test_a_category_is_told_where_it_differs_most() -> None:
    kinds = np.repeat(["a", "b", "c"], [30, 20, 10])
    frame = pl.DataFrame({"x": np.repeat([0.0, 50.0], 30) + np.arange(60) / 60, "kind": kinds})

    finding = kwise.analyze(frame, outside="kind", k=2).summary.chosen.outside[0].finding

    assert "clusters differ most in a: 100 % of cluster 1, against 50 % of all rows" in finding


def test_units_at_the_end_of_a_name_are_read_as_units() -> None:
    x = np.repeat([0.0, 50.0], 20) + np.arange(40) / 40
    made = kwise.analyze(pl.DataFrame({"bill_length_mm": x}), k=2).summary.chosen

    assert made.clusters[0].name == "Low bill length"
    assert made.clusters[0].sentence.startswith("Bill length (mm) is 0 on average")
