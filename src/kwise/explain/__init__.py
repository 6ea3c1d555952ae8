"""What a clustering means: profiles, rules, margins, stability. The page and commands show it."""

from kwise.explain.evidence import ClusterEvidence
from kwise.explain.explanation import ClusterExplanation, Explanation, OtherClustering, RowNote

__all__ = ["ClusterEvidence", "ClusterExplanation", "Explanation", "OtherClustering", "RowNote"]
