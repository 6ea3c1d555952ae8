"""Drift: what has changed is named, what has not raises no more alarms than is said."""

import json
import math

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

import kwise
from kwise.cli import main
from kwise.io import as_model, save_model
from kwise.monitoring.band import difference_band
from kwise.report import render_drift
from model_samples import FRAME, fitted
from months import USED, month


@pytest.fixture(scope="module")
def model():
    return kwise.analyze(
        month(3000, 0), columns=[*USED, "site"], categories="one-hot", k=4
    ).to_model()


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path / "m.kwise")
    return str(tmp_path / "m.kwise")


def test_a_fresh_month_raises_no_alarm(model):
    found = model.drift(month(1000, 1))

    assert not found.alarm
    assert "No drift shown" in found.verdict
    assert all(each.fate == "steady" for each in found.clusters)
    assert not any(row["shown"] for row in found.table())
    assert found.appeared == ()
    assert [each.rows for each in found.clusters] == np.bincount(
        model.predict(month(1000, 1))
    ).tolist()


def test_clusters_that_grew_shrank_and_dissolved_are_named(model):
    found = model.drift(month(1000, 2, shares=(0.55, 0.3, 0.15, 0.0)))

    assert found.alarm
    assert [each.fate for each in found.clusters] == ["grew", "steady", "shrank", "dissolved"]
    grown = found.clusters[0].share
    assert grown.low < 0.15 < grown.high
    assert "Cluster 4 has dissolved" in str(found)


def test_a_group_that_no_cluster_holds_is_named_with_where_it_lies(model):
    found = model.drift(month(1000, 3, appeared=50))

    assert found.unheld.shown
    (group,) = found.appeared
    assert 45 <= group.n_rows <= 50
    told = {name: mean for name, mean, _ in group.columns}
    assert told["age"] == pytest.approx(120, abs=3)
    assert told["income"] == pytest.approx(-400, abs=60)
    assert all(row > 1000 for row in group.rows)


def test_a_cluster_whose_rows_have_moved_is_named(model):
    found = model.drift(month(2000, 4, shift=0.8))

    moved = found.clusters[1]
    (age,) = moved.columns
    assert age.name == "age"
    assert age.median_before == pytest.approx(75, abs=0.5)
    assert age.median_now == pytest.approx(79, abs=0.7)
    assert moved.moved > 4 * found.clusters[0].moved
    assert not found.clusters[0].columns
    assert "Cluster 2 has moved" in str(found)


def test_a_cluster_whose_rows_spread_is_named(model):
    found = model.drift(month(2000, 4, spread=1.6))

    assert all(each.farther.shown and each.farther.difference > 0 for each in found.clusters[:3])


def test_columns_and_categories_that_changed_are_named(model):
    rows = month(1000, 5, sites="abbbz").with_columns(visits=pl.col("visits") * 1.5)
    rows[list(range(150)), "age"] = None

    found = model.drift(rows)

    by_name = {each.name: each for each in found.columns}
    assert by_name["site"].shown
    assert by_name["visits"].shown
    assert not by_name["income"].shown
    shares = {each.name: each.share for each in by_name["site"].categories}
    assert shares["(others)"].now == pytest.approx(0.2, abs=0.05)
    assert by_name["age"].missing.shown
    assert found.without_cluster.now == pytest.approx(0.15)


def test_a_threshold_keeps_small_changes_from_an_alarm(model):
    rows = month(4000, 6, shares=(0.45, 0.3, 0.15, 0.1))

    assert model.drift(rows).alarm
    assert not model.drift(rows, threshold=0.1).alarm
    assert model.drift(month(4000, 6, shares=(0.7, 0.1, 0.1, 0.1)), threshold=0.1).alarm


@pytest.mark.parametrize(
    ("options", "words"),
    [({"level": 0.9}, "level=0.9 is out of range"), ({"threshold": -1}, "threshold=-1 is out"),
     ({"level": float("nan")}, "level=nan is out of range")],
)  # fmt: skip
def test_what_is_out_of_range_is_refused(model, options, words):
    with pytest.raises(ValueError, match=words):
        model.drift(month(100, 1), **options)


def test_a_model_that_knows_no_rows_says_so(tmp_path):
    preparation, estimator = fitted()
    save_model(tmp_path / "m.kwise", estimator, preparation=preparation)

    with pytest.raises(ValueError, match="does not know the rows that it was fitted on"):
        kwise.load(tmp_path / "m.kwise").drift(FRAME)


