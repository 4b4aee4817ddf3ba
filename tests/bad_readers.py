"""Readers that do to their process what hostile files may do."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from fieldkit.library.documents import Document, load
from fieldkit.library.readers import pages_read

_ROOT = Path(__file__).resolve().parent.parent


def misbehaving(path: Path) -> Document:
    """Read ``path``, or crash or hang where its name says so."""
    if "crash" in path.name:
        os._exit(139)
    if "hang" in path.name:
        threading.Event().wait()
    if "noise" in path.name:
        os.write(1, b"a library of C prints this\n")
    document = load(path)
    if "moving" in path.name:
        path.write_text("Torque 250 Nm, and more")
    return document


def page_by_page(path: Path) -> Document:
    """Read a PDF, but crash or hang at page 2, or at each page, where its name says so."""
    watch = pages_read.watch()

    def begin(number: int) -> None:
        watch.begin(number)
        if number == 2 or (number and "each" in path.name):
            if "crash" in path.name:
                os._exit(139)
            if "hang" in path.name:
                threading.Event().wait()

    with pages_read.watched(watch.skip, begin):
        return load(path)


def split(_document: Document) -> None:
    """Hang, as a pattern may do on a hostile text."""
    threading.Event().wait()


def reader_command(name: str = "load", seconds: float = 60.0, patch: str = "") -> Sequence[str]:
    """The command of a reader process that reads by the function ``name`` of this module.

    ``seconds`` are what it gives itself for one document; ``patch`` names a function of the worker
    that one of this module takes the place of.
    """
    patched = f"reader_worker.{patch} = bad_readers.{patch}; " if patch else ""
    start = (
        f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
        "from fieldkit.library import reader_worker; from tests import bad_readers; "
        f"from fieldkit.library.reader_worker import main; {patched}"
        f"sys.exit(main(bad_readers.{name}, seconds={seconds}))"
    )
    return [sys.executable, "-P", "-c", start]
