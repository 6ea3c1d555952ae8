"""Data sets to learn with: bundled ones, and published ones to download.

To add one: a row in ``BUNDLED`` or in ``PUBLISHED``.
"""

from kwise.io.datasets.bundled import BUNDLED, bundled, demonstration
from kwise.io.datasets.fetching import cache_folder, fetch, is_cached, load_dataset
from kwise.io.datasets.published import PUBLISHED, Member, PublishedSet

__all__ = [
    "BUNDLED",
    "PUBLISHED",
    "Member",
    "PublishedSet",
    "bundled",
    "cache_folder",
    "demonstration",
    "fetch",
    "is_cached",
    "load_dataset",
]
