"""Modules that come late are the real ones once they are used."""

import subprocess
import sys

import pytest

from kwise.cli._late import LATE


def in_a_fresh_process(code):
    """Run code where modules come late, and return what it prints."""
    words = [
        sys.executable,
        "-W",
        "error",
        "-c",
        f"from kwise.cli._late import import_late\n{code}",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("use", "printed"),
    [
        ("from scipy.stats import rankdata; print(rankdata([3.0, 1.0]))", "[2. 1.]"),
        ("import scipy.stats; print(scipy.stats.rankdata([3.0, 1.0]))", "[2. 1.]"),
        ("from scipy import stats; print(round(stats.norm.cdf(0.0), 2))", "0.5"),
        ("from scipy.stats import _stats_py; print(_stats_py.rankdata([3.0, 1.0]))", "[2. 1.]"),
        ("from matplotlib.colors import to_hex; print(to_hex('red'))", "#ff0000"),
        (
            "from scipy.stats import rv_continuous\n"
            "class Mine(rv_continuous): pass\n"
            "print(issubclass(Mine, rv_continuous), isinstance(Mine(), rv_continuous))",
            "True True",
        ),
    ],
)
def test_a_late_module_is_the_real_one_once_it_is_used(use, printed):
    assert in_a_fresh_process(f"import_late()\n{use}") == printed


def test_nothing_is_loaded_before_it_is_used():
    code = "import_late(); import scipy.stats, sys; print('scipy.stats._stats_py' in sys.modules)"
    assert in_a_fresh_process(code) == "False"


def test_every_late_module_can_be_loaded():
    code = (
        "import_late()\nfrom importlib import import_module\n"
        f"for name in {sorted(LATE)!r}:\n"
        "    module = import_module(name)\n"
        "    module.__spec__.loader.load(module)\n"
        "    assert [each for each in dir(module) if not each.startswith('_')], name\n"
        "print('all')"
    )
    assert in_a_fresh_process(code) == "all"


def test_a_name_that_is_not_there_is_missed():
    code = (
        "import_late(); from scipy.stats import no_such_test\n"
        "try: no_such_test()\n"
        "except AttributeError as error: print(error)"
    )
    assert "no_such_test" in in_a_fresh_process(code)


def test_there_is_no_pandas():
    code = "import_late()\ntry: import pandas\nexcept ImportError as error: print(error.name)"
    assert in_a_fresh_process(code) == "pandas"
