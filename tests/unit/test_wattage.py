"""The energy of models that are not here: one slice's watts over the predicted rates."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from fieldkit.core.gguf_types import Shape
from fieldkit.core.measurement import EnergyUse
from fieldkit.core.prediction import Figure, Speed
from fieldkit.errors import EngineFailure
from fieldkit.machine.energy import Energy, Meter, Watch
from fieldkit.probe import energy as energy_module
from fieldkit.probe import wattage as wattage_module
from fieldkit.probe.report import probe
from fieldkit.probe.subject import Prediction, Subject, from_shape
from fieldkit.probe.wattage import Wattage, band, measure_wattage
from tests.unit.test_probe import laptop

SHAPE = Shape(
    architecture="llama",
    layers=32,
    embedding=4096,
    heads=32,
    kv_heads=8,
    head_dim=128,
    feed_forward=14336,
    vocabulary=32768,
    context=8192,
)
LARGE = from_shape(SHAPE, name="Large", quantization="Q4_K_M", context=4096)
UNKNOWN = Subject(
    name="?", quantization="Q4_K_M", shape=None, weights=None, context=4096, download=0
)
SPEED = Speed(
    decode_tps=Figure(value=10.0, band=0.08),
    deep_decode_tps=None,
    prefill_tps=Figure(value=40.0, band=0.2),
    ttft_s=Figure(value=20.0, band=0.2),
)


class Told(Watch):
    """Tells ``watts`` over 10 s, or nothing."""

    def __init__(self, watts: float | None) -> None:
        super().__init__(lambda: 0.0)
        self._watts = watts

    def _taken(self) -> float | None:
        return 1.0

    def energy(self, *, at_least_s: float = 0.0) -> Energy | None:
        return None if self._watts is None else Energy(self._watts * 10.0, 10.0)


def meter(*watts: float | None) -> Meter:
    """Tells ``watts`` of idling, decoding and reading, one after the other."""
    told = iter(watts)
    return Meter("package-0", lambda: Told(next(told)))


class Engine:
    def bench(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"seconds": []}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No worker is started; the names of what would have been loaded."""
    names: list[str] = []

    @contextlib.contextmanager
    def load(subject: Subject, *_arguments: object) -> Iterator[SimpleNamespace]:
        names.append(subject.name)
        yield SimpleNamespace(engine=Engine())

    monkeypatch.setattr(wattage_module, "loaded", load)
    monkeypatch.setattr(energy_module, "IDLE_S", 0.0)
    monkeypatch.setattr(energy_module, "WORK_S", 0.0)
    return names


def test_the_largest_models_slice_is_measured_beyond_idling(loaded: list[str]) -> None:
    small = from_shape(SHAPE, name="Small", quantization="Q2_K", context=4096)
    found = measure_wattage([small, LARGE, UNKNOWN], meter(4.0, 24.0, 34.0), battery_j=180_000.0)
    assert loaded == ["Large"]
    assert found == Wattage(decode=20.0, read=30.0, source="package-0", battery_j=180_000.0)


def test_energy_follows_from_the_rates() -> None:
    watts = Wattage(decode=20.0, read=30.0, source="package-0", battery_j=180_000.0)
    energy = watts.of(SPEED)
    assert energy.decode_j_per_token == pytest.approx(2.0)
    assert energy.prefill_j_per_token == pytest.approx(0.75)
    assert energy.answers_per_charge == 200, "of 800 x 0.75 J + 150 x 2 J"
    assert watts.of(None) == EnergyUse(battery_j=180_000.0)


def test_the_band_is_wider_than_the_rates() -> None:
    assert band(SPEED.decode_tps) == pytest.approx(0.17)
    assert band(SPEED.prefill_tps) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "watts", [(None, 20.0, 30.0), (4.0, None, None), (4.0, 3.0, 2.0), (4.0, 4.0, 4.0)]
)
def test_what_cannot_be_read_is_unknown(watts: tuple[float | None], loaded: list[str]) -> None:
    found = measure_wattage([LARGE], meter(*watts))
    assert loaded
    assert found == Wattage()
    assert found.of(SPEED) == EnergyUse()


def test_without_a_meter_or_a_shape_nothing_is_loaded(loaded: list[str]) -> None:
    assert measure_wattage([LARGE], None) == Wattage()
    assert measure_wattage([UNKNOWN], meter()) == Wattage()
    assert measure_wattage([], meter()) == Wattage()
    assert loaded == []


def test_an_engine_that_fails_leaves_energy_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise EngineFailure("no memory")

    monkeypatch.setattr(wattage_module, "loaded", refuse)
    assert measure_wattage([LARGE], meter(1.0)) == Wattage()


def test_the_report_tells_energy_with_its_band() -> None:
    watts = Wattage(decode=20.0, read=30.0, source="battery", battery_j=180_000.0)
    found = Prediction(speed=SPEED, energy=watts.of(SPEED))
    (entry,) = probe([LARGE], machine=laptop(), predict=lambda _: [found])["candidates"]
    assert entry["predicted"]["energy_j_per_token"] == 2.0
    assert entry["predicted"]["answers_per_charge"] == 200
    assert entry["error_band"]["energy_j_per_token"] == pytest.approx(0.17)
    assert entry["error_band"]["answers_per_charge"] == pytest.approx(0.25)
    assert (
        "about 2 J for a token written (within 17%), 200 answers on a full battery"
        in entry["reasons"]
    )
