"""Every way in which a command writes a file, as words: one row for each option and format.

``OUT`` in the words is the file. ``tests/cli/test_every_output.py`` sees that no command and no
option that names a file to write is missing; ``stress/kill.py`` kills them all.
"""

from __future__ import annotations

import random
from pathlib import Path

__all__ = ["WRITING", "output_of", "prepare"]

# "command option what" -> the words. The files t.csv, m.kwise and n.kwise are there.
WRITING: dict[str, str] = {
    "report output": "report t.csv --k 3 -q -o OUT.html",
    "report labels": "report t.csv --k 3 -q -o /dev/null --labels OUT.csv",
    "select-k output": "select-k t.csv --ks 1:3 -q -o OUT.txt",
    "fit output": "fit t.csv --k 3 -q -o OUT.kwise",
    "fit output parts": "fit t.csv --k 3 -q --engine local -o OUT.kwise",
    "fit labels": "fit t.csv --k 3 -q -o /dev/null --labels OUT.parquet",
    "fit labels parts": "fit t.csv --k 3 -q --engine local -o /dev/null --labels OUT.csv",
    "fit checkpoint": "fit t.csv --k 3 -q -o /dev/null --checkpoint OUT.fit",
    "predict output": "predict m.kwise t.csv -q -o OUT.csv",
    "predict output parquet": "predict m.kwise t.csv -q --join -o OUT.parquet",
    "predict output arrow": "predict m.kwise t.csv -q -o OUT.arrow",
    "predict output stream": "predict m.kwise t.csv -q --stream -o OUT.csv",
    "predict output stream lines": "predict m.kwise t.csv -q --stream -o OUT.jsonl",
    "predict output parts": "predict m.kwise t.csv -q --engine local -o OUT.csv",
    "predict output parts parquet": "predict m.kwise t.csv -q --engine local -o OUT.parquet",
    "drift output": "drift m.kwise t.csv -q -o OUT.html",
    "update output": "update m.kwise t.csv -q -o OUT.kwise",
    "match output": "match m.kwise n.kwise t.csv -q -o OUT.html",
    "export output": "export m.kwise -o OUT.py",
    "export output sql": "export m.kwise --to sql -o OUT.sql",
    "export output javascript": "export m.kwise --to javascript -o OUT.js",
    "export output onnx": "export m.kwise --to onnx -o OUT.onnx",
    "export output json": "export m.kwise --to json -o OUT.json",
    "show output": "show m.kwise -o OUT.txt",
    "card output": "card m.kwise -o OUT.md",
    "explain output": "explain t.csv --k 3 -q -o OUT.txt",
    "compare output": "compare t.csv --k 3 --methods kmeans -q -o OUT.svg",
    "compare labels": "compare t.csv --k 3 --methods kmeans -q --labels OUT.csv",
    "components output": "components t.csv --k 3 --numbers 1:2 -q -o OUT.png",
    "breaks output": "breaks t.csv --column a -q -o OUT.txt",
    "segment output": "segment t.csv --k 3 -q -o OUT.svg",
    "bench output": "bench --shape 200x2 --k 2 --tasks predict --repeats 1 -q -o OUT.txt",
    "datasets output": "datasets iris -o OUT.csv",
}


def prepare(folder: Path) -> None:
    """Write what the words name: a table of three groups, and two models of it."""
    from kwise.cli import main

    rng = random.Random(0)
    rows = [
        f"{i % 3 * 9 + rng.gauss(0, 1):.3f},{i % 3 * 5 + rng.gauss(0, 1):.3f},{i},{'xyz'[i % 3]}"
        for i in range(60)
    ]
    table = folder / "t.csv"
    table.write_text("\n".join(["a,b,c,kind", *rows]) + "\n")
    for name in ("m", "n"):
        code = main(["fit", str(table), "--k", "3", "-q", "-o", str(folder / f"{name}.kwise")])
        assert code == 0


def output_of(words: str) -> str:
    """Return the file that the words write."""
    return next(word for word in words.split() if word.startswith("OUT"))
