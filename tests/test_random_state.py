"""Streams of random numbers are NumPy's."""

import numpy as np
import pytest

from kwise._random_state import random_stream


@pytest.mark.parametrize("seed", [0, 42, 2**32 - 1, np.int64(3), np.random.RandomState(5), None])
def test_a_seed_gives_the_stream_of_numpy(seed):
    expected = {type(None): np.random.mtrand._rand, np.random.RandomState: seed}.get(type(seed))
    stream = random_stream(seed)

    if expected is not None:
        assert stream is expected
        return
    numpys = np.random.RandomState(seed)
    np.testing.assert_array_equal(stream.normal(size=999), numpys.normal(size=999))
    np.testing.assert_array_equal(stream.random_sample(999), numpys.random_sample(999))


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_out_of_range_are_refused_as_by_numpy(seed):
    with pytest.raises(ValueError, match=r"Seed must be between 0 and 2\*\*32 - 1"):
        random_stream(seed)
