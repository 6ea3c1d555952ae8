"""Files that earlier versions of kwise wrote still load, and predict as they did."""

import json
from pathlib import Path

import pytest

import kwise
from kwise.io import save_model
from model_samples import FRAME, WIDER

KEPT = Path(__file__).parent / "kept_models"
FILES = sorted(KEPT.glob("*.kwise"))


def rows_of(model):
    if "price" in model.preparation.feature_names_in_:
        return KEPT / "written.csv"
    wide = "risk" in model.preparation.feature_names_in_
    return (WIDER if wide else FRAME)[:60]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_kept_files_load_and_predict_as_they_did(path, tmp_path):
    model = kwise.load(path)
    labels = model.predict(rows_of(model)).tolist()

    assert labels == json.loads(path.with_suffix(".json").read_text())
    assert labels == model.place(rows_of(model)).labels.tolist()

    save_model(tmp_path / "again.kwise", model)
    assert kwise.load(tmp_path / "again.kwise").predict(rows_of(model)).tolist() == labels


def test_a_file_names_the_oldest_format_that_holds_it(tmp_path):
    import zipfile

    model = kwise.load(FILES[0])
    for made, version in ((model, 1), (model.calibrated(rows_of(model)), 2)):
        save_model(tmp_path / "m.kwise", made)
        with zipfile.ZipFile(tmp_path / "m.kwise") as archive:
            assert json.loads(archive.read("model.json"))["version"] == version
        assert (kwise.load(tmp_path / "m.kwise").distance_quantiles is None) == (version == 1)


def test_distances_of_the_fitted_rows_are_checked(tmp_path):
    from dataclasses import replace

    import numpy as np

    from kwise.exceptions import ModelFileError

    model = kwise.load(FILES[0])
    right = model.calibrated(rows_of(model)).distance_quantiles
    for wrong, said in ((right[:, :2], "has shape"), (-right - 1.0, "do not ascend from 0")):
        save_model(tmp_path / "m.kwise", replace(model, distance_quantiles=np.array(wrong)))
        with pytest.raises(ModelFileError, match=said):
            kwise.load(tmp_path / "m.kwise")


def test_metadata_that_is_no_text_is_refused(tmp_path):
    import hashlib
    import zipfile

    from kwise.exceptions import ModelFileError

    with zipfile.ZipFile(FILES[0]) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(found["model.json"])
    found["model.json"] = json.dumps({**told, "metadata": {"verdict": "\ud800"}}).encode()
    del found["sha256.json"]
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    with zipfile.ZipFile(tmp_path / "m.kwise", "w") as archive:
        for name, data in {**found, "sha256.json": json.dumps(sums).encode()}.items():
            archive.writestr(name, data)

    with pytest.raises(ModelFileError, match="metadata cannot be written again"):
        kwise.load(tmp_path / "m.kwise")
