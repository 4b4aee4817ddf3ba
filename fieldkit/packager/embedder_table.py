"""What ``fieldkit candidates --embedders`` shows: the embedders that a profile may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldkit.core.columns import row
from fieldkit.core.embedder_entry import EmbedderEntry

_COLUMNS = (-22, -14, -11, 10, 8)
_HEADINGS = ("Embedder", "Languages", "Licence", "Dimensions", "Memory")


def report(catalog: Mapping[str, EmbedderEntry]) -> list[dict[str, Any]]:
    """The objects of ``--json``, in the order of the catalog."""
    return [
        {
            "name": name,
            "publisher": entry.publisher,
            "repository": entry.origin.repository,
            "licence": entry.licence.identifier,
            "languages": list(entry.languages),
            "dimensions": entry.shape.dimensions,
            "parameters": entry.parameters,
            "memory_bytes": entry.memory_bytes,
            "good_for": entry.good_for,
        }
        for name, entry in catalog.items()
    ]


def format_report(found: Sequence[Mapping[str, Any]]) -> str:
    """The same for a person, no line longer than 80 columns but for long words."""
    lines = [row(_HEADINGS, _COLUMNS)]
    for entry in found:
        languages = entry["languages"]
        told = ", ".join(languages) if len(languages) < 4 else f"{len(languages)} and more"
        memory = f"{entry['memory_bytes'] >> 20} MiB"
        cells = (entry["name"], told, entry["licence"], str(entry["dimensions"]), memory)
        lines.append(row(cells, _COLUMNS))
    lines += ["", *(f"{entry['name']}: {entry['good_for']}" for entry in found)]
    return "\n".join(lines)
