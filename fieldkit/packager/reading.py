"""Manuals that did not change are not read again: one entry of the cache for each file.

Reading is the slow part of an index (a PDF of 300 pages takes seconds); the rest is made anew from
what was read, so an index never depends on the one before it.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from fieldkit.library.documents import Document
from fieldkit.packager.run import Run, code

_STEP = "manual"
_FILE = "document.json"
_LIBRARIES = ("lxml", "openpyxl", "pypdfium2")


def reader_version() -> dict[str, str]:
    """What a document depends on besides its file: our code and the libraries that read it."""
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {**versions, "code": code("library/readers", "library/documents.py", "core/text.py")}


class Reader:
    """Reads manuals by ``read`` and through the cache of ``run``.

    ``reused`` counts those that it found there.
    """

    def __init__(self, run: Run, read: Callable[[Path], Document]) -> None:
        self._run = run
        self._read = read
        self._version = reader_version()
        self.reused = 0

    def __call__(self, path: Path) -> Document:
        """What ``read`` returns and raises; what cannot be read is not kept."""
        try:
            digest = self._run.hashes.sha256(path)
        except OSError:
            return self._read(path)  # which says what is wrong
        # A manual may be called by its file's name.
        inputs = {"file": digest, "name": path.name, "reader": self._version}
        entry = self._run.cache.find(_STEP, inputs)
        if entry is not None and (kept := _kept(entry / _FILE)) is not None:
            self.reused += 1
            return kept
        document = self._read(path)
        if entry is None:
            with self._run.cache.make(_STEP, inputs) as folder:
                (folder / _FILE).write_text(json.dumps(asdict(document)), encoding="utf-8")
        return document


def _kept(path: Path) -> Document | None:
    """The document in ``path``; None where the file is damaged."""
    try:
        return Document.decoded(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
