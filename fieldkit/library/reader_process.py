"""Reads documents in a process of its own: what crashes or hangs a reader costs one document.

PDFium, libxml2 and expat are C; a hostile file may find a fault in them, and no thread of Python
can stop them, nor a pattern that takes too long on a text. So every format is read there, and what
was read is cut into passages there once, before anything else does so. The process lives as long as
it behaves, so starting it is paid for once.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fieldkit.errors import FieldkitError
from fieldkit.library import documents
from fieldkit.library.readers.model import Document, unreadable

SECONDS = 600.0  # for one document; 20,000 pages take three minutes
PAGE_SECONDS = 30.0  # for one page; a dense one takes a tenth of a second
_SKIPPED = 5  # pages of a document; what hangs at more of them is no manual
_CRASHED = "the program that reads it crashed; it is damaged"


class _PageLost(Exception):
    """Reading hangs or crashes at ``page``."""

    def __init__(self, page: int, reason: str) -> None:
        super().__init__(reason)
        self.page = page
        self.reason = reason


class ReaderProcess:
    """Reads in a child process, ``command``, at most ``seconds`` for each request.

    A page that takes longer than ``page_seconds``, or at which the process crashes, is left out and
    the rest is read again. ``command`` is a program that runs ``reader_worker.main``.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        seconds: float = SECONDS,
        page_seconds: float = PAGE_SECONDS,
    ) -> None:
        self._command = command
        self._seconds = seconds
        self._page_seconds = page_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        """Start nothing yet: a document that is known needs no process."""
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
        """As ``documents.read``; InvalidInput also where reading crashes or takes too long."""
        return documents.with_text(self.load(path), path)

    def load(self, path: Path) -> Document:
        """As ``documents.load``, otherwise like a call."""
        if path.suffix.lower() not in documents.READERS:
            return documents.load(path)  # which raises
        skip: list[int] = []
        while True:
            try:
                answer = self._ask(path, {"read": str(path), "skip": skip})
                return Document.decoded(answer["document"])
            except _PageLost as lost:
                if len(skip) == _SKIPPED or lost.page in skip:
                    raise unreadable(path, lost.reason) from lost
                skip.append(lost.page)

    def draw(self, path: Path, number: int, target: Path) -> None:
        """As ``pdf_picture.draw``, otherwise like a call."""
        self._drawn(path, {"draw": str(path), "page": number, "to": str(target)})

    def picture(self, path: Path, number: int, target: Path, dpi: int) -> None:
        """As ``pdf_picture.picture``, otherwise like a call."""
        request = {"picture": str(path), "page": number, "to": str(target), "dpi": dpi}
        self._drawn(path, request)

    def _drawn(self, path: Path, request: dict[str, Any]) -> None:
        try:
            self._ask(path, request)
        except _PageLost as lost:
            raise unreadable(path, f"it cannot be drawn: {lost.reason}") from lost

    def close(self) -> None:
        """End the process; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin
            process.stdin.close()

    def _ask(self, path: Path, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process or self._start()
        assert process.stdin
        try:
            process.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            process.stdin.flush()
            answer = self._answer(path)
        except OSError as error:
            self.close()
            raise unreadable(path, _CRASHED) from error
        except BaseException:
            self.close()
            raise
        if "refused" in answer:
            raise unreadable(path, answer["refused"])
        return answer

    def _answer(self, path: Path) -> dict[str, Any]:
        """The answer to what was asked; raises _PageLost where a page is to blame for none."""
        page = 0
        end = time.monotonic() + self._seconds
        while True:
            left = end - time.monotonic()
            wait = min(left, self._page_seconds) if page else left
            try:
                line = self._answers.get(timeout=max(wait, 0.0))
            except queue.Empty:
                if page and left > self._page_seconds:
                    raise _PageLost(page, f"page {page} takes longer than {wait:.0f} s") from None
                reason = f"reading it takes longer than {self._seconds:.0f} s"
                raise unreadable(path, reason) from None
            if not line and page:
                raise _PageLost(page, f"{_CRASHED} (page {page})")
            if not line:
                raise unreadable(path, _CRASHED)
            answer: dict[str, Any] = json.loads(line)
            if "at" not in answer:
                return answer
            page = answer["at"]

    def _start(self) -> subprocess.Popen[bytes]:
        self._answers = queue.SimpleQueue()
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                # Ctrl-C in a terminal goes to the whole group: the caller decides what it means.
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise FieldkitError(
                f"no process can be started to read documents: {error.strerror or error}",
                hint="Close other programs and try again.",
            ) from error
        listener = threading.Thread(
            target=_listen, args=(self._process.stdout, self._answers), daemon=True
        )
        listener.start()
        return self._process


def _listen(stream: Any, answers: queue.SimpleQueue[bytes]) -> None:
    """Pass on each line; an empty one is the end."""
    with stream:
        for line in stream:
            answers.put(line)
    answers.put(b"")
