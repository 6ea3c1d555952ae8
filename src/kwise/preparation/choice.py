"""Which columns are used, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kwise._column_names import check_columns
from kwise.preparation.column_kind import ColumnKind
from kwise.preparation.kinds import KINDS, Described
from kwise.preparation.summary import AS_ASKED, Kind
from kwise.preparation.text_kinds import MAX_LEVELS

BATTERY = 4  # columns of one scale that are used beside measurements if they are more than those
# Where there is little else: kinds in the order in which they are taken, until something is used.
ELSE: tuple[tuple[Kind, ...], ...] = (
    ("ordinal", "yes/no"), ("one-hot", "category"), ("date",), ("code", "id", "label"),
)  # fmt: skip


@dataclass(frozen=True)
class ColumnChoice:
    """The used columns in the order of the result, and a reason for every other one.

    ``duplicates`` maps a column that was left out for it to the one that says the same;
    ``notes`` holds reasons of columns that are used although their kind seldom is.
    """

    numbers: list[str]
    categories: list[str]
    reasons: dict[str, str]
    duplicates: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

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
    left = [name for name in names if name not in set(dropped)]
    used = _without_asking(described, left)
    if one_hot:
        used |= {name for name in left if _makes_indicators(described, name)}
    choice = ColumnChoice([], [], dict.fromkeys(dropped, AS_ASKED))
    numeric = set(described.numeric)
    for name in left:
        kind = described.kinds[name]
        first = described.repeats.get(name)
        if first in used:
            choice.duplicates[name] = str(first)
            choice.reasons[name] = f"it says the same as {first}; {_by_name(name)}"
        elif name not in used:
            choice.reasons[name] = kind.reason + _remedy(kind, name, name in numeric)
        elif one_hot and _makes_indicators(described, name):
            choice.categories.append(name)
        else:
            choice.numbers.append(name)
            if KINDS[kind.kind] != "used":
                choice.notes[name] = _why_used(kind.kind)
    if not choice.used:
        raise ValueError(_nothing_left(choice))
    return choice


def _without_asking(described: Described, left: list[str]) -> set[str]:
    """Return the columns that are used if nobody says which.

    Measurements, counts and places; scales and yes/no where they are the greater part of the
    table; and where there is but one column or none, the next best.
    """
    numeric = set(described.numeric)
    by_kind: dict[Kind, list[str]] = {}
    for name in left:
        if name in numeric:
            by_kind.setdefault(described.kinds[name].kind, []).append(name)
    core = [
        name for kind, names in by_kind.items() if KINDS[kind] == "used" for name in names
    ]  # fmt: skip
    used = set(core)
    for kind in ("ordinal", "yes/no"):
        battery = by_kind.get(kind, [])
        if len(battery) >= BATTERY and len(battery) > len(core):
            used.update(battery)
    if len(core) > 1:
        return used
    used.update(name for kind in ELSE[0] for name in by_kind.get(kind, []))
    for kinds in ELSE[1:]:
        if not used:
            used.update(name for kind in kinds for name in by_kind.get(kind, []))
    return used


def _makes_indicators(described: Described, name: str) -> bool:
    """Say whether a column becomes one indicator a category if that is asked for."""
    few = described.n_distinct[name] <= MAX_LEVELS
    kind = described.kinds[name].kind
    words = name not in set(described.numeric)
    return few and (kind == "category" or (words and kind in ("yes/no", "ordinal")))


def _why_used(kind: Kind) -> str:
    """Say why a column is used whose kind seldom is."""
    if kind in ELSE[0]:
        return "the table has too few measurements to go by"
    return "no other column holds numbers"


def orders_of(described: Described, choice: ColumnChoice) -> tuple[tuple[str, ...], ...]:
    """Return the words that stand for 0, 1, 2 ... in each of ``choice.numbers``, if any do."""
    numeric = set(described.numeric)
    orders = tuple(
        () if name in numeric else described.kinds[name].order for name in choice.numbers
    )
    return orders if any(orders) else ()


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
    ranked = {name for name in columns if described.kinds[name].order and not one_hot}
    # Codes of text are digits with zeros in front.
    counted = {name for name in columns if described.kinds[name].kind in ("date", "code")}
    numbers = [name for name in columns if name in numeric | ranked | counted]
    if one_hot:
        numbers = [name for name in numbers if not _makes_indicators(described, name)]
    categories = [name for name in columns if name not in numbers]
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


def _remedy(kind: ColumnKind, name: str, is_numeric: bool) -> str:
    """Say how a column that was left out could be used after all."""
    if kind.kind == "label":
        return f"; truth={name!r} compares the groups with it, {_by_name(name)}"
    if kind.kind == "category":
        return "; categories='one-hot' uses it"
    if kind.kind == "constant" or not (is_numeric or kind.kind in ("date", "code") or kind.order):
        return ""
    as_what = ""
    if not is_numeric:
        as_what = f" as {'a number of days' if kind.kind == 'date' else _as_numbers(kind.order)}"
    return f"; {_by_name(name)}{as_what}"


def _by_name(name: str) -> str:
    """Say that a column is used if it is named."""
    return f"columns=[..., {name!r}] uses it"


def _as_numbers(order: tuple[str, ...]) -> str:
    """Say which numbers words stand for."""
    if not order:
        return "numbers"
    most = len(order) - 1
    return f"0 ({order[0]}) to {most} ({order[-1]})" if most > 1 else "0 and 1"


def _nothing_left(choice: ColumnChoice) -> str:
    """Say why no column is left."""
    shown = [f"{name}: {reason}" for name, reason in list(choice.reasons.items())[:4]]
    more = f"; and {len(choice.reasons) - 4} more" if len(choice.reasons) > 4 else ""
    return f"no column can be used ({'; '.join(shown)}{more})"
