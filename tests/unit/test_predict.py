"""Measuring slices in turn, in a bounded time; the engine and the clock are made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from fieldkit.core.fit import MIB
from fieldkit.core.prediction import DEEP, Speed
from fieldkit.core.prediction import predict as compute
from fieldkit.engine.client import EngineClient
from fieldkit.errors import EngineFailure
from fieldkit.probe import predict as predicting
from fieldkit.probe.predict import Slice, measure_in_turn, predict
from fieldkit.probe.subject import Subject, from_shape
from tests.shapes import PHI3_MINI

SUBJECT = from_shape(PHI3_MINI, name="Phi-3-mini", quantization="Q4_K_M", context=4096)


class Machine:
    """A clock that only work moves, and the order in which the slices were asked."""

    def __init__(self, *, read_s: float, decode_s: float) -> None:
        self.read_s, self.decode_s = read_s, decode_s
        self.now = 0.0
        self.asked: list[int] = []


class MadeUpEngine:
    """Takes its time by the number of layers: so much to read a token, so much to decode one."""

    def __init__(self, machine: Machine, layers: int) -> None:
        self.machine, self.layers = machine, layers
        self.held = 0

    def bench(self, options: Mapping[str, Any]) -> dict[str, list[list[float]]]:
        self.machine.asked.append(self.layers)
        return {"seconds": [self.step(name, count) for name, count in options["steps"]]}

    def step(self, name: str, count: int) -> list[float]:
        if name == "keep":
            self.held = min(self.held, count)
            return []
        one = self.machine.read_s if name == "read" else self.machine.decode_s
        one *= self.layers
        self.held += count
        self.machine.now += one * count
        return [one * count] if name == "read" else [one] * count


def measured(machine: Machine, *, limit_s: float, deep: bool = True) -> list[Slice]:
    slices = [
        Slice(cast("EngineClient", MadeUpEngine(machine, layers)), tuple(range(layers)))
        for layers in (2, 6)
    ]
    measure_in_turn(slices, limit_s, deep=deep, clock=lambda: machine.now)
    return slices


def test_an_ordinary_machine_is_measured_at_both_depths_within_the_time() -> None:
    machine = Machine(read_s=0.0009, decode_s=0.004)
    small, large = measured(machine, limit_s=24)
    assert machine.now <= 24
    assert [(read.start, read.tokens) for read in small.reads[:2]] == [(0, 512), (512, 512)]
    assert sum(read.tokens for read in small.reads[:2]) == DEEP
    assert len(small.deep) == len(large.deep) == 2
    assert len(small.decode) == len(large.decode) >= 2
    assert [read.tokens for read in small.reads] == [read.tokens for read in large.reads]
    speed = compute(PHI3_MINI, "Q4_K_M", small.measured(), large.measured())
    assert speed.prefill_tps.value == pytest.approx(1 / (32 * 0.0009))
    assert speed.ttft_s.value == pytest.approx(800 * 32 * 0.0009)


def test_slices_take_turns_so_that_a_slow_moment_hits_both() -> None:
    machine = Machine(read_s=0.0009, decode_s=0.004)
    measured(machine, limit_s=24)
    order = machine.asked
    assert order.count(2) == order.count(6)
    longest = max(len(run) for run in "".join(map(str, order)).replace("62", "6 2").split("2"))
    assert longest <= 5


@pytest.mark.parametrize("limit_s", [4.0, 8.0, 16.0])
@pytest.mark.parametrize("slowness", [1, 4, 12])
def test_the_time_is_kept_by_reading_less(limit_s: float, slowness: int) -> None:
    machine = Machine(read_s=0.0009 * slowness, decode_s=0.002 * slowness)
    small, large = measured(machine, limit_s=limit_s)
    shortest = 2 * 8 * (machine.read_s * 100 + machine.decode_s * 14)  # what is never left out
    assert machine.now <= max(limit_s, shortest)
    assert small.reads
    assert large.reads
    assert len(small.decode) >= 2


def test_a_short_context_is_not_read_beyond_its_end() -> None:
    small, _ = measured(Machine(read_s=1e-6, decode_s=1e-5), limit_s=20, deep=False)
    assert small.deep == []
    assert max(read.start + read.tokens for read in small.reads) <= 256


def test_a_model_that_cannot_be_measured_says_why_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine(read_s=0.0009, decode_s=0.004)

    def fake(subject: Subject, *_rest: object) -> tuple[object, object]:
        if subject.name == "broken":
            raise EngineFailure("the engine was killed by the system")
        small, large = measured(machine, limit_s=machine.now + 20)
        return small.measured(), large.measured()

    monkeypatch.setattr(predicting, "_measure", fake)
    monkeypatch.setattr(predicting, "_busy", lambda: "the machine was busy")
    told: list[str] = []
    broken = from_shape(replace(PHI3_MINI, layers=34), name="broken", quantization="Q4_K_M")
    first, second = predict([broken, SUBJECT], say=told.append)
    assert (first.speed, first.note) == (
        None,
        "speed is not predicted: the engine was killed by the system",
    )
    assert isinstance(second.speed, Speed)
    assert second.note == "the machine was busy"
    assert [line.split(" (")[1] for line in told] == ["1 of 2) ...", "2 of 2) ..."]


def test_models_that_cost_the_same_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(read_s=0.0009, decode_s=0.004)
    boxes: list[tuple[str, float]] = []

    def fake(subject: Subject, _shape: object, box_s: float, *_rest: object) -> tuple[object, ...]:
        boxes.append((subject.name, box_s))
        small, large = measured(machine, limit_s=machine.now + 20)
        return small.measured(), large.measured()

    monkeypatch.setattr(predicting, "_measure", fake)
    monkeypatch.setattr(predicting, "_busy", lambda: "")
    long = replace(PHI3_MINI, context=131_072, sliding_window=262_144, rope="longrope")
    wide = replace(PHI3_MINI, feed_forward=9216)
    shapes = {"4k": PHI3_MINI, "128k": long, "wide": wide}
    subjects = [
        from_shape(shape, name=name, quantization="Q4_K_M") for name, shape in shapes.items()
    ]
    first, second, third = predict(subjects, budget_s=30.0)
    assert [name for name, _ in boxes] == ["4k", "wide"]
    assert 14 < boxes[0][1] <= 15
    assert first == second
    assert first.speed is not None
    assert third.speed is not first.speed


def test_time_that_is_used_up_is_said() -> None:
    (outcome,) = predict([SUBJECT], budget_s=1.0)
    assert outcome.speed is None
    assert outcome.note == "speed is not predicted: the time for measuring was used up"


def test_slices_that_memory_cannot_hold_are_not_loaded() -> None:
    (outcome,) = predict([SUBJECT], budget_s=10.0, available=100 * MIB)
    assert outcome.speed is None
    assert "100 MiB are available" in outcome.note


def test_a_model_of_unknown_shape_is_not_measured() -> None:
    unknown: Sequence[Subject] = [
        Subject(name="x", quantization="Q4_0", shape=None, weights=None, context=512, download=0)
    ]
    (outcome,) = predict(unknown, budget_s=10.0)
    assert "shape is not known" in outcome.note
