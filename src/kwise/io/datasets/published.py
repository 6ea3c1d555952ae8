"""Data sets as their sources publish them: where they are, and what they must contain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kwise.exceptions import DataFileError
from kwise.io.reading import read_table
from kwise.io.table import Table

if TYPE_CHECKING:
    from kwise._progress import Progress

MB = 1_000_000


@dataclass(frozen=True)
class Member:
    """A file wanted from an archive: its path there, and what is truly known of it."""

    path: str
    largest: int  # bytes; a larger one is refused before it fills the disk
    sha256: str | None = None

    @property
    def name(self) -> str:
        """Return its name in the cache."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class PublishedSet:
    """A data set to download.

    ``size`` is what to expect, in bytes, and ``largest`` what is accepted at most. ``read``
    makes the table of the unpacked files, and checks that it is what it should be.
    """

    name: str
    title: str
    address: str
    licence: str
    source: str
    size: int
    largest: int
    members: tuple[Member, ...]
    read: Callable[[Path, Progress], Table]


TCGA_CLASSES = {"BRCA": 300, "KIRC": 146, "LUAD": 141, "PRAD": 136, "COAD": 78}


def read_tcga(folder: Path, progress: Progress) -> Table:
    """Put the expression of 20,531 genes and the class of 801 tumors side by side."""
    tables = (
        read_table(folder / "data.csv", progress=progress),
        read_table(folder / "labels.csv"),
    )
    genes, labels = (table.frame for table in tables)
    if genes.shape != (801, 20_532) or labels.shape != (801, 2):
        raise DataFileError(
            f"{folder}: the tables are {genes.height} x {genes.width} and {labels.height} x "
            f"{labels.width}, not 801 x 20,532 and 801 x 2 with their names"
        )
    counts = dict(labels.group_by("Class").len().iter_rows())
    if counts != TCGA_CLASSES:
        raise DataFileError(f"{folder}: the classes are {counts}, not {TCGA_CLASSES}")
    if genes[:, 0].to_list() != labels[:, 0].to_list():
        raise DataFileError(f"{folder}: data.csv and labels.csv name different samples")
    frame = genes.rename({genes.columns[0]: "sample"}).with_columns(labels["Class"])
    note = "801 tumors: expression of 20,531 genes, 5 kinds of cancer (TCGA)"
    files = tables[0].files + tables[1].files
    return Table(frame, "tcga", tables[0].path, (note,), "Class", files=files)


def read_california(folder: Path, progress: Progress) -> Table:
    """Read the census blocks of California."""
    table = read_table(folder / "housing.csv", progress=progress)
    if table.frame.shape != (20_640, 10):
        raise DataFileError(f"{folder}: the table is {table.frame.shape}, not (20640, 10)")
    note = "20,640 blocks of the 1990 census of California: place, houses, people, income, price"
    return Table(table.frame, "california", table.path, (note,), files=table.files)


def _table(*members: PublishedSet) -> Mapping[str, PublishedSet]:
    """Index the sets by their names."""
    return MappingProxyType({each.name: each for each in members})


PUBLISHED = _table(
    PublishedSet(
        name="tcga",
        title="801 tumors: expression of 20,531 genes, 5 kinds of cancer",
        address=(
            "https://archive.ics.uci.edu/ml/machine-learning-databases/00401/"
            "TCGA-PANCAN-HiSeq-801x20531.tar.gz"
        ),
        licence="CC BY 4.0, as the UCI repository states",
        source="UCI Machine Learning Repository: gene expression cancer RNA-Seq (TCGA Pan-Cancer)",
        size=73 * MB,
        largest=200 * MB,
        # The archive's checksum is not published: contents are checked instead, and the
        # checksum of the first verified download is remembered.
        members=(
            Member("TCGA-PANCAN-HiSeq-801x20531/data.csv", 400 * MB),
            Member("TCGA-PANCAN-HiSeq-801x20531/labels.csv", 1 * MB),
        ),
        read=read_tcga,
    ),
    PublishedSet(
        name="california",
        title="20,640 census blocks of California: place, houses, people, income, price",
        address=(
            "https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing/"
            "housing.tgz"
        ),
        licence="none stated; 1990 US census data",
        source="R. K. Pace, R. Barry: Sparse spatial autoregressions, 1997",
        size=409_488,
        largest=5 * MB,
        members=(
            Member(
                "housing.csv",
                10 * MB,
                "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e",
            ),
        ),
        read=read_california,
    ),
)
