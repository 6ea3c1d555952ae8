"""Criteria for the number of clusters, one a file.

To add one: a file that makes a ``Criterion``, and its row in ``CRITERIA``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kwise.selection.criteria.base import Criterion
from kwise.selection.criteria.bic import BIC
from kwise.selection.criteria.border_density import BORDER_DENSITY
from kwise.selection.criteria.calinski_harabasz import CALINSKI_HARABASZ
from kwise.selection.criteria.davies_bouldin import DAVIES_BOULDIN
from kwise.selection.criteria.gap import GAP
from kwise.selection.criteria.gap_first_peak import GAP_FIRST_PEAK
from kwise.selection.criteria.inertia import INERTIA
from kwise.selection.criteria.jump import JUMP
from kwise.selection.criteria.mixture import MIXTURE
from kwise.selection.criteria.one_group import ONE_GROUP
from kwise.selection.criteria.prediction_strength import PREDICTION_STRENGTH
from kwise.selection.criteria.separation import SEPARATION
from kwise.selection.criteria.silhouette import SILHOUETTE
from kwise.selection.criteria.stability import STABILITY
from kwise.selection.criteria.unimodal_gap import UNIMODAL_GAP

__all__ = ["CRITERIA", "DEFAULT_CRITERIA", "Criterion"]

_ALL = (
    INERTIA,
    SILHOUETTE,
    CALINSKI_HARABASZ,
    DAVIES_BOULDIN,
    BIC,
    MIXTURE,
    GAP,
    GAP_FIRST_PEAK,
    JUMP,
    PREDICTION_STRENGTH,
    STABILITY,
    SEPARATION,
    ONE_GROUP,
    BORDER_DENSITY,
    UNIMODAL_GAP,
)

CRITERIA: Mapping[str, Criterion] = MappingProxyType({each.name: each for each in _ALL})

# What sweep_k and select_k compute where nothing else is asked, and the verdict rests on: those
# without which held-out tables were judged worse (benchmarks/choice).
DEFAULT_CRITERIA: tuple[str, ...] = (
    "inertia",
    "silhouette",
    "calinski_harabasz",
    "davies_bouldin",
    "bic",
    "mixture",
    "gap",
    "jump",
    "prediction_strength",
    "stability",
    "border_density",
    "unimodal_gap",
)
