"""Predicts the energy of models that are not here: a slice takes the watts that the whole takes.

Decoding waits for memory and reading for arithmetic, whatever the model: what differs from model to
model is how long a token takes. So one slice is measured, and divided by the predicted rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fieldkit.core.measurement import EnergyUse
from fieldkit.core.prediction import Figure, Speed, heights, imitated
from fieldkit.core.settings import Settings
from fieldkit.errors import FieldkitError
from fieldkit.machine.cache import last_level_cache
from fieldkit.machine.energy import Meter
from fieldkit.probe.energy import net_work
from fieldkit.probe.predict import CONTEXT, loaded
from fieldkit.probe.subject import Subject

# An allowance for the power of a slice not being that of the whole, beside the rate's own band.
POWER_BAND = 0.15
_CACHE = 32 << 20  # the last-level cache, where the machine does not tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Wattage:
    """Watts beyond idling while decoding and while reading; None where they are not known.

    ``battery_j`` is what the battery holds when full.
    """

    decode: float | None = None
    read: float | None = None
    source: str | None = None
    battery_j: float | None = None

    def of(self, speed: Speed | None) -> EnergyUse:
        """The energy of a model that is as fast as ``speed``."""
        if speed is None or self.source is None:
            return EnergyUse(battery_j=self.battery_j)
        return EnergyUse(
            decode_j_per_token=self.decode and self.decode / speed.decode_tps.value,
            prefill_j_per_token=self.read and self.read / speed.prefill_tps.value,
            source=self.source,
            battery_j=self.battery_j,
        )


def band(rate: Figure) -> float:
    """The share by which an energy may be off that was computed from ``rate``."""
    return round(math.hypot(rate.band, POWER_BAND), 3)


def measure_wattage(
    subjects: Sequence[Subject],
    meter: Meter | None,
    *,
    battery_j: float | None = None,
    settings: Callable[[Subject], Settings | None] = lambda _subject: None,
) -> Wattage:
    """Measure a slice of the largest of ``subjects``; all unknown without a ``meter`` or a shape.

    Takes about 15 s with a counter and 50 s with a battery. Raises nothing that a model causes.
    """
    unknown = Wattage(battery_j=battery_j)
    known = [subject for subject in subjects if subject.shape is not None]
    if meter is None or not known:
        return unknown
    subject = max(known, key=lambda one: one.weights or 0)
    shape, quantization = subject.shape, subject.quantization
    assert shape is not None
    try:
        cache = last_level_cache() or _CACHE
        count = heights(shape, quantization, cache_bytes=cache)[-1]
        layers = imitated(shape, quantization, count)
        with loaded(subject, shape, layers, settings(subject)) as one:
            decode, read = net_work(one.engine, meter, context=min(CONTEXT, shape.context))
    except FieldkitError:
        return unknown
    if decode.watts is None and read.watts is None:
        return unknown
    return Wattage(decode=decode.watts, read=read.watts, source=meter.source, battery_j=battery_j)
