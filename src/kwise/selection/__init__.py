"""How the number of clusters is chosen: a sweep of fits, criteria, rules and a verdict.

To add a criterion: one file in ``criteria/`` and one row in its table ``CRITERIA``.
"""

from kwise.selection.components import ComponentSweep, sweep_components
from kwise.selection.context import SweepContext
from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA, Criterion
from kwise.selection.select import judge_sweep, select_k
from kwise.selection.sweep import sweep_k

__all__ = [
    "CRITERIA",
    "DEFAULT_CRITERIA",
    "ComponentSweep",
    "Criterion",
    "SweepContext",
    "judge_sweep",
    "select_k",
    "sweep_components",
    "sweep_k",
]
