"""The parts of a Word document, found by their relationships (ECMA-376-2, clause 9)."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fieldkit.library.readers.archive import Archive
from fieldkit.library.readers.docx_names import R, W, transitional
from fieldkit.library.readers.model import FILE_BYTES, TEXT_BYTES, unreadable
from fieldkit.library.readers.properties import Properties, parse, properties

_MAIN = "word/document.xml"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_CHUNK = 1 << 20
_TOTAL = 4 * TEXT_BYTES
# Names of streams in an OLE file, and what the file is.
_STREAMS = {
    "EncryptedPackage": "it is encrypted; remove its password in Word (File, Info, Protect)",
    "WordDocument": "it is a .doc file of Word 97-2003; open it in Word and save it as .docx",
    "Workbook": "it is an Excel workbook of before 2007; save it as .xlsx",
}
# How files begin that were given the name of a Word document, and what they are.
_BEGINNINGS = {
    b"{\\rtf": "it is RTF; open it in Word and save it as .docx",
    b"%pdf": "it is a PDF; rename it to .pdf",
    b"<!doctype": "it is a web page; rename it to .html",
    b"<html": "it is a web page; rename it to .html",
    b"<?xml": "it is XML that is not packed; open it in Word and save it as .docx",
}
_ROOTS = {
    "workbook": "it is an Excel workbook; rename it to .xlsx",
    "presentation": "it is a PowerPoint presentation; save it as PDF",
}


class Package:
    """One opened Word document; each part is read once. Raises InvalidInput, naming ``path``."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._path = path
        self._archive = archive
        self._names = {_key(name): name for name in archive.names()}
        self._parsed: dict[str, Any | None] = {}
        self._bytes = 0
        top = self._relations("")
        self.main = self._main(top)
        self.document = self._document()
        self._related = self._relations(self.main)
        self._core = next((name for kind, name in top.values() if kind == "core-properties"), "")

    def properties(self) -> Properties:
        """What the file says of itself."""
        return properties(self._path, self._archive, self._names.get(_key(self._core), ""))

    def part(self, kind: str) -> Any | None:
        """The root of the part that the main part calls its ``kind``: ``styles``; None if none."""
        for found, name in self._related.values():
            if found == kind.lower() and (root := self._root(name)) is not None:
                return root
        if self._related:
            return None
        return self._root(posixpath.join(posixpath.dirname(self.main), f"{kind}.xml"))

    def target(self, identity: str) -> Any | None:
        """The root of the part of the main part's relationship ``identity``; None if none."""
        return self._root(self._related.get(identity, ("", ""))[1])

    def _main(self, top: dict[str, tuple[str, str]]) -> str:
        found = [name for kind, name in top.values() if kind == "officedocument"]
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
            self._bytes += len(data or b"")
            if self._bytes > _TOTAL:
                raise unreadable(self._path, f"it unpacks to more than {_TOTAL >> 20} MiB")
            self._parsed[key] = (
                None if data is None else transitional(parse(self._path, name, data))
            )
        return self._parsed[key]

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Identity -> the kind in lower case, and the name of the part within the file."""
        folder, name = posixpath.split(part)
        root = self._root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for link in () if root is None else root:
            if link.get("TargetMode", "") == "External":
                continue
            kind = str(link.get("Type", "")).rpartition("/")[2].lower()
            target = unquote(str(link.get("Target", ""))).replace("\\", "/")
            where = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[str(link.get("Id"))] = (kind, where)
        return found


def relation(element: Any, name: str = "id") -> str:
    """The identity of the relationship that ``element`` names."""
    return str(element.get(R + name, ""))


def reject_other(path: Path) -> None:
    """Raise InvalidInput with what ``path`` is, where its first bytes are of another format."""
    with path.open("rb") as file:
        first = file.read(_CHUNK)
        if first.startswith(_OLE):
            raise unreadable(path, _ole(first, file))
    begin = first[:64].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for beginning, reason in _BEGINNINGS.items():
        if begin.startswith(beginning):
            raise unreadable(path, reason)


def _ole(first: bytes, file: Any) -> str:
    """What an OLE file is, by the names in its directory, which can be anywhere in it."""
    data, left = first, FILE_BYTES
    while data and left > 0:
        for name, reason in _STREAMS.items():
            if name.encode("utf-16-le") in data:
                return reason
        left -= len(data)
        chunk = file.read(_CHUNK)
        data = data[-64:] + chunk if chunk else b""  # a name may lie across the border
    return "it is encrypted, or of a format before 2007"


def _key(name: str) -> str:
    """Names of parts are compared without case; some writers use backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()
