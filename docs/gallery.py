"""The gallery: what each example prints and draws, made by running it, for Sphinx and the tests.

An example is a script of the folder ``examples`` that prints an answer and saves one picture.

    python docs/gallery.py      run all, and write docs/gallery/index.md with the pictures
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent
EXAMPLES = DOCS.parent / "examples"
GALLERY = DOCS / "gallery"
# Real data that an example is given, below the folder of real data; the others make their own.
DATA = {"02_california": "california_housing/housing.csv"}
_LINES = 14  # of what is printed


@dataclass(frozen=True)
class Shown:
    """An example: its title, first sentence, what it prints, and its picture, if it has one."""

    name: str
    title: str
    said: str
    printed: str
    picture: str | None


def scripts() -> list[Path]:
    """Return the examples in their order."""
    return sorted(EXAMPLES.glob("*.py"))


def run_example(script: Path, data: Path | None, pictures: Path) -> Shown:
    """Run an example in an empty folder, and keep its picture under its own name."""
    title, _, said = script.read_text(encoding="utf-8").split("\n", 1)[0].strip('"').partition(": ")
    given = [] if data is None else [str(data)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, str(script), *given],
            cwd=folder,
            env=os.environ | {"MPLBACKEND": "agg", "SOURCE_DATE_EPOCH": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{script.name} fails:\n{done.stderr}")
        drawn = sorted([*Path(folder).glob("*.svg"), *Path(folder).glob("*.png")])
        if len(drawn) != 1:
            raise RuntimeError(f"{script.name} saves {len(drawn)} pictures; the gallery shows one")
        picture = f"{script.stem}{drawn[0].suffix}"
        shutil.copy(drawn[0], pictures / picture)
    return Shown(script.stem, title, said[:1].upper() + said[1:], done.stdout, picture)


def page(shown: list[Shown]) -> str:
    """Write the gallery: pictures first, then each example with what it prints."""
    anchors = {each.name: each.name.replace("_", "-") for each in shown}
    tiles = [
        f'<a href="#{anchors[each.name]}"><img src="{each.picture}" alt="{each.title}" '
        f'width="200"></a>'
        for each in shown
        if each.picture
    ]
    parts = [
        "# Gallery",
        "Each picture is drawn by a script of some lines; the scripts stand in "
        "[Examples](../examples.md) and in the folder `examples`.",
    ]
    if tiles:
        # Sphinx copies pictures that Markdown names; those of the tiles are the same files.
        parts.append(
            "```{raw} html\n" + "\n".join(tiles).replace('src="', 'src="../_images/') + "\n```"
        )
    for each in shown:
        parts += [f"({anchors[each.name]})=\n\n## {each.title}", each.said]
        if each.picture:
            parts.append(f"![{each.title}]({each.picture})")
        lines = each.printed.rstrip("\n").split("\n")
        more = [f"... ({len(lines) - _LINES} more lines)"] if len(lines) > _LINES else []
        parts.append("```text\n" + "\n".join([*lines[:_LINES], *more]) + "\n```")
        parts.append(f"The code: `examples/{each.name}.py`.")
    return "\n\n".join(parts) + "\n"


def write_gallery(data_folder: Path) -> None:
    """Run all examples whose data are there, and write the page and its pictures."""
    GALLERY.mkdir(exist_ok=True)
    shown = []
    for script in scripts():
        data = data_folder / DATA[script.stem] if script.stem in DATA else None
        if data is not None and not data.is_file():
            sys.stderr.write(f"{script.name}: left out of the gallery, as {data} is not there\n")
            continue
        shown.append(run_example(script, data, GALLERY))
    (GALLERY / "index.md").write_text(page(shown), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(DOCS))
    from pages import data_folder

    write_gallery(data_folder())
