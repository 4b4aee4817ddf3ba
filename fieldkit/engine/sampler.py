"""How the next token is drawn: llama.cpp's sampler chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# From so many of the likeliest tokens ``top_p`` takes its share. Sorting all of 32,064 took 2.3 ms
# a token, these take 0.2; what is less likely than 256 others is as good as never drawn.
_CANDIDATES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is drawn; ``temperature`` 0 takes the most likely one."""

    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0


class Sampler:
    """A chain in C for one answer; close it.

    ``lib`` is the binding and ``context`` the ``llama_context`` whose logits are drawn from.
    """

    def __init__(self, lib: Any, context: Any, sampling: Sampling) -> None:
        self._lib = lib
        self._context = context
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        if sampling.temperature <= 0:
            stages = [lib.llama_sampler_init_greedy()]
        else:
            stages = [
                lib.llama_sampler_init_temp(sampling.temperature),
                lib.llama_sampler_init_dist(sampling.seed),
            ]
            if sampling.top_p < 1:
                stages.insert(0, lib.llama_sampler_init_top_p(sampling.top_p, 1))
                stages.insert(0, lib.llama_sampler_init_top_k(_CANDIDATES))
        for stage in stages:
            lib.llama_sampler_chain_add(self._chain, stage)

    def draw(self, index: int) -> int:
        """The token after the batch's token ``index``, which had ``outputs``; -1 is the last."""
        return int(self._lib.llama_sampler_sample(self._chain, self._context, index))

    def close(self) -> None:
        """Free the chain; safe to call twice."""
        if self._chain:
            self._lib.llama_sampler_free(self._chain)
            self._chain = None
