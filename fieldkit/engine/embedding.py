"""An embedder in memory: a text becomes a vector of length one.

The text is cut by the model's own vocabulary, between its [CLS] and [SEP]; names of special tokens
in it are text. Pooling is what the model's header says.
"""

from __future__ import annotations

import array
import ctypes
import math
from pathlib import Path

from fieldkit.core.embedder import check_embedder, token_limit
from fieldkit.core.settings import Settings
from fieldkit.engine.defaults import default_threads
from fieldkit.engine.header import read_header
from fieldkit.engine.model import Model
from fieldkit.errors import EngineFailure, InvalidInput, Unfit

Vector = array.array  # of C floats


class Embedding:
    """The embedder in the GGUF ``path``, run on ``threads`` threads (0: all cores).

    Raises InvalidInput when the file is no embedder that this engine reads, and Unfit without
    memory for it.
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        header = read_header(path)
        check_embedder(header)
        threads = threads or default_threads()
        settings = Settings(decode_threads=threads, prefill_threads=threads)
        self._limit = token_limit(header)
        self._model = Model(path, header=header, settings=settings)
        self._lib = self._model.lib
        self.dimensions = header.shape.embedding
        params = self._lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._limit
        params.n_seq_max = 1
        params.n_threads = params.n_threads_batch = threads
        params.embeddings = True
        params.no_perf = True
        self._handle = self._lib.llama_init_from_model(self._model.handle, params)
        if not self._handle:
            self._model.close()
            raise Unfit(
                f"{path}: the engine could not set up the embedder",
                hint="Close other programs and try again.",
            )
        self._batch = self._lib.llama_batch_init(self._limit, 0, 1)

    def tokens(self, text: str) -> list[int]:
        """The tokens of ``text`` between [CLS] and [SEP], at most as many as the model reads."""
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        buffer = (ctypes.c_int32 * size)()
        count = self._lib.llama_tokenize(
            self._model.vocab, data, len(data), buffer, size, True, False
        )
        if count < 0:
            raise EngineFailure(f"the engine could not tokenize {len(data)} bytes of text")
        found = list(buffer[:count])
        if len(found) > self._limit:
            found = [*found[: self._limit - 1], found[-1]]
        return found

    def embed(self, text: str) -> Vector[float]:
        """The vector of ``text``, ``dimensions`` floats of length one together.

        Raises EngineFailure when the engine cannot make one, and InvalidInput when what the model
        makes is no vector.
        """
        tokens = self.tokens(text)
        batch = self._batch
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = place
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = 0
            batch.logits[place] = 1
        status = self._lib.llama_encode(self._handle, batch)
        pooled = self._lib.llama_get_embeddings_seq(self._handle, 0) if status == 0 else None
        if not pooled:
            raise EngineFailure(
                f"the engine failed to embed {len(tokens)} tokens (llama_encode returned {status})",
                hint="Build the release again without the embedder, or with another one.",
            )
        found = array.array("f", pooled[: self.dimensions])
        length = math.sqrt(sum(value * value for value in found))
        if not (math.isfinite(length) and length > 0):
            raise InvalidInput(
                f"{self._model.path}: the embedder makes no vector of {len(tokens)} tokens",
                hint="Its weights are damaged; fetch the file again.",
            )
        return array.array("f", (value / length for value in found))

    def close(self) -> None:
        """Free the context and the weights; safe to call twice."""
        if self._handle:
            self._lib.llama_batch_free(self._batch)
            self._lib.llama_free(self._handle)
            self._handle = None
        self._model.close()
