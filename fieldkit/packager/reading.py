"""Manuals that did not change are not read again: one entry of the cache for each file.

Reading is the slow part of an index (a PDF of 300 pages takes seconds); the rest is made anew from
what was read, so an index never depends on the one before it.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fieldkit.library.documents import Document, steady, with_text
from fieldkit.packager.run import Run, code

_STEP = "manual"
_FILE = "document.json"
_LIBRARIES = ("charset-normalizer", "lxml", "pypdfium2", "webencodings")
_CODE = (
    "library/readers",
    "library/documents.py",
    "library/manual_files.py",
    "library/revisions.py",
    "core/text.py",
)


def reader_version() -> dict[str, str]:
    """What a document depends on besides its file: our code and the libraries that read it."""
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {**versions, "code": code(*_CODE)}


class Reader:
    """Reads manuals by ``load`` and through the cache of ``run``.

    ``recognise`` reads the scanned pages of what was loaded; ``ocr`` is what that depends on.
    ``reused`` counts those that it found there.
    """

    def __init__(
        self,
        run: Run,
        load: Callable[[Path], Document],
        *,
        recognise: Callable[[Path, Document], Document] | None = None,
        ocr: Mapping[str, str] | None = None,
    ) -> None:
        self._run = run
        self._load = load
        self._recognise = recognise
        self._ocr = ocr
        self._version = reader_version()
        self.reused = 0

    def __call__(self, path: Path) -> Document:
        """The manual at ``path``; what cannot be read, or holds no text, is not kept."""
        try:
            entry = self._find(path, self._run.hashes.sha256(path))
        except OSError:
            return self._read(path)  # which says what is wrong
        if entry is not None and (kept := _kept(entry / _FILE)) is not None:
            self.reused += 1
            return kept
        document = steady(path, self._read, self._run.hashes.sha256)
        if self._find(path, document.sha256) is None:
            with self._run.cache.make(_STEP, self._inputs(path, document.sha256)) as folder:
                (folder / _FILE).write_text(json.dumps(asdict(document)), encoding="utf-8")
        return document

    def _find(self, path: Path, digest: str) -> Path | None:
        return self._run.cache.find(_STEP, self._inputs(path, digest))

    def _inputs(self, path: Path, digest: str) -> dict[str, Any]:
        # A manual may be called by its file's name.
        name = path.name.encode("utf-8", "replace").decode()
        inputs: dict[str, Any] = {"file": digest, "name": name, "reader": self._version}
        if self._ocr and path.suffix.lower() == ".pdf":
            inputs["ocr"] = self._ocr
        return inputs

    def _read(self, path: Path) -> Document:
        document = self._load(path)
        if self._recognise is not None:
            document = self._recognise(path, document)
        return with_text(document, path)


def _kept(path: Path) -> Document | None:
    """The document in ``path``; None where the file is damaged."""
    try:
        return Document.decoded(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
