"""Missing cells filled from the other cells of their row, by scikit-learn's imputers.

Each is fitted to some rows of the table, which are kept with the preparation: no state of
scikit-learn's is, so that a model stays plain numbers and new rows are filled as the first were.
"""

from __future__ import annotations

import warnings

import numpy as np

from kwise.types import Floats

REFERENCE_ROWS = 2000  # rows that imputers learn from
NEIGHBORS = 5
ROUNDS = 10  # of iterative imputation
MOST_PREDICTORS = 30  # columns that predict another one in iterative imputation


def reference_rows(X: Floats) -> Floats:
    """Return the rows that imputers learn from: all, or so many at equal distances."""
    if len(X) <= REFERENCE_ROWS:
        return X.copy()
    return X[np.linspace(0, len(X) - 1, REFERENCE_ROWS).astype(np.intp)]


def fill_from_neighbors(X: Floats, reference: Floats) -> Floats:
    """Return rows with the mean of the 5 nearest reference rows in each missing cell.

    Nearness is that of the cells which both rows have, each column in standard deviations.
    """
    from sklearn.impute import KNNImputer

    center, spread = _scale(reference)
    imputer = KNNImputer(n_neighbors=NEIGHBORS, keep_empty_features=True)
    imputer.fit((reference - center) / spread)
    return np.asarray(imputer.transform((X - center) / spread) * spread + center)


def fill_from_columns(X: Floats, reference: Floats) -> Floats:
    """Return rows with what the other columns predict in each missing cell.

    Columns are predicted in turn by ridge regression on all others, in rounds, as learned from
    the reference rows.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - what it is for
    from sklearn.impute import IterativeImputer

    center, spread = _scale(reference)
    width = reference.shape[1]
    imputer = IterativeImputer(
        max_iter=ROUNDS,
        n_nearest_features=MOST_PREDICTORS if width > 2 * MOST_PREDICTORS else None,
        min_value=np.nanmin((reference - center) / spread, axis=0),
        max_value=np.nanmax((reference - center) / spread, axis=0),
        random_state=0,
        keep_empty_features=True,
    )
    with warnings.catch_warnings():  # the rounds are enough to be of use
        warnings.simplefilter("ignore", ConvergenceWarning)
        imputer.fit((reference - center) / spread)
        return np.asarray(imputer.transform((X - center) / spread) * spread + center)


def _scale(X: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each column, 1 for one that does not vary."""
    spread = np.nanstd(X, axis=0)
    spread[~(spread > 0)] = 1.0
    return np.nanmean(X, axis=0), spread
