"""A measurement: figures of one model file on one machine, with all that they depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from fieldkit.core.release import canonical
from fieldkit.core.settings import Settings
from fieldkit.core.trial import ANSWER_TOKENS, PROMPT_TOKENS
from fieldkit.errors import InvalidInput

SCHEMA = 2


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
class EnergyUse:
    """Joules that work takes beyond what the idle machine takes; None where it cannot be read.

    ``source`` names the counter that was read, or ``battery``. ``battery_j`` is what the machine's
    battery holds when full, in joules.
    """

    decode_j_per_token: float | None = None
    prefill_j_per_token: float | None = None
    source: str | None = None
    battery_j: float | None = None

    @property
    def answers_per_charge(self) -> int | None:
        """How many typical answers a full battery has the energy for, if it did nothing else."""
        if not (self.battery_j and self.decode_j_per_token and self.prefill_j_per_token):
            return None
        answer = PROMPT_TOKENS * self.prefill_j_per_token + ANSWER_TOKENS * self.decode_j_per_token
        return int(self.battery_j / answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured, and on what.

    Rates are tokens per second (means), times seconds; ``stddev`` holds the sample standard
    deviation of the figures named in it. ``prompt_tokens`` and ``decode_tokens`` say what the rates
    were read over, and ``question_tokens`` is the prompt that ``ttft_s`` belongs to.
    ``decode_tps`` is read from an empty KV cache on, ``deep_decode_tps`` after ``depth`` tokens; it
    is None where the context does not hold any. ``settings`` are those of the engine, ``engine`` is
    its revision, ``variant`` its CPU variant.
    """

    decode_tps: float
    deep_decode_tps: float | None = None
    prefill_tps: float
    ttft_s: float
    load_s: float
    memory: Memory
    energy: EnergyUse = EnergyUse()
    stddev: Mapping[str, float] = field(default_factory=dict)
    repetitions: int
    prompt_tokens: int
    decode_tokens: int
    question_tokens: int
    depth: int
    context: int
    settings: Settings
    variant: str
    engine: str
    model_sha256: str
    model_bytes: int
    machine: Mapping[str, Any]

    @property
    def peak_memory_bytes(self) -> int | None:
        """The peak memory of the engine's process in bytes."""
        return self.memory.peak

    @property
    def energy_j_per_token(self) -> float | None:
        """The energy of decoding a token; None where it cannot be read."""
        return self.energy.decode_j_per_token

    def summary(self) -> dict[str, Any]:
        """Return the figures of ``probe --json``."""
        energy = self.energy
        return {
            "decode_tps": round(self.decode_tps, 2),
            "prefill_tps": round(self.prefill_tps, 2),
            "ttft_s": round(self.ttft_s, 3),
            "load_s": round(self.load_s, 3),
            "peak_memory_bytes": self.peak_memory_bytes,
            "energy_j_per_token": _rounded(energy.decode_j_per_token),
            "energy_j_per_prompt_token": _rounded(energy.prefill_j_per_token),
            "energy_source": energy.source,
            "answers_per_charge": energy.answers_per_charge,
            "deep_decode_tps": _rounded(self.deep_decode_tps, 2),
            "depth": self.depth,
            "question_tokens": self.question_tokens,
            "settings": self.settings.to_dict(),
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
            return cls(
                **{
                    **data,
                    "memory": Memory(**data["memory"]),
                    "energy": EnergyUse(**data["energy"]),
                    "settings": Settings.from_dict(data["settings"]),
                }
            )
        except (ValueError, TypeError, KeyError, AttributeError, InvalidInput) as error:
            raise InvalidInput(
                f"not a measurement of this version of fieldkit: {error}",
                hint="Measure again: fieldkit measure FILE.",
            ) from error


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
