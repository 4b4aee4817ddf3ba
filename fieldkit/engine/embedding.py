"""An embedder in memory: a text becomes a vector of length one.

The text is cut by the model's own vocabulary, between its [CLS] and [SEP]; names of special tokens
in it are text. Pooling is what the model's header says. Several short texts are read in one batch,
each a sequence of its own, which attends to itself alone.
"""

from __future__ import annotations

import array
import ctypes
import math
from collections.abc import Sequence
from pathlib import Path

from fieldkit.core.embedder import check_embedder, token_limit
from fieldkit.core.settings import Settings
from fieldkit.engine.defaults import default_threads
from fieldkit.engine.header import read_header
from fieldkit.engine.model import Model
from fieldkit.errors import EngineFailure, InvalidInput, Unfit

Vector = array.array  # of C floats
_MOST_TEXTS = 16  # of one batch


class Embedding:
    """The embedder in the GGUF ``path``, run on ``threads`` threads (0: all cores).

    ``repack`` lets the CPU variant keep the weights in a layout of its own. Raises InvalidInput
    when the file is no embedder that this engine reads, and Unfit without memory for it.
    """

    def __init__(self, path: Path, *, threads: int = 0, repack: bool = False) -> None:
        header = read_header(path)
        check_embedder(header)
        threads = threads or default_threads()
        settings = Settings(decode_threads=threads, prefill_threads=threads, repack=repack)
        self._limit = token_limit(header)
        self._model = Model(path, header=header, settings=settings)
        self._lib = self._model.lib
        self.dimensions = header.shape.embedding
        params = self._lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._limit
        params.n_seq_max = _MOST_TEXTS
        params.kv_unified = True
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
        """The tokens of ``text`` between [CLS] and [SEP], at most as many as the model reads.

        White space of any kind and length is one space: to a vocabulary of unigrams the end of a
        line would else be a sign that it does not know.
        """
        data = " ".join(text.split()).encode("utf-8", "replace")
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

    def embed(self, texts: Sequence[str]) -> list[Vector[float]]:
        """The vectors of ``texts``, each ``dimensions`` floats of length one together.

        Raises EngineFailure when the engine cannot make one, and InvalidInput when what the model
        makes is no vector.
        """
        tokens = [self.tokens(text) for text in texts]
        vectors: dict[int, Vector[float]] = {}
        for lot in lots([len(each) for each in tokens], self._limit):
            made = self._encode([tokens[place] for place in lot])
            vectors.update(zip(lot, made, strict=True))
        return [vectors[place] for place in range(len(texts))]

    def _encode(self, lot: Sequence[Sequence[int]]) -> list[Vector[float]]:
        """The vectors of the texts of one batch."""
        batch = self._batch
        filled = 0
        for sequence, tokens in enumerate(lot):
            for place, token in enumerate(tokens):
                batch.token[filled] = token
                batch.pos[filled] = place
                batch.n_seq_id[filled] = 1
                batch.seq_id[filled][0] = sequence
                batch.logits[filled] = 1
                filled += 1
        batch.n_tokens = filled
        status = self._lib.llama_encode(self._handle, batch)
        if status != 0:
            raise self._failed(filled, status)
        return [self._pooled(sequence, len(tokens)) for sequence, tokens in enumerate(lot)]

    def _pooled(self, sequence: int, tokens: int) -> Vector[float]:
        pooled = self._lib.llama_get_embeddings_seq(self._handle, sequence)
        if not pooled:
            raise self._failed(tokens, 0)
        found = array.array("f", pooled[: self.dimensions])
        length = math.sqrt(sum(value * value for value in found))
        if not (math.isfinite(length) and length > 0):
            raise InvalidInput(
                f"{self._model.path}: the embedder makes no vector of {tokens} tokens",
                hint="Its weights are damaged; fetch the file again.",
            )
        return array.array("f", (value / length for value in found))

    def _failed(self, tokens: int, status: int) -> EngineFailure:
        return EngineFailure(
            f"the engine failed to embed {tokens} tokens (llama_encode returned {status})",
            hint="Build the release again without the embedder, or with another one.",
        )

    def close(self) -> None:
        """Free the context and the weights; safe to call twice."""
        if self._handle:
            self._lib.llama_batch_free(self._batch)
            self._lib.llama_free(self._handle)
            self._handle = None
        self._model.close()


def lots(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Which texts, of ``lengths`` in tokens, are embedded together: their places, shortest first.

    A batch has ``room`` tokens at most, since attention looks at all of a batch for each of them,
    and no length is above it.
    """
    found: list[list[int]] = []
    free = 0
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not found or lengths[place] > free or len(found[-1]) == _MOST_TEXTS:
            found.append([])
            free = room
        found[-1].append(place)
        free -= lengths[place]
    return found
