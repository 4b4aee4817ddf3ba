"""The worker as a process: its pipes, its last words, and what to say about how it ended."""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence

from fieldkit.core.text import clean
from fieldkit.engine.protocol import Wire, decode, encode
from fieldkit.errors import EngineFailure

GRACE_S = 5.0  # how long a child may take to end by itself once its stdin is closed


class WorkerProcess:
    """One run of ``command``, which speaks the protocol on its stdin and stdout.

    ``notice`` gets the events that answer no request (id 0), in a thread of this object. Raises
    EngineFailure when the process cannot be started.
    """

    def __init__(self, command: Sequence[str], notice: Callable[[Wire], None]) -> None:
        self._notice = notice
        self._events: queue.SimpleQueue[Wire | EngineFailure | None] = queue.SimpleQueue()
        self._stderr: collections.deque[str] = collections.deque(maxlen=40)
        self._writing = threading.Lock()
        self._closed = False
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=flags,
                # Ctrl-C in a terminal goes to the whole group: the caller decides what it means.
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise EngineFailure(
                f"the engine cannot be started: {command[0]}: {error.strerror or error}",
                hint="Close other programs and try again, or install the release again.",
            ) from error
        self._log_reader = threading.Thread(target=self._read_log, daemon=True)
        for reader in (threading.Thread(target=self._read_events, daemon=True), self._log_reader):
            reader.start()

    @property
    def alive(self) -> bool:
        """Whether it may be asked anything: it has neither ended nor been ended."""
        return not self._closed

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, data: Wire) -> None:
        """Write one request; raises EngineFailure when the process is gone."""
        if self._closed:
            raise EngineFailure("the engine is not running", hint="Start it again.")
        try:
            self._write(data)
        except (OSError, ValueError) as error:
            raise self._death() from error

    def post(self, data: Wire) -> None:
        """Write a request that has no answer; that the process is gone is found out later."""
        with contextlib.suppress(OSError, ValueError):
            self._write(data)

    def _write(self, data: Wire) -> None:
        stdin = self._process.stdin
        assert stdin
        with self._writing:
            stdin.write(encode(data))
            stdin.flush()

    def receive(self, number: int) -> Wire:
        """The next event of request ``number``; raises EngineFailure when the process ended."""
        while True:
            data = self._events.get()
            if data is None:
                self._events.put(None)
                raise self._death()
            if isinstance(data, EngineFailure):
                self.kill()
                raise data
            if data.get("id") == number:
                return data

    def close(self) -> None:
        """End the process: politely, then by force; safe to call twice."""
        self._closed = True
        if not self._writing.acquire(timeout=GRACE_S):  # it does not read what is being written
            self.kill()
            return
        try:
            self._close_stdin()
        finally:
            self._writing.release()
        self._wait()

    def kill(self) -> None:
        """End the process at once."""
        self._closed = True
        self._process.kill()
        self._process.wait()
        self._close_stdin()

    def _close_stdin(self) -> None:
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def _wait(self) -> int | None:
        """The exit status; None when it did not end by itself and was killed."""
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None

    def _read_events(self) -> None:
        stream = self._process.stdout
        assert stream
        with stream, contextlib.suppress(ValueError, OSError):
            for line in stream:
                try:
                    data = decode(line)
                except EngineFailure as error:
                    self._events.put(error)
                    continue
                if data.get("id") == 0:
                    self._notice(data)
                else:
                    self._events.put(data)
        self._events.put(None)

    def _read_log(self) -> None:
        stream = self._process.stderr
        assert stream
        with stream, contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._stderr.append(clean(line.decode("utf-8", "replace")).rstrip())

    def _death(self) -> EngineFailure:
        """What to say about a child that ended, by itself unless it was closed."""
        if self._closed:
            return EngineFailure("the engine was closed", hint="Start it again.")
        self._closed = True
        self._close_stdin()
        status = self._wait()
        if status is None:
            return EngineFailure("the engine stopped answering", hint="Start it again.")
        self._log_reader.join(GRACE_S)  # its last words may still be on their way
        detail = self._stderr[-1] if self._stderr else "it said nothing"
        if status == -getattr(signal, "SIGKILL", 9):
            return EngineFailure(
                "the engine was killed by the system, most likely for want of memory",
                hint="Close other programs, then start the engine again.",
            )
        return EngineFailure(
            f"the engine ended unexpectedly (status {status}): {detail}",
            hint="Start it again; if it happens again, send this message with the log.",
        )
