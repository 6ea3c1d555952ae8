"""The Typer application, made of the rows of ``COMMANDS``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from kwise._registry import unknown_name
from kwise.cli import COMMANDS, INTERRUPTED, USER_MISTAKE
from kwise.cli._options import CHOICES
from kwise.cli._overwriting import COLUMNS, INPUTS, OUTPUTS, refuse_inputs
from kwise.cli._streams import to_stdout
from kwise.table_options import in_one_word, names_in

__all__ = ["run"]

# Typer brings its own Click or uses the one installed: its classes are found from what it shows.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_ClickException: type[Exception] = typer.BadParameter.__mro__[2]

_HELP = """k-means, chosen wisely: how many groups, are they real, what are they.

Examples:

  kwise report housing.csv --columns latitude,longitude -o page.html

  kwise report                      (a real table that comes along)

  kwise fit rows.parquet -o model.kwise && kwise predict model.kwise new.csv

Results go to stdout, all else to stderr. Exit codes: 0, 1 where drift raises an
alarm, 2 for what you can mend, 70 for an error inside kwise (KWISE_DEBUG=1 shows where), 130 for
Ctrl-C.
"""


def run(words: list[str]) -> int:
    """Parse the words, run the command and return the exit code."""
    command = typer.main.get_command(_app(_asked(words)))
    try:
        code = command.main(args=words or ["--help"], prog_name="kwise", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except _ClickException as error:
        context = getattr(error, "ctx", None) if isinstance(error, _UsageError) else None
        hint = f" (see: {context.command_path} --help)" if context is not None else ""
        sys.stderr.write(f"kwise: {_message(error)}{hint}\n")
        return USER_MISTAKE
    if code == INTERRUPTED:  # what Typer makes of Ctrl-C
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _message(error: Exception) -> str:
    """Write Typer's error in one line."""
    words = getattr(error, "format_message", error.__str__)()
    return " ".join(str(words).split())


class _Command(TyperCommand):
    """A command whose output is none of its inputs, and whose help lists what the tables hold."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command, once that is sure."""
        ctx.params |= _in_any_locale(ctx.params)
        refuse_inputs({**(ctx.parent.params if ctx.parent else {}), **ctx.params})
        return super().invoke(ctx)

    def get_help(self, ctx: Any) -> str:
        """Write the help; the tables are imported for that alone."""
        for each in self.params:
            if each.name not in CHOICES or not isinstance(each, TyperOption):
                continue
            names = names_in(CHOICES[each.name])
            if each.metavar is None:
                each.metavar = f"[{'|'.join(names)}]"
            else:
                each.help = f"{each.help} Of: {', '.join(names)}."
        return super().get_help(ctx)


def _in_any_locale(parameters: Mapping[str, object]) -> dict[str, str]:
    """Return what an ASCII locale took for bytes: names of columns, but not of files, are UTF-8."""
    files = {*INPUTS, *OUTPUTS, *COLUMNS}
    read = {}
    for name, words in parameters.items():
        if isinstance(words, str) and not words.isascii() and name not in files:
            with suppress(UnicodeError):
                read[name] = os.fsencode(words).decode("utf-8")
    return read


def _asked(words: list[str]) -> tuple[str, ...]:
    """Return the command that is asked for; all where none is, or one that there is not.

    Making eighteen commands of functions takes a tenth of a second, of which one is run.
    """
    command = next((word for word in _without_config(words) if not word.startswith("-")), "")
    return (command,) if command in COMMANDS else tuple(COMMANDS)


def _without_config(words: list[str]) -> Iterator[str]:
    """Yield the words, without --config and its file."""
    rest = iter(words)
    for word in rest:
        if word == "--config":
            next(rest, None)
        else:
            yield word


def _app(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """Gather commands."""
    app = typer.Typer(
        name="kwise",
        help=_HELP,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_before)
    for name in names:
        module, function = COMMANDS[name].split(":")
        command = getattr(import_module(module), function)
        # Given whole: Typer would cut what it takes from the docstring.
        summary = (command.__doc__ or "").partition("\n")[0]
        app.command(name, cls=_Command, short_help=summary)(command)
    return app


def _version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from kwise import __version__

        to_stdout(f"kwise {__version__}\n")
        raise typer.Exit


def _before(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            help="TOML file of options, one table for each command: [report] k = 3. By default "
            "kwise.toml, or [tool.kwise] in pyproject.toml, here or in a folder above."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback acts
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    if config is not None:
        context.default_map = _defaults(config, _toml(config))
        return
    found = _nearest_config(Path.cwd())
    if found is not None:
        path, read = found
        context.default_map = _defaults(path, read)
        if context.default_map.get(context.invoked_subcommand or ""):
            sys.stderr.write(f"options are taken from {path}\n")


def _nearest_config(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """Return the nearest file of options, in a folder or above it, and what it holds."""
    for each in (folder, *folder.parents):
        if (each / "kwise.toml").is_file():
            return each / "kwise.toml", _toml(each / "kwise.toml")
        project = each / "pyproject.toml"
        if project.is_file() and b"kwise" in project.read_bytes():
            tools = _toml(project).get("tool")
            read = tools.get("kwise") if isinstance(tools, dict) else None
            if isinstance(read, dict):
                return project, read
    return None


def _toml(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    except RecursionError as error:
        raise ValueError(f"{path}: lists stand in lists without end") from error


def _defaults(config: Path, read: dict[str, Any]) -> dict[str, object]:
    """Return the options that a file holds, under the names that they have as options."""
    commands = cast("TyperGroup", typer.main.get_command(_app())).commands
    for command, options in read.items():
        if command not in commands or not isinstance(options, dict):
            known = ", ".join(f"[{name}]" for name in commands)
            raise ValueError(f"{config}: {command!r} is no table of a command; allowed: {known}")
        names = {
            word.lstrip("-"): each.name
            for each in commands[command].params
            for word in each.opts
            if word.startswith("--")
        }
        for name in options:
            if name.replace("_", "-") not in names:
                what = f"option of [{command}]"
                raise ValueError(f"{config}: {unknown_name(name, list(names), what=what)}")
        read[command] = {
            names[name.replace("_", "-")]: in_one_word(value) if isinstance(value, list) else value
            for name, value in options.items()
        }
    return read
