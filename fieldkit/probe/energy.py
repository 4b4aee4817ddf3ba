"""What a loaded model takes in joules, per token read and per token written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Net:
    """Work beyond idling: ``joules`` for ``tokens`` in ``seconds``; None where it is not known."""

    tokens: int
    joules: float | None
    seconds: float | None

    @property
    def per_token(self) -> float | None:
        """Joules a token."""
        return None if self.joules is None else self.joules / self.tokens

    @property
    def watts(self) -> float | None:
        """The mean power."""
        return self.joules / self.seconds if self.joules and self.seconds else None


def energy_use(
    engine: Bench,
    meter: Meter | None,
    *,
    context: int,
    battery_j: float | None = None,
    clock: Clock = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> EnergyUse:
    """Measure the loaded model of ``engine``; without a ``meter`` nothing is run and known.

    ``battery_j`` is handed through; ``clock`` and ``pause`` are replaced in tests.
    """
    if meter is None:
        return EnergyUse(battery_j=battery_j)
    decode, prefill = net_work(engine, meter, context=context, clock=clock, pause=pause)
    known = decode.joules is not None or prefill.joules is not None
    return EnergyUse(
        decode_j_per_token=decode.per_token,
        prefill_j_per_token=prefill.per_token,
        source=meter.source if known else None,
        battery_j=battery_j,
    )


def net_work(
    engine: Bench,
    meter: Meter,
    *,
    context: int,
    clock: Clock = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Net, Net]:
    """Idle first, then decode alone, then read alone: the last two beyond the first."""
    with meter.watching() as watch:
        pause(max(IDLE_S, meter.at_least_s))
    idle = watch.energy(at_least_s=meter.at_least_s)
    decode = _work(engine, meter, ("decode", min(_DECODE, context - 1)), clock)
    read = _work(engine, meter, ("read", min(_READ, context - 1)), clock)
    return _net(*decode, idle), _net(*read, idle)


def _net(tokens: int, work: Energy | None, idle: Energy | None) -> Net:
    return Net(tokens, above_idle(work, idle), None if work is None else work.seconds)


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
