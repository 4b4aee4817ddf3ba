"""Reads manuals in a process of its own: what crashes or hangs a reader costs one manual.

PDFium, libxml2 and expat are C; a hostile file may find a fault in them, and no thread of Python
can stop them. The process lives as long as it behaves, so starting it is paid for once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from fieldkit.errors import FieldkitError
from fieldkit.library import documents
from fieldkit.library.documents import Document
from fieldkit.library.readers.model import unreadable

SECONDS = 600.0  # for one manual; 20,000 pages take three minutes
_MEMORY = 4 << 30
# Read here: Python alone, within bounds.
_HARMLESS = {".csv", ".md", ".tsv", ".txt"}


class ReaderProcess:
    """Reads by ``read`` in a child process, at most ``seconds`` for each manual."""

    def __init__(
        self, read: Callable[[Path], Document] = documents.read, *, seconds: float = SECONDS
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._connection: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None

    def __enter__(self) -> Self:
        """Start nothing yet: a cached manual needs no process."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def __call__(self, path: Path) -> Document:
        """What ``read`` returns and raises; InvalidInput when it crashes or takes too long."""
        if path.suffix.lower() in _HARMLESS:
            return self._read(path)
        connection = self._connection or self._start()
        answer: Document | FieldkitError
        try:
            connection.send(path)
            if not connection.poll(self._seconds):
                raise unreadable(path, f"reading it takes longer than {self._seconds:.0f} s")
            answer = connection.recv()
        except (EOFError, OSError) as error:
            self.close()
            raise unreadable(path, "the program that reads it crashed; it is damaged") from error
        except BaseException:
            self.close()
            raise
        if isinstance(answer, FieldkitError):
            raise answer
        return answer

    def close(self) -> None:
        """End the process; safe to call twice."""
        connection, process = self._connection, self._process
        self._connection = self._process = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join()

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._read), daemon=True)
        self._process.start()
        theirs.close()
        self._connection = ours
        return ours


def _serve(connection: Connection, read: Callable[[Path], Document]) -> None:
    """Answer paths with documents or errors until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _limit_memory()
    with contextlib.suppress(EOFError, OSError):
        while True:
            path = connection.recv()
            try:
                connection.send(read(path))
            except FieldkitError as error:
                error.__cause__ = None
                connection.send(error)
            except MemoryError:
                connection.send(unreadable(path, "it needs more memory than a manual should"))


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
