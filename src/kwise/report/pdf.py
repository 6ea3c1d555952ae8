"""The page on paper: printed to PDF by a Chromium that is installed already."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["find_browser", "print_page"]

_BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "msedge",
)  # fmt: skip
# Where macOS and Windows keep them, which no PATH names.
_APPLICATIONS = Path("/Applications")
_BUNDLES = ("Google Chrome", "Chromium", "Microsoft Edge")
_PROGRAM_FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")
_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
# Nothing is asked of any network.
_FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
_SECONDS = 180


def find_browser() -> str:
    """Return the program that prints.

    Raises
    ------
    ValueError
        If there is none.
    """
    for name in _BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    for place in _places():
        if place.is_file():
            return str(place)
    raise ValueError(
        "a page is printed as PDF by Chromium or Chrome, and none is installed; write page.html "
        "and print it from any browser"
    )


def _places() -> Iterator[Path]:
    """Yield where browsers are on systems that install programs outside of PATH."""
    for bundle in _BUNDLES:
        yield _APPLICATIONS / f"{bundle}.app" / "Contents" / "MacOS" / bundle
    for variable in _PROGRAM_FOLDERS:
        if variable in os.environ:
            yield from (Path(os.environ[variable], program) for program in _PROGRAMS)


def print_page(html: str) -> bytes:
    """Return a page as PDF, every section of it open.

    Parameters
    ----------
    html : str
        One document that needs nothing else.

    Returns
    -------
    bytes
        The PDF.
    """
    browser = find_browser()
    # On Windows what a browser still holds open cannot be removed.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page, paper = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, "utf-8")
        # As root, which containers often are, Chromium starts without its sandbox alone.
        alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        profile = f"--user-data-dir={folder}/profile"
        words = [browser, *_FLAGS, *alone, profile, f"--print-to-pdf={paper}", page.as_uri()]
        done = subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False)
        if not paper.exists():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise ValueError(f"{browser} printed no PDF: {said[-1] if said else done.returncode}")
        return paper.read_bytes()
