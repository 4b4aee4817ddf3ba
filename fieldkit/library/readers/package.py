"""Open Packaging: which parts of an office file belong together, by their relationships.

ECMA-376-2; the names of parts are free, so nothing is found by its name.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from fieldkit.library.readers.archive import Archive
from fieldkit.library.readers.properties import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """``kind`` is the last word of its type (``worksheet``); ``part`` the target's full name."""

    kind: str
    part: str


def relations(path: Path, archive: Archive, part: str = "") -> dict[str, Relation]:
    """The relationships of ``part`` (of the whole package: "") by their ids, without links.

    Raises InvalidInput where they are damaged.
    """
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    data = archive.read(source)
    found: dict[str, Relation] = {}
    if data is None:
        return found
    for element in parse(path, source, data):
        # Some programs write backslashes, or names as addresses have them.
        target = unquote(element.get("Target") or "").replace("\\", "/")
        if element.get("TargetMode") == "External" or not target:
            continue
        found[element.get("Id") or f"#{len(found)}"] = Relation(
            kind=(element.get("Type") or "").rpartition("/")[2],
            part=posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"),
        )
    return found


def of_kind(found: dict[str, Relation], kind: str) -> list[str]:
    """The parts of one kind, in the order of the file; kinds are compared without case."""
    wanted = kind.lower()
    return [relation.part for relation in found.values() if relation.kind.lower() == wanted]
