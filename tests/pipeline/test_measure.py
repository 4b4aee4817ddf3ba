"""A measurement of the demo model with every figure, energy from a counter that always grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.core.measurement import Measurement
from fieldkit.machine.energy import Energy, Meter, Watch
from fieldkit.probe import energy as energy_module
from fieldkit.probe import measure as measure_module
from fieldkit.probe.measure import measure

pytestmark = pytest.mark.engine


class Steady(Watch):
    """A counter that tells ``watts`` whatever happens."""

    def __init__(self, watts: float) -> None:
        super().__init__(lambda: 0.0)
        self._watts = watts

    def _taken(self) -> float | None:
        return 1.0

    def energy(self, *, at_least_s: float = 0.0) -> Energy | None:
        return Energy(self._watts * 10.0, 10.0)


def meter() -> Meter:
    """1 W when asked for the first time (idle), then 5 W."""
    watts = iter([1.0])
    return Meter("package-0", lambda: Steady(next(watts, 5.0)))


def test_every_figure_is_filled_in(
    engine: Path, demo_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy_module, "IDLE_S", 0.0)
    monkeypatch.setattr(energy_module, "WORK_S", 0.0)
    monkeypatch.setattr(measure_module, "find_meter", meter)
    measured = measure(demo_model, context=256, question_tokens=100)
    assert measured.deep_decode_tps is not None
    assert measured.deep_decode_tps > 0
    assert measured.depth == 256 - 1 - 128, "as deep as the context allows"
    assert set(measured.stddev) == {"decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s"}
    assert measured.energy.decode_j_per_token == pytest.approx(40 / 64)
    assert measured.energy.prefill_j_per_token == pytest.approx(40 / 255)
    assert measured.energy.source == "package-0"
    assert measured.settings.decode_threads >= 1
    assert Measurement.from_json(measured.to_json()) == measured
