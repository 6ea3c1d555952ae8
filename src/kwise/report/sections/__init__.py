"""The sections of the page, in its order.

To add one: a file here, its template in ``templates/sections``, and its row in ``SECTIONS``.
"""

from kwise.report.sections.alternative import ALTERNATIVE
from kwise.report.sections.answer import ANSWER
from kwise.report.sections.base import ONE_GROUP, Material, Section, situation
from kwise.report.sections.choice import CHOICE
from kwise.report.sections.clusters import CLUSTERS
from kwise.report.sections.components import COMPONENTS
from kwise.report.sections.convergence import CONVERGENCE
from kwise.report.sections.data import DATA
from kwise.report.sections.distances import DISTANCES
from kwise.report.sections.drift import DRIFT
from kwise.report.sections.flows import FLOWS
from kwise.report.sections.hierarchy import HIERARCHY
from kwise.report.sections.outside import OUTSIDE
from kwise.report.sections.plane_map import MAP
from kwise.report.sections.profile import PROFILE
from kwise.report.sections.reproduction import REPRODUCTION
from kwise.report.sections.rows import ROWS
from kwise.report.sections.silhouettes import SILHOUETTES
from kwise.report.sections.stability import STABILITY
from kwise.report.sections.tree import TREE
from kwise.report.sections.truth import TRUTH

__all__ = ["ONE_GROUP", "SECTIONS", "Material", "Section", "situation"]

SECTIONS: tuple[Section, ...] = (
    ANSWER,
    FLOWS,
    DRIFT,
    ALTERNATIVE,
    CLUSTERS,
    MAP,
    OUTSIDE,
    TRUTH,
    CHOICE,
    PROFILE,
    SILHOUETTES,
    STABILITY,
    ROWS,
    TREE,
    DISTANCES,
    COMPONENTS,
    HIERARCHY,
    CONVERGENCE,
    DATA,
    REPRODUCTION,
)
