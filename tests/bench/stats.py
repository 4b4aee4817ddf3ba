"""The arithmetic of a comparison: orders of runs, ratios round by round, medians and spreads."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Sample = dict[str, float]
Side = Callable[[int], list[Sample]]
Rounds = dict[str, list[list[Sample]]]


def order(sides: Sequence[str], number: int, *, half: bool = False) -> list[tuple[str, int]]:
    """Who runs in round ``number``, in turn: A B B A as ``[(A, 1), (B, 2), (A, 1)]``.

    The second half of a round mirrors the first, so a machine that grows warmer or slower treats
    all sides alike. With ``half`` a round is A B, the next one B A: every other half is mirrored.
    """
    there = list(sides)
    back = there[::-1]
    turns = (back if number % 2 else there) if half else there + back
    return [(side, len(list(group))) for side, group in itertools.groupby(turns)]


def alternate(
    sides: Mapping[str, Side],
    rounds: int,
    *,
    half: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> Rounds:
    """Run every side in ``order`` for ``rounds`` rounds; all samples, by side and round.

    A side gets the number of samples to take one after the other, and returns that many.
    """
    samples: Rounds = {side: [] for side in sides}
    for number in range(rounds):
        for side in sides:
            samples[side].append([])
        for side, count in order(list(sides), number, half=half):
            taken = sides[side](count)
            assert len(taken) == count, f"{side} took {len(taken)} samples, not {count}"
            samples[side][number] += taken
            for sample in taken:
                figures = "  ".join(f"{name} {value:.4g}" for name, value in sample.items())
                say(f"  round {number + 1}/{rounds}  {side}: {figures}")
    return samples


def column(rounds: Sequence[Sequence[Sample]], name: str) -> list[list[float]]:
    """The figure ``name`` of every sample, by round."""
    return [[sample[name] for sample in samples] for samples in rounds]


def ratios(ours: Sequence[Sequence[float]], peer: Sequence[Sequence[float]]) -> list[float]:
    """Ours by theirs, round by round: what drifts between rounds cancels out."""
    return [
        statistics.mean(mine) / statistics.mean(theirs)
        for mine, theirs in zip(ours, peer, strict=True)
    ]


def flat(rounds: Sequence[Sequence[float]]) -> list[float]:
    """All samples in the order they were taken."""
    return [value for samples in rounds for value in samples]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0..1) of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some values, and the smallest and largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))
