"""Run the pages: every code block, every command, every picture; for the tests and for Sphinx.

A page is Markdown. Its ``python`` blocks run in order in one namespace, and its ``sh`` blocks
run the lines that start with ``kwise``. What a block prints stands in a ``text`` block right
after it, and a picture that it draws is linked right after that. A comment at the top may say
``needs: FILE, FILE`` (real data, from KWISE_DATA) and ``slow``.

    python docs/pages.py            check all pages
    python docs/pages.py --write    write what the blocks print into the pages
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).resolve().parent
FIGURES = DOCS / "figures"
# Files that pages may need -> where they lie in the folder of real data.
REAL_DATA = {
    "housing.csv": "california_housing/housing.csv",
    "genes_16.csv": "tcga_pancan/pca_16d.csv",
    "cancers.csv": "tcga_pancan/labels.csv",
    "penguins.csv": "penguins.csv",
}
FENCE = re.compile(r"^```(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$", re.M | re.S)
OUTPUT = re.compile(r"\A\s*^```text\n(?P<body>.*?)^```$", re.M | re.S)
PICTURE = re.compile(r"\A\s*!\[[^\]]*\]\([./]*figures/(?P<name>[\w.-]+)\)")
HEADER = re.compile(r"\A<!--(?P<words>.*?)-->", re.S)


class PageError(AssertionError):
    """A page does not do what it says."""


@dataclass(frozen=True)
class Block:
    """One block to run: its code, what it should print, and the pictures it should draw."""

    kind: str
    code: str
    line: int
    start: int
    output_span: tuple[int, int]
    expected: str | None
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A page: its text, what it needs, and its blocks."""

    path: Path
    text: str
    needs: tuple[str, ...] = ()
    slow: bool = False
    blocks: tuple[Block, ...] = field(default=())

    @property
    def name(self) -> str:
        """Path below the folder of pages."""
        return str(self.path.relative_to(DOCS))


def all_pages() -> list[Page]:
    """Read every page that has something to run."""
    pages = [read_page(path) for path in sorted(DOCS.rglob("*.md"))]
    return [page for page in pages if page.blocks]


def read_page(path: Path) -> Page:
    """Find the blocks of a page."""
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    words = header["words"] if header else ""
    needs = re.search(r"needs:([^;]*)", words)
    return Page(
        path=path,
        text=text,
        needs=tuple(name.strip() for name in needs[1].split(",")) if needs else (),
        slow="slow" in words,
        blocks=tuple(_blocks(text)),
    )


def _blocks(text: str) -> list[Block]:
    """Return python and sh blocks with the output and the pictures that follow each."""
    blocks = []
    for found in FENCE.finditer(text):
        if found["kind"] not in ("python", "sh"):
            continue
        end = found.end()
        output = OUTPUT.match(text[end:])
        after = end + (output.end() if output else 0)
        pictures = []
        while picture := PICTURE.match(text[after:]):
            pictures.append(picture["name"])
            after += picture.end()
        blocks.append(
            Block(
                kind=found["kind"],
                code=found["body"],
                line=text.count("\n", 0, found.start()) + 2,
                start=found.start(),
                output_span=(end, end + (output.end() if output else 0)),
                expected=output["body"] if output else None,
                pictures=tuple(pictures),
            )
        )
    return blocks


def data_folder() -> Path:
    """Return the folder of real data, which may be absent."""
    return Path(os.environ.get("KWISE_DATA", DOCS.parents[1] / "shared" / "data"))


def missing_data(page: Page) -> list[str]:
    """Return the files that a page needs and that are not there."""
    return [name for name in page.needs if not (data_folder() / REAL_DATA[name]).is_file()]


