"""What other systems lack is taken away, in a process of its own: ``python other_system.py win32``.

Libraries are loaded first, as they are where they belong; then kwise is imported and used whole.
"""

import builtins
import importlib
import mmap
import os
import pkgutil
import signal
import sys
import tempfile
import warnings
from pathlib import Path

# Names of modules and of what they hold that a system does not know.
ONLY_LINUX = {
    os: (
        "sched_getaffinity", "O_TMPFILE", "listxattr", "getxattr", "setxattr", "posix_fallocate",
        "memfd_create", "eventfd", "splice", "copy_file_range",
    ),
}  # fmt: skip
ONLY_UNIX = {
    os: (
        *ONLY_LINUX[os], "fork", "forkpty", "geteuid", "getuid", "getgid", "getegid", "fchmod",
        "fchown", "chown", "sysconf", "uname", "getpgid", "killpg", "setsid", "mkfifo", "nice",
        "getloadavg", "statvfs", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "wait",
        "WNOHANG", "sync", "pread", "pwrite", "posix_fadvise", "confstr",
    ),
    signal: ("SIGKILL", "SIGHUP", "SIGPIPE", "SIGALRM", "SIGUSR1", "alarm", "setitimer"),
    mmap: ("MADV_WILLNEED", "MAP_PRIVATE", "MAP_SHARED", "PROT_READ", "PROT_WRITE"),
}  # fmt: skip
LACKING = {"darwin": ONLY_LINUX, "win32": ONLY_UNIX}
UNIX_MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix")
LIBRARIES = (
    "multiprocessing.connection", "concurrent.futures.process", "joblib", "scipy.sparse.linalg",
    "scipy.optimize", "sklearn.cluster", "sklearn.metrics", "polars", "matplotlib.pyplot",
    "jinja2", "typer", "kneed", "rich.progress", "narwhals", "pandas", "ctypes",
    "urllib.request",
)  # fmt: skip


def become(system: str) -> None:
    """Take away what a system lacks, and forbid paths of Linux."""
    import matplotlib as mpl

    mpl.use("agg")
    for library in LIBRARIES:
        importlib.import_module(library)
    for holder, names in LACKING[system].items():
        for name in names:
            if hasattr(holder, name):
                delattr(holder, name)
    if system == "win32":
        for name in UNIX_MODULES:
            sys.modules[name] = None  # importing it fails
    forbid(("/proc/meminfo", "/proc/self/cgroup", "/proc/self/status", "/sys/devices/"))
    sys.platform = system


def forbid(places: tuple[str, ...]) -> None:
    """Let files of Linux be missing."""
    true_open, true_os_open = builtins.open, os.open

    def checked(real):
        def call(name, *rest, **options):
            if isinstance(name, (str, Path)) and str(name).startswith(places):
                raise FileNotFoundError(2, "No such file or directory", str(name))
            return real(name, *rest, **options)

        return call

    builtins.open, os.open = checked(true_open), checked(true_os_open)
    import io

    io.open = builtins.open


def use() -> None:
    """Import every module, fit, and take each command through a small table."""
    import numpy as np

    import kwise

    warnings.filterwarnings("error", category=EncodingWarning, module="kwise")
    for module in pkgutil.walk_packages(kwise.__path__, "kwise."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from kwise.cli import main

    rows = [f"{i % 3 * 10 + i % 7 / 10},{i % 3 * 5 + i % 5 / 10}" for i in range(90)]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("rows.csv").write_text("\n".join(["a,b", *rows]), encoding="utf-8")
        for words in (
            "doctor",
            "report rows.csv -o page.html",
            "select-k rows.csv",
            "fit rows.csv --k 3 -o model.kwise --labels kept.csv",
            "predict model.kwise rows.csv -o labels.csv",
            "predict model.kwise rows.csv -o labels.csv",  # written again over the old
            "show model.kwise",
            "drift model.kwise rows.csv",
            "export model.kwise --to sql -o model.sql",
            "datasets",
            "fit rows.csv --k 3 --max-memory 1GB --checkpoint run.kwise-fit -o parts.kwise",
        ):
            assert main(words.split()) == 0, words
        assert b"\r" not in Path("labels.csv").read_bytes()
        assert not list(Path().glob(".kwise*"))
        np.save("rows.npy", np.arange(40.0).reshape(20, 2))
        kwise.KMeans(3, random_state=0).fit(kwise.rows("rows.npy"))
        os.chdir("/")


if __name__ == "__main__":
    become(sys.argv[1])
    use()
    sys.stdout.write("used whole\n")
