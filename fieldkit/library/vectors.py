"""Vectors of passages in few bytes, and the nearest of many without a library for arithmetic.

A vector is kept as bytes: its components as whole numbers from -127 to 127, scaled so that the
largest is full, then the length they have together. Beside it stands its *sketch*, one bit a
component: whether it is above the mean of all passages. Sketches are compared by the bits in which
they differ, some ten million in a second; the few nearest are then held against the numbers.
"""

from __future__ import annotations

import array
import functools
import heapq
import math
import struct
from collections.abc import Sequence
from operator import mul

_FULL = 127
_LENGTH = struct.Struct("<f")
# Signed bytes, each as the byte that is 128 more.
_RAISED = bytes(value ^ 0x80 for value in range(256))


def pack(vector: Sequence[float]) -> bytes:
    """``vector`` in a byte a component and four for their length; raises ValueError if it is 0."""
    largest = max(map(abs, vector))
    if not (largest > 0 and math.isfinite(largest)):
        raise ValueError("a vector without direction")
    whole = array.array("b", (round(value / largest * _FULL) for value in vector))
    return whole.tobytes() + _LENGTH.pack(math.sqrt(sum(map(mul, whole, whole))))


def unpack(packed: bytes) -> list[float]:
    """The vector in ``packed``, of length one; raises ValueError if it is none.

    Packed again it gives the same bytes.
    """
    components, _ = _components(packed)
    length = math.sqrt(sum(map(mul, components, components)))
    if not length:
        raise ValueError("a vector without direction")
    return [value / length for value in components]


def cosine(one: bytes, other: bytes) -> float:
    """The cosine of the angle between two packed vectors of one size, from -1 to 1.

    Raises ValueError when they are none.
    """
    size = len(one) - _LENGTH.size
    if size <= 0 or len(other) != len(one):
        raise ValueError("vectors of different sizes")
    lengths = _LENGTH.unpack_from(one, size)[0] * _LENGTH.unpack_from(other, size)[0]
    if not (math.isfinite(lengths) and lengths > 0):
        raise ValueError("a vector without direction")
    components, total = _components(one)
    # Bytes from 0 to 255 are multiplied quicker than those from -128 to 127.
    product = sum(map(mul, components, other[:size].translate(_RAISED))) - 128 * total
    return float(product / lengths)


@functools.lru_cache(maxsize=8)
def _components(packed: bytes) -> tuple[tuple[int, ...], int]:
    """The components of a packed vector, and their sum: a question's are used many times."""
    components = tuple(memoryview(packed)[: -_LENGTH.size].cast("b"))
    return components, sum(components)


def mean(vectors: Sequence[Sequence[float]]) -> array.array[float]:
    """The mean of ``vectors``, of which there is at least one."""
    sums = [0.0] * len(vectors[0])
    for vector in vectors:
        sums = [total + value for total, value in zip(sums, vector, strict=True)]
    return array.array("f", (total / len(vectors) for total in sums))


def sketch(vector: Sequence[float], centre: Sequence[float]) -> bytes:
    """One bit for each component of ``vector``, set where it is above that of ``centre``."""
    bits = "".join("1" if a > b else "0" for a, b in zip(vector, centre, strict=True))
    return int(bits, 2).to_bytes((len(bits) + 7) // 8, "little")


class Sketches:
    """The sketches of passages 1, 2, 3, ... in one run of bytes, ``size`` bytes each."""

    def __init__(self, data: bytes, size: int) -> None:
        if size <= 0 or len(data) % size:
            raise ValueError("sketches of odd sizes")
        self._known = [
            int.from_bytes(data[start : start + size], "little")
            for start in range(0, len(data), size)
        ]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._known)

    def nearest(self, question: bytes, most: int) -> list[int]:
        """At most ``most`` passages whose sketches differ least from ``question``'s."""
        asked = int.from_bytes(question, "little")
        distances = list(map(int.bit_count, map(asked.__xor__, self._known)))
        farthest = max(heapq.nsmallest(most, distances), default=0)
        near = [(far, key) for key, far in enumerate(distances, 1) if far <= farthest]
        return [key for _, key in sorted(near)[:most]]
