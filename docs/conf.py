"""Settings of the site: Sphinx reads the pages, numpydoc the docstrings."""

import sys
from importlib.metadata import version as _version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import gallery
import live
import pages
import reference_pages

project = "kwise"
author = "The kwise developers"
version = release = _version("kwise")
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
autodoc_typehints = "none"  # the docstrings say types in words
html_theme = "furo"
html_title = "kwise"
html_copy_source = False
html_extra_path = ["extra"]  # the live pages, made before Sphinx copies them
(Path(__file__).parent / "extra").mkdir(exist_ok=True)
exclude_patterns = ["extra"]
# Without real data (KWISE_DATA) the pages that need it are there, and their pictures are not.
suppress_warnings = [] if pages.data_folder().is_dir() else ["image.not_readable"]


def setup(app: object) -> None:
    """Write the reference, gallery and live pages, and run the pages, before all is read."""
    app.connect("builder-inited", lambda _: reference_pages.write_reference())  # type: ignore[attr-defined]
    app.connect("builder-inited", lambda _: pages.draw_pictures())  # type: ignore[attr-defined]
    app.connect("builder-inited", lambda _: gallery.write_gallery(pages.data_folder()))  # type: ignore[attr-defined]
    app.connect("builder-inited", lambda _: live.write_live())  # type: ignore[attr-defined]
