"""Many threads of Python on what they share and on their own: ``python wheels/threads.py``.

Every answer must be the one that a thread alone gets, bit for bit. On a free-threaded Python
(3.13t, 3.14t) nothing but kwise keeps its threads apart, and importing it must not bring the
interpreter's lock back; elsewhere they take turns, and the engine runs without the lock.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import sysconfig
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

import kwise
from kwise.metrics import adjusted_rand_score, silhouette_samples, silhouette_score


def main() -> int:
    """Run for a time, and tell what was done and what came out wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    if free and sys._is_gil_enabled():
        print("importing kwise and what it needs brought the interpreter's lock back")
        return 1
    done, found = run(asked.seconds, asked.threads, asked.seed)
    print(f"{sys.version.split()[0]}, {'no lock' if free else 'the interpreter has its lock'}, "
          f"{asked.threads} threads, {asked.seconds:.0f} s: {sum(done.values())} answers "
          f"{dict(done.most_common())}")  # fmt: skip
    for what in found:
        print(what)
    return 1 if found else 0


def run(seconds: float, threads: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Let threads work until time is up; return how many answers of each kind, and the wrong."""
    shared = Shared()
    expected = {name: work(shared) for name, work in WORKS.items()}
    done: Counter[str] = Counter()
    found: list[str] = []
    told = threading.Lock()
    begun = threading.Barrier(threads)
    end = time.monotonic() + seconds

    def loop(number: int) -> None:
        """Take works in an order of this thread's own."""
        rng = np.random.default_rng([seed, number])
        names = list(WORKS)
        begun.wait()
        while not found:  # once at least
            rng.shuffle(names)
            for name in names:
                try:
                    same = WORKS[name](shared) == expected[name]
                    wrong = "" if same else f"{name}: another answer than alone"
                except Exception as error:
                    wrong = f"{name}: {type(error).__name__}: {error}"
                with told:
                    done[name] += 1
                    found.extend([wrong] if wrong else [])
            if time.monotonic() > end:
                break

    workers = [threading.Thread(target=loop, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return done, found


class Shared:
    """What all threads read at once: rows, labels and fitted models."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        centers = rng.normal(scale=6, size=(9, 12))
        self.X = centers[np.arange(4000) % 9] + rng.normal(size=(4000, 12))
        self.narrow = np.ascontiguousarray(self.X[:, :2], dtype=np.float32)
        self.few = self.X[:400]
        self.sparse = sparse.csr_array(np.where(self.X > 3, self.X, 0.0))
        self.model = kwise.KMeans(9, random_state=0).fit(self.X)
        self.labels = self.model.labels_[:400]


def told(*answers: Any) -> str:
    """Digest of arrays and numbers."""
    digest = hashlib.sha256()
    for answer in answers:
        digest.update(np.ascontiguousarray(answer).tobytes())
    return digest.hexdigest()


def fitted(model: Any, X: Any) -> str:
    """Digest of what an estimator of this thread's own finds."""
    model.fit(X)
    return told(model.labels_, model.inertia_)


WORKS: dict[str, Callable[[Shared], str]] = {
    "predict": lambda s: told(s.model.predict(s.X)),
    "transform": lambda s: told(s.model.transform(s.X)),
    "score": lambda s: told(s.model.score(s.X)),
    "fit": lambda s: fitted(kwise.KMeans(9, random_state=1), s.X),
    "fit own rows": lambda s: fitted(kwise.KMeans(9, random_state=1), s.X.copy()),
    "fit few columns": lambda s: fitted(kwise.KMeans(40, random_state=2), s.narrow),
    "fit sparse": lambda s: fitted(kwise.KMeans(5, random_state=3), s.sparse),
    "fit better": lambda s: fitted(kwise.KMeans(9, quality="better", random_state=0), s.few),
    "fit batches": lambda s: fitted(kwise.MiniBatchKMeans(9, random_state=0), s.X),
    "fit medoids": lambda s: fitted(kwise.KMedoids(3, random_state=0), s.few),
    "bisect": lambda s: fitted(kwise.BisectingKMeans(5, random_state=0), s.X),
    "silhouettes": lambda s: told(silhouette_samples(s.few, s.labels)),
    "silhouette": lambda s: told(silhouette_score(s.X, s.model.labels_)),
    "rand": lambda s: told(adjusted_rand_score(s.labels, s.labels[::-1])),
    "seeding": lambda s: told(*kwise.kmeans_plusplus(s.X, 9, random_state=5)),
    "choice of k": lambda s: told(kwise.select_k(s.few, ks=range(1, 6), random_state=0).k),
}


if __name__ == "__main__":
    sys.exit(main())
