"""Modules that come late are the real ones once they are used."""

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from kwise.cli._lazy_imports import LATE

STEPS = {
    "a function": [
        ("import sys, scipy.stats", None),
        ("print('scipy.stats._stats_py' in sys.modules)", "False"),
        ("from scipy.stats import rankdata, no_such_test", None),
        ("print('scipy.stats._stats_py' in sys.modules)", "False"),
        ("print(rankdata([3.0, 1.0]), scipy.stats.rankdata([3.0, 1.0]))", "[2. 1.] [2. 1.]"),
        ("print(round(scipy.stats.norm.cdf(0.0), 2))", "0.5"),
        ("try: no_such_test()\nexcept AttributeError: print('missed')", "missed"),
        ("try: import pandas\nexcept ImportError as error: print(error.name)", "pandas"),
    ],
    "a class": [
        ("from scipy.stats import rv_continuous", None),
        ("class Mine(rv_continuous): pass", None),
        (
            "print(issubclass(Mine, rv_continuous), isinstance(Mine(), rv_continuous))",
            "True True",
        ),
    ],
    "an instance": [("from scipy import stats\nprint(round(stats.norm.cdf(0.0), 2))", "0.5")],
    "a part of a whole": [
        ("from matplotlib.colors import to_hex\nprint(to_hex('red'))", "#ff0000")
    ],
    "a part of a large one": [
        ("import sys\nfrom scipy.signal import argrelextrema\nimport numpy as np", None),
        ("print(argrelextrema(np.array([1, 3, 2, 5, 4]), np.greater)[0])", "[1 3]"),
        ("print('scipy.signal._signaltools' in sys.modules)", "False"),
        ("from scipy.special import chdtrc\nprint(round(float(chdtrc(1, 3.841)), 3))", "0.05"),
        ("print('scipy.special._orthogonal' in sys.modules)", "False"),
        ("import scipy.special\nprint(scipy.special.comb(4, 2), chdtrc(1, 0.0))", "6.0 1.0"),
    ],
    "an exception": [
        ("from scipy.linalg import LinAlgError, cholesky", None),
        ("try: cholesky([[0.0]])\nexcept LinAlgError: print('caught')", "caught"),
    ],
    "everything": [
        (
            "from importlib import import_module\n"
            f"for name in {sorted(LATE)!r}:\n"
            "    try: module = import_module(name)\n"
            "    except ModuleNotFoundError: continue  # another version has no such part\n"
            "    module.__spec__.loader.load(module)\n"
            "    assert [each for each in dir(module) if not each.startswith('_')], name",
            None,
        )
    ],
}


@pytest.mark.parametrize("kind", STEPS)
def test_what_is_taken_from_a_late_module_is_the_real_thing_once_it_is_used(kind):
    steps = STEPS[kind]
    code = "\n".join(["from kwise.cli._lazy_imports import import_late", "import_late()"])
    code = "\n".join([code, *(step for step, _ in steps)])
    words = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [printed for _, printed in steps if printed is not None]


def test_no_stand_in_is_there_for_nothing(tmp_path):
    """Each is still one at the end of a report, but for those of the other process."""
    code = (
        "import sys\n"
        "from kwise.cli._lazy_imports import LATE, _LateModule, import_late\n"
        "import_late()\n"
        "from kwise.cli import main\n"
        "main(['report', 'table.csv', '-q', '-o', 'page.html', '--ks', '1:4'])\n"
        "left = {name for name in LATE if isinstance(sys.modules.get(name), _LateModule)}\n"
        "print(sorted(LATE & set(sys.modules) - left), file=sys.stderr)"
    )
    rows = "\n".join(f"{i % 3 * 9 + i % 7},{i % 5}" for i in range(60))
    (tmp_path / "table.csv").write_text(f"x,y\n{rows}\n")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    used = set(re.findall(r"'([\w.]+)'", done.stderr))
    # Pictures, other methods, and what older scikit-learns use while they are loaded.
    release = tuple(map(int, version("scikit-learn").split(".")[:2]))
    older = {"scipy.interpolate", "scipy.special"} if release < (1, 9) else set()
    assert used <= {"matplotlib", "scipy.linalg", "sklearn.cluster"} | older
