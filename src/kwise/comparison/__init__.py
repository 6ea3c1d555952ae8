"""Other clustering methods, one a file, each with a stated rule for its settings.

To add one: a file that makes a ``Method``, and its row in ``METHODS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kwise.comparison.base import Method, Partition
from kwise.comparison.dbscan import DBSCAN
from kwise.comparison.gaussian_mixture import GAUSSIAN_MIXTURE
from kwise.comparison.hdbscan import HDBSCAN
from kwise.comparison.ward import WARD

__all__ = ["METHODS", "Method", "Partition"]

METHODS: Mapping[str, Method] = MappingProxyType(
    {each.name: each for each in (GAUSSIAN_MIXTURE, WARD, HDBSCAN, DBSCAN)}
)
