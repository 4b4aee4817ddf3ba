"""The parts of a Word document, found by their relationships (ECMA-376-2, clause 9)."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from fieldkit.library.readers.archive import Archive
from fieldkit.library.readers.docx_names import R, W, transitional
from fieldkit.library.readers.model import unreadable
from fieldkit.library.readers.package import Relation, of_kind, relations
from fieldkit.library.readers.properties import Properties, parse, properties

_MAIN = "word/document.xml"
_ROOTS = {
    "workbook": "it is an Excel workbook; name it .xlsx",
    "presentation": "it is a PowerPoint presentation; save it as PDF",
}


class Package:
    """One opened Word document; each part is read once. Raises InvalidInput, naming ``path``."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._path = path
        self._archive = archive
        self._names = {_key(name): name for name in archive.names()}
        self._parsed: dict[str, Any | None] = {}
        top = relations(path, archive)
        self.main = self._main(top)
        self.document = self._document()
        self._related = relations(path, archive, self.main)
        self._core = next(iter(of_kind(top, "core-properties")), "")

    def properties(self) -> Properties:
        """What the file says of itself."""
        return properties(self._path, self._archive, self._names.get(_key(self._core), ""))

    def part(self, kind: str) -> Any | None:
        """The root of the part that the main part calls its ``kind``: ``styles``; None if none."""
        for name in of_kind(self._related, kind):
            if (root := self._root(name)) is not None:
                return root
        if self._related:
            return None
        return self._root(posixpath.join(posixpath.dirname(self.main), f"{kind}.xml"))

    def target(self, identity: str) -> Any | None:
        """The root of the part of the main part's relationship ``identity``; None if none."""
        found = self._related.get(identity)
        return self._root(found.part) if found else None

    def _main(self, top: dict[str, Relation]) -> str:
        found = of_kind(top, "officeDocument")
        name = next((name for name in [*found, _MAIN] if _key(name) in self._names), _MAIN)
        if _key(name) in self._names:
            return name
        if "mimetype" in self._names and "content.xml" in self._names:
            raise unreadable(self._path, "it is an OpenDocument file; save it as .docx")
        raise unreadable(
            self._path, f"not a Word document: it has no {found[0] if found else name}"
        )

    def _document(self) -> Any:
        root = self._root(self.main)
        if root is not None and root.tag == W + "document":
            return root
        kind = "" if root is None else str(root.tag).rpartition("}")[2]
        reason = _ROOTS.get(kind, f"not a Word document: {self.main} holds no w:document")
        raise unreadable(self._path, reason)

    def _root(self, name: str) -> Any | None:
        key = _key(name)
        if key not in self._parsed:
            stored = self._names.get(key)
            data = None if stored is None else self._archive.read(stored)
            self._parsed[key] = (
                None if data is None else transitional(parse(self._path, name, data))
            )
        return self._parsed[key]


def relation(element: Any, name: str = "id") -> str:
    """The identity of the relationship that ``element`` names."""
    return str(element.get(R + name, ""))


def _key(name: str) -> str:
    """Names of parts are compared without case; some writers use backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()
