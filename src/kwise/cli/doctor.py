"""``kwise doctor``: what was built, what this machine offers, which versions are here."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from kwise.cli._options import Format, FormatOption

_PACKAGES = (
    "kwise", "numpy", "scipy", "scikit-learn", "polars", "narwhals", "matplotlib", "jinja2",
    "rich", "typer", "kneed",
)  # fmt: skip


def doctor(form: FormatOption = Format.TABLE) -> None:
    """Tell what was built: instruction set, threads, versions of everything kwise rests on.

    For example:

      kwise doctor

      OMP_NUM_THREADS=1 kwise doctor --format json
    """
    from kwise import build_info
    from kwise._core.threads import cpu_mask, effective_n_threads
    from kwise.cli._output import put

    found: dict[str, object] = {str(key): value for key, value in build_info().items()}
    found |= {
        "threads": effective_n_threads(),
        "processors": len(cpu_mask()),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
        "KWISE_MAX_ISA": os.environ.get("KWISE_MAX_ISA"),
    }
    found |= {"Python": sys.version.split()[0], "system": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    if form is Format.JSON:
        import json

        put(json.dumps(found, indent=2, default=str))
        return
    if form is Format.CSV:
        from kwise.cli._output import rows_as

        put(rows_as([{"what": key, "is": str(value)} for key, value in found.items()], form))
        return
    width = max(map(len, found))
    put("\n".join(f"{key.ljust(width)}  {value}" for key, value in found.items()))
