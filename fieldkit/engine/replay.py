"""Writes a given text at the true cost of writing it: for measuring, never for answering.

A model with random weights costs what a trained one costs and says nothing sensible, so how often a
guess is right cannot be measured with it. Here the model decodes and its sampler draws as always,
but what is drawn is replaced by the next token of a given answer: the guesses are then as right as
they are for that text, and every step takes the time it takes.

    session = ReplaySession(model, context=4096, settings=settings, speculate=True)
    stats = session.replay(prompt, answer)    # both token ids; stats.decode_tps is what counts

Compare it with a second session made with ``speculate=False``: two of them share one model. The
first replay of a session learns what batches cost, so measure several answers in turn and keep the
sessions. The KV cache is reused as in any session; ``forget()`` makes a cold start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fieldkit.core.generation import Done, Stats
from fieldkit.core.sampling import Sampling
from fieldkit.engine.sampler import Sampler
from fieldkit.engine.session import Session


class ReplaySession(Session):
    """A session whose answers are given."""

    _answer: Sequence[int] = ()

    def replay(self, prompt: Sequence[int], answer: Sequence[int]) -> Stats:
        """Read ``prompt``, write ``answer`` (or as much of it as the context holds), return how.

        Raises InvalidInput when the prompt leaves no room in the context.
        """
        self._answer = answer
        self.arm()
        events = self.generate(prompt, max_tokens=len(answer), sampling=Sampling())
        return next(event.stats for event in events if isinstance(event, Done))

    def _sampler(self, sampling: Sampling, grammar: str) -> Sampler:  # noqa: ARG002 - none
        return _Forced(self, sampling, iter(self._answer))


class _Forced(Sampler):
    """Draws like any sampler, and then says what it was told."""

    def __init__(self, session: Session, sampling: Sampling, tokens: Iterator[int]) -> None:
        super().__init__(session.lib, session.handle, sampling)
        self._tokens = tokens

    def draw(self, index: int) -> int:
        drawn = super().draw(index)
        return next(self._tokens, drawn)
