"""Random streams, made without the delay of asking the system for entropy first."""

from __future__ import annotations

import numpy as np
from numpy.random import MT19937
from numpy.random.bit_generator import ISeedSequence
from sklearn.utils import check_random_state

_WORDS = [1] * 624


class _NoEntropy(ISeedSequence):
    """Fills a generator with anything, since a seed follows at once."""

    def generate_state(  # type: ignore[override] # a list is read sooner than an array
        self,
        n_words: int,  # noqa: ARG002
        dtype: object = np.uint32,  # noqa: ARG002
    ) -> list[int]:
        """Return the same words every time."""
        return _WORDS


def random_stream(seed: int | np.random.RandomState | None) -> np.random.RandomState:
    """Return ``check_random_state(seed)``; for an int sooner, by as much as a tiny fit takes."""
    if type(seed) is not int:
        stream: np.random.RandomState = check_random_state(seed)
        return stream
    fresh = np.random.RandomState(MT19937(_NoEntropy()))  # type: ignore[arg-type]
    fresh.seed(seed)
    return fresh
