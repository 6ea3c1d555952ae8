"""PostgreSQL for tests: a server of its own in a temporary folder, without a network."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

ROW = "the row"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, of the newest version that is installed."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: each.parent.name)
    there = [each for each in places if (each / "initdb").exists()]
    return there[-1] if there else None


class Server:
    """A server that ends with Python; PostgreSQL refuses to be root, and is nobody then."""

    def __init__(self, bin_folder: Path) -> None:
        self.bin = bin_folder
        self.folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
        self.folder.chmod(0o755)
        self.user = None
        if os.geteuid() == 0:
            self.user = "nobody"
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        data = self.folder / "data"
        self.run(
            "initdb", "-D", data, "-U", "kwise", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        options = f"-c listen_addresses='' -c fsync=off -k {self.folder}"
        self.run("pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "-o", options, "start")
        atexit.register(self.run, "pg_ctl", "-D", data, "-m", "immediate", "stop")

    def run(self, program: str, *words: object, given: str = "") -> str:
        """Run one of PostgreSQL's programs; its output is returned, its complaints are raised."""
        # The server inherits what pg_ctl has: a pipe would never end.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as wrong:
            done = subprocess.run(
                [self.bin / program, *map(str, words)],
                input=given, stdout=out, stderr=wrong, text=True, user=self.user,
                cwd=self.folder, check=False,
            )  # fmt: skip
            if done.returncode:
                wrong.seek(0)
                raise RuntimeError(f"{program}: {wrong.read()}")
            out.seek(0)
            return out.read()

    def query(self, statements: str) -> str:
        """Run statements in the order given, and return rows as text without a header."""
        return self.run(
            "psql", "-h", self.folder, "-U", "kwise", "-d", "postgres", "-X", "-q", "-A", "-t",
            "-v", "ON_ERROR_STOP=1", given=statements,
        )  # fmt: skip


@cache
def server() -> Server | None:
    """Return the server, or None where PostgreSQL is not installed."""
    found = programs()
    return Server(found) if found else None


def run_postgres(query: str, frame: pl.DataFrame) -> np.ndarray:
    """Run the query, as it was exported, in PostgreSQL."""
    base = server()
    assert base is not None
    made = query.rpartition(") AS ")[2].split()[0]
    frame = frame.with_row_index(ROW)
    kinds = {name: _kind(dtype) for name, dtype in frame.schema.items()}
    columns = ", ".join(f"{_quoted(name)} {kind}" for name, kind in kinds.items())
    with tempfile.NamedTemporaryFile(dir=base.folder, suffix=".csv") as file:
        frame.write_csv(file.name, null_value="\\N", quote_style="non_numeric")
        Path(file.name).chmod(0o644)
        told = base.query(
            f"CREATE TEMP TABLE new_rows ({columns});\n"
            f"COPY new_rows FROM '{file.name}' (FORMAT csv, HEADER, NULL '\\N');\n"
            f'SELECT COALESCE({made}, 0) FROM ({query}) AS q ORDER BY "{ROW}";\n'
        )
    return np.array(told.split(), dtype=np.int64)


def _kind(dtype: pl.DataType) -> str:
    """Return the type of a column."""
    if dtype == pl.Boolean:
        return "BOOLEAN"
    if dtype.is_temporal():
        return {pl.Date: "DATE", pl.Time: "TIME"}.get(dtype.base_type(), "TIMESTAMP")
    return "DOUBLE PRECISION" if dtype.is_numeric() else "TEXT"


def _quoted(name: str) -> str:
    """Quote a name."""
    return '"' + name.replace('"', '""') + '"'
