"""One conversation with a loaded model: reads prompts and writes answers, token by token."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.generation import Done, Event, Prefill, Stats, Token
from fieldkit.core.sampling import Sampling
from fieldkit.core.settings import Settings
from fieldkit.engine.decoder import MAX_OUTPUTS, Aborted, Decoder
from fieldkit.engine.detokenizer import Detokenizer
from fieldkit.engine.model import Model
from fieldkit.engine.sampler import Sampler
from fieldkit.engine.speculation import Economy, Speculator
from fieldkit.errors import InvalidInput

__all__ = ["Sampling", "Session"]


class Session(Decoder):
    """A context of ``context`` tokens for ``model``; answers one request at a time.

    With ``speculate``, what an answer quotes from its prompt is verified several tokens at a time
    where that has been measured to pay. The tokens are those of the model either way, up to the
    rounding of sums in a larger batch; so only greedy answers are speculated on, and what a seed
    draws can be drawn again.
    """

    def __init__(
        self,
        model: Model,
        *,
        context: int,
        settings: Settings | None = None,
        speculate: bool = True,
        scratch: Path | None = None,
    ) -> None:
        super().__init__(model, context=context, settings=settings, scratch=scratch)
        self._speculate = speculate
        self._economy = Economy()

    def generate(
        self,
        prompt: Sequence[int],
        *,
        max_tokens: int,
        sampling: Sampling,
        stop: Sequence[str] = (),
        grammar: str = "",
    ) -> Iterator[Event]:
        """Read ``prompt`` and answer with at most ``max_tokens`` tokens.

        What the KV cache already holds of the prompt is not read again. An answer ends as ``stop``
        where the model or one of the ``stop`` strings ends it (that string is not shown), and as
        ``length`` after ``max_tokens`` or where the context ends. With a ``grammar`` (GBNF, from
        ``root``) only what it allows is written. Raises InvalidInput when the prompt leaves no room
        in the context, and for a grammar that is none.
        """
        began = time.perf_counter()
        room = self.context - len(prompt)
        if room < 1 or not prompt:
            raise InvalidInput(
                f"the prompt has {len(prompt)} tokens and the context {self.context}",
                hint="Ask with fewer passages, or start a new conversation.",
            )
        self.reserve(len(prompt) + max_tokens)
        answer = _Answer(prompt=len(prompt), reused=self.reuse(prompt), began=began, read=began)
        text = Detokenizer(self.model.piece, stop)
        sampler = self._sampler(sampling, grammar)
        guessing = self._speculate and sampling.temperature <= 0 and not grammar
        speculator = Speculator(self._economy) if guessing else None
        try:
            for done in self.prefill(prompt, answer.reused):
                yield Prefill(done, len(prompt))
            answer.read = time.perf_counter()
            for drawn in self._steps(sampler, speculator, prompt, min(max_tokens, room)):
                if piece := self._take(drawn, answer, text):
                    yield Token(piece)
                if answer.finish:
                    break
        except Aborted:
            answer.finish = "aborted"
        finally:
            sampler.close()
        if rest := text.flush():
            yield Token(rest)
        stats = answer.stats(speculator, context_used=len(self.tokens))
        yield Done(finish=answer.finish or "length", stats=stats)

    def _sampler(self, sampling: Sampling, grammar: str) -> Sampler:
        return Sampler(self.lib, self.handle, sampling, grammar=grammar)

    def _take(self, drawn: Sequence[int], answer: _Answer, text: Detokenizer) -> str:
        """The text of the tokens drawn in one step, up to where the answer ends."""
        pieces = []
        for token in drawn:
            answer.wrote()
            if self.model.ends(token):
                answer.finish = "stop"
                break
            pieces.append(text.feed(token))
            if text.stopped:
                answer.finish = "stop"
                break
        return "".join(pieces)

    def _steps(
        self, sampler: Sampler, speculator: Speculator | None, prompt: Sequence[int], most: int
    ) -> Iterator[list[int]]:
        """Draw at most ``most`` tokens, yielding those of each step; the last is not decoded.

        Of a drafted token the model has its own opinion: it is drawn from the logits before it,
        like any other, and the draft ends where the two differ. Raises Aborted.
        """
        token = sampler.draw(-1)
        yield [token]
        if speculator is None:
            for _ in range(most - 1):
                self.decode_one(token)
                token = sampler.draw(-1)
                yield [token]
            return
        speculator.read([*prompt, token])
        left = most - 1
        while left > 0:
            began = time.perf_counter()
            draft = self._draft(speculator, left)
            drawn = self._verify(sampler, token, draft)
            speculator.verified(drawn, len(draft), time.perf_counter() - began)
            token = drawn[-1]
            left -= len(drawn)
            yield drawn

    def _draft(self, speculator: Speculator, left: int) -> list[int]:
        """Tokens to verify; with the one they bring for certain, at most ``left``."""
        if not self._speculate:
            return []
        draft = speculator.draft(min(left, MAX_OUTPUTS, self.settings.ubatch) - 1)
        for index, token in enumerate(draft):
            if self.model.ends(token):
                return draft[:index]
        return draft

    def _verify(self, sampler: Sampler, token: int, draft: Sequence[int]) -> list[int]:
        """Decode ``token`` and ``draft`` at once; the tokens drawn, the cache up to the last."""
        if not draft:
            self.decode_one(token)
            return [sampler.draw(-1)]
        held = len(self.tokens)
        self.decode([token, *draft], outputs=len(draft) + 1)
        drawn: list[int] = []
        for index, guess in enumerate([*draft, -1]):
            drawn.append(sampler.draw(index))
            if drawn[-1] != guess:
                break
        self._keep(held + len(drawn))
        return drawn

    def _keep(self, count: int) -> None:
        """Leave ``count`` tokens in the cache, where need be by reading them again.

        Some memories (recurrent ones) cannot forget a tail; with such a model, drafts never pay.
        """
        tokens = self.tokens[:count]
        kept = self.truncate(count)
        if kept < count:
            self._speculate = False
            self.read(tokens[kept:])


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What becomes the statistics of one answer; times are of ``perf_counter``."""

    prompt: int
    reused: int
    began: float
    read: float
    first: float = 0.0
    last: float = 0.0
    count: int = 0
    finish: str = ""

    def wrote(self) -> None:
        """Another token was drawn."""
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self.count += 1

    def stats(self, speculator: Speculator | None, *, context_used: int) -> Stats:
        """The statistics, with ``context_used`` tokens in the cache at the end."""
        reading, decoding = self.read - self.began, self.last - self.first
        return Stats(
            ttft_s=(self.first or time.perf_counter()) - self.began,
            prefill_tokens=self.prompt - self.reused,
            reused_tokens=self.reused,
            prefill_tps=(self.prompt - self.reused) / reading if reading > 0 else 0.0,
            decode_tps=(self.count - 1) / decoding if decoding > 0 else 0.0,
            completion_tokens=self.count,
            context_used=context_used,
            drafted_tokens=speculator.drafted if speculator else 0,
            accepted_tokens=speculator.accepted if speculator else 0,
        )
