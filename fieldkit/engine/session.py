"""One conversation with a loaded model: the KV cache, prefill, decode, sampling and abort."""

from __future__ import annotations

import codecs
import ctypes
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fieldkit.core.generation import Done, Event, Prefill, Stats, Token
from fieldkit.core.settings import Settings
from fieldkit.core.text import clean
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.model import Model, libc_strlen
from fieldkit.errors import EngineFailure, InvalidInput, Unfit

# Prompt tokens decoded at a time: small enough for a progress report every second or two on a slow
# laptop, large enough that the matrix products stay efficient.
_CHUNK = 128
_BATCH = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is drawn; ``temperature`` 0 takes the most likely one."""

    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0


class _Aborted(Exception):
    """The abort callback stopped a decode."""


class Session:
    """A context of ``context`` tokens for ``model``; answers one request at a time.

    ``abort`` may be called from another thread: it sets a byte that llama.cpp reads between graph
    nodes through a C function, so it needs no interpreter lock.
    """

    def __init__(self, model: Model, *, context: int, settings: Settings | None = None) -> None:
        if context > model.context:
            raise InvalidInput(
                f"a context of {context} tokens is more than the {model.context} "
                f"that {model.path.name} was trained for",
                hint="Lower model.context in the profile.",
            )
        self.model = model
        self.lib = model.lib
        self.context = context
        self.settings = settings = settings or default_settings()
        self.tokens: list[int] = []
        self._flag = ctypes.create_string_buffer(2)
        params = self.lib.llama_context_default_params()
        params.n_ctx = context
        params.n_batch = min(_BATCH, context)
        params.n_ubatch = min(settings.ubatch, params.n_batch)
        params.n_threads = settings.decode_threads
        params.n_threads_batch = settings.prefill_threads
        params.flash_attn_type = int(settings.flash_attention)
        params.no_perf = True
        self._abort = ctypes.cast(libc_strlen(), self.lib.ggml_abort_callback)
        params.abort_callback = self._abort
        params.abort_callback_data = ctypes.cast(self._flag, ctypes.c_void_p)
        self.handle = self.lib.llama_init_from_model(model.handle, params)
        if not self.handle:
            raise Unfit(
                f"the engine could not set up a context of {context} tokens",
                hint="Close other programs, or lower model.context in the profile.",
            )
        self.memory = self.lib.llama_get_memory(self.handle)
        self._batch = self.lib.llama_batch_init(params.n_batch, 0, 1)

    def arm(self) -> None:
        """Forget earlier aborts; call this before a generation."""
        self._flag[0] = b"\x00"

    def abort(self) -> None:
        """Stop the running generation between two graph nodes; any thread may call this."""
        self._flag[0] = b"\x01"

    def generate(
        self, prompt: Sequence[int], *, max_tokens: int, sampling: Sampling
    ) -> Iterator[Event]:
        """Read ``prompt`` and answer with at most ``max_tokens`` tokens.

        What the KV cache already holds of the prompt is not read again. Raises InvalidInput when
        the prompt leaves no room in the context.
        """
        began = time.perf_counter()
        room = self.context - len(prompt)
        if room < 1 or not prompt:
            raise InvalidInput(
                f"the prompt has {len(prompt)} tokens and the context {self.context}",
                hint="Ask with fewer passages, or start a new conversation.",
            )
        reused = self._reuse(prompt)
        text = _Detokenizer(self.model)
        produced: list[float] = []
        finish = "length"
        sampler = self._sampler(sampling)
        read = began
        try:
            for done in self._prefill(prompt, reused):
                yield Prefill(done, len(prompt))
            read = time.perf_counter()
            for _ in range(min(max_tokens, room)):
                token = int(self.lib.llama_sampler_sample(sampler, self.handle, -1))
                produced.append(time.perf_counter())
                if self.model.ends(token):
                    finish = "stop"
                    break
                if piece := text.feed(token):
                    yield Token(piece)
                self._decode([token], last=True)
        except _Aborted:
            finish = "aborted"
        finally:
            self.lib.llama_sampler_free(sampler)
        if rest := text.flush():
            yield Token(rest)
        yield Done(
            finish=finish,
            stats=self._stats(len(prompt), reused, began, read, produced),
        )

    def _stats(
        self, prompt: int, reused: int, began: float, read: float, produced: list[float]
    ) -> Stats:
        first = produced[0] if produced else time.perf_counter()
        decoding = produced[-1] - produced[0] if len(produced) > 1 else 0.0
        return Stats(
            ttft_s=first - began,
            prefill_tokens=prompt - reused,
            reused_tokens=reused,
            prefill_tps=(prompt - reused) / (read - began) if read > began else 0.0,
            decode_tps=(len(produced) - 1) / decoding if decoding else 0.0,
            completion_tokens=len(produced),
            context_used=len(self.tokens),
        )

    def _reuse(self, prompt: Sequence[int]) -> int:
        """Drop from the KV cache what is not a prefix of ``prompt``; the length of what stays.

        At least the prompt's last token is decoded again, since its logits are needed.
        """
        keep = 0
        for held, wanted in zip(self.tokens, prompt[:-1], strict=False):
            if held != wanted:
                break
            keep += 1
        if keep < len(self.tokens) and not self.lib.llama_memory_seq_rm(self.memory, 0, keep, -1):
            self.lib.llama_memory_clear(self.memory, False)
            keep = 0
        del self.tokens[keep:]
        return keep

    def _prefill(self, prompt: Sequence[int], start: int) -> Iterator[int]:
        for begin in range(start, len(prompt), _CHUNK):
            chunk = prompt[begin : begin + _CHUNK]
            self._decode(chunk, last=begin + len(chunk) == len(prompt))
            yield begin + len(chunk)

    def _decode(self, tokens: Sequence[int], *, last: bool) -> None:
        """Decode ``tokens`` after what the cache holds; logits for the final one if ``last``."""
        batch = self._batch
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = len(self.tokens) + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = 0
            batch.logits[index] = last and index == len(tokens) - 1
        status = self.lib.llama_decode(self.handle, batch)
        if status == 0 and self._flag[0] == b"\x00":
            self.tokens.extend(tokens)
            return
        self._resync(tokens)
        if self._flag[0] != b"\x00":
            raise _Aborted
        raise EngineFailure(
            f"the engine failed to decode {len(tokens)} tokens (llama_decode returned {status})",
            hint="Start a new conversation; if it happens again, send the log.",
        )

    def _resync(self, attempted: Sequence[int]) -> None:
        """Make ``tokens`` say what the cache holds after an incomplete decode."""
        held = int(self.lib.llama_memory_seq_pos_max(self.memory, 0)) + 1
        self.tokens.extend(attempted)
        del self.tokens[held:]

    def _sampler(self, sampling: Sampling) -> Any:
        chain = self.lib.llama_sampler_chain_init(self.lib.llama_sampler_chain_default_params())
        if sampling.temperature <= 0:
            stages = [self.lib.llama_sampler_init_greedy()]
        else:
            stages = [
                self.lib.llama_sampler_init_top_p(sampling.top_p, 1),
                self.lib.llama_sampler_init_temp(sampling.temperature),
                self.lib.llama_sampler_init_dist(sampling.seed),
            ]
        for stage in stages:
            self.lib.llama_sampler_chain_add(chain, stage)
        return chain

    def read(self, tokens: Sequence[int]) -> None:
        """Decode ``tokens`` after what the cache holds, in chunks; their last logits are ready."""
        for begin in range(0, len(tokens), _CHUNK):
            chunk = tokens[begin : begin + _CHUNK]
            self._decode(chunk, last=begin + len(chunk) == len(tokens))
        self.lib.llama_synchronize(self.handle)

    def forget(self) -> None:
        """Empty the KV cache."""
        self.lib.llama_memory_clear(self.memory, True)
        self.tokens.clear()

    def close(self) -> None:
        """Free the context; safe to call twice."""
        if self.handle:
            self.lib.llama_batch_free(self._batch)
            self.lib.llama_free(self.handle)
            self.handle = None


class _Detokenizer:
    """Turns tokens into sanitized text, never cutting a character in two."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = False

    def feed(self, token: int) -> str:
        return self._emit(self._decoder.decode(self._model.piece(token)))

    def flush(self) -> str:
        return self._emit(self._decoder.decode(b"", final=True))

    def _emit(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return clean(text)
