"""How likely it is that a passage answers a question: one number from 0 to 1.

It is how much of the question the passage mentions, otherwise than for ranking in three ways. Rare
words count by the square root of how rare they are: in a library of a few pages one strange word
would else outweigh all others. Words that people use about everything count little. The name of a
quantity counts in part where the passage has figures of it (``45 Nm`` for "torque"). The shares are
chosen by `python -m tests.calibrate`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from fieldkit.library.query import Wanted


class Place(Enum):
    """How a passage mentions what is wanted: by a word, or only by the unit of a figure."""

    WORD = "word"
    UNIT = "unit"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """What counts how much, each from 0 to 1; a plain word that the passage holds counts 1."""

    everyday: float
    unit: float


Mentioned = Sequence[tuple[Wanted, Place]]


def evidence(mentioned: Mentioned, shares: Shares) -> float:
    """Return how likely a passage that mentions all this answers the question, 0 to 1."""
    counts = {Place.WORD: 1.0, Place.UNIT: shares.unit, Place.NOWHERE: 0.0}
    held = total = 0.0
    for term, place in mentioned:
        weight = math.sqrt(term.weight * term.stress)
        if term.everyday:
            weight *= shares.everyday
        total += weight
        held += weight * math.sqrt(term.share) * counts[place]
    return held / total if total else 0.0
