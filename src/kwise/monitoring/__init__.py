"""A model's life after its fit: what it remembers, by which new rows are judged and taken in.

Models are asked: ``Model.drift``, ``Model.update``; ``kwise.io.match_models`` takes two.
"""

from kwise.monitoring.baseline import Baseline
from kwise.monitoring.drift_record import (
    AppearedGroup,
    CategoryDrift,
    Change,
    ClusterDrift,
    ColumnDrift,
    ColumnMove,
    Drift,
)
from kwise.monitoring.matching import Match, MatchEvent
from kwise.monitoring.sufficient import SufficientStatistics
from kwise.monitoring.updating import Update

__all__ = [
    "AppearedGroup",
    "Baseline",
    "CategoryDrift",
    "Change",
    "ClusterDrift",
    "ColumnDrift",
    "ColumnMove",
    "Drift",
    "Match",
    "MatchEvent",
    "SufficientStatistics",
    "Update",
]
