"""Models as files: one zip archive of JSON and plain arrays, with checksums and no code."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import io
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from kwise.exceptions import ModelFileError
from kwise.io.atomic import written_whole
from kwise.io.model import FittedCenters, Json, Model, as_model

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from kwise.preparation import Preparation, PreparationSummary
    from kwise.preparation.state import FittedState

Arrays: TypeAlias = dict[str, NDArray[np.float64]]

FORMAT = "kwise model"
VERSION = 1
DESCRIPTION = "model.json"
CHECKSUMS = "sha256.json"
LARGEST_MEMBER = 4 << 30  # bytes unpacked; a model is far smaller
ARRAYS = ("fillings", "powers", "centers", "spreads", "component_mean", "components",
          "variance_shares")  # fmt: skip
MAY_BE_NAN = {"fillings", "powers"}


def save_model(
    path: str | Path | IO[bytes],
    fitted: Model | Pipeline | FittedCenters,
    *,
    preparation: Preparation | None = None,
    metadata: Mapping[str, Json] | None = None,
) -> None:
    """Write a model to one file: data only, nothing that could run when it is loaded.

    The file is a zip archive of ``model.json`` (names, kinds, settings, versions), one
    ``.npy`` file per array, and ``sha256.json``. It is written beside and renamed into place,
    and the same model gives the same bytes.

    Parameters
    ----------
    path : path or binary stream
        Usually ending in ``.kwise``. An existing file is replaced.
    fitted : Model, Pipeline or estimator
        A pipeline of a ``Preparation`` and an estimator with ``cluster_centers_``; or that
        estimator alone.
    preparation : Preparation, optional
        Fitted; only beside an estimator.
    metadata : mapping, optional
        JSON values to keep with the model.

    See Also
    --------
    load : The way back.

    Examples
    --------
    >>> import tempfile, kwise
    >>> from kwise.io import demonstration, save_model
    >>> from kwise.preparation import Preparation
    >>> from sklearn.pipeline import make_pipeline
    >>> frame = demonstration().frame
    >>> pipeline = make_pipeline(Preparation(), kwise.KMeans(3, random_state=0)).fit(frame)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(f"{folder}/wine.kwise", pipeline)
    ...     model = kwise.load(f"{folder}/wine.kwise")
    >>> bool((model.predict(frame) == pipeline[-1].labels_).all())
    True
    """
    model = as_model(fitted, preparation, metadata)
    state = model.preparation.state_
    members = {f"{name}.npy": _npy(getattr(state, name)) for name in ARRAYS}
    members["cluster_centers.npy"] = _npy(np.asarray(model.centers, dtype=np.float64))
    members[DESCRIPTION] = _json(_description(model, state))
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())}
    members[CHECKSUMS] = _json(sums)
    whole = _archived(members)
    if not isinstance(path, (str, os.PathLike)):
        path.write(whole)
        return
    with written_whole(path) as file:
        file.write(whole)


def _archived(members: Mapping[str, bytes]) -> bytes:
    """Return the archive of the members; the same for the same."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members.items():
            # A fixed date keeps the bytes of the same model the same.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return made.getvalue()


def load(path: str | Path) -> Model:
    """Load a model that ``save_model`` wrote.

    Everything is checked before anything is used: the archive, the format and its version,
    the checksums, names, shapes and numbers. No code in the file can run.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Model
        Predicts new tables.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this kwise or no model.

    Examples
    --------
    >>> import tempfile, pathlib, kwise
    >>> from kwise.io import save_model
    >>> model = kwise.KMeans(2, random_state=0).fit([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0]])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "points.kwise"
    >>> _ = save_model(path, model)
    >>> int(kwise.load(path).predict([[4.9, 5.2]])[0]) == int(model.predict([[4.9, 5.2]])[0])
    True
    """
    members = _members(Path(path))
    try:
        description = json.loads(members[DESCRIPTION])
        if not isinstance(description, dict) or description.get("format") != FORMAT:
            raise ModelFileError(f"{path}: this is no kwise model")
        _check_version(description, path)
        _check_sums(members, path)
        arrays = {
            name.removesuffix(".npy"): _array(name, data, path)
            for name, data in members.items()
            if name.endswith(".npy")
        }
        return _model(description, arrays, path)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ModelFileError(
            f"{path}: the model is incomplete ({type(error).__name__}: {error}); save it again"
        ) from error


