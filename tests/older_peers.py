"""What older versions of scikit-learn do otherwise, so that they are no oracle of it."""

import pytest
import sklearn
from sklearn.utils.fixes import parse_version

DRAWS_ALIKE = parse_version(sklearn.__version__) >= parse_version("1.8")
SAME_DRAWS = pytest.mark.skipif(
    not DRAWS_ALIKE, reason="scikit-learn drew batches, and in float32 seeds, otherwise before 1.8"
)
