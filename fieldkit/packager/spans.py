"""Arithmetic of byte ranges: which parts of a file are there, and which are missing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

Span = tuple[int, int]  # from the first byte to the one after the last


class Spans:
    """A set of bytes, kept as sorted spans that neither touch nor overlap."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans: list[Span] = []
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """Add the bytes from ``start`` to before ``end``."""
        if start >= end:
            return
        first = bisect_left(self._spans, start, key=lambda span: span[1])
        last = first
        while last < len(self._spans) and self._spans[last][0] <= end:
            start, end = min(start, self._spans[last][0]), max(end, self._spans[last][1])
            last += 1
        self._spans[first:last] = [(start, end)]

    def __iter__(self) -> Iterator[Span]:
        """The spans, in order."""
        return iter(list(self._spans))

    @property
    def total(self) -> int:
        """How many bytes."""
        return sum(end - start for start, end in self._spans)

    @property
    def frontier(self) -> int:
        """How many bytes are there without a gap, from byte 0 on."""
        return self._spans[0][1] if self._spans and self._spans[0][0] == 0 else 0

    def missing(self, size: int) -> list[Span]:
        """The gaps before byte ``size``, in order."""
        gaps, position = [], 0
        for start, end in self._spans:
            if start > position:
                gaps.append((position, min(start, size)))
            position = end
        if position < size:
            gaps.append((position, size))
        return gaps
