"""Measures settings of the engine on a piece of a model, in worker processes of its own.

The piece is a slice: the model's true shape with few layers. What the whole model would take
follows from the bytes that each kind of work reads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.gguf_types import Shape
from fieldkit.core.quantization import tensor_bytes, tensor_types
from fieldkit.core.settings import Settings
from fieldkit.core.trial import ANSWER_TOKENS, PROMPT_TOKENS, Run
from fieldkit.engine.client import EngineClient
from fieldkit.engine.slice import write_slice
from fieldkit.errors import FieldkitError, InvalidInput

MIB = 1 << 20
FAILED = Run(1e6, 1e6)  # settings that the engine cannot run with: nothing is slower
_LEAST_LAYERS = 2
_LAYER_BYTES = 96 * MIB  # far more than any cache holds, so that decoding waits for memory
_WHOLE_FILE = 1024 * MIB  # a model of an unknown family is run itself up to this size
_WORKERS = 2  # one for each side of a comparison
# Tokens of a run: enough for every size of batch that is tried, and for decoding at some depth.
_PROMPT, _DECODE = 512, 24
_LEAST_PROMPT = 128


class Stopped(Exception):
    """``stop`` was called."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file to run instead of the whole model, which takes so many times longer."""

    path: Path
    prefill_factor: float = 1.0
    decode_factor: float = 1.0


def make_piece(folder: Path, shape: Shape, quantization: str, *, model: Path | None) -> Piece:
    """Write a slice of ``shape`` into ``folder``; where that is not possible, a small model itself.

    Raises InvalidInput when it is neither a family whose tensors are known nor a small ``model``,
    and DiskFull.
    """
    try:
        sizes = _layer_bytes(shape, quantization)
    except InvalidInput:
        if model is None or model.stat().st_size > _WHOLE_FILE:
            raise
        return Piece(model)
    mean = sum(sizes) / len(sizes)
    count = min(len(sizes), max(_LEAST_LAYERS, -int(-_LAYER_BYTES // mean)))
    layers = [index * len(sizes) // count for index in range(count)]
    path = folder / "tune.gguf"
    write_slice(path, shape, quantization, layers=layers)
    whole, part = sum(sizes), sum(sizes[layer] for layer in layers)
    output = _output_bytes(shape, quantization)
    return Piece(path, whole / part, (whole + output) / (part + output))


def _layer_bytes(shape: Shape, quantization: str) -> list[int]:
    """Bytes of each layer."""
    sizes = [0] * shape.layers
    for name, dimensions, kind in tensor_types(shape, quantization):
        if name.startswith("blk."):
            sizes[int(name.split(".")[1])] += tensor_bytes(dimensions, kind)
    return sizes


def _output_bytes(shape: Shape, quantization: str) -> int:
    """Bytes of the matrix that gives the logits, which every decoded token reads."""
    wanted = "token_embd.weight" if shape.tied else "output.weight"
    found = (entry for entry in tensor_types(shape, quantization) if entry[0] == wanted)
    return sum(tensor_bytes(dimensions, kind) for _, dimensions, kind in found)


class Workbench:
    """Runs ``piece`` under settings and tells what the whole model would take.

    On a slow machine fewer tokens are run, so that a run takes about ``run_s`` seconds. Not
    thread-safe, except for ``stop``. Close it at the end.
    """

    def __init__(
        self,
        piece: Piece,
        *,
        defaults: Settings,
        context: int,
        run_s: float = 1.5,
        client: Callable[..., EngineClient] = EngineClient,
    ) -> None:
        self._piece = piece
        self._defaults = defaults
        self._new = client
        self._run_s = run_s
        self._prompt = min(_PROMPT, max(1, context // 2))
        self._decode = min(_DECODE, max(1, context // 4))
        self._context = min(context, 2 * _PROMPT)
        self._clients: dict[tuple[bool, bool], EngineClient] = {}
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, settings: Settings) -> Run:
        """Measure one run under ``settings``; raises Stopped after ``stop``.

        FAILED is returned for settings that the engine refuses; when it refuses the defaults,
        its error is raised.
        """
        try:
            return self._run(settings)
        except FieldkitError:
            if self._stopping.is_set():
                raise Stopped from None
            self._drop(settings)
            if settings == self._defaults:
                raise
            return FAILED

    def _run(self, settings: Settings) -> Run:
        client = self._client(settings)
        self._check()
        figures = client.trial(settings, prompt=self._prompt, decode=self._decode)
        prefill = figures["prefill_s"] * PROMPT_TOKENS / self._prompt
        decode = figures["decode_s"] * ANSWER_TOKENS / self._decode
        return Run(prefill * self._piece.prefill_factor, decode * self._piece.decode_factor)

    def _client(self, settings: Settings) -> EngineClient:
        """The worker whose weights are loaded as ``settings`` say, warmed up."""
        key = (settings.repack, settings.mapped)
        if key in self._clients:
            self._clients[key] = self._clients.pop(key)  # the one used last comes last
            return self._clients[key]
        while len(self._clients) >= _WORKERS:
            self._clients.pop(next(iter(self._clients))).close()
        client = self._new(
            self._piece.path, template="phi3", context=self._context, settings=settings
        )
        with self._lock:
            self._check()
            self._clients[key] = client
        for _ in client.start():
            self._check()
        figures = client.trial(settings, prompt=self._prompt, decode=1)
        if len(self._clients) == 1:
            self._shorten(figures["prefill_s"] + self._decode * figures["decode_s"])
        return client

    def _shorten(self, seconds: float) -> None:
        """Run fewer tokens from now on when a run takes that many ``seconds``."""
        while seconds > self._run_s and self._prompt >= 2 * _LEAST_PROMPT:
            self._prompt, self._decode = self._prompt // 2, self._decode // 2
            seconds /= 2

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _drop(self, settings: Settings) -> None:
        if client := self._clients.pop((settings.repack, settings.mapped), None):
            client.close()

    def stop(self) -> None:
        """End the workers at once and for good; from any thread, again until it has worked."""
        self._stopping.set()
        with self._lock:
            clients = list(self._clients.values())
        for client in clients:
            client.kill()

    def close(self) -> None:
        """End the workers."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
