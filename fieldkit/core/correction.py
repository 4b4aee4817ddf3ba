"""What earlier predictions teach: how far off they were on this class of machine.

A factor is the median of measured / predicted over the latest entries of one class, held between
1/2 and 2: what is further off is a fault to look into, not one to correct. Memory is not corrected;
it is a sum of exact sizes.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from fieldkit.core.prediction import Figure, Speed

FIGURES = ("decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s")
LEAST_ENTRIES = 2  # one could be the exception
LATEST = 50
LIMITS = (0.5, 2.0)
_PLAUSIBLE = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineClass:
    """Machines on which predictions are off alike: processor, cores, engine and its variant.

    ``engine`` is a hash of all that the engine was built from.
    """

    cpu: str | None
    physical_cores: int | None
    usable_cores: int | None
    engine: str
    variant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Figures of one model as predicted, before any correction, and as measured."""

    machine: MachineClass
    model: str
    quantization: str
    predicted: Mapping[str, float]
    measured: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Entry:
        """The inverse of ``to_dict``; raises ValueError, TypeError or KeyError for anything else.

        Figures that are unknown here are left out, as a newer version may have written more.
        """
        return cls(
            machine=MachineClass(**data["machine"]),
            model=str(data["model"]),
            quantization=str(data["quantization"]),
            predicted=_figures(data["predicted"]),
            measured=_figures(data["measured"]),
        )


@dataclass(frozen=True, slots=True)
class Factor:
    """What to multiply a figure by, and the number of entries that say so."""

    value: float
    entries: int


def factors(entries: Iterable[Entry], machine: MachineClass) -> dict[str, Factor]:
    """The factor of each figure that enough ``entries`` of this class of machine tell."""
    ratios: dict[str, list[float]] = {name: [] for name in FIGURES}
    for entry in entries:
        if entry.machine == machine:
            for name in entry.predicted.keys() & entry.measured.keys():
                ratios[name].append(entry.measured[name] / entry.predicted[name])
    low, high = LIMITS
    return {
        name: Factor(min(max(statistics.median(found[-LATEST:]), low), high), len(found[-LATEST:]))
        for name, found in ratios.items()
        if len(found) >= LEAST_ENTRIES
    }


def correct(speed: Speed, by: Mapping[str, Factor]) -> Speed:
    """``speed`` with every figure multiplied by its factor; the error bands stay as they are."""
    figures: dict[str, Figure] = {}
    for name, factor in by.items():
        figure: Figure | None = getattr(speed, name)
        if figure is not None:
            figures[name] = replace(figure, value=figure.value * factor.value)
    return replace(speed, **figures)


def reason(by: Mapping[str, Factor]) -> str:
    """Why figures are not as the slices gave them, in words; empty when nothing is corrected."""
    if not by:
        return ""
    entries = max(factor.entries for factor in by.values())
    changes = ", ".join(
        f"{_NAMES[name]} {factor.value - 1:+.0%}" for name, factor in by.items() if name in _NAMES
    )
    return f"corrected by {entries} measurements on this class of machine: {changes}"


_NAMES = {"decode_tps": "decode", "prefill_tps": "prefill", "ttft_s": "first token"}


def _figures(data: Mapping[str, Any]) -> dict[str, float]:
    """The known figures of ``data``; raises ValueError for one that is no positive number."""
    figures = {name: float(data[name]) for name in FIGURES if data.get(name) is not None}
    if not all(0 < value < _PLAUSIBLE for value in figures.values()):
        raise ValueError(f"odd figures: {figures}")
    return figures
