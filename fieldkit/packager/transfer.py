"""Brings the missing parts of one file over several connections, and hashes what stands.

Pieces are handed out from the front, each connection asks for one after the other, and a hasher
follows the frontier, reading what was just written from the page cache. One connection goes first:
only when its answer showed that ranges work do the others begin.
"""

from __future__ import annotations

import threading
from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.packager import answer
from fieldkit.packager.digest import Digester, Digests
from fieldkit.packager.http import Broken, Opener, Pool, Response
from fieldkit.packager.journal import Partial
from fieldkit.packager.patience import Pace, Patience, Stopped, Tell, Tries
from fieldkit.packager.refusal import check
from fieldkit.packager.spans import Span

MIB = 1 << 20
BLOCK = MIB  # written and noted in the journal at once
_READ = 1 << 18
_LARGEST_PIECE, _SMALLEST_PIECE = 32 * MIB, 4 * MIB
_FLUSH_EVERY_S = 2.0
_TICK_S = 0.1

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a file comes from and how: what all its transfers share."""

    url: str
    name: str
    size: int
    sha256: str | None
    told_etag: str | None
    opener: Opener
    pool: Pool
    patience: Patience
    connections: int
    tell: Tell | None


class StartOver(Exception):
    """What was fetched cannot be continued: forget it and begin again.

    ``stream`` says that the source has no usable ranges, ``error`` what broke a stream.
    """

    def __init__(self, why: str, *, stream: bool, error: Broken | None = None) -> None:
        super().__init__(why)
        self.why, self.stream, self.error = why, stream, error


@dataclass
class _Piece:
    start: int
    end: int


class Transfer:
    """One go at the missing parts of ``partial``; with ``stream`` in one request without ranges."""

    def __init__(self, source: Source, partial: Partial, *, stream: bool) -> None:
        assert partial.identity is not None
        self._source, self._partial = source, partial
        self._streaming = stream
        self._etag = partial.identity.etag
        self._missing: list[Span] = partial.written.missing(source.size)
        pieces = source.size // (4 * source.connections) // MIB * MIB
        self._piece_size = max(_SMALLEST_PIECE, min(_LARGEST_PIECE, pieces))
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._live: set[Response] = set()
        self._notes: deque[str] = deque()
        self._location: str | None = None
        self._proven = False
        self._working = 0  # connections that have a piece or are about to take one
        self._allowed = source.connections
        self._error: BaseException | None = None
        self._digests: Digests | None = None

    def run(self, progress: Progress | None) -> Digests:
        """Bring all that is missing; the hashes of the whole.

        Raises StartOver, what ``refusal.check`` and ``Tries`` raise, and OSError of the disk.
        """
        threads = [self._thread(self._hash), self._thread(self._flush)]
        if self._missing:
            threads.append(self._worker())
        patient = True
        try:
            while self._digests is None:
                with self._changed:
                    self._changed.wait(_TICK_S)
                self._say()
                if self._error is not None:
                    raise self._error
                if progress is not None:
                    progress(self._partial.total, self._source.size)
                if self._proven and self._missing and self._working < self._allowed:
                    threads.append(self._worker())
        except KeyboardInterrupt:
            patient = False
            raise
        finally:
            self._end(threads, patient=patient)
        return self._digests

    def _end(self, threads: list[threading.Thread], *, patient: bool) -> None:
        """Stop all threads; what they hold is written first. A person's Ctrl-C does not wait."""
        self._stop.set()
        with self._changed:
            live = list(self._live)
            self._changed.notify_all()
        for response in live:
            response.abort()
        for thread in threads:
            thread.join(None if patient else 2.0)
        self._say()

    def _say(self) -> None:
        """Tell what the threads noted; callers are called by their own thread only."""
        while self._notes:
            note = self._notes.popleft()
            if self._source.tell is not None:
                self._source.tell(note)

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except Stopped:
                pass
            except BaseException as error:  # noqa: BLE001  # raised again by the thread that waits
                self._fail(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def _worker(self) -> threading.Thread:
        with self._changed:
            self._working += 1
        return self._thread(self._work)

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            if self._error is None and not self._stop.is_set():
                self._error = error
            self._changed.notify_all()

    # --- a connection ----------------------------------------------------------------------

    def _work(self) -> None:
        tries = Tries(patience=self._source.patience, stop=self._stop, tell=self._notes.append)
        with self._partial.opened() as stream:
            while (piece := self._take()) is not None:
                try:
                    self._bring(piece, stream, tries)
                except FieldkitError:
                    if self._retire(piece, tries):
                        return
                    raise

    def _take(self) -> _Piece | None:
        with self._changed:
            if not self._missing or self._stop.is_set():
                self._working -= 1
                return None
            start, end = self._missing.pop(0)
            if not self._streaming and end - start > self._piece_size:
                self._missing.insert(0, (start + self._piece_size, end))
                end = start + self._piece_size
            return _Piece(start, end)

    def _retire(self, piece: _Piece, tries: Tries) -> bool:
        """Leave a piece that failed too often to the others, if any is left to do it.

        A source that takes only a few connections refuses the rest of them.
        """
        with self._changed:
            if self._working < 2 or tries.failures < self._source.patience.attempts:
                return False
            self._working -= 1
            self._allowed = max(1, self._allowed - 1)
            insort(self._missing, (piece.start, piece.end))
            return True

    def _bring(self, piece: _Piece, stream: BinaryIO, tries: Tries) -> None:
        while piece.start < piece.end:
            location = self._location
            try:
                self._request(location or self._source.url, piece, stream, tries)
            except Broken as error:
                if self._stop.is_set():
                    raise Stopped from error
                if self._streaming:
                    raise StartOver(error.message, stream=True, error=error) from error
                self._location = None  # another try may be sent elsewhere
                tries.failed(error)
            except IntegrityProblem:
                raise
            except FieldkitError:
                if location is None:
                    raise
                self._location = None  # where it lies was told for a while only: ask again

    def _request(self, url: str, piece: _Piece, stream: BinaryIO, tries: Tries) -> None:
        headers = {}
        if not self._streaming:
            headers["Range"] = f"bytes={piece.start}-{piece.end - 1}"
            if self._etag is not None:
                headers["If-Range"] = self._etag
        with self._source.opener.open(url, headers, pool=self._source.pool) as response:
            with self._changed:
                self._live.add(response)
            try:
                if self._stop.is_set():
                    raise Stopped
                body = self._admit(response, piece)
                self._receive(response, body.end - body.start, piece, stream, tries)
                if body.whole and response.read(1):
                    raise answer.too_long(response, self._source.name, self._source.size)
            finally:
                with self._changed:
                    self._live.discard(response)

    def _admit(self, response: Response, piece: _Piece) -> answer.Body:
        """What a response brings, when it is what was asked for."""
        source = self._source
        if response.status == 416 and not self._streaming:
            total = response.headers.get("content-range", "").rpartition("/")[2]
            if total.isdecimal() and int(total) != source.size:
                raise answer.wrong_size(response, source.name, source.size, total)
            raise StartOver("the source refuses ranges", stream=True)
        check(response, source.name, has_token=source.opener.has_token)
        answer.check_promise(response, source.name, source.sha256, source.told_etag)
        self._check_unchanged(response)
        body = answer.body(response, source.name, source.size, (piece.start, piece.end))
        if body.whole and not self._streaming:
            self._become_stream(piece)
        if self._location is None and response.url != source.url:
            self._location = response.url
        with self._changed:
            self._proven = not self._streaming
        return body

    def _check_unchanged(self, response: Response) -> None:
        """Hold the response to the validator of the first one; StartOver when it differs."""
        etag = answer.etag(response)
        if self._etag is None:
            if etag is not None and not self._streaming:
                self._etag = etag
                self._partial.validated(etag)
        elif etag != self._etag and (etag is not None or response.status == 200):
            raise StartOver("the file changed at its source", stream=False)

    def _become_stream(self, piece: _Piece) -> None:
        """The source sent all of the file for a part of it: take it so, from the beginning."""
        with self._changed:
            if self._working > 1 or self._partial.total:
                raise StartOver("the source ignores ranges", stream=True)
            self._streaming = True
            self._missing.clear()
            piece.start, piece.end = 0, self._source.size

    def _receive(
        self, response: Response, count: int, piece: _Piece, stream: BinaryIO, tries: Tries
    ) -> None:
        """Write ``count`` bytes of a body to where ``piece`` begins, a block at a time."""
        pace = Pace(self._source.patience)
        block = bytearray(min(BLOCK, count))
        filled = 0
        try:
            while count:
                data = pace.read(response.read, min(_READ, count, len(block) - filled))
                if not data:
                    raise Broken(f"{self._source.name}: the connection ended {count:,} bytes early")
                block[filled : filled + len(data)] = data
                filled += len(data)
                count -= len(data)
                if filled == len(block):
                    self._write(memoryview(block), piece, stream, tries)
                    filled = 0
        except Broken:
            self._write(memoryview(block)[:filled], piece, stream, tries)
            raise
        self._write(memoryview(block)[:filled], piece, stream, tries)

    def _write(self, data: memoryview, piece: _Piece, stream: BinaryIO, tries: Tries) -> None:
        stream.seek(piece.start)
        written = 0
        while written < len(data):
            written += stream.write(data[written:])
        self._partial.record(piece.start, piece.start + len(data))
        piece.start += len(data)
        tries.progressed(len(data))
        with self._changed:
            self._changed.notify_all()

    # --- what goes on beside ---------------------------------------------------------------

    def _hash(self) -> None:
        digester, git = Digester(self._source.size), self._source.sha256 is None
        block = memoryview(bytearray(BLOCK))
        position = 0
        with self._partial.opened() as stream:
            while position < self._source.size:
                limit = self._wait_for(position)
                count = stream.readinto(block[: min(BLOCK, limit - position)])  # type: ignore[attr-defined]
                if not count:
                    raise IntegrityProblem(
                        f"{self._partial.part} was shortened by another program",
                        hint="Nothing else may change it. Run the same again.",
                    )
                digester.update(block[:count], git=git)
                position += count
        with self._changed:
            self._digests = digester.digests()
            self._changed.notify_all()

    def _wait_for(self, position: int) -> int:
        """Wait until bytes stand beyond ``position``; where they end."""
        with self._changed:
            while (frontier := self._partial.frontier) <= position and not self._stop.is_set():
                self._changed.wait(_TICK_S)
        if self._stop.is_set():
            raise Stopped
        return frontier

    def _flush(self) -> None:
        """Have the disk catch up now and then, so that a power cut costs only the last seconds."""
        flushed = self._partial.total
        while not self._stop.wait(_FLUSH_EVERY_S):
            if self._partial.total != flushed:
                flushed = self._partial.total
                self._partial.flush()
