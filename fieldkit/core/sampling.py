"""How the next token of an answer is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """The settings of a model's samplers; ``temperature`` 0 takes the likeliest token.

    ``top_p`` 1, ``top_k`` 0, ``min_p`` 0 and ``repeat_penalty`` 1 leave theirs out. The penalty is
    for tokens of the answer alone: those of the manuals may be said again. ``seed`` decides what is
    drawn: the same seed, prompt and machine give the same answer.
    """

    temperature: float = 0.0
    top_p: float = 0.95
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int = 0


GREEDY = Sampling()
