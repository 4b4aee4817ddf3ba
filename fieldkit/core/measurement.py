"""A measurement: figures of one model file on one machine, with all that they depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fieldkit.core.release import canonical
from fieldkit.errors import InvalidInput

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory of a process in bytes; what the system does not tell is None.

    ``anonymous`` is private memory that only swap could free, ``file`` is pages of mapped files,
    ``proportional`` (PSS) counts shared pages in shares, ``high_water`` is the largest resident
    size the process ever had.
    """

    anonymous: int | None = None
    file: int | None = None
    proportional: int | None = None
    high_water: int | None = None

    @property
    def peak(self) -> int | None:
        """The one figure to compare with a limit: the best known of the above."""
        for value in (self.high_water, self.proportional, self.anonymous):
            if value is not None:
                return value
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured, and on what.

    Rates are tokens per second (means), times seconds; ``stddev`` holds the sample standard
    deviation of the figures named in it. ``prompt_tokens`` and ``decode_tokens`` say what the rates
    were read over, ``depth`` how many tokens were in the KV cache before decoding, and
    ``question_tokens`` the prompt that ``ttft_s`` belongs to. ``energy_j_per_token`` is None where
    it cannot be read. ``engine`` is the engine's revision, ``variant`` its CPU variant.
    """

    decode_tps: float
    prefill_tps: float
    ttft_s: float
    load_s: float
    memory: Memory
    energy_j_per_token: float | None = None
    stddev: Mapping[str, float] = field(default_factory=dict)
    repetitions: int
    prompt_tokens: int
    decode_tokens: int
    question_tokens: int
    depth: int
    context: int
    decode_threads: int
    prefill_threads: int
    variant: str
    engine: str
    model_sha256: str
    model_bytes: int
    machine: Mapping[str, Any]

    @property
    def peak_memory_bytes(self) -> int | None:
        """The peak memory of the engine's process in bytes."""
        return self.memory.peak

    def summary(self) -> dict[str, float | int | None]:
        """Return the figures of ``probe --json``."""
        return {
            "decode_tps": round(self.decode_tps, 2),
            "prefill_tps": round(self.prefill_tps, 2),
            "ttft_s": round(self.ttft_s, 3),
            "load_s": round(self.load_s, 3),
            "peak_memory_bytes": self.peak_memory_bytes,
            "energy_j_per_token": self.energy_j_per_token,
        }

    def to_json(self) -> str:
        """Return the canonical text of a measurement."""
        return canonical({"schema": SCHEMA, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> Measurement:
        """Parse what ``to_json`` wrote; raises InvalidInput when it is something else."""
        try:
            data = json.loads(text)
            if data.pop("schema") != SCHEMA:
                raise ValueError("unknown schema")
            return cls(**{**data, "memory": Memory(**data["memory"])})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidInput(
                f"not a measurement of this version of fieldkit: {error}",
                hint="Measure again: fieldkit measure FILE.",
            ) from error
