"""The engine's child process: reads requests from stdin, answers on stdout, one JSON object a line.

A second thread reads stdin, so that an abort arrives while a generation runs; what needs only the
vocabulary it does itself, so that counting tokens never waits for what is read ahead. llama.cpp may
write to stdout; the protocol therefore keeps a private copy of it and points descriptor 1 at
stderr. The end of stdin ends the worker: it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from fieldkit.core.generation import Done, Token
from fieldkit.core.sampling import Sampling
from fieldkit.core.settings import Settings
from fieldkit.engine import bench
from fieldkit.engine.decoder import Aborted
from fieldkit.engine.embedding import Embedding
from fieldkit.engine.loaded import Loaded, system_request
from fieldkit.engine.protocol import (
    Wire,
    decode,
    encode,
    error_to_wire,
    event_to_wire,
    info_to_wire,
    token_encoder,
    vector_to_wire,
)
from fieldkit.engine.schedule import Job, Schedule
from fieldkit.errors import EngineFailure, FieldkitError

# Tokens read ahead at a time: what a real request waits for at most, and only if it needs them too.
AHEAD = 64
# Texts that make a small and a large batch, which the layouts of weights have different code for.
_TRIAL = ("pump", "pump " * 64)


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
        self._writing = threading.Lock()
        self._schedule = Schedule()
        self._loaded: Loaded | None = None
        self._embedding: Embedding | None = None
        self._operations: dict[str, Callable[[Job], None]] = {
            "load": self._load,
            "generate": self._generate,
            "prepare": self._read_ahead,
            "count": self._count,
            "bench": self._bench,
            "trial": self._trial,
            "apply": self._apply,
            "load_embedder": self._load_embedder,
            "embed": self._embed,
        }

    def read(self, stdin: BinaryIO) -> None:
        """Read requests until ``quit`` or the end of ``stdin``; runs in its own thread.

        What came before ``quit`` is still answered. Nobody waits for an answer any more at the end
        of ``stdin``, and not everything llama.cpp does can be stopped: a request that is being
        answered then ends with the process.
        """
        wanted = False
        try:
            for line in stdin:
                request = decode(line)
                if wanted := request["op"] == "quit":
                    break
                self._take(request)
        finally:
            if self._schedule.end() and not wanted:
                os._exit(0)

    def _take(self, request: Wire) -> None:
        match request["op"]:
            case "abort":
                self._schedule.abort(request["id"])
            case "prepare":
                if (tokens := self._known_tokens(request)) is not None:
                    self._schedule.add_ahead(Job(request, tokens))
            case "count" if self._loaded is not None:
                self._answer(Job(request))
            case "generate":
                self._schedule.add(Job(request, self._known_tokens(request)))
            case _:
                self._schedule.add(Job(request))

    def _known_tokens(self, request: Wire) -> list[int] | None:
        """The prompt of ``request`` if the vocabulary is there to tell."""
        if self._loaded is None:
            return None
        try:
            return self._loaded.tokens(request)
        except Exception:  # noqa: BLE001 - answering the request meets it again and reports it
            return None

    def serve(self) -> None:
        """Answer requests until ``quit`` or the end of input, then free the model."""
        try:
            while (job := self._schedule.next()) is not None:
                self._answer(job)
        except BrokenPipeError:
            os._exit(0)  # nobody listens; the other thread may still use the model
        if self._loaded is not None:
            self._loaded.close()
        if self._embedding is not None:
            self._embedding.close()

    def _answer(self, job: Job) -> None:
        try:
            name = job.request["op"]
            if name not in self._operations:
                raise EngineFailure(f"unknown operation {name!r}")
            self._operations[name](job)
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - the worker reports every failure and goes on
            self._send(job.number, error_to_wire(error))

    def _send(self, number: int, data: Wire) -> None:
        self._write(encode({"id": number, **data}))

    def _write(self, line: bytes) -> None:
        with self._writing:
            self._out.write(line)

    def _model(self) -> Loaded:
        if self._loaded is None:
            raise EngineFailure("no model is loaded")
        return self._loaded

    def _check_empty(self) -> None:
        if self._loaded is not None or self._embedding is not None:
            raise EngineFailure("a model is loaded already")

    def _load(self, job: Job) -> None:
        shown = -1

        def progress(fraction: float) -> None:
            nonlocal shown
            if (percent := int(fraction * 100)) > shown:
                shown = percent
                self._send(job.number, {"event": "loading", "fraction": percent / 100})

        self._check_empty()
        loaded = Loaded(job.request, progress)
        self._schedule.attach(loaded.session)
        self._loaded = loaded  # from now on the reader uses the vocabulary
        self._schedule.answered()
        self._send(job.number, {"event": "loaded", "info": info_to_wire(loaded.info)})
        if prompt := job.request.get("system_prompt"):
            loaded.restore(system_request(prompt))

    def _generate(self, job: Job) -> None:
        loaded, request = self._model(), job.request
        tokens = job.tokens if job.tokens is not None else loaded.tokens(request)
        loaded.restore(request)
        encode_token = token_encoder(job.number)
        for event in loaded.session.generate(
            tokens,
            max_tokens=request["max_tokens"],
            sampling=Sampling(**request["sampling"]),
            stop=request.get("stop", ()),
            grammar=request.get("grammar", ""),
        ):
            if isinstance(event, Token):
                self._write(encode_token(event.text))
                continue
            if isinstance(event, Done):
                self._schedule.answered()
            self._send(job.number, event_to_wire(event))
        loaded.keep(request)

    def _read_ahead(self, job: Job) -> None:
        loaded = self._model()
        loaded.restore(job.request)
        session = loaded.session
        limit = session.context - 1  # a prompt needs room for an answer
        size = min(AHEAD, session.settings.ubatch, limit)
        try:
            while step := self._schedule.take(job, session.tokens, limit=limit, size=size):
                keep, chunk = step
                if session.truncate(keep) == keep:
                    session.decode(chunk, outputs=0)
        except (Aborted, EngineFailure):
            return  # a request that needs what failed here fails itself and says so
        if job.finished:
            self._send(0, {"event": "prepared", "of": job.number})

    def _count(self, job: Job) -> None:
        tokens = self._model().tokens(job.request)
        self._send(job.number, {"event": "counted", "tokens": len(tokens)})

    def _bench(self, job: Job) -> None:
        def progress(done: int, total: int) -> None:
            self._send(job.number, {"event": "progress", "done": done, "total": total})

        figures = bench.answer(self._model().session, job.request["options"], progress)
        self._send(job.number, {"event": "measured", "figures": figures})

    def _trial(self, job: Job) -> None:
        loaded = self._model()
        loaded.apply(Settings.from_dict(job.request["settings"]))
        self._schedule.attach(loaded.session)
        self._send(job.number, {"event": "measured", "figures": loaded.trial(job.request)})

    def _apply(self, job: Job) -> None:
        """Change thread counts; what needs another context or load stays as it is."""
        settings = self._model().apply_threads(Settings.from_dict(job.request["settings"]))
        self._send(job.number, {"event": "applied", "settings": settings.to_dict()})

    def _load_embedder(self, job: Job) -> None:
        self._check_empty()
        request = job.request
        path, threads = Path(request["model"]), request["threads"]
        self._embedding = Embedding(path, threads=threads, repack=request["repack"])
        if request["repack"]:  # what this processor cannot run ends the process now, not later
            with contextlib.suppress(FieldkitError):
                self._embedding.embed(_TRIAL)
        self._send(job.number, {"event": "loaded", "dimensions": self._embedding.dimensions})

    def _embed(self, job: Job) -> None:
        if self._embedding is None:
            raise EngineFailure("no embedder is loaded")
        vectors = [vector_to_wire(made) for made in self._embedding.embed(job.request["texts"])]
        self._send(job.number, {"event": "embedded", "vectors": vectors})
