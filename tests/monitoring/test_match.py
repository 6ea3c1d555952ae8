"""Matches: planted splits, mergers, births and deaths are named, numbers and names go on."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.cli import main
from kwise.io import match_models
from kwise.monitoring.matching import find_match
from months import CENTERS, USED, month


def labeled(*blocks):
    """Return labels then and now of blocks of rows: (then, now, rows)."""
    then, now, rows = zip(*blocks)
    return np.repeat(then, rows).astype(np.int32), np.repeat(now, rows).astype(np.int32)


def events(match, kind):
    return [(each.before, each.now) for each in match.named(kind)]


def test_numbers_that_were_shuffled_are_found_again():
    found = find_match(*labeled((0, 2, 50), (1, 0, 40), (2, 1, 30)), 3, 3)

    assert found.mapping == {1: 3, 2: 1, 3: 2}
    assert found.n_moved == 0
    assert len(found.named("kept")) == len(found.events) == 3


def test_a_split_is_named():
    found = find_match(*labeled((0, 0, 60), (0, 2, 40), (1, 1, 80)), 2, 3)

    assert events(found, "split") == [((1,), (1, 3))]
    assert found.mapping == {1: 1, 2: 2}
    assert found.n_moved == 40
    assert "Cluster 1 has split into 1 (60 % of its rows) and 3 (40 % of its rows)." in str(found)


def test_a_split_into_three_is_named():
    found = find_match(*labeled((0, 0, 34), (0, 1, 33), (0, 2, 33)), 1, 3)

    assert events(found, "split") == [((1,), (1, 2, 3))]
    assert not found.named("new")


def test_a_merger_is_named():
    found = find_match(*labeled((0, 0, 100), (1, 1, 50), (2, 1, 40)), 3, 2)

    assert events(found, "merged") == [((2, 3), (2,))]
    assert not found.named("gone")
    assert found.mapping == {1: 1, 2: 2}


def test_a_new_cluster_is_one_that_no_cluster_held():
    then, now = labeled((0, 0, 100), (0, 2, 50), (1, 1, 100))
    held = np.ones(250, dtype=bool)
    held[now == 2] = False

    found = find_match(then, now, 2, 3, held)

    assert events(found, "new") == [((), (3,))]
    assert not found.named("split")
    assert found.unheld.tolist() == [0, 0, 50, 0]


def test_a_cluster_that_is_gone_is_named_with_where_its_rows_are():
    found = find_match(*labeled((0, 0, 100), (1, 0, 10), (1, 1, 8), (2, 1, 90)), 3, 2)

    assert events(found, "gone") == [((2,), ())]
    assert found.mapping == {1: 1, 3: 2}
    assert "its 18 rows are in 1 (56 %) and 2 (44 %) now" in str(found)
    assert events(find_match(*labeled((0, 0, 9)), 2, 1), "gone") == [((2,), ())]


def test_rows_without_a_cluster_are_counted_apart():
    found = find_match(*labeled((0, 0, 10), (-1, 0, 3), (0, -1, 2)), 1, 1)

    assert found.flows.tolist() == [[10, 2], [3, 0]]
    assert found.n_moved == 2
    assert [row["now"] for row in found.moved_rows()] == [None, None]


@pytest.fixture(scope="module")
def last(tmp_path_factory):
    path = tmp_path_factory.mktemp("last") / "last.kwise"
    kwise.analyze(month(1500, 0), columns=USED, k=4).save(path)
    return path


def test_numbers_and_names_go_on_where_sizes_change(last):
    rows = month(1500, 1, shares=(0.1, 0.2, 0.3, 0.4))

    now = kwise.analyze(rows, like=last, k=4)

    before = kwise.load(last)
    assert (now.labels == before.predict(rows)).mean() > 0.99
    assert now.match.mapping == {1: 1, 2: 2, 3: 3, 4: 4}
    assert [each.name for each in now.summary.chosen.clusters] == before.metadata["names"]
    assert now.to_model().metadata["names"] == before.metadata["names"]
    assert now.drift.alarm
    np.testing.assert_array_equal(now.predict(rows), now.labels)


def test_a_cluster_that_is_new_takes_a_number_that_is_left(last):
    now = kwise.analyze(month(1500, 2, appeared=300), like=str(last), k=5)

    assert now.match.mapping == {1: 1, 2: 2, 3: 3, 4: 4}
    assert events(now.match, "new") == [((), (5,))]
    (name,) = [each.name for each in now.summary.chosen.clusters if each.number == 5]
    assert name not in kwise.load(last).metadata["names"]


def test_merged_groups_keep_one_number():
    five = kwise.analyze(month(1500, 0), columns=USED, k=5).to_model()

    now = kwise.analyze(month(1500, 3), like=five, k=4)

    ((merged, (into,)),) = events(now.match, "merged")
    assert len(merged) == 2
    assert into in merged
    kept = [n for n in now.match.mapping if n not in merged and n <= 4]
    assert all(now.match.mapping[n] == n for n in kept)


def test_columns_are_those_of_last_time_unless_others_are_named(last):
    assert kwise.analyze(month(300, 4), like=last, k=4).model["preparation"].original_names_ == (
        *USED,
    )
    other = kwise.analyze(month(300, 4), like=last, columns=["age", "income"], k=3)
    assert other.model["preparation"].original_names_ == ("age", "income")


def test_like_of_a_wrong_kind_is_refused():
    with pytest.raises(TypeError, match="like is int; pass a model file"):
        kwise.analyze(month(100, 1), like=3)


def test_two_models_are_matched_on_rows(last, tmp_path, capsys):
    rows = month(1200, 5)
    kwise.analyze(rows, columns=USED, k=5).save(tmp_path / "b.kwise")
    rows.write_csv(tmp_path / "rows.csv")
    words = ["match", str(last), str(tmp_path / "b.kwise"), str(tmp_path / "rows.csv")]

    found = match_models(kwise.load(last), kwise.load(tmp_path / "b.kwise"), rows)

    assert len(found.named("split")) == 1
    assert main(words) == 0
    assert "has split into" in capsys.readouterr().out
    assert main([*words, "--by", "id", "--format", "csv"]) == 0
    moved = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(moved) == found.n_moved > 0
    assert moved[0]["key"] == rows["id"][int(np.flatnonzero(found.moved)[0])]
    assert main([*words, "--format", "json", "--by", "id"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["moved_rows"]) == told["moved"]
    assert sum(each["rows"] for each in told["flows"]) == 1200
    assert main([*words, "--by", "idd"]) == 2
    assert "did you mean 'id'" in capsys.readouterr().err


def test_the_report_is_like_last_time(last, tmp_path, capsys):
    month(600, 6).write_csv(tmp_path / "new.csv")

    assert main(["report", str(tmp_path / "new.csv"), "--like", str(last), "-f", "json"]) == 0

    asked = json.loads(capsys.readouterr().out)["reproduction"]["command"]
    assert f"--like {last}" in asked


def test_the_report_treats_columns_as_last_time_unless_another_way_is_named(tmp_path, capsys):
    rows = month(400, 7)
    rows.write_csv(tmp_path / "t.csv")
    kwise.analyze(rows, columns=[*USED, "site"], categories="one-hot", k=4).save(
        tmp_path / "l.kwise"
    )
    words = ["report", str(tmp_path / "t.csv"), "--like", str(tmp_path / "l.kwise"), "-f", "json"]

    assert main(words) == 0
    asked = json.loads(capsys.readouterr().out)["reproduction"]["command"]
    assert "--categories one-hot" in asked
    assert main([*words, "--scale", "none"]) == 0
    asked = json.loads(capsys.readouterr().out)["reproduction"]["command"]
    assert "--categories one-hot" in asked
    assert "--scale none" in asked


def test_centers_of_the_months_are_those_of_the_model(last):
    model = kwise.load(last)
    rows = pl.DataFrame(CENTERS * [5, 100, 1] + [40, 500, 0], schema=USED)

    assert sorted(model.predict(rows).tolist()) == [0, 1, 2, 3]
