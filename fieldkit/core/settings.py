"""How the engine runs a model on one machine: what tuning may change, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from fieldkit.errors import InvalidInput

MAX_THREADS = 1024
MAX_UBATCH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The engine's settings; none of them changes what a model answers, beyond rounding.

    ``ubatch`` is how many prompt tokens one graph reads at most. ``repack`` lets a CPU variant keep
    weights in a layout of its own; ``mapped`` maps the file instead of reading it (with ``repack``
    the weights then stand in memory twice). Threads are counted per kind of work: prefill waits for
    arithmetic, decode for memory.
    """

    decode_threads: int
    prefill_threads: int
    ubatch: int = 128
    repack: bool = False
    mapped: bool = False
    flash_attention: bool = False

    def __post_init__(self) -> None:
        """Raise InvalidInput for a number out of range."""
        limits = {
            "decode_threads": MAX_THREADS,
            "prefill_threads": MAX_THREADS,
            "ubatch": MAX_UBATCH,
        }
        for name, limit in limits.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limit:
                raise InvalidInput(f"{name} is {value!r}, not a whole number in 1..{limit}")

    @property
    def spared(self) -> Settings:
        """The same with half the decode threads, at least one: for a battery that is low.

        Decoding waits for memory, so half of them write far more than half as fast. Prefill is
        arithmetic: half the threads would take twice as long for the same work.
        """
        return replace(self, decode_threads=max(1, self.decode_threads // 2))

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Settings:
        """The inverse of ``to_dict``; raises InvalidInput for anything else."""
        try:
            settings = cls(**data)
        except TypeError as error:
            raise InvalidInput(f"not settings of the engine: {error}") from error
        for name in ("repack", "mapped", "flash_attention"):
            if not isinstance(getattr(settings, name), bool):
                raise InvalidInput(f"{name} is neither true nor false")
        return settings
