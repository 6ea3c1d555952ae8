"""Save here, predict elsewhere: a model is data, or a program that needs no library at all.

python examples/06_predict_elsewhere.py
"""

import subprocess
import sys
from pathlib import Path

import kwise
from kwise.io import export_python
from kwise.io.datasets import bundled

table = bundled("iris")
analysis = kwise.analyze(table, drop="species", k=3, random_state=0)
analysis.save("iris.kwise")

model = kwise.load("iris.kwise")  # another process, machine or year
print("as it was fitted:", bool((model.predict(table) == analysis.labels).all()))

# One file of plain Python: for a server that has neither kwise nor NumPy.
Path("predictor.py").write_text(export_python(model), encoding="utf-8")
table.frame.write_csv("iris.csv")
found = subprocess.run(
    [sys.executable, "-I", "predictor.py", "iris.csv"], capture_output=True, text=True, check=True
)
elsewhere = [int(line.split(",")[1]) for line in found.stdout.split()[1:]]
print("and without kwise:", elsewhere == (analysis.labels + 1).tolist())  # people count from 1

analysis.plot.scatter(truth="species").figure.savefig("iris.svg")
