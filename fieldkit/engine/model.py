"""A model loaded by llama.cpp: weights and vocabulary, text to tokens and back."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fieldkit.core.gguf_types import Header
from fieldkit.core.prompt import Segment
from fieldkit.core.settings import Settings
from fieldkit.core.templates import Template
from fieldkit.core.text import clean_line
from fieldkit.engine import backend
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.header import read_header
from fieldkit.engine.vocabulary import Vocabulary
from fieldkit.errors import InvalidInput

# llama_load_mode in llama.h.
_LOAD_MODE_NONE = 0
_LOAD_MODE_MMAP = 1
_SAMPLE = 256  # bytes of each tensor that tell two models of one shape apart


class Model:
    """A GGUF file in memory. Close it explicitly, or use it as a context manager.

    Raises InvalidInput when the file is no GGUF that this engine reads; the header is checked in
    Python before llama.cpp sees the file (``header``, if the caller has read it already).
    """

    def __init__(
        self,
        path: Path,
        *,
        header: Header | None = None,
        settings: Settings | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        settings = settings or default_settings()
        self.path = path
        self.header = header or read_header(path)
        self.lib = backend.load()
        began = time.perf_counter()
        params = self.lib.llama_model_default_params()
        params.load_mode = _LOAD_MODE_MMAP if settings.mapped else _LOAD_MODE_NONE
        params.use_extra_bufts = settings.repack

        def report(fraction: float, _user: object) -> bool:
            if progress is not None:
                progress(fraction)
            return True

        params.progress_callback = self.lib.llama_progress_callback(report)
        backend.complaints.clear()
        self.handle = self.lib.llama_model_load_from_file(os.fsencode(path), params)
        if not self.handle:
            raise self._refusal()
        self.load_s = time.perf_counter() - began
        self.vocab = self.lib.llama_model_get_vocab(self.handle)
        self.add_bos = bool(self.lib.llama_vocab_get_add_bos(self.vocab))
        self._text = Vocabulary(self.lib, self.vocab, path)

    def _refusal(self) -> InvalidInput:
        """Why llama.cpp did not take the model; known before it reads a tensor."""
        if any("unknown model architecture" in line for line in backend.complaints):
            return InvalidInput(
                f"{self.path}: the engine does not know the architecture "
                f"{clean_line(self.header.architecture)[:40]!r}",
                hint="Choose a model of a family in build/candidates, "
                "or build with an engine that knows it.",
            )
        return InvalidInput(
            f"{self.path}: the engine cannot load this model",
            hint="Its header is sound but its contents are not those of its architecture; "
            "FIELDKIT_ENGINE_LOG=info shows why the engine stopped.",
        )

    @property
    def context(self) -> int:
        """The context length the model was trained for, in tokens."""
        return int(self.lib.llama_model_n_ctx_train(self.handle))

    @property
    def stretched(self) -> bool:
        """Whether the rotation of positions depends on the context's length (Phi-3's long models).

        What such a model read in a short context does not hold in a longer one.
        """
        return any(tensor.name.startswith("rope_factors_") for tensor in self.header.tensors)

    @property
    def parameters(self) -> int:
        """How many parameters the model has."""
        return int(self.lib.llama_model_n_params(self.handle))

    @property
    def size(self) -> int:
        """The size of all tensors in bytes."""
        return int(self.lib.llama_model_size(self.handle))

    @property
    def vocabulary(self) -> int:
        """How many tokens the vocabulary has."""
        return int(self.lib.llama_vocab_n_tokens(self.vocab))

    @functools.cached_property
    def fingerprint(self) -> str:
        """What tells this model from every other: its header and samples of its weights, in hex.

        A model that was trained further has the same header, so some blocks of every large tensor
        count too. Reading them takes milliseconds where hashing the file would take seconds.
        """
        digest = hashlib.sha256(
            repr((self.header.metadata.items(), self.header.file_size)).encode()
        )
        with self.path.open("rb") as file:
            for tensor in self.header.tensors:
                file.seek(tensor.offset + tensor.size // 2)
                digest.update(repr(tensor).encode())
                digest.update(file.read(min(_SAMPLE, tensor.size - tensor.size // 2)))
        return digest.hexdigest()

    def tokenize(self, segments: Sequence[Segment], family: Template | None = None) -> list[int]:
        """As ``Vocabulary.tokenize``."""
        return self._text.tokenize(segments, family)

    def piece(self, token: int) -> bytes:
        """As ``Vocabulary.piece``."""
        return self._text.piece(token)

    def ends(self, token: int) -> bool:
        """As ``Vocabulary.ends``."""
        return self._text.ends(token)

    def close(self) -> None:
        """Free the weights; safe to call twice."""
        if self.handle:
            self.lib.llama_model_free(self.handle)
            self.handle = None

    def __enter__(self) -> Self:
        """Return the model itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the model."""
        self.close()


def libc_strlen() -> Any:
    """The address of the C library's ``strlen``, for the abort callback."""
    libc = ctypes.cdll.msvcrt if os.name == "nt" else ctypes.CDLL(None)
    return libc.strlen
