"""What ``fuzz.py`` hands its bytes to: one function a target, in ``TARGETS``.

Each takes bytes, and ends without a word where kwise refused them as it should.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
# Archives of the corpus, each with a member that its reader reads.
ARCHIVES = (
    ("t.xlsx", "xl/worksheets/sheet1.xml"),
    ("t.xlsx", "xl/styles.xml"),
    ("t.xlsx", "xl/workbook.xml"),
    ("t.xlsx", "xl/_rels/workbook.xml.rels"),
    ("t.xlsx", "xl/sharedStrings.xml"),
    ("t.ods", "content.xml"),
    ("a.npz", "X.npy"),
    ("t.zip", "t.csv"),
)


def read_a_table(data: bytes) -> None:
    """Read bytes as a table of whatever format they begin like."""
    from kwise.io import read_table

    leave_out_trials()
    try:
        read_table(io.BytesIO(data))
    except ValueError:
        return


def read_an_archive(data: bytes) -> None:
    """Read a workbook or an archive that is right but for one of its members: the bytes."""
    name, member = ARCHIVES[data[0] % len(ARCHIVES) if data else 0]
    whole = members((CORPUS / "tables" / name).read_bytes())
    read_a_table(zipped(whole | {member: data[1:]}))


def load_a_model(data: bytes) -> None:
    """Load bytes as a model; or as one member of a model that is right but for it."""
    import kwise
    from kwise.exceptions import ModelFileError

    whole = model()
    names = sorted(whole)
    with tempfile.NamedTemporaryFile(suffix=".kwise", dir=memory()) as file:
        which = data[0] % (len(names) + 1) if data else 0
        file.write(data[1:] if which == len(names) else packed(whole | {names[which]: data[1:]}))
        file.flush()
        try:
            loaded = kwise.load(file.name)
        except ModelFileError:
            return
    try:
        loaded.predict(rows())
    except ValueError:
        return


def call_the_bindings(data: bytes) -> None:
    """Call one entry of the bindings, every choice of its arguments made by the bytes."""
    bindings, native = entries()
    if not data:
        return
    names = list(bindings.ENTRIES)
    arguments = bindings.Arguments(native, Choices(data[1:]))
    try:
        with np.errstate(all="ignore"):
            bindings.ENTRIES[names[data[0] % len(names)]](arguments)
    except bindings.REFUSALS:
        return


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "tables": read_a_table,
    "archives": read_an_archive,
    "models": load_a_model,
    "bindings": call_the_bindings,
}


class Choices:
    """A ``RandomState`` whose single draws are bytes, and whose arrays begin from bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0
        self._more = np.random.RandomState(int.from_bytes(data[:2], "little"))

    def _unit(self) -> float:
        """Return a number in [0, 1): of the next byte, or of chance where none is left."""
        self._place += 1
        if self._place > len(self._data):
            return float(self._more.uniform())
        return self._data[self._place - 1] / 256

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Any = None) -> Any:
        """Draw evenly."""
        if size is not None:
            return self._more.uniform(low, high, size)
        return low + (high - low) * self._unit()

    def randint(self, low: int, high: int | None = None, size: Any = None) -> Any:
        """Draw whole numbers."""
        if size is not None or not np.isscalar(low):
            return self._more.randint(low, high, size)
        first, end = (0, low) if high is None else (low, high)
        if end <= first:
            raise ValueError("low >= high")
        return first + int((end - first) * self._unit())

    def choice(self, values: Any, size: Any = None) -> Any:
        """Draw among values."""
        if size is not None:
            return self._more.choice(values, size)
        return np.asarray(values)[self.randint(len(values))]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._more, name)


@cache
def entries() -> tuple[Any, Any]:
    """Return the calls of every entry, and the module that is called."""
    sys.path.insert(0, str(HERE.parent / "tests" / "fuzz"))
    import bindings

    return bindings, bindings.load()


@cache
def leave_out_trials() -> None:
    """Refuse Parquet and Arrow: a process on trial for each input would leave time for nothing."""
    from kwise.exceptions import DataFileError
    from kwise.io import arrow, parquet

    def refuse(*_: object, **__: object) -> None:
        raise DataFileError("left out")

    arrow.refuse_damaged = parquet.refuse_damaged = refuse


@cache
def members(data: bytes) -> dict[str, bytes]:
    """Return the members of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def model() -> dict[str, bytes]:
    """Return the members of a model with everything in it."""
    import kwise
    from kwise.io import save_model
    from kwise.preparation import Preparation

    preparation = Preparation(missing="median", categories="one-hot", components=2)
    X = preparation.fit_transform(rows())
    made = io.BytesIO()
    save_model(made, kwise.KMeans(2, random_state=0).fit(X), preparation=preparation)
    return {name: data for name, data in members(made.getvalue()).items() if name != "sha256.json"}


def rows() -> object:
    """Return a small table."""
    import polars as pl

    return pl.DataFrame({"a": [0.0, 1, 9, None], "b": [3, 1, 4, 1], "c": ["x", "y", "x", "y"]})


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a model file with checksums that fit."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    return zipped({**parts, "sha256.json": json.dumps(sums).encode()})


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


@cache
def memory() -> str | None:
    """Return a folder that is no disk, where there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