def _description(model: Model, state: FittedState) -> dict[str, Json]:
    """Return everything but the arrays as JSON values."""
    summary = dataclasses.asdict(model.preparation.summary_)
    fields = {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
    return {
        "format": FORMAT,
        "version": VERSION,
        "metadata": cast("Json", dict(model.metadata)),
        "parameters": _plain(model.preparation.get_params()),
        "state": _plain({name: value for name, value in fields.items() if name not in ARRAYS}),
        "summary": _plain(summary),
    }


def _plain(value: object) -> Json:
    """Turn tuples into lists, NumPy numbers into numbers and nan into null."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    return cast("Json", value)


def _json(value: Json) -> bytes:
    """Write JSON that any reader accepts."""
    return (json.dumps(value, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def _npy(array: NDArray[np.float64]) -> bytes:
    """Write one array as NumPy's file format, little-endian, by rows."""
    file = io.BytesIO()
    plain = np.ascontiguousarray(array, dtype="<f8")
    np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _members(path: Path) -> dict[str, bytes]:
    """Unpack the archive into memory."""
    if path.is_dir():
        raise ModelFileError(f"{path}: this is a folder, not a model")
    if not path.exists():
        names = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, names, n=1)
        hint = f"; did you mean {path.parent / near[0]}?" if near else ""
        raise ModelFileError(f"{path}: no such file{hint}")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if DESCRIPTION not in archive.namelist():
                raise ModelFileError(f"{path}: this is no kwise model (it has no {DESCRIPTION})")
            if sum(info.file_size for info in infos) > LARGEST_MEMBER:
                raise ModelFileError(f"{path}: unpacked, this is over 4 GB and no kwise model")
            return {info.filename: archive.read(info) for info in infos}
    except zipfile.BadZipFile as error:
        size = path.stat().st_size
        raise ModelFileError(
            f"{path}: this is no kwise model, or it is damaged or cut off ({size} bytes; {error})"
        ) from error
    except (zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise ModelFileError(f"{path}: the model cannot be unpacked ({error})") from error


def _check_version(description: dict[str, Json], path: str | Path) -> None:
    """Refuse models of a later format."""
    version = description["version"]
    if not isinstance(version, int) or version < 1:
        raise ModelFileError(f"{path}: the format's version is {version!r}, not a number from 1")
    if version > VERSION:
        raise ModelFileError(
            f"{path}: the model has format {version}, this kwise reads up to {VERSION}; "
            "upgrade with pip install -U kwise"
        )


def _check_sums(members: dict[str, bytes], path: str | Path) -> None:
    """Compare every member with its checksum."""
    sums = json.loads(members[CHECKSUMS])
    names = set(members) - {CHECKSUMS}
    if set(sums) != names:
        odd = sorted(names ^ set(sums))[0]
        raise ModelFileError(f"{path}: the member {odd!r} is missing or was added")
    for name in sorted(names):
        if hashlib.sha256(members[name]).hexdigest() != sums[name]:
            raise ModelFileError(f"{path}: {name} does not match its checksum; it was changed")


def _array(name: str, data: bytes, path: str | Path) -> NDArray[np.float64]:
    """Read one array and check its numbers."""
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ModelFileError(f"{path}: {name} is no array of numbers ({error})") from error
    if array.dtype != np.float64:
        raise ModelFileError(f"{path}: {name} holds {array.dtype}, not float64")
    if name.removesuffix(".npy") not in MAY_BE_NAN and not np.isfinite(array).all():
        raise ModelFileError(f"{path}: {name} holds nan or infinite numbers")
    return cast("NDArray[np.float64]", array)


def _model(description: dict[str, Json], arrays: Arrays, path: str | Path) -> Model:
    """Put a model together, once its parts fit each other."""
    from kwise.preparation import Preparation
    from kwise.preparation.state import FittedState

    told = cast("dict[str, dict[str, Json]]", description)
    centers = arrays.pop("cluster_centers")
    plain = {name: _frozen(value) for name, value in told["state"].items()}
    state = FittedState(**plain, **arrays)  # type: ignore[arg-type]
    _check_shapes(state, centers, path)
    parameters = {name: _frozen(value) for name, value in told["parameters"].items()}
    preparation = Preparation(**parameters)  # type: ignore[arg-type]
    preparation.state_ = state
    preparation.summary_ = _summary(told["summary"])
    return Model(preparation, centers, told["metadata"])


def _check_shapes(state: FittedState, centers: NDArray[np.float64], path: str | Path) -> None:
    """Raise if arrays and names do not fit each other."""
    n_numbers, n_made = len(state.numbers), len(state.original_names)
    n_components = len(state.components)
    expected = {
        "fillings": (n_numbers,),
        "powers": (n_numbers,),
        "centers": (n_numbers,),
        "spreads": (n_numbers,),
        "component_mean": (n_made if n_components else 0,),
        "components": (n_components, n_made if n_components else 0),
        "variance_shares": (n_components,),
    }
    for name, shape in expected.items():
        found = getattr(state, name).shape
        if found != shape:
            raise ModelFileError(f"{path}: {name}.npy has shape {found}, not {shape}")
    if centers.ndim != 2 or len(centers) == 0 or centers.shape[1] != len(state.names_out):
        raise ModelFileError(
            f"{path}: cluster_centers.npy has shape {centers.shape}, but the preparation makes "
            f"{len(state.names_out)} columns"
        )
    if not (state.spreads != 0).all():
        raise ModelFileError(f"{path}: spreads.npy holds 0, which nothing can be divided by")


def _frozen(value: Json) -> object:
    """Turn lists into tuples, all the way down."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _summary(told: dict[str, Json]) -> PreparationSummary:
    """Restore the account of the preparation; null is nan among the statistics."""
    from kwise.preparation import ColumnSummary, PreparationSummary

    rows = cast("list[dict[str, Json]]", told["columns"])
    columns = tuple(
        ColumnSummary(**{name: math.nan if cell is None else cell for name, cell in row.items()})  # type: ignore[arg-type]
        for row in rows
    )
    rest = {name: _frozen(value) for name, value in told.items() if name != "columns"}
    return PreparationSummary(columns=columns, **rest)  # type: ignore[arg-type]
