"""Gap statistic, read by the rule that R's ``cluster`` package calls firstSEmax."""

from dataclasses import replace

from kwise.selection.criteria.gap import GAP
from kwise.selection.rules import first_se_max

__all__ = ["GAP_FIRST_PEAK"]

GAP_FIRST_PEAK = replace(
    GAP,
    name="gap_first_peak",
    label="Gap statistic, first peak",
    choose=first_se_max,
    source="Maechler et al., R package cluster",
)
