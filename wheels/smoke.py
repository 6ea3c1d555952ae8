"""What every wheel must do where it was built: fit, predict, and answer as everywhere."""

import hashlib

import numpy as np

import kwise

# Of labels, centers and inertia; the same on every system.
EXPECTED = "2894266ab98e763aa40701d0334fa926288f7ea49a973ed02926e0113a1a750e"


def digest() -> str:
    """Digest of a few fits of rows that need no library function."""
    grid = (np.arange(6000) * 2654435761 % 4294967296 / 4294967296).reshape(-1, 3)
    answers = hashlib.sha256()
    for dtype in ("<f4", "<f8"):
        model = kwise.KMeans(7, random_state=0).fit(grid.astype(dtype))
        for answer in (model.labels_, model.cluster_centers_, np.float64(model.inertia_)):
            answers.update(np.ascontiguousarray(answer).tobytes())
        answers.update(model.predict(grid[::-1].astype(dtype)).tobytes())
    return answers.hexdigest()


if __name__ == "__main__":
    found = digest()
    assert found == EXPECTED, f"another answer than elsewhere: {found}"
    print(kwise.__version__, kwise.build_info(), "ok")
