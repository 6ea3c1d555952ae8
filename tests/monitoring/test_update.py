"""Updates: exact means of all rows, each batch once, the file whole or as it was."""

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import kwise
from kwise import MiniBatchKMeans
from kwise.cli import main
from kwise.io import as_model
from model_samples import FRAME, fitted
from months import USED, month


@pytest.fixture(scope="module")
def model():
    return kwise.analyze(month(2000, 0), columns=USED, k=4).to_model()


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path / "m.kwise")
    month(500, 1).write_csv(tmp_path / "may.csv")
    return tmp_path / "m.kwise"


def rows_of(model, *frames):
    return np.vstack([model.preparation.transform(frame) for frame in frames])


def test_centers_are_the_means_of_all_rows(model):
    done = model.update(month(500, 1)).model.update(month(300, 2)).model

    first = model.update(month(500, 1)).model
    labels = np.concatenate(
        [model.predict(month(2000, 0)), model.predict(month(500, 1)), first.predict(month(300, 2))]
    )
    X = rows_of(model, month(2000, 0), month(500, 1), month(300, 2))
    for c in range(4):
        np.testing.assert_allclose(done.centers[c], X[labels == c].mean(axis=0), rtol=1e-13)
    assert done.statistics.counts.tolist() == np.bincount(labels).tolist()
    assert done.metadata["sizes"] == np.bincount(labels).tolist()


def test_an_update_is_a_step_of_partial_fit(model):
    estimator = MiniBatchKMeans(4, reassignment_ratio=0.0)
    estimator.cluster_centers_ = model.statistics.means(model.centers)
    estimator._counts = model.statistics.counts.copy()
    estimator._check_sizes(rows_of(model, month(500, 1)))
    estimator.n_steps_ = estimator._n_since_last_reassign = 0

    estimator.partial_fit(rows_of(model, month(500, 1)))

    done = model.update(month(500, 1)).model
    np.testing.assert_allclose(done.centers, estimator.cluster_centers_, rtol=1e-12)
    np.testing.assert_array_equal(done.statistics.counts, estimator._counts)


def test_the_order_of_batches_of_clear_groups_does_not_matter(model):
    a, b = month(400, 3), month(400, 4)

    one = model.update(a).model.update(b).model
    other = model.update(b).model.update(a).model

    np.testing.assert_allclose(one.centers, other.centers, rtol=1e-12)


def test_what_moved_is_said(model):
    done = model.update(month(2000, 5, shift=1.0), batch="may")

    assert not done.known
    assert sum(done.gained) == done.n_rows == 2000
    assert np.argmax(done.moved_share) == 1
    assert "cluster 2 by" in str(done)
    np.testing.assert_allclose(
        done.moved, np.linalg.norm(done.model.centers - model.centers, axis=1)
    )


def test_a_batch_is_taken_in_once(model):
    done = model.update(month(500, 1), batch="may")
    again = done.model.update(month(500, 1), batch="may")

    assert again.known
    assert again.model is done.model
    assert model.update(month(500, 1)).model.update(month(500, 1)).known
    with pytest.raises(ValueError, match=r"'may' was taken in on .* with other rows"):
        done.model.update(month(400, 2), batch="may")


def test_rows_without_an_id_are_known_by_their_cells_whatever_id_they_had(model):
    done = model.update(month(500, 1), batch="may")

    again = done.model.update(month(500, 1))

    assert (again.known, again.batch) == (True, "may")
    assert not done.model.update(month(500, 1), batch="may, sent on purpose").known


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_id_is_refused(model, blank):
    with pytest.raises(ValueError, match=r"is blank; name the batch"):
        model.update(month(100, 1), batch=blank)


def test_an_id_of_several_lines_is_said_in_one(model):
    done = model.update(month(100, 1), batch="a\nCluster 1 is gone*/</script>\u2028\x00")

    assert "\n" not in str(done)
    assert len(done.model.show().splitlines()) == len(model.show().splitlines()) + 1
    assert done.model.update(month(100, 1), batch=done.batch).known


