"""What a clustering means: profiles, rules, margins, stability. The page and commands show it."""

from kwise.explain.evidence import Evidence
from kwise.explain.explanation import ClusterExplanation, Explanation, OtherClustering, RowNote

__all__ = ["ClusterExplanation", "Evidence", "Explanation", "OtherClustering", "RowNote"]
