"""Coverage-guided fuzzing of what reads files: ``python stress/fuzz.py --seconds 600``.

A run is a process of its own for each target, begun again where an input ended it; the input is
kept then, and the run goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = HERE.parent / "build" / "fuzz"
TARGETS = ("tables", "models")
UNGUIDED = "no interesting inputs were found so far"  # libFuzzer's words where it sees no code
LIMITS = ["-rss_limit_mb=2048", "-timeout=20", "-max_len=65536", "-print_final_stats=1"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="of all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=TARGETS, help="run in this process (libFuzzer's own)")
    asked, words = parser.parse_known_args()
    if asked.target:
        fuzz(asked.target, words)
        return 0
    found = [run(target, asked.seconds // len(TARGETS), asked.seed) for target in TARGETS]
    return int(any(found))


def run(target: str, seconds: int, seed: int) -> int:
    """Fuzz one target for so long, and tell what came of it."""
    folder = FOUND / target
    grown = folder / "corpus"
    grown.mkdir(parents=True, exist_ok=True)
    begun, inputs, rounds = time.monotonic(), 0, 0
    while (left := int(seconds - (time.monotonic() - begun))) > 0:
        words = [sys.executable, __file__, "--target", target, *LIMITS]
        words += [f"-seed={seed + rounds}", f"-max_total_time={left}"]
        words += [f"-artifact_prefix={folder}/", str(grown), str(HERE / "corpus" / target)]
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
        inputs += executed(done.stderr)
        rounds += 1
        if UNGUIDED in done.stderr:
            raise SystemExit(f"{target}: {UNGUIDED}")
        if done.returncode:
            print(f"{target}: {last_words(done.stderr)}")
    kept = [each.name for each in folder.iterdir() if each.is_file() and "slow" not in each.name]
    print(f"{target}: {inputs:,} inputs in {time.monotonic() - begun:.0f} s, seeds {seed} to "
          f"{seed + rounds - 1}, {len(kept)} kept in {folder}")  # fmt: skip
    return len(kept)


def executed(said: str) -> int:
    """Return how many inputs libFuzzer ran."""
    stated = re.findall(r"number_of_executed_units: (\d+)", said) or re.findall(
        r"^#(\d+)", said, re.M
    )
    return int(stated[-1]) if stated else 0


def last_words(said: str) -> str:
    """Return what ended a run, in one line."""
    errors = re.findall(
        r"^(?:\w+\.)*\w+(?:Error|Exception)\b.*|^==\d+==.*|^thread .*panicked.*", said, re.M
    )
    return errors[-1][:300] if errors else said.strip().rpartition("\n")[2][:300]


def fuzz(target: str, words: list[str]) -> None:
    """Hand this process to libFuzzer."""
    import atheris

    # Sources are found as files, which are instrumented; an editable install's own loader is not.
    sys.path.insert(0, str(HERE.parent / "src"))
    sys.meta_path.sort(key=lambda finder: "Redirecting" in type(finder).__name__)
    with atheris.instrument_imports(include=["kwise"]):  # it compares names of whole packages
        import kwise.io.reading  # noqa: F401

        leave_out_trials()
        take = {"tables": read_a_table, "models": load_a_model}[target]
        for known in (HERE / "corpus" / target).iterdir():
            take(known.read_bytes())  # what is loaded late is loaded, and instrumented, now
    atheris.Setup([sys.argv[0], *words], take)
    atheris.Fuzz()


def leave_out_trials() -> None:
    """Refuse Parquet and Arrow: a process on trial for each input would leave time for nothing."""
    from kwise.exceptions import DataFileError
    from kwise.io import arrow, parquet

    def refuse(*_: object, **__: object) -> None:
        raise DataFileError("left out")

    arrow.refuse_damaged = parquet.refuse_damaged = refuse


def read_a_table(data: bytes) -> None:
    """Read bytes as a table of whatever format they begin like."""
    from kwise.io import read_table

    try:
        read_table(io.BytesIO(data))
    except ValueError:
        return


def load_a_model(data: bytes) -> None:
    """Load bytes as a model; or as one member of a model that is right but for it."""
    import kwise
    from kwise.exceptions import ModelFileError

    whole = base_model()
    names = sorted(whole)
    with tempfile.NamedTemporaryFile(suffix=".kwise") as file:
        which = data[0] % (len(names) + 1) if data else 0
        file.write(data[1:] if which == len(names) else packed(whole | {names[which]: data[1:]}))
        file.flush()
        try:
            model = kwise.load(file.name)
        except ModelFileError:
            return
    try:
        model.predict(rows())
    except ValueError:
        return


def base_model(kept: dict[str, bytes] = {}) -> dict[str, bytes]:  # noqa: B006 - kept on purpose
    """Return the members of a model with everything in it."""
    if not kept:
        import kwise
        from kwise.io import save_model
        from kwise.preparation import Preparation

        preparation = Preparation(missing="median", categories="one-hot", components=2)
        X = preparation.fit_transform(rows())
        made = io.BytesIO()
        save_model(made, kwise.KMeans(2, random_state=0).fit(X), preparation=preparation)
        with zipfile.ZipFile(made) as archive:
            kept |= {name: archive.read(name) for name in archive.namelist()}
        del kept["sha256.json"]
    return kept


def rows() -> object:
    """Return a small table."""
    import polars as pl

    return pl.DataFrame({"a": [0.0, 1, 9, None], "b": [3, 1, 4, 1], "c": ["x", "y", "x", "y"]})


def packed(members: dict[str, bytes]) -> bytes:
    """Return a model file with checksums that fit."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in {**members, "sha256.json": json.dumps(sums).encode()}.items():
            archive.writestr(name, data)
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main())
