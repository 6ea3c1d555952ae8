"""Constants of the verdict, written by ``benchmarks/choice/tune.py``.

With ``fitted_trees.json`` fitted on 9713 simulated tables of 77 families;
the confidence on 1574 others.
"""

from collections.abc import Mapping
from types import MappingProxyType

# The log odds of candidates times this make probabilities that held-out tables bear out.
SHARPNESS = 0.72

# A k with less confidence than this is not called clear.
CLEAR_FROM = 0.7

# Doubt from which k-means may be called unsuitable: more than that of all but 2% of the tables
# that k-means suits, when held out.
UNSUITABLE_FROM = 0.5

# Shift and slope from the models' log odds to those of being right, by kind of answer.
CONFIDENCE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "one group": (-0.005, 1.121),
        "several": (0.061, 0.969),
        "unsuitable": (1.331, 1.071),
    }
)