def test_the_history_is_said_in_words(model):
    rows = month(100, 6)
    rows[list(range(10)), "age"] = None
    done = model.update(rows, batch="may").model

    (said,) = [line for line in done.show().splitlines() if line.startswith("Taken in since")]
    assert said.startswith("Taken in since: batch may, on 20")
    assert said.endswith(", 90 rows, 10 more had no cluster")
    assert "- batch may, on 20" in done.card()


def test_another_unit_in_a_batch_is_said(saved, capsys):
    pl.read_csv(saved.parent / "may.csv").with_columns(pl.col("income") / 1000).write_csv(
        saved.parent / "odd.csv"
    )

    assert main(["update", str(saved), str(saved.parent / "odd.csv")]) == 0
    assert "'income' may be in another unit" in capsys.readouterr().err


def test_rows_without_a_cluster_are_counted_and_not_taken_in(model):
    rows = month(100, 6)
    rows[list(range(10)), "age"] = None

    done = model.update(rows)

    assert (done.n_rows, done.n_without_cluster) == (90, 10)
    assert done.model.baseline.n_rows == 2100
    assert "10 without a cluster were not" in str(done)


def test_an_updated_model_knows_the_batch_as_well_when_it_looks_for_drift(model):
    wide = month(4000, 7, shares=(0.1, 0.1, 0.1, 0.7))

    assert model.drift(wide).alarm
    mixed = np.array([0.1, 0.1, 0.1, 0.7]) * 4000 + np.array([0.4, 0.3, 0.2, 0.1]) * 2000
    assert not model.update(wide).model.drift(month(2000, 8, shares=mixed / 6000)).alarm


def test_a_model_without_sums_begins_from_its_sizes_or_says_what_is_missing(tmp_path):
    preparation, estimator = fitted()
    old = as_model(estimator, preparation)
    assert old.statistics is None

    done = old.update(FRAME)

    assert sum(done.rows) == 2 * sum(old.metadata["sizes"])
    np.testing.assert_allclose(done.model.centers, old.centers, rtol=1e-6)
    del estimator.labels_
    with pytest.raises(ValueError, match="does not know how many rows its centers are"):
        as_model(estimator, preparation).update(FRAME)


def test_the_command_updates_the_file_once_and_writes_it_down(saved, capsys):
    words = ["update", str(saved), str(saved.parent / "may.csv"), "--batch-id", "2024-05"]

    assert main(words) == 0
    assert "Batch 2024-05: 500 rows were taken in" in capsys.readouterr().out
    once = saved.read_bytes()
    assert main([*words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] is True
    assert saved.read_bytes() == once
    (entry,) = kwise.load(saved).metadata["history"]
    assert (entry["batch"], entry["rows"]) == ("2024-05", 500)
    assert {"date", "moved", "gained"} <= set(entry)


def test_the_command_writes_to_another_file_if_asked(saved, capsys):
    before, grown = saved.read_bytes(), saved.with_name("grown.kwise")

    assert main(["update", str(saved), str(saved.parent / "may.csv"), "-o", str(grown)]) == 0

    assert saved.read_bytes() == before
    assert sum(kwise.load(grown).metadata["sizes"]) == 2500


def test_a_batch_that_cannot_be_used_leaves_the_file_as_it_was(saved, capsys):
    before = saved.read_bytes()
    (saved.parent / "bad.csv").write_text("age,income\n1,2\n")

    assert main(["update", str(saved), str(saved.parent / "bad.csv")]) == 2
    assert "visits" in capsys.readouterr().err
    assert saved.read_bytes() == before
    assert main(["update", str(saved.parent / "n.kwise"), str(saved.parent / "may.csv")]) == 2


def test_updates_at_the_same_time_lose_no_batch(saved):
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from kwise.io.updating import update_file\nfrom kwise.io import read_table\n"
        "from months import month\n"
        "update_file(sys.argv[1], read_table(month(100, int(sys.argv[2]))), sys.argv[2])"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(saved), str(i)]) for i in range(4)]

    assert [each.wait() for each in running] == [0, 0, 0, 0]
    model = kwise.load(saved)
    assert {each["batch"] for each in model.metadata["history"]} == {"0", "1", "2", "3"}
    assert sum(model.metadata["sizes"]) == 2400
