"""What two token sequences begin with alike: what a KV cache need not read again."""

from __future__ import annotations

from collections.abc import Sequence


def common_prefix(held: Sequence[int], wanted: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for index, (one, other) in enumerate(zip(held, wanted, strict=False)):
        if one != other:
            return index
    return min(len(held), len(wanted))
