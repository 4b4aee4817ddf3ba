"""The child process that reads documents: requests on stdin, answers on stdout, a JSON line each.

``{"read": path, "skip": [3]}`` is answered by ``{"document": {...}}``, without the pages to skip;
``{"draw": path, "page": 3, "to": path}`` and ``{"picture": path, "page": 3, "to": path,
"dpi": 200}`` by ``{"drawn": true}``; all by ``{"refused": reason}`` where the file is to blame.
Before the answer come lines ``{"at": 4}``: the page it begins. It ends with the end of its input,
so it never outlives who started it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from fieldkit.library.documents import load
from fieldkit.library.passages import split
from fieldkit.library.readers.model import Document, Unreadable, unreadable
from fieldkit.library.readers.pages_read import watch, watched
from fieldkit.library.readers.pdf_picture import draw, picture

_MEMORY = 4 << 30
SECONDS = 660.0  # a little more than the parent waits


def main(read: Callable[[Path], Document] = load, *, seconds: float = SECONDS) -> int:
    """Answer until the input ends; returns the exit code.

    It ends by itself when an answer takes longer than ``seconds``: whoever asked may be gone, and
    what hangs in C would never see the end of the input.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _limit_memory()
    with (
        _channel() as answers,
        Path(os.devnull).open("wb") as nowhere,
        contextlib.suppress(BrokenPipeError),
    ):
        for line in sys.stdin.buffer:
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            asked = json.loads(line)

            def begin(number: int) -> None:
                _write(answers, {"at": number})

            with watched(asked.get("skip", ()), begin):
                _write(answers, _answer(asked, read))
            faulthandler.cancel_dump_traceback_later()
    return 0


def _write(answers: BinaryIO, line: dict[str, Any]) -> None:
    answers.write(json.dumps(line).encode("ascii") + b"\n")
    answers.flush()


def _answer(asked: dict[str, Any], read: Callable[[Path], Document]) -> dict[str, Any]:
    try:
        if "draw" in asked:
            watch().begin(asked["page"])
            draw(Path(asked["draw"]), asked["page"], Path(asked["to"]))
            return {"drawn": True}
        if "picture" in asked:
            watch().begin(asked["page"])
            picture(Path(asked["picture"]), asked["page"], Path(asked["to"]), asked["dpi"])
            return {"drawn": True}
        return {"document": asdict(_read(Path(asked["read"]), read))}
    except Unreadable as error:
        return {"refused": error.reason}
    except MemoryError:
        return {"refused": "it needs more memory than a manual should"}


def _read(path: Path, read: Callable[[Path], Document]) -> Document:
    """The document at ``path``, once it is certain that it can be cut into passages in time."""
    before = _state(path)
    document = read(path)
    if _state(path) != before:
        raise unreadable(path, "it changed while it was read; try again")
    split(document)
    return document


def _state(path: Path) -> tuple[int, ...]:
    """What changes with the content of ``path``; nothing where there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns)


@contextlib.contextmanager
def _channel() -> Iterator[BinaryIO]:
    """The pipe to the parent; whatever a library of C prints goes nowhere."""
    own = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    with os.fdopen(own, "wb") as stream:
        yield stream


def _limit_memory() -> None:
    """Bound what this process may take, where the system can."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
