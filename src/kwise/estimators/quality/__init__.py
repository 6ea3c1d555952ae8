"""How good an optimum a fit looks for, beyond the descents from its starts.

To add a way: a file with a function ``(packed, run, rng, stop) -> Run`` and a row here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kwise.estimators.quality.base import Improvement, Stopping
from kwise.estimators.quality.breathing import breathe
from kwise.estimators.quality.recombination import recombine
from kwise.estimators.quality.standard import keep_standard

__all__ = ["QUALITIES", "Improvement", "Stopping"]

QUALITIES: Mapping[str, Improvement] = MappingProxyType(
    {"standard": keep_standard, "better": breathe, "best": recombine}
)
