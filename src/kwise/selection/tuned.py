"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 851 simulated tables of 32 families, seeds 2000 to 5103.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": -3.676,
        "log_k": 0.056,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.0,
        "chosen_by_calinski_harabasz": 0.0,
        "chosen_by_davies_bouldin": 0.0,
        "chosen_by_bic": 1.552,
        "chosen_by_mixture": 0.163,
        "chosen_by_gap": 2.318,
        "chosen_by_jump": 0.716,
        "chosen_by_prediction_strength": 0.48,
        "chosen_by_stability": 1.804,
        "chosen_by_separation": 0.0,
        "chosen_by_one_group": 0.361,
        "valleys_between": 2.829,
        "valley_missing": -5.253,
        "valley_inside": -2.68,
        "valley_nowhere": 5.117,
        "prediction_strength": 0.749,
        "stability": 0.0,
        "silhouette": 2.088,
        "silhouette_behind": -1.605,
        "bic_behind": -1.462,
        "mixture_behind": 0.0,
        "gap_behind": -2.023,
        "gap_highest": 0.0,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -5.417,
        "elongation": 0.204,
        "radius_ratio": 0.0,
        "size_ratio": 0.134,
        "tail": 33.974,
        "speck": 1.686,
        "cut": 0.0,
        "valley_inside": 2.125,
        "no_valley": 5.662,
        "unstable": 1.517,
        "not_foretold": 2.144,
        "gaussian_mixture_differs": 16.968,
        "gaussian_mixture_differs_same_k": 1.518,
        "gaussian_mixture_cleaner": 0.0,
        "gaussian_mixture_many": 0.815,
        "ward_differs": 0.012,
        "ward_differs_same_k": 4.089,
        "ward_cleaner": 0.0,
        "ward_many": 1.433,
        "hdbscan_differs": 3.695,
        "hdbscan_differs_same_k": 4.739,
        "hdbscan_cleaner": 4.312,
        "hdbscan_many": 1.475,
        "dbscan_differs": 0.169,
        "dbscan_differs_same_k": 1.365,
        "dbscan_cleaner": 0.798,
        "dbscan_many": 3.271,
        "noise": 3.387,
    }
)

# A k with less support than this is not called clear.
CLEAR_FROM = 0.6

# Doubt from which k-means is called unsuitable: at most 2% of the suitable tables
# of the tuning reach it, and it is at least one half.
UNSUITABLE_FROM = 0.5

# Shift and slope from the models' log odds to those of being right, by kind of answer; fitted on
# families of tables, and on seeds, that the models had not seen.
CONFIDENCE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "one group": (0.0, 1.0),
        "several": (0.0, 1.0),
        "unsuitable": (0.0, 1.0),
    }
)