def test_a_table_without_rows_is_refused(model):
    with pytest.raises(ValueError, match="has no rows"):
        model.drift(month(10, 1).clear())


@pytest.mark.parametrize("n", [1, 2, 5])
def test_few_rows_are_no_alarm_and_said_to_be_few(model, n):
    found = model.drift(month(n, 7))

    assert not found.alarm
    assert f"there are {n} new rows" in str(found)
    assert ("the 1 row varies" in str(found)) is (n == 1)


def test_one_cluster_and_columns_of_one_value_are_compared_too():
    rng = np.random.default_rng(0)
    model = kwise.analyze(np.column_stack([rng.normal(size=300)]), k=1).to_model()

    assert not model.drift(rng.normal(size=(200, 1))).alarm
    assert model.drift(rng.normal(1.0, size=(200, 1))).alarm
    assert model.drift(np.full((200, 1), 0.0)).alarm


def test_the_json_says_all_that_the_records_say(model):
    told = model.drift(month(500, 8, appeared=40)).to_dict()

    json.dumps(told, allow_nan=False)
    assert {"alarm", "verdict", "level", "threshold", "clusters", "columns", "unheld"} <= set(told)
    assert {"low", "high", "before", "now"} <= set(told["clusters"][0]["share"])


def test_the_command_says_it_by_its_exit_code(saved, tmp_path, capsys):
    month(1000, 1).write_parquet(tmp_path / "fresh.parquet")
    month(1000, 2, shares=(0.7, 0.1, 0.1, 0.1)).write_csv(tmp_path / "odd.csv")

    assert main(["drift", saved, str(tmp_path / "fresh.parquet")]) == 0
    assert "No drift shown" in capsys.readouterr().out
    assert main(["drift", saved, str(tmp_path / "odd.csv"), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["alarm"] is True
    assert main(["drift", saved, str(tmp_path / "odd.csv"), "--threshold", "0.5"]) == 0
    assert main(["drift", saved, str(tmp_path / "odd.csv"), "--level", "3"]) == 2


def test_another_unit_and_new_columns_are_named_first(model, saved, tmp_path, capsys):
    rows = month(300, 9).with_columns(pl.col("income") / 1000, pl.lit(1).alias("*/</script>"))
    rows.write_csv(tmp_path / "odd.csv")

    found = model.drift(rows)

    (unit,) = (each for each in found.schema if "income" in each)
    assert "may be in another unit" in unit
    assert str(found).splitlines()[1].startswith("New columns, which the model does not use: '*/")
    assert found.to_dict()["schema"] == list(found.schema)
    assert "may be in another unit" in render_drift(found, table="t", model="m")
    assert not model.drift(month(300, 9)).schema
    assert main(["drift", saved, str(tmp_path / "odd.csv")]) == 1
    assert "may be in another unit" in capsys.readouterr().out


def test_a_band_of_one_difference_is_as_wide_as_the_textbook_says():
    before, after = (np.array([400.0]), np.array([1000.0])), (np.array([450.0]), np.array([1000.0]))

    change, low, high = difference_band(before, after, 1.96)

    half = norm.ppf(0.975) * math.sqrt(0.4 * 0.6 / 1000 + 0.45 * 0.55 / 1000)
    assert change[0] == pytest.approx(0.05)
    assert low[0] == pytest.approx(0.05 - half, abs=1e-3)
    assert high[0] == pytest.approx(0.05 + half, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m"), [(500, 400), (1500, 150)])
def test_fresh_samples_raise_alarms_as_often_as_is_said(n, m):
    alarms = []
    for seed in range(40):
        model = as_model(*_small_fit(n, seed)).calibrated(month(n, 1000 + seed))
        alarms += [model.drift(month(m, 5000 + 10 * seed + i), level=0.1).alarm for i in range(5)]

    assert 0.04 < np.mean(alarms) < 0.17


def _small_fit(n, seed):
    preparation = kwise.preparation.Preparation(columns=USED)
    X = preparation.fit_transform(month(n, 1000 + seed))
    return kwise.KMeans(4, random_state=0, n_init=1).fit(X), preparation


def test_an_estimator_with_its_rows_can_be_watched(tmp_path):
    estimator, preparation = _small_fit(800, 0)
    model = as_model(estimator, preparation).calibrated(month(800, 1000))

    model.save(tmp_path / "m.kwise")

    assert not kwise.load(tmp_path / "m.kwise").drift(month(300, 1)).alarm
