"""The file all rows are kept in: a row measured again replaces itself and leaves the others."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure

SCHEMA = 1


def read(path: Path) -> dict[str, Any]:
    """Everything measured so far; nothing when the file is missing or of another schema."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {"schema": SCHEMA, "rows": {}}
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        return {"schema": SCHEMA, "rows": {}}
    return data


def merge(
    data: Mapping[str, Any], name: str, figures: Sequence[Figure], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """``data`` with the row ``name`` in the place of what it held under that name.

    ``facts`` are of this run: when, on what machine, with which model and how many rounds.
    """
    row = {**facts, "figures": [figure.to_dict() for figure in figures]}
    return {**data, "rows": {**data["rows"], name: row}}


def write(path: Path, data: Mapping[str, Any]) -> None:
    """Write aside, flush, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def figures(data: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, Figure]]:
    """Row name and figure, in the order of ``names``, of all rows that were measured."""
    return [
        (name, Figure.from_dict(figure))
        for name in names
        if name in data["rows"]
        for figure in data["rows"][name]["figures"]
    ]
