"""What may mislead in a table: sentences for the account of a preparation."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kwise.preparation.account import HEADLINE, MISLEADS, NOTE, Account, listed
from kwise.preparation.choice import ColumnChoice
from kwise.preparation.kinds import Described
from kwise.preparation.name_words import LONGITUDES, words_of
from kwise.preparation.sentinels import Sentinel, in_words
from kwise.preparation.summary import AS_ASKED
from kwise.types import Floats

DOMINANT = 0.9  # share of the variance from which one column decides everything
VERY_SKEWED = 3.0  # absolute skewness that is worth a warning
THE_SAME = 0.999  # absolute correlation from which two columns say the same
MOST_PRODUCTS = 2e9  # of cells, to find columns that say the same
_BLOCK_CELLS = 1 << 17  # of rows whose products are added at once
SPREAD_OUT = ("number",)  # kinds that can be skewed and have far cells


def warn_of_data(account: Account, described: Described, names: list[str]) -> None:
    """Warn of far outliers and of longitudes that wrap around."""
    position = {name: j for j, name in enumerate(described.numeric)}
    statistics = described.statistics
    far = {
        name: int(statistics.n_outliers[position[name]])
        for name in names
        if described.kinds[name].kind in SPREAD_OUT and name in position
    }
    if any(far.values()):
        worst = sorted(far, key=lambda name: -far[name])[:3]
        account.steps.append(
            f"{sum(far.values()):,} cells lie more than three interquartile ranges outside the "
            f"quartiles, most of them in {listed(worst)}; they were kept."
        )
    for name in names:
        j = position.get(name)
        if j is None or described.kinds[name].kind != "coordinate":
            continue
        if LONGITUDES.intersection(words_of(name)) and statistics.max[j] - statistics.min[j] > 350:
            account.warn(
                f"{name} goes round the globe: places on either side of 180 degrees are "
                "neighbors, but far apart for k-means.",
                MISLEADS,
            )


def skewness_of(described: Described, names: Iterable[str]) -> Floats:
    """Return the skewness of columns, 0 for those of kinds that have none: yes/no, scales ..."""
    position = {name: j for j, name in enumerate(described.numeric)}
    return np.array(
        [
            described.statistics.skewness[position[name]]
            if described.kinds[name].kind in SPREAD_OUT
            else 0.0
            for name in names
        ],
        dtype=np.float64,
    )


def warn_of_skew(account: Account, names: list[str], skewness: Floats) -> None:
    """Warn of strongly skewed columns that were left as they are."""
    skewed = [name for name, each in zip(names, skewness.tolist()) if abs(each) > VERY_SKEWED]
    if skewed:
        account.warn(
            f"Strongly skewed: {listed(skewed)}; few large cells pull centers towards them "
            "(transform_skew=True evens them out).",
            NOTE,
        )


def warn_of_dominance(account: Account, X: Floats, names: list[str]) -> None:
    """Warn if one unscaled column holds nearly all of the variance."""
    variance = np.nanvar(X, axis=0)
    total = float(variance.sum())
    if len(names) < 2 or not total > 0:
        return
    j = int(variance.argmax())
    if variance[j] > DOMINANT * total:
        share = min(variance[j] / total, 0.999)  # rounding must not claim all of it
        account.warn(
            f"Without scaling, column {names[j]!r} holds {share:.1%} of the "
            "variance and decides nearly alone; scale='standard' gives every column a say.",
            MISLEADS,
        )


def warn_of_labels(account: Account, described: Described, choice: ColumnChoice) -> None:
    """Warn of columns that look like the answer, used or not."""
    used = set(choice.used)
    for name, kind in described.kinds.items():
        if kind.kind != "label" or choice.reasons.get(name) == AS_ASKED:
            continue
        looks = f"Column {name!r} {kind.reason.removeprefix('it ')}"
        if name in used:
            account.warn(
                f"{looks}, and it helps to make the clusters; leave it out with drop=[{name!r}] "
                "if it is an answer that you know.",
                MISLEADS,
            )
        else:
            account.warn(
                f"{looks} and was left out; truth={name!r} compares the groups with it, "
                f"columns=[..., {name!r}] clusters by it.",
                NOTE,
            )


def warn_of_sentinels(account: Account, described: Described, n_rows: int) -> None:
    """Name the numbers that stand for "no value", and say what was done about them."""
    by_value: dict[tuple[float, bool], list[Sentinel]] = {}
    for each in described.found:
        treated = each.value in described.sentinels.get(each.column, ())
        if each.sure or not treated:
            by_value.setdefault((each.value, each.sure), []).append(each)
    for (value, sure), found in by_value.items():
        taken = [each for each in found if value in described.sentinels.get(each.column, ())]
        where = _where(found, n_rows)
        if not sure:
            asked = [f"{each.column}={in_words(value)}" for each in found[:8]]
            asked = ["missing", *asked] if described.sentinels else asked
            account.warn(
                f"{where}; if it stands for 'no value', sentinels={asked!r} takes it for that.",
                MISLEADS,
            )
        elif taken:
            account.warn(
                f"{where}: it was taken for 'no value' (sentinels='keep' keeps it as a number).",
                HEADLINE,
            )
        else:
            account.warn(
                f"{where}, and was kept as a number; sentinels='missing' takes it for 'no value'.",
                HEADLINE,
            )


def _where(found: list[Sentinel], n_rows: int) -> str:
    """Say where a number stands again and again, and how far it is from all others."""
    first, value = found[0], in_words(found[0].value)
    if len(found) > 1:
        rows = max(each.count for each in found)
        return (
            f"{value} stands far from all other cells in {len(found)} columns "
            f"({listed((each.column for each in found), 4)}), in up to {rows:,} of {n_rows:,} rows"
        )
    times = "1 row" if first.count == 1 else f"{first.count:,} of {n_rows:,} rows"
    return (
        f"{first.column}: {value} stands in {times}, apart from all other cells "
        f"({in_words(first.low)} to {in_words(first.high)})"
    )


def warn_of_duplicates(account: Account, choice: ColumnChoice) -> None:
    """Say which columns were left out because another says the same."""
    pairs = [f"{name} (as {first})" for name, first in choice.duplicates.items()]
    if pairs:
        account.warn(
            "Columns that say the same as another were left out, as together they would count "
            f"double: {listed(pairs, 4)}.",
            NOTE,
        )


def warn_of_repetition(account: Account, X: Floats, names: list[str]) -> None:
    """Warn of columns that say the same as another: together they count double."""
    n_rows, n_columns = X.shape
    if n_columns < 2 or n_rows < 3 or n_rows * n_columns**2 > MOST_PRODUCTS:
        return
    correlation = np.abs(_correlations(X))
    i, j = np.nonzero(np.triu(correlation > THE_SAME, k=1))
    pairs = [f"{names[a]} and {names[b]}" for a, b in zip(i.tolist(), j.tolist())]
    if pairs:
        account.warn(
            f"Columns that say the same (correlation beyond {THE_SAME:g}) count double: "
            f"{listed(pairs, 4)}.",
            MISLEADS,
        )


def _correlations(X: Floats) -> Floats:
    """Return the correlations of the columns, 0 for constant ones, from one pass over the rows."""
    step = max(1, _BLOCK_CELLS // X.shape[1])
    origin = X[:step].mean(axis=0)  # near enough for sums of squares to keep their digits
    sums, products = np.zeros(X.shape[1]), np.zeros((X.shape[1], X.shape[1]))
    for first in range(0, len(X), step):
        away = X[first : first + step] - origin
        sums += away.sum(axis=0)
        products += away.T @ away
    products -= np.outer(sums, sums / len(X))
    lengths = np.sqrt(np.maximum(products.diagonal(), 0.0))
    lengths[lengths == 0.0] = np.inf
    found: Floats = products / np.outer(lengths, lengths)
    return found
