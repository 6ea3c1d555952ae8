"""Which columns are used, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kwise._column_names import check_columns
from kwise.preparation.kinds import MAX_LEVELS, Described

AS_ASKED = "it was left out as asked"


@dataclass(frozen=True)
class ColumnChoice:
    """The used columns in the order of the result, and a reason for every other one."""

    numbers: list[str]
    categories: list[str]
    reasons: dict[str, str]

    @property
    def used(self) -> list[str]:
        """Return the names of all columns that are used."""
        return [*self.numbers, *self.categories]


def choose_columns(
    described: Described,
    columns: Sequence[str] | str | None,
    drop: Sequence[str] | str,
    one_hot: bool,
) -> ColumnChoice:
    """Choose as the user says, or else every column that a distance makes sense of."""
    names = list(described.kinds)
    dropped = check_columns(drop, names)
    if columns is not None:
        return _as_told(described, check_columns(columns, names), dropped, one_hot)
    _refuse_empty(described, dropped)
    numeric = set(described.numeric)
    choice = ColumnChoice([], [], dict.fromkeys(dropped, AS_ASKED))
    for name in names:
        kind = described.kinds[name]
        if name in choice.reasons:
            continue
        if kind.kind == "number":
            choice.numbers.append(name)
        elif one_hot and kind.kind in ("category", "boolean"):
            choice.categories.append(name)
        else:
            choice.reasons[name] = kind.reason + _remedy(kind.kind, name, name in numeric)
    if not choice.used:
        raise ValueError(_nothing_left(choice))
    return choice


def _as_told(
    described: Described, columns: list[str], dropped: list[str], one_hot: bool
) -> ColumnChoice:
    """Use exactly the columns that were named."""
    both = [name for name in columns if name in dropped]
    if both:
        raise ValueError(f"column {both[0]!r} is named in both columns and drop; name it in one")
    if not columns:
        raise ValueError("columns is empty; name at least one, or pass None for all that fit")
    numeric = set(described.numeric)
    numbers = [name for name in columns if name in numeric]
    categories = [name for name in columns if name not in numeric]
    for name in categories:
        _check_category(described, name, one_hot)
    for name in numbers:
        if described.n_distinct[name] == 0:
            raise ValueError(f"column {name!r}: no cell has a value; leave the column out")
    kept = set(columns)
    reasons = {name: AS_ASKED for name in described.kinds if name not in kept}
    return ColumnChoice(numbers, categories, reasons)


def _refuse_empty(described: Described, dropped: list[str]) -> None:
    """Raise if columns without a single value would be left out unasked."""
    empty = [
        name
        for name, kind in described.kinds.items()
        if kind.kind == "constant" and described.n_distinct[name] == 0 and name not in dropped
    ]
    if not empty:
        return
    shown = ", ".join(repr(name) for name in empty[:5])
    if len(empty) > 5:
        shown += f" and {len(empty) - 5} more"
    several, more = ("s", ", ...") if len(empty) > 1 else ("", "")
    raise ValueError(
        f"column{several} {shown}: no cell has a value; leave such columns out by "
        f"drop=[{empty[0]!r}{more}], or name the "
        "columns to be used"
    )


def _check_category(described: Described, name: str, one_hot: bool) -> None:
    """Raise if a column that holds no numbers cannot be used as asked."""
    kind = described.kinds[name]
    if kind.kind == "date":
        raise ValueError(f"column {name!r} cannot be used: {kind.reason}")
    if described.n_distinct[name] == 0:
        raise ValueError(f"column {name!r}: no cell has a value; leave the column out")
    if not one_hot:
        raise ValueError(
            f"column {name!r} cannot be used as numbers: {kind.reason}; leave it out, or pass "
            "categories='one-hot' to make one indicator per category"
        )
    if described.n_distinct[name] > MAX_LEVELS:
        raise ValueError(
            f"column {name!r} has {described.n_distinct[name]:,} categories; at most {MAX_LEVELS} "
            "can become indicators. Merge some, or leave the column out"
        )


def _remedy(kind: str, name: str, is_numeric: bool) -> str:
    """Say how a column that was left out could be used after all."""
    if kind in ("category", "boolean"):
        return "; categories='one-hot' uses it"
    if kind == "id" and is_numeric:
        return f"; columns=[..., {name!r}] uses it"
    return ""


def _nothing_left(choice: ColumnChoice) -> str:
    """Say why no column is left."""
    shown = [f"{name}: {reason}" for name, reason in list(choice.reasons.items())[:4]]
    more = f"; and {len(choice.reasons) - 4} more" if len(choice.reasons) > 4 else ""
    return f"no column can be used ({'; '.join(shown)}{more})"
