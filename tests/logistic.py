"""A logistic model fitted to weighed examples, with weights that only go the way they should.

Newton's method (iteratively reweighted least squares) with a ridge penalty; see Hastie, Tibshirani
and Friedman, The Elements of Statistical Learning, 2nd edition, 4.4. A sign whose weight comes out
against what it is known to mean is left out and the rest fitted again: few examples make such
weights by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_ROUNDS = 25
_ENOUGH = 1e-6

Example = tuple[Sequence[float], bool, float]
"""The signs of one question, whether they are of a right answer, and what it counts."""


def fit(
    examples: Sequence[Example], directions: Sequence[int], *, ridge: float
) -> tuple[float, list[float]]:
    """The bias and the weights; ``directions`` are 1 or -1 for each, 0 where either may be."""
    used = list(range(len(directions)))
    while True:
        found = _newton(
            [([values[n] for n in used], right, counts) for values, right, counts in examples],
            ridge,
        )
        wrong = [n for n, weight in zip(used, found[1:], strict=True) if directions[n] * weight < 0]
        if not wrong:
            weights = dict(zip(used, found[1:], strict=True))
            return found[0], [weights.get(n, 0.0) for n in range(len(directions))]
        used = [n for n in used if n not in wrong]


def _newton(examples: Sequence[Example], ridge: float) -> list[float]:
    """Bias and weights that cost least; the bias is not shrunk."""
    size = len(examples[0][0]) + 1
    beta = [0.0] * size
    total = sum(counts for _, _, counts in examples)
    for _ in range(_ROUNDS):
        gradient = [0.0, *(ridge * weight for weight in beta[1:])]
        curvature = [[0.0] * size for _ in range(size)]
        for n in range(1, size):
            curvature[n][n] = ridge
        for values, right, counts in examples:
            row = (1.0, *values)
            odds = sum(b * value for b, value in zip(beta, row, strict=True))
            likely = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))
            share = counts / total
            slope = share * (likely - right)
            bend = share * max(likely * (1.0 - likely), 1e-6)
            for n in range(size):
                gradient[n] += slope * row[n]
                scaled = bend * row[n]
                for m in range(n + 1):
                    curvature[n][m] += scaled * row[m]
        for n in range(size):
            for m in range(n + 1, size):
                curvature[n][m] = curvature[m][n]
        step = _solved(curvature, gradient)
        beta = [b - s for b, s in zip(beta, step, strict=True)]
        if max(map(abs, step)) < _ENOUGH:
            break
    return beta


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a system of linear equations, by Gauss with the largest pivot."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for n in range(size):
        best = max(range(n, size), key=lambda m: abs(rows[m][n]))
        rows[n], rows[best] = rows[best], rows[n]
        for m in range(n + 1, size):
            factor = rows[m][n] / rows[n][n]
            if factor:
                rows[m] = [a - factor * b for a, b in zip(rows[m], rows[n], strict=True)]
    found = [0.0] * size
    for n in reversed(range(size)):
        known = sum(rows[n][m] * found[m] for m in range(n + 1, size))
        found[n] = (rows[n][size] - known) / rows[n][n]
    return found
