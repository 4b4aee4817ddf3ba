"""One conversation with a loaded model: the KV cache, prefill, decode, sampling and abort."""

from __future__ import annotations

import codecs
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fieldkit.core.generation import Done, Event, Prefill, Stats, Token
from fieldkit.core.text import clean
from fieldkit.engine.decoder import Aborted, Decoder
from fieldkit.engine.model import Model
from fieldkit.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is drawn; ``temperature`` 0 takes the most likely one."""

    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0


class Session(Decoder):
    """A context of ``context`` tokens for ``model``; answers one request at a time."""

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
        reused = self.reuse(prompt)
        text = _Detokenizer(self.model)
        produced: list[float] = []
        finish = "length"
        sampler = self._sampler(sampling)
        read = began
        try:
            for done in self.prefill(prompt, reused):
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
                self.decode_one(token)
        except Aborted:
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
