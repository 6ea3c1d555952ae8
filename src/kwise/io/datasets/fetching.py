"""``load_dataset``: a data set by its name, from the cache, the package or the network."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kwise._atomic import alone_in, written_whole
from kwise._progress import AnyProgress, silent, with_bar
from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.io.datasets.bundled import BUNDLED, bundled
from kwise.io.datasets.published import PUBLISHED, PublishedSet

if TYPE_CHECKING:
    from kwise._progress import Progress
    from kwise.io.table import Table

RECORD = "verified.json"


def cache_folder() -> Path:
    """Return where downloads are kept.

    Returns
    -------
    Path
        ``$KWISE_CACHE``, or ``kwise`` in ``$XDG_CACHE_HOME`` or ``~/.cache``. It may not exist.

    Examples
    --------
    >>> from kwise.io.datasets import cache_folder
    >>> cache_folder().is_absolute()
    True
    """
    named = os.environ.get("KWISE_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base).absolute() / "kwise"
    try:
        return Path.home() / ".cache" / "kwise"
    except RuntimeError:  # nobody's home
        return Path(tempfile.gettempdir()) / f"kwise-{os.getuid() if hasattr(os, 'getuid') else 0}"


@with_bar
def load_dataset(
    name: str, *, folder: str | Path | None = None, progress: AnyProgress = silent
) -> Table:
    """Return a data set by its name; published ones are downloaded once and kept.

    A download can be interrupted and goes on at the next call. Nothing is used before it was
    verified, by checksum where one is known and by its contents.

    Parameters
    ----------
    name : str
        A name in ``BUNDLED`` ("wine", "iris", ...) or ``PUBLISHED`` ("california", "tcga").
    folder : path, optional
        Where downloads are kept; ``cache_folder()`` by default.
    progress : bool, "bar" or callable, default=False
        Called as bytes arrive.

    Returns
    -------
    Table
        With the name of the column of true labels in ``truth``, where there is one.

    Raises
    ------
    ValueError
        If there is no such data set.
    DataFileError
        If it cannot be fetched, or is not what it should be.

    Examples
    --------
    >>> from kwise.io.datasets import load_dataset
    >>> load_dataset("wine").frame.shape
    (178, 14)
    """
    assert callable(progress)  # as with_bar has it
    if name in BUNDLED:
        return bundled(name)
    if name not in PUBLISHED:
        raise ValueError(unknown_name(name, [*BUNDLED, *PUBLISHED], what="data set"))
    return fetch(PUBLISHED[name], Path(folder) if folder else cache_folder(), progress)


@with_bar
def fetch(dataset: PublishedSet, cache: Path, progress: AnyProgress = silent) -> Table:
    """Return a published set, from the cache if it is there whole.

    Parameters
    ----------
    dataset : PublishedSet
        Which one.
    cache : Path
        The folder of all downloads; made if need be.
    progress : bool, "bar" or callable, default=False
        Called as bytes arrive.

    Returns
    -------
    Table
        Verified.
    """
    assert callable(progress)  # as with_bar has it
    folder = cache / dataset.name
    if not is_cached(dataset, cache):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFileError(
                f"{folder}: the folder of downloads cannot be made ({error.strerror}); "
                "set KWISE_CACHE to another one"
            ) from error
        with alone_in(folder):
            if not is_cached(dataset, cache):  # nobody else fetched it meanwhile
                _fetch(dataset, folder, progress)
    return dataset.read(folder, progress)


def is_cached(dataset: PublishedSet, cache: Path) -> bool:
    """Say whether a set was downloaded, verified and kept unchanged in size.

    Parameters
    ----------
    dataset : PublishedSet
        Which one.
    cache : Path
        The folder of all downloads.

    Returns
    -------
    bool
        True if no network is needed.
    """
    folder = cache / dataset.name
    sizes = _record(folder).get("sizes")
    return isinstance(sizes, dict) and all(
        (folder / each.name).is_file()
        and (folder / each.name).stat().st_size == sizes.get(each.name)
        for each in dataset.members
    )


def _fetch(dataset: PublishedSet, folder: Path, progress: Progress) -> None:
    """Download, unpack and verify; keep the archive's checksum, not the archive."""
    # The network and archives: few tables come from there.
    from kwise.io.datasets.download import download
    from kwise.io.datasets.unpacking import unpack

    archive = folder / dataset.address.rpartition("/")[2]
    download(dataset.address, archive, largest=dataset.largest, progress=progress)
    try:
        found = _sha256(archive)
        _refuse_changed(archive, found, folder)
        members = unpack(archive, dataset.members, folder)
        dataset.read(folder, silent)
    except BaseException:
        for member in dataset.members:
            (folder / member.name).unlink(missing_ok=True)
        raise
    finally:
        # A wrong archive must not be found again, and a right one is not needed any more.
        archive.unlink(missing_ok=True)
    sizes = {name: (folder / name).stat().st_size for name in members}
    record = {"address": dataset.address, "archive_sha256": found, "members": members,
              "sizes": sizes}  # fmt: skip
    with written_whole(folder / RECORD) as file:
        file.write((json.dumps(record, indent=1) + "\n").encode())


def _refuse_changed(archive: Path, found: str, folder: Path) -> None:
    """Raise if the archive is not the one that was verified first."""
    first = _record(folder).get("archive_sha256")
    if first not in (None, found):
        raise DataFileError(
            f"{archive}: the SHA-256 is {found}, the first verified download had {first}; "
            f"the source has changed. If that is right, remove {folder / RECORD}"
        )


def _record(folder: Path) -> dict[str, object]:
    """Return what is known of the first verified download."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
