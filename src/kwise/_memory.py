"""How much memory there is left, to be asked before much of it is taken."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["address_space_limit", "free_memory", "refuse_large_centers", "shortage", "told_bytes"]

_CGROUP = Path("/sys/fs/cgroup")
_LARGE = 1 << 30  # what is smaller is simply asked for


def shortage(size: int) -> str | None:
    """Say what is missing where ``size`` bytes are more than this process can get.

    None where they are not, or nobody knows.
    """
    free = free_memory()
    if free is None or size <= free:
        return None
    return f"it takes {told_bytes(size)} of memory and {told_bytes(max(free, 0))} are free"


def refuse_large_centers(n_clusters: int, n_features: int) -> None:
    """Raise where centers, which are dense, would not fit: sparse rows may be very wide."""
    size = 4 * 8 * n_clusters * n_features  # beside them their exact sums, and copies of both
    missing = shortage(size) if size >= _LARGE else None
    if missing is not None:
        raise MemoryError(
            f"{n_clusters:,} dense centers of {n_features:,} columns do not fit: {missing}. Leave "
            "columns out, or bring them to fewer, for example with TruncatedSVD."
        )


def free_memory() -> int | None:
    """Return the bytes that this process can still get, as far as the system tells."""
    known = [_free_on_machine(), _free_in_cgroup(), _free_in_limit()]
    return min((each for each in known if each is not None), default=None)


def address_space_limit() -> int | None:
    """Return the bytes that ``ulimit -v`` allows this process, or None."""
    return _limit("RLIMIT_AS")


def data_limit() -> int | None:
    """Return the bytes of data that ``ulimit -d`` allows this process, or None."""
    return _limit("RLIMIT_DATA")


def _limit(name: str) -> int | None:
    """Return a limit of this process by its name, or None."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(getattr(resource, name))
    return None if soft == resource.RLIM_INFINITY else soft


def _free_on_machine() -> int | None:
    """Return what the kernel holds available, swap included."""
    told = dict(line.split(":", 1) for line in _lines(Path("/proc/meminfo")) if ":" in line)
    if "MemAvailable" not in told:
        return None
    return 1024 * sum(int(told[name].split()[0]) for name in ("MemAvailable", "SwapFree")
                      if name in told)  # fmt: skip


def _free_in_cgroup() -> int | None:
    """Return what the container allows: the least of all groups that this process is in."""
    own = next(
        (line[3:] for line in _lines(Path("/proc/self/cgroup")) if line.startswith("0::")), "/"
    )
    group = _CGROUP / own.strip().lstrip("/")
    folders = [group, *group.parents]
    held = folders[: folders.index(_CGROUP) + 1] if _CGROUP in folders else [_CGROUP]
    known = [_free_in_group(each) for each in [*held, _CGROUP / "memory"]]
    return min((each for each in known if each is not None), default=None)


def _free_in_group(folder: Path) -> int | None:
    """Return what one group leaves, by the files of either version; None where it sets no limit."""
    for most, used, cache in (
        ("memory.max", "memory.current", "inactive_file "),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
    ):
        limit, now = _lines(folder / most), _lines(folder / used)
        if limit and now and limit[0].strip().isdigit():
            cached = next((int(line.split()[1]) for line in _lines(folder / "memory.stat")
                           if line.startswith(cache)), 0)  # fmt: skip
            return int(limit[0]) - int(now[0]) + cached
    return None


def _free_in_limit() -> int | None:
    """Return what ``ulimit -v`` and ``ulimit -d`` leave."""
    limits = {"VmSize": address_space_limit(), "VmData": data_limit()}
    told = dict(line.split(":", 1) for line in _lines(Path("/proc/self/status")) if ":" in line)
    return min(
        (
            limit - 1024 * int(told[name].split()[0])
            for name, limit in limits.items()
            if limit is not None and name in told
        ),
        default=None,
    )


def _lines(path: Path) -> list[str]:
    """Return the lines of a file of the system, none where it is not there."""
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def told_bytes(size: int) -> str:
    """Write a number of bytes for people."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
