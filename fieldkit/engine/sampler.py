"""How the next token is drawn: llama.cpp's sampler chain."""

from __future__ import annotations

from typing import Any

from fieldkit.core.sampling import Sampling
from fieldkit.errors import InvalidInput

# From so many of the likeliest tokens ``top_p`` takes its share. Sorting all of 32,064 took 2.3 ms
# a token, these take 0.2; what is less likely than 256 others is as good as never drawn.
_CANDIDATES = 256
_PENALIZED = 256  # tokens of the answer that the penalty for repetition looks back


class Sampler:
    """A chain in C for one answer; close it.

    ``lib`` is the binding and ``context`` the ``llama_context`` whose logits are drawn from.
    ``grammar`` is GBNF that begins at ``root``, "" for none; raises InvalidInput where it is not.
    """

    def __init__(self, lib: Any, context: Any, sampling: Sampling, *, grammar: str = "") -> None:
        self._lib = lib
        self._context = context
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for stage in [*self._limits(grammar), *self._stages(sampling)]:
            lib.llama_sampler_chain_add(self._chain, stage)

    def _limits(self, grammar: str) -> list[Any]:
        if not grammar:
            return []
        vocabulary = self._lib.llama_model_get_vocab(self._lib.llama_get_model(self._context))
        stage = self._lib.llama_sampler_init_grammar(vocabulary, grammar.encode(), b"root")
        if not stage:
            self.close()
            raise InvalidInput(
                "the engine cannot read the grammar of the answer",
                hint="GBNF is expected, with a rule called root.",
            )
        return [stage]

    def _stages(self, sampling: Sampling) -> list[Any]:
        if sampling.temperature <= 0:
            return [self._lib.llama_sampler_init_greedy()]
        lib = self._lib
        stages = []
        if sampling.repeat_penalty != 1:
            stages.append(self._penalty(sampling.repeat_penalty))
        if sampling.top_k > 0 or sampling.top_p < 1:
            few = min(sampling.top_k or _CANDIDATES, _CANDIDATES)
            stages.append(lib.llama_sampler_init_top_k(few))
        if sampling.top_p < 1:
            stages.append(lib.llama_sampler_init_top_p(sampling.top_p, 1))
        if sampling.min_p > 0:
            stages.append(lib.llama_sampler_init_min_p(sampling.min_p, 1))
        return [
            *stages,
            lib.llama_sampler_init_temp(sampling.temperature),
            lib.llama_sampler_init_dist(sampling.seed),
        ]

    def _penalty(self, factor: float) -> Any:
        lib = self._lib
        vocabulary = lib.llama_model_get_vocab(lib.llama_get_model(self._context))
        size = lib.llama_vocab_n_tokens(vocabulary)
        return lib.llama_sampler_init_penalties(size, _PENALIZED, factor, 0.0, 0.0)

    def draw(self, index: int) -> int:
        """The token after the batch's token ``index``, which had ``outputs``; -1 is the last."""
        return int(self._lib.llama_sampler_sample(self._chain, self._context, index))

    def close(self) -> None:
        """Free the chain; safe to call twice."""
        if self._chain:
            self._lib.llama_sampler_free(self._chain)
            self._chain = None
