"""Where the pages of an estimator are, for the links in scikit-learn's HTML box."""

from __future__ import annotations

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

__all__ = ["Documented", "site"]


def site() -> str:
    """Return the address of the built site, or "" where nobody has said one.

    The variable KWISE_DOCS_URL says it (of a copy in the house, or ``file:///...``), else the
    installed package's own "Documentation" link.
    """
    return (os.environ.get("KWISE_DOCS_URL") or _published()).rstrip("/")


@cache
def _published() -> str:
    """Return the link that the package's metadata hold."""
    try:
        links = metadata("kwise").get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(link.partition(", ")[::2] for link in links)
    return str(named.get("Documentation", ""))


class Documented:
    """Links an estimator's box, and its parameters, to its page of the reference."""

    @property
    def _doc_link_module(self) -> str:
        """Return the package whose estimators have a link: none where there is no site."""
        return "kwise" if site() else ""

    @property
    def _doc_link_template(self) -> str:
        """Return the address of the page with a place for the full name."""
        return f"{site()}/reference/python/{{name}}.html"

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        """Return the full name that the class is imported by."""
        import kwise

        kind = type(self)
        folder = ".".join(kind.__module__.split(".")[:2])
        place = "kwise" if getattr(kwise, kind.__name__, None) is kind else folder
        return {"name": f"{place}.{kind.__name__}"}
