"""The engine as the rest of fieldkit sees it: a child process behind the port of ``generation``.

A crash, an out-of-memory kill or a hostile model takes down the child, not the caller, and nothing
llama.cpp prints can reach the terminal.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldkit.core.generation import EngineInfo, Event, Loading, Request
from fieldkit.core.message import Message
from fieldkit.core.settings import Settings
from fieldkit.engine.child import worker_command
from fieldkit.engine.latest import Latest
from fieldkit.engine.process import GRACE_S, WorkerProcess
from fieldkit.engine.protocol import (
    Wire,
    error_from_wire,
    event_from_wire,
    info_from_wire,
    messages_to_wire,
    request_to_wire,
)
from fieldkit.errors import EngineFailure, FieldkitError


class EngineClient:
    """Implements ``fieldkit.core.generation.Engine`` with a child process.

    ``context`` 0 means what the model was trained for. ``prefix_cache`` is a folder of this user's
    own in which the KV cache of the system prompt outlives the process; ``system_prompt``, where
    the caller knows it, is then read from there before the first question is asked. One request
    runs at a time; ``abort`` and ``prepare`` may be called from any thread.
    """

    def __init__(  # noqa: PLR0913 - what a worker is given, by name; only the model is needed
        self,
        model: Path,
        *,
        template: str,
        context: int = 0,
        settings: Settings | None = None,
        prefix_cache: Path | None = None,
        system_prompt: str = "",
        speculate: bool = True,
        command: Sequence[str] = (),
    ) -> None:
        self._load = {
            "op": "load",
            "model": str(model.absolute()),
            "template": template,
            "context": context,
            "settings": settings and settings.to_dict(),
            "prefix_cache": prefix_cache and str(prefix_cache.absolute()),
            "system_prompt": system_prompt,
            "speculate": speculate,
        }
        self._command = list(command) or worker_command()
        self._numbers = itertools.count(1)
        self._worker: WorkerProcess | None = None
        self._info: EngineInfo | None = None
        self._busy = threading.Lock()
        self._running = 0  # the request that is being answered, 0 between requests
        self._operation = ""
        self._ahead: Latest[Wire] | None = None
        self._asked_ahead = 0
        self._prepared = 0

    @property
    def info(self) -> EngineInfo:
        """Facts of the loaded model; raises EngineFailure before ``start`` has finished."""
        if self._info is None or not self.pid:
            raise EngineFailure("the engine is not loaded", hint="Wait for it, or start it again.")
        return self._info

    @property
    def pid(self) -> int:
        """The worker's process id, for measuring its memory; 0 when there is none."""
        return self._worker.pid if self._worker and self._worker.alive else 0

    @property
    def prepared(self) -> bool:
        """Whether what ``prepare`` was given last is read, as far as it is certain."""
        return self._asked_ahead > 0 and self._prepared == self._asked_ahead

    def start(self) -> Iterator[Loading]:
        """Start the child and load the model, yielding progress from 0 to 1.

        Raises InvalidInput, Unfit or EngineFailure when the model cannot be loaded.
        """
        self.close()
        self._asked_ahead = self._prepared = 0
        self._worker = worker = WorkerProcess(self._command, self._noticed)
        self._ahead = Latest(lambda request: self._send_ahead(worker, request))
        try:
            for data in self._exchange(self._load, last="loaded"):
                if data["event"] == "loading":
                    yield Loading(float(data["fraction"]))
                else:
                    self._info = info_from_wire(data["info"])
        except FieldkitError:
            self.close()
            raise

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the rendered ``messages`` have."""
        request = {"op": "count", "messages": messages_to_wire(messages)}
        return int(self._single(request, last="counted")["tokens"])

    def bench(
        self, options: Mapping[str, Any], progress: Callable[[int, int], None] | None = None
    ) -> dict[str, Any]:
        """Run ``fieldkit.engine.bench`` in the worker; ``options`` are those of its ``answer``.

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
        """Run ``fieldkit.engine.trial`` in the worker: the seconds of each part.

        ``settings`` stay in force; ``apply`` puts others back. An abort ends it as EngineFailure.
        """
        request = {"op": "trial", "settings": settings.to_dict(), "prompt": prompt}
        figures: dict[str, float] = self._single({**request, "decode": decode}, last="measured")[
            "figures"
        ]
        return figures

    def apply(self, settings: Settings) -> bool:
        """Use ``settings`` from now on as far as that is possible without loading again.

        Thread counts hold at once, the rest from the next ``start``. Returns whether there is such
        a rest. Before the first ``start`` nothing is loaded, so nothing has to be loaded again.
        """
        self._load["settings"] = settings.to_dict()
        if self._info is None or not self.pid:
            return False
        data = self._single({"op": "apply", "settings": settings.to_dict()}, last="applied")
        in_force = Settings.from_dict(data["settings"])
        self._info = replace(self._info, settings=in_force)
        return in_force != settings

    def generate(self, request: Request) -> Iterator[Event]:
        """Run ``request``; leaving the iterator early aborts the generation."""
        for data in self._exchange(request_to_wire(request), last="done"):
            yield event_from_wire(data)

    def prepare(self, messages: Sequence[Message]) -> None:
        """Begin to read what any continuation of ``messages`` shares; returns at once.

        Does nothing, not even raise, when the engine is not loaded or answers something else.
        """
        if self._ahead is None or self._info is None or not messages:
            return
        self._asked_ahead = number = next(self._numbers)
        self._ahead.put({"op": "prepare", "id": number, "messages": messages_to_wire(messages)})

    def abort(self) -> None:
        """Stop the running generation, or what is read ahead; does nothing when there is none."""
        if self._ahead is not None:
            self._ahead.forget()
        if self._worker is not None:
            self._worker.post({"op": "abort", "id": self._running})

    def close(self) -> None:
        """End the child: politely, then by force; safe to call twice."""
        worker, self._worker, self._info = self._worker, None, None
        if self._ahead is not None:
            self._ahead.close()
        if worker is not None:
            worker.close()

    def kill(self) -> None:
        """End the child at once, whatever it does; from any thread, and ``close`` still follows."""
        if self._worker is not None:
            self._worker.kill()

    def _send_ahead(self, worker: WorkerProcess, request: Wire) -> None:
        if self._operation in {"", "count"}:
            worker.post(request)

    def _noticed(self, data: Wire) -> None:
        if data["event"] == "prepared":
            self._prepared = data["of"]

    def _exchange(self, request: Wire, *, last: str) -> Iterator[Wire]:
        """Send ``request`` and yield its events up to ``last``; raise what the worker reports."""
        if not self._busy.acquire(timeout=GRACE_S):
            raise EngineFailure("the engine is still busy with another request")
        worker = self._worker
        number = next(self._numbers)
        ended = False
        try:
            if worker is None:
                raise EngineFailure("the engine is not running", hint="Start it again.")
            self._running, self._operation = number, request["op"]
            worker.send({**request, "id": number})
            while not ended:
                data = worker.receive(number)
                ended = data["event"] in {last, "error"}
                if data["event"] == "error":
                    raise error_from_wire(data)
                yield data
        finally:
            if not ended and worker is not None and worker.alive:
                self._abandon(worker, number)
            self._running, self._operation = 0, ""
            self._busy.release()

    def _abandon(self, worker: WorkerProcess, number: int) -> None:
        """The caller left a request early: end it, and the worker too where it cannot stop it."""
        if self._operation in {"load", "bench"}:
            worker.kill()
            return
        worker.post({"op": "abort", "id": number})
        try:
            while worker.receive(number)["event"] not in {"done", "counted", "measured", "error"}:
                pass
        except EngineFailure:
            return

    def _single(self, request: Wire, *, last: str) -> Wire:
        *_, data = self._exchange(request, last=last)
        return data
