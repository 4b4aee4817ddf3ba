"""The engine's child process: reads requests from stdin, answers on stdout, one JSON object a line.

A second thread reads stdin, so that an abort arrives while a generation runs. llama.cpp may write
to stdout; the protocol therefore keeps a private copy of it and points descriptor 1 at stderr. The
end of stdin ends the worker: it never outlives its parent.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from fieldkit.core.generation import EngineInfo
from fieldkit.core.prompt import render
from fieldkit.core.settings import Settings
from fieldkit.engine import backend, bench, trial
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.model import Model
from fieldkit.engine.protocol import (
    Wire,
    decode,
    encode,
    error_to_wire,
    event_to_wire,
    messages_from_wire,
)
from fieldkit.engine.session import Sampling, Session
from fieldkit.errors import EngineFailure


def main() -> int:
    """Run the worker on this process's stdin and stdout until stdin ends or ``quit`` comes."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    worker = Worker(out)
    reader = threading.Thread(target=worker.read, args=(sys.stdin.buffer,), daemon=True)
    reader.start()
    worker.serve()
    return 0


class Worker:
    """Holds the model and answers operations in the order they came, aborts at once."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._requests: queue.SimpleQueue[Wire | None] = queue.SimpleQueue()
        self._model: Model | None = None
        self._session: Session | None = None
        self._template = ""
        self._cancelled: set[int] = set()
        self._current = 0  # the request being answered, 0 between requests

    def read(self, stdin: BinaryIO) -> None:
        """Read requests until the end of ``stdin``; runs in its own thread.

        Nobody waits for an answer any more at the end of ``stdin``, and not everything llama.cpp
        does can be stopped: a request that is being answered then ends with the process.
        """
        try:
            for line in stdin:
                self._take(decode(line))
        finally:
            if self._current or not self._requests.empty():
                os._exit(0)
            self._requests.put(None)

    def _take(self, request: Wire) -> None:
        if request["op"] == "abort":
            self._cancelled.add(request["id"])
            if self._session is not None and request["id"] == self._current:
                self._session.abort()
        else:
            self._requests.put(request)

    def serve(self) -> None:
        """Answer requests until ``quit`` or the end of input, then free the model."""
        try:
            while (request := self._requests.get()) is not None and request["op"] != "quit":
                self._current = request["id"]
                self._answer(request)
                self._current = 0
        except BrokenPipeError:
            pass
        finally:
            if self._session is not None:
                self._session.close()
            if self._model is not None:
                self._model.close()

    def _answer(self, request: Wire) -> None:
        number = request["id"]
        try:
            match request["op"]:
                case "load":
                    self._load(number, request)
                case "generate":
                    self._generate(number, request)
                case "count":
                    tokens = self._tokens(request)
                    self._send(number, {"event": "counted", "tokens": len(tokens)})
                case "bench":
                    self._bench(number, request)
                case "trial":
                    self._trial(number, request)
                case other:
                    raise EngineFailure(f"unknown operation {other!r}")
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - the worker reports every failure and goes on
            self._send(number, error_to_wire(error))

    def _bench(self, number: int, request: Wire) -> None:
        def progress(done: int, total: int) -> None:
            self._send(number, {"event": "progress", "done": done, "total": total})

        figures = bench.answer(self._loaded(), request["options"], progress)
        self._send(number, {"event": "measured", "figures": figures})

    def _trial(self, number: int, request: Wire) -> None:
        settings = Settings.from_dict(request["settings"])
        self._session, figures = trial.run(self._loaded(), settings, **request["options"])
        self._send(number, {"event": "measured", "figures": figures})

    def _send(self, number: int, data: Wire) -> None:
        self._out.write(encode({"id": number, **data}))

    def _loaded(self) -> Session:
        if self._session is None:
            raise EngineFailure("no model is loaded")
        return self._session

    def _load(self, number: int, request: Wire) -> None:
        shown = -1

        def progress(fraction: float) -> None:
            nonlocal shown
            if (percent := int(fraction * 100)) > shown:
                shown = percent
                self._send(number, {"event": "loading", "fraction": percent / 100})

        self._template = request["template"]
        settings = default_settings()
        if request["settings"] is not None:
            settings = Settings.from_dict(request["settings"])
        self._model = Model(Path(request["model"]), settings=settings, progress=progress)
        context = request["context"] or self._model.context
        self._session = Session(self._model, context=context, settings=settings)
        info = EngineInfo(
            architecture=self._model.header.architecture,
            context=self._session.context,
            parameters=self._model.parameters,
            model_bytes=self._model.size,
            variant=backend.chosen_variant(),
            settings=settings,
            load_s=self._model.load_s,
        )
        self._send(number, {"event": "loaded", "info": asdict(info)})

    def _tokens(self, request: Wire) -> list[int]:
        messages = messages_from_wire(request["messages"])
        return self._loaded().model.tokenize(render(self._template, messages))

    def _generate(self, number: int, request: Wire) -> None:
        session = self._loaded()
        sampling = Sampling(**request["sampling"])
        tokens = self._tokens(request)
        session.arm()
        if number in self._cancelled:  # the abort came before its generation began
            session.abort()
        events = session.generate(
            tokens,
            max_tokens=request["max_tokens"],
            sampling=sampling,
            stop=request.get("stop", ()),
        )
        for event in events:
            self._send(number, event_to_wire(event))
        self._cancelled.discard(number)
