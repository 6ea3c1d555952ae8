"""What every wheel must do where it was built: fit, predict, and answer as everywhere.

``python wheels/smoke.py`` takes the instruction set that kwise chooses, ``--levels`` each one that
the machine has, in a process of its own. Threads of Python share what they may share meanwhile: on
free-threaded builds nothing else keeps them apart.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import kwise

# Of labels, centers and inertia; the same on every system.
EXPECTED = "2894266ab98e763aa40701d0334fa926288f7ea49a973ed02926e0113a1a750e"
LEVELS = (["baseline", "avx2", "avx512", "avx512vnni", "amx"], ["baseline", "neon"])


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


def shared(threads: int = 8, rounds: int = 20) -> set[str]:
    """Digests of what threads get that predict by one model while others fit."""
    grid = (np.arange(60000) * 2654435761 % 4294967296 / 4294967296).reshape(-1, 3)
    model = kwise.KMeans(7, random_state=0).fit(grid)
    expected = model.predict(grid).tobytes()

    def work(turn: int) -> str:
        if turn % 4 == 0:
            return digest()
        return EXPECTED if model.predict(grid).tobytes() == expected else "other labels"

    with ThreadPoolExecutor(threads) as pool:
        return set(pool.map(work, range(threads * rounds)))


def locked() -> bool:
    """Whether the interpreter could run threads at once, and kwise or a library made it stop."""
    able = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    return able and sys._is_gil_enabled()


def levels() -> list[str]:
    """Return the instruction sets of this machine, from the least."""
    best = str(kwise.build_info()["machine_isa"])
    [names] = [names for names in LEVELS if best in names[1:]] or [["baseline"]]
    return names[: names.index(best) + 1]


def main() -> None:
    """Check one instruction set, or each in a process of its own."""
    if "--levels" in sys.argv:
        for isa in levels():
            environment = os.environ | {"KWISE_MAX_ISA": isa}
            subprocess.run([sys.executable, __file__], check=True, env=environment)
        return
    found = shared() | {digest()}
    assert not locked(), "importing kwise, or what it needs, took the interpreter's lock"
    assert found == {EXPECTED}, f"another answer than elsewhere: {found}"
    print(kwise.__version__, kwise.build_info(), "ok", flush=True)


if __name__ == "__main__":
    main()
