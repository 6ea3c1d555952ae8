"""A service that labels rows: it needs FastAPI and an exported predictor, and no kwise.

kwise export model.kwise --to python -o predictor.py
uvicorn service:app

curl -H "content-type: application/json" -d '[{"height": 1.8, "weight": 80}]' \
     localhost:8000/clusters
"""

from typing import Annotated, Any

import predictor
from fastapi import Body, FastAPI, HTTPException

MOST_ROWS = 10_000  # of one request

app = FastAPI(title="Clusters of rows")


@app.get("/columns")
def columns() -> list[str]:
    """Name the columns that a row must have."""
    return predictor.needed()


@app.post("/clusters")
def clusters(
    rows: Annotated[list[dict[str, Any]], Body(max_length=MOST_ROWS)],
) -> list[int | None]:
    """Return the cluster of each row, from 1 on; null where a cell is missing that is needed."""
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(predictor.predict(row))
        except KeyError as error:
            raise HTTPException(422, f"row {number} has no column {error}") from error
        except (TypeError, ValueError) as error:
            raise HTTPException(422, f"row {number}: {error}") from error
    return found
