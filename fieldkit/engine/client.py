"""The engine as the rest of fieldkit sees it: a child process behind the port of ``generation``.

A crash, an out-of-memory kill or a hostile model takes down the child, not the caller, and nothing
llama.cpp prints can reach the terminal.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from fieldkit.core.generation import EngineInfo, Event, Loading, Request
from fieldkit.core.prompt import Message
from fieldkit.core.settings import Settings
from fieldkit.core.text import clean
from fieldkit.engine.child import worker_command
from fieldkit.engine.protocol import (
    Wire,
    decode,
    encode,
    error_from_wire,
    event_from_wire,
    messages_to_wire,
)
from fieldkit.errors import EngineFailure

# GNU OpenMP's threads spin for milliseconds while they wait for each other. When anything else
# wants a core, the spinners take the time of the one they wait for: decoding was seen to fall from
# 421 to 1.4 tok/s on a busy 4-core machine. A short spin and then sleep costs nothing that shows on
# an idle machine; sleeping at once (OMP_WAIT_POLICY=passive) cost a quarter of the decode rate.
_ENVIRONMENT = {"GOMP_SPINCOUNT": "10000"}
_GRACE_S = 5.0  # how long a child may take to end by itself once its stdin is closed

Events = queue.SimpleQueue[Wire | EngineFailure | None]


class EngineClient:
    """Implements ``fieldkit.core.generation.Engine`` with a child process.

    ``context`` 0 means what the model was trained for. One request runs at a time; ``abort`` may be
    called from any thread.
    """

    def __init__(
        self,
        model: Path,
        *,
        template: str,
        context: int = 0,
        settings: Settings | None = None,
        command: Sequence[str] = (),
    ) -> None:
        self._load = {
            "op": "load",
            "model": str(model.absolute()),
            "template": template,
            "context": context,
            "settings": settings and settings.to_dict(),
        }
        self._command = list(command) or worker_command()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._events: Events = queue.SimpleQueue()
        self._stderr: collections.deque[str] = collections.deque(maxlen=40)
        self._log_reader = threading.Thread()
        self._info: EngineInfo | None = None
        self._busy = threading.Lock()
        self._writing = threading.Lock()
        self._running = 0

    @property
    def info(self) -> EngineInfo:
        """Facts of the loaded model; raises EngineFailure before ``start`` has finished."""
        if self._info is None:
            raise EngineFailure("the engine is not loaded", hint="Wait for it, or start it again.")
        return self._info

    @property
    def pid(self) -> int:
        """The worker's process id, for measuring its memory; 0 when there is none."""
        return self._process.pid if self._process else 0

    def start(self) -> Iterator[Loading]:
        """Start the child and load the model, yielding progress from 0 to 1.

        Raises InvalidInput, Unfit or EngineFailure when the model cannot be loaded.
        """
        self.close()
        self._spawn()
        for data in self._exchange(self._load, last="loaded"):
            if data["event"] == "loading":
                yield Loading(float(data["fraction"]))
            else:
                info = data["info"]
                self._info = EngineInfo(
                    **{**info, "settings": Settings.from_dict(info["settings"])}
                )

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the rendered ``messages`` have."""
        request = {"op": "count", "messages": messages_to_wire(messages)}
        return int(self._single(request, last="counted")["tokens"])

    def bench(
        self, options: Mapping[str, Any], progress: Callable[[int, int], None] | None = None
    ) -> dict[str, Any]:
        """Run ``fieldkit.engine.bench.answer`` in the worker with ``options``.

        ``progress`` gets runs done and runs in all.
        """
        figures: dict[str, Any] = {}
        request = {"op": "bench", "options": dict(options)}
        for data in self._exchange(request, last="measured"):
            if data["event"] == "measured":
                figures = data["figures"]
            elif progress is not None:
                progress(data["done"], data["total"])
        return figures

    def trial(self, settings: Settings, *, prompt: int, decode: int) -> dict[str, float]:
        """Run ``fieldkit.engine.trial`` in the worker: seconds of one run under ``settings``."""
        options = {"prompt": prompt, "decode": decode}
        request = {"op": "trial", "settings": settings.to_dict(), "options": options}
        figures: dict[str, float] = self._single(request, last="measured")["figures"]
        return figures

    def generate(self, request: Request) -> Iterator[Event]:
        """Run ``request``; leaving the iterator early aborts the generation."""
        wire = {
            "op": "generate",
            "messages": messages_to_wire(request.messages),
            "max_tokens": request.max_tokens,
            "sampling": {
                "temperature": request.temperature,
                "top_p": request.top_p,
                "seed": request.seed,
            },
        }
        for data in self._exchange(wire, last="done"):
            yield event_from_wire(data)

    def prepare(self, messages: Sequence[Message]) -> None:
        """Begin to read what any continuation of ``messages`` shares; returns at once.

        Not read ahead yet: the worker knows no such operation.
        """

    def abort(self) -> None:
        """Stop the running generation; does nothing when there is none."""
        if number := self._running:
            with contextlib.suppress(EngineFailure):
                self._send({"op": "abort", "id": number})

    def close(self) -> None:
        """End the child: politely, then by force; safe to call twice."""
        process, self._process, self._info = self._process, None, None
        if process is None:
            return
        self._running = 0
        with contextlib.suppress(OSError):
            if process.stdin:
                process.stdin.close()
        try:
            process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _spawn(self) -> None:
        self._events = queue.SimpleQueue()
        self._stderr.clear()
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=flags,
                env={**_ENVIRONMENT, **os.environ},
                # Ctrl-C in a terminal goes to the whole group: the caller decides what it means.
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise EngineFailure(
                f"the engine cannot be started: {self._command[0]}: {error.strerror or error}",
                hint="Close other programs and try again, or install the release again.",
            ) from error
        assert process.stdout
        assert process.stderr
        self._process = process
        readers = [
            threading.Thread(target=target, args=(stream, self._events), daemon=True)
            for target, stream in (
                (self._read_events, process.stdout),
                (self._read_log, process.stderr),
            )
        ]
        for reader in readers:
            reader.start()
        self._log_reader = readers[-1]

    @staticmethod
    def _read_events(stream: IO[bytes], events: Events) -> None:
        with stream, contextlib.suppress(ValueError, OSError):
            for line in stream:
                try:
                    events.put(decode(line))
                except EngineFailure as error:
                    events.put(error)
        events.put(None)

    def _read_log(self, stream: IO[bytes], _events: object) -> None:
        with stream, contextlib.suppress(ValueError, OSError):
            for line in stream:
                self._stderr.append(clean(line.decode("utf-8", "replace")).rstrip())

    def _send(self, data: Wire) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise EngineFailure("the engine is not running", hint="Start it again.")
        try:
            with self._writing:
                process.stdin.write(encode(data))
                process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._death() from error

    def _exchange(self, request: Wire, *, last: str) -> Iterator[Wire]:
        """Send ``request`` and yield its events up to ``last``; raise what the worker reports."""
        if not self._busy.acquire(timeout=_GRACE_S):
            raise EngineFailure("the engine is still busy with another request")
        number = next(self._numbers)
        ended = False
        try:
            self._running = number
            self._send({**request, "id": number})
            while not ended:
                data = self._receive(number)
                ended = data["event"] in {last, "error"}
                if data["event"] == "error":
                    raise error_from_wire(data)
                yield data
        finally:
            if not ended and self._process is not None:
                self._abandon(number, request["op"])
            self._running = 0
            self._busy.release()

    def _abandon(self, number: int, operation: str) -> None:
        """The caller left a request early: end it, and the worker too where it cannot stop it."""
        if operation in {"load", "bench", "trial"}:
            self._kill()
            return
        self.abort()
        with contextlib.suppress(EngineFailure):
            while self._receive(number)["event"] not in {"done", "counted", "error"}:
                pass

    def _receive(self, number: int) -> Wire:
        while True:
            data = self._events.get()
            if data is None:
                raise self._death()
            if isinstance(data, EngineFailure):
                self._kill()
                raise data
            if data.get("id") == number:
                return data

    def _single(self, request: Wire, *, last: str) -> Wire:
        *_, data = self._exchange(request, last=last)
        return data

    def _kill(self) -> None:
        process, self._process, self._info = self._process, None, None
        if process is not None:
            process.kill()
            process.wait()
            with contextlib.suppress(OSError):
                if process.stdin:
                    process.stdin.close()

    def _death(self) -> EngineFailure:
        """What to say about a child that ended by itself."""
        process, self._process, self._info = self._process, None, None
        if process is None:
            return EngineFailure("the engine was closed", hint="Start it again.")
        with contextlib.suppress(OSError):
            if process.stdin:
                process.stdin.close()
        try:
            status = process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return EngineFailure("the engine stopped answering", hint="Start it again.")
        self._log_reader.join(_GRACE_S)  # its last words may still be on their way
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