def run_page(page: Page, *, figures: Path | None = None, fetching: bool = False) -> list[str]:
    """Run a page in an empty folder; return what each block printed; draw into ``figures``.

    The files that it needs are put there, unless it is to fetch them itself.
    """
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.use("agg")

    printed = []
    namespace: dict[str, object] = {"__name__": "page"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name in () if fetching else page.needs:
            Path(name).symlink_to((data_folder() / REAL_DATA[name]).resolve())
        for block in page.blocks:
            try:
                printed.append(_run_block(block, namespace, page, fetching=fetching))
                _take_figures(block, page, figures)
            finally:
                plt.close("all")
    return printed


def _run_block(block: Block, namespace: dict[str, object], page: Page, *, fetching: bool) -> str:
    """Run one block and return what it printed on stdout."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as errors:
        if block.kind == "sh":
            _run_commands(block, page, errors, fetching=fetching)
        else:
            # Empty lines before the code give tracebacks the page's own line numbers.
            code = compile("\n" * (block.line - 1) + block.code, str(page.path), "exec")
            try:
                exec(code, namespace)
            except Exception as error:
                shown = traceback.format_exc(limit=-3)
                raise PageError(f"{page.name}, block at line {block.line}:\n{shown}") from error
    return out.getvalue()


def _run_commands(block: Block, page: Page, errors: io.StringIO, *, fetching: bool) -> None:
    """Run the lines of a shell block that start with kwise; others are for the reader."""
    from kwise.cli import main

    for line in block.code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["kwise"] or (words[1:2] == ["datasets"] and not fetching):
            continue
        code = main(words[1:])
        if code:
            raise PageError(f"{page.name}, line {block.line}: {line}\n{errors.getvalue()}")


def _take_figures(block: Block, page: Page, figures: Path | None) -> None:
    """Save the open figures under the names that the page gives them."""
    from matplotlib import pyplot as plt

    open_figures = [plt.figure(number) for number in plt.get_fignums()]
    if len(open_figures) != len(block.pictures):
        raise PageError(
            f"{page.name}, block at line {block.line}: {len(open_figures)} pictures are drawn "
            f"and {len(block.pictures)} are shown"
        )
    for figure, name in zip(open_figures, block.pictures):
        drawn = io.BytesIO()
        figure.savefig(drawn, format=name.rpartition(".")[2], metadata={"Date": None}, dpi=110)
        if figures is not None:
            (figures / name).write_bytes(drawn.getvalue())


def differences(page: Page, printed: list[str]) -> list[str]:
    """Say where a page shows other output than its blocks print; "..." stands for anything."""
    checker, found = doctest.OutputChecker(), []
    for block, got in zip(page.blocks, printed):
        shown = block.expected or ""
        ignored = block.kind == "sh" and block.expected is None
        if not ignored and not checker.check_output(shown, got, doctest.ELLIPSIS):
            found.append(
                f"{page.name}, block at line {block.line} shows\n{shown}\nand prints\n{got}"
            )
    return found


def write_page(page: Page, printed: list[str]) -> None:
    """Put what the blocks printed into the page."""
    text = page.text
    for block, got in reversed(list(zip(page.blocks, printed))):
        if (block.kind == "sh" and block.expected is None) or "..." in (block.expected or ""):
            continue
        start, end = block.output_span
        text = text[:start] + (f"\n\n```text\n{got}```" if got else "") + text[end:]
    page.path.write_text(text, encoding="utf-8")


def draw_pictures() -> None:
    """Run all pages and draw their pictures, before the site is built."""
    FIGURES.mkdir(exist_ok=True)
    for page in all_pages():
        lacking = missing_data(page)
        if lacking:
            sys.stderr.write(f"{page.name}: pictures left out, as {lacking} are not there\n")
            continue
        run_page(page, figures=FIGURES)


def main(words: list[str]) -> int:
    """Check or write the pages named, or all."""
    names = [word for word in words if not word.startswith("-")]
    failed = 0
    for page in all_pages():
        if (names and not any(name in page.name for name in names)) or missing_data(page):
            continue
        printed = run_page(page)
        if "--write" in words:
            write_page(page, printed)
            continue
        wrong = differences(page, printed)
        failed += len(wrong)
        sys.stdout.write(
            "\n".join([f"{page.name}: {'wrong' if wrong else 'as shown'}", *wrong]) + "\n"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
