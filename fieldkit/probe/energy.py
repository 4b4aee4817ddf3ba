"""What a loaded model takes in joules, per token read and per token written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from fieldkit.core.measurement import EnergyUse
from fieldkit.machine.energy import Energy, Meter, above_idle

IDLE_S = 3.0
WORK_S = 5.0  # of each kind; more where the meter needs longer to tell anything
_READ = 512
_DECODE = 64

Clock = Callable[[], float]
Step = tuple[str, int]


class Bench(Protocol):
    """What is needed of the engine: the operation ``bench`` with single steps."""

    def bench(self, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run ``fieldkit.engine.bench.answer``."""


def energy_use(
    engine: Bench,
    meter: Meter | None,
    *,
    context: int,
    battery_j: float | None = None,
    clock: Clock = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> EnergyUse:
    """Measure the loaded model of ``engine``: idle first, then decoding alone, then reading alone.

    Without a ``meter`` nothing is run and nothing is known. ``battery_j`` is handed through;
    ``clock`` and ``pause`` are replaced in tests.
    """
    if meter is None:
        return EnergyUse(battery_j=battery_j)
    with meter.watching() as watch:
        pause(max(IDLE_S, meter.at_least_s))
    idle = watch.energy(at_least_s=meter.at_least_s)
    per_token = []
    for step in (("decode", min(_DECODE, context - 1)), ("read", min(_READ, context - 1))):
        tokens, work = _work(engine, meter, step, clock)
        joules = above_idle(work, idle)
        per_token.append(None if joules is None else joules / tokens)
    decode, prefill = per_token
    known = decode is not None or prefill is not None
    return EnergyUse(
        decode_j_per_token=decode,
        prefill_j_per_token=prefill,
        source=meter.source if known else None,
        battery_j=battery_j,
    )


def _work(engine: Bench, meter: Meter, step: Step, clock: Clock) -> tuple[int, Energy | None]:
    """Repeat ``step`` from an empty cache until it took long enough; tokens and their energy."""
    steps: Sequence[Step] = [("keep", 0), step]
    tokens = 0
    until = clock() + max(WORK_S, meter.at_least_s)
    with meter.watching() as watch:
        while not tokens or clock() < until:
            engine.bench({"steps": steps})
            tokens += step[1]
    return tokens, watch.energy(at_least_s=meter.at_least_s)
