"""The pictures of the page's sections on drift and flows, by Chromium: of the months' story.

python docs/screenshots.py [FOLDER] [--width 1280]      into docs/images unless told

The story is ``examples/10_a_month_later.py``, whose last page has both sections.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).resolve().parent
STORY = DOCS.parent / "examples" / "10_a_month_later.py"
SECTIONS = ("drift", "flows")
SCHEMES = ("light", "dark")
_COLORS = 256  # of a picture: enough for flat drawings, and half of the size
# What hovers over a page would hide what is pictured.
_STILL = "header, .top, .bar { position: static !important }"


def names() -> list[str]:
    """Return the names of all pictures."""
    return [f"{section}-{scheme}.png" for section in SECTIONS for scheme in SCHEMES]


def take(folder: Path, width: int) -> None:
    """Tell the story, and picture the sections of its last page."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as told, sync_playwright() as play:
        subprocess.run([sys.executable, STORY], cwd=told, check=True, capture_output=True)
        browser = play.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in SCHEMES:
            size = {"width": width, "height": 900}
            page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
            page.goto((Path(told) / "march.html").as_uri())
            page.add_style_tag(content=_STILL)
            for section in SECTIONS:
                place = folder / f"{section}-{scheme}.png"
                page.locator(f"#{section}").screenshot(path=place)
                with Image.open(place) as picture:
                    flat = picture.convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE)
                flat.save(place, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path, nargs="?", default=DOCS / "images")
    asked.add_argument("--width", type=int, default=1280)
    words = asked.parse_args()
    words.folder.mkdir(parents=True, exist_ok=True)
    take(words.folder, words.width)
