"""The options of a table, each told once: every function and command that takes them reads this.

To add one: a row in ``SourceOptions`` or ``PreparationOptions``, and a parameter of that name and
default where it is obeyed: ``read_table`` or ``Preparation``. It is an option of ``analyze``,
``compare`` and the commands then, it is documented there, and the page's recipe repeats it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias, TypedDict, TypeVar, cast, get_type_hints

from kwise._registry import unknown_name

__all__ = [
    "TABLE_OPTIONS",
    "Names",
    "Option",
    "PreparationOptions",
    "Sentinels",
    "SourceOptions",
    "TableOptions",
    "changed_options",
    "in_one_word",
    "known_options",
    "names_in",
    "options_in",
    "takes_options",
]

Names: TypeAlias = Sequence[str] | str | None
"""Names of columns: one, several, or None where nothing is said."""

Sentinels: TypeAlias = str | Sequence[str | float]
"""What becomes of numbers that stand for "no value", in a word, or which they are."""


@dataclass(frozen=True, slots=True)
class Option:
    """What there is to say of an option beside its name and type.

    Attributes
    ----------
    help : str
        One sentence for ``--help`` and for docstrings.
    default : object
        What holds where nothing is said.
    choices : str
        The table whose names are allowed, as "module:TABLE"; looked up when it is needed, since
        the tables import what reads and prepares.
    metavar : str
        What stands for the value in ``--help``.
    """

    help: str
    default: object = None
    choices: str = ""
    metavar: str | None = None

    def names(self) -> list[str]:
        """Return the names that are allowed; none where anything is."""
        return names_in(self.choices) if self.choices else []


class SourceOptions(TypedDict, total=False):
    """How a table is read; obeyed by ``read_table``."""

    delimiter: Annotated[
        str | None,
        Option(
            "Between cells of a text file: a character, tab or whitespace; found out by default.",
            metavar="C",
        ),
    ]
    encoding: Annotated[
        str | None,
        Option("Encoding of a text file, such as cp1251; found out by default.", metavar="NAME"),
    ]
    skip_lines: Annotated[
        int | None,
        Option("Lines above the table to leave out; a title and notes are found.", metavar="N"),
    ]
    header: Annotated[
        str,
        Option(
            "Whether lines name the columns: auto, none, or how many lines do.",
            default="auto",
            metavar="N",
        ),
    ]
    decimal: Annotated[
        str | None,
        Option("Decimal mark: a point or a comma; found out for each column.", metavar="C"),
    ]
    sheet: Annotated[
        str | None,
        Option("Sheet of a workbook: its name, or its number from 1.", metavar="S"),
    ]
    key: Annotated[
        str | None,
        Option("Member of an archive, or array of an .npz file.", metavar="NAME"),
    ]
    transpose: Annotated[bool, Option("Samples stand in columns.", default=False)]


class PreparationOptions(TypedDict, total=False):
    """What becomes of the columns and cells; obeyed by ``Preparation``."""

    columns: Annotated[
        Names, Option("Columns to cluster by; by default all that hold numbers.", metavar="A,B")
    ]
    drop: Annotated[Names, Option("Columns to leave out.", default=(), metavar="A,B")]
    scale: Annotated[
        str,
        Option(
            "How columns are brought to one scale.",
            default="standard",
            choices="kwise.preparation:SCALINGS",
        ),
    ]
    missing: Annotated[
        str,
        Option(
            "Rows with missing cells: left out, filled, or refused.",
            default="drop",
            choices="kwise.preparation:FILLINGS",
        ),
    ]
    categories: Annotated[
        str,
        Option(
            "Categories: left out, an indicator for each, or weighed beside numbers (mixed).",
            default="drop",
            choices="kwise.preparation:CATEGORIES",
        ),
    ]
    transform_skew: Annotated[
        bool, Option("Strongly skewed columns are evened out before they are scaled.", False)
    ]
    sentinels: Annotated[
        Sentinels,
        Option(
            "Numbers that stand for no value: missing, keep, error; or which, as -999,age=99.",
            default="missing",
            metavar="HOW",
        ),
    ]
    components: Annotated[
        float | None,
        Option("Principal components to keep: a count, or a share of the variance below 1."),
    ]


class TableOptions(PreparationOptions, SourceOptions, total=False):
    """All that may be said of a table: how it is read, and how it is prepared."""


def options_in(group: type) -> dict[str, tuple[Any, Option]]:
    """Return the type and the row of each option in a group."""
    hints = get_type_hints(group, include_extras=True)
    return {name: (hint.__origin__, hint.__metadata__[0]) for name, hint in hints.items()}


TABLE_OPTIONS: Mapping[str, Option] = MappingProxyType(
    {name: row for name, (_, row) in options_in(TableOptions).items()}
)

Function = TypeVar("Function", bound=Callable[..., object])


def takes_options(group: type) -> Callable[[Function], Function]:
    """Write a group's options into the signature and the docstring of what takes ``**options``."""

    def told(function: Function) -> Function:
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        rows = options_in(group)
        function.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[
                *own,
                *(
                    inspect.Parameter(
                        name, inspect.Parameter.KEYWORD_ONLY, default=row.default, annotation=kind
                    )
                    for name, (kind, row) in rows.items()
                ),
            ]
        )
        entries = "\n    ".join(_entry(name, *row) for name, row in rows.items())
        mark = f"**options : Unpack[{group.__name__}]"
        if function.__doc__ and mark in function.__doc__:
            before, _, after = function.__doc__.partition(mark)
            function.__doc__ = f"{before}{entries}{after.partition('.')[2]}"
        return function

    return told


def known_options(function: Callable[..., object], options: Mapping[str, object]) -> TableOptions:
    """Return the options, or refuse the first that ``function`` does not take."""
    allowed = inspect.signature(function).parameters
    for name in options:
        if name not in allowed:
            raise TypeError(
                unknown_name(name, list(allowed), what=f"argument of {function.__name__}()")
            )
    return cast("TableOptions", options)


def changed_options(options: Mapping[str, object]) -> dict[str, object]:
    """Return the options that say more than their defaults do, in the order of the rows."""
    return {
        name: options[name]
        for name, row in TABLE_OPTIONS.items()
        if name in options and options[name] not in (row.default, None, (), [])
    }


def names_in(place: str) -> list[str]:
    """Return the names in a table that is told as "module:TABLE"."""
    module, _, table = place.partition(":")
    return list(getattr(import_module(module), table))


def in_one_word(value: object) -> str:
    """Write a value as the command line reads it: a,b for several, 1:4 for a range of numbers.

    A comma in a name is written twice.
    """
    if not isinstance(value, list | tuple):
        return str(value)
    if len(value) > 2 and all(isinstance(each, int) for each in value):
        first, last = value[0], value[-1]
        if list(value) == list(range(first, last + 1)):
            return f"{first}:{last}"
    return ",".join(_quoted(str(each)) for each in value)


def _quoted(name: str) -> str:
    """Write a name so that its commas and quotes do not part it."""
    if name.startswith('"'):
        return '"' + name.replace('"', '""') + '"'
    return name.replace(",", ",,")


def _entry(name: str, kind: Any, row: Option) -> str:
    """Write one option as numpydoc's entry of a parameter."""
    words = {
        Names: "str or sequence of str",
        Sentinels: "str or sequence",
        (float | None): "int or float",
    }.get(kind, "bool" if kind is bool else "str")
    ending = "optional" if row.default is None else f"default={row.default!r}"
    allowed = f" A name in ``{row.choices.replace(':', '.')}``." if row.choices else ""
    return f"{name} : {words}, {ending}\n        {row.help}{allowed}"
