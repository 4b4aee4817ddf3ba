"""The report of ``fieldkit probe``: what this machine is, what each model needs, and a verdict.

Its JSON is a contract; ``docs/probe.md`` describes every field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldkit.core.assessment import assess_limits, combine, describe, describe_energy
from fieldkit.core.fit import (
    GIB,
    Assessment,
    Footprint,
    Resources,
    assess,
    footprint,
    simulated_available,
)
from fieldkit.core.measurement import Measurement
from fieldkit.core.prediction import Figure
from fieldkit.core.text import clean_line
from fieldkit.machine.facts import Machine
from fieldkit.probe.subject import Prediction, Subject
from fieldkit.probe.wattage import band

VERDICTS = ("fits", "tight", "unfit")
SPEEDS = ("decode_tps", "deep_decode_tps", "prefill_tps", "ttft_s")
_NO_ROOM = "speed is not predicted: what does not fit is not measured"

Predict = Callable[[Sequence[Subject]], Sequence[Prediction]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """The engine found: its revision, the CPU variant that runs here, and all it carries."""

    revision: str
    variant: str
    variants: tuple[str, ...]


def probe(
    subjects: Sequence[Subject],
    *,
    machine: Machine,
    engine: EngineFacts | None = None,
    predict: Predict | None = None,
    measure: Callable[[], Measurement] | None = None,
    simulate_ram_gib: float | None = None,
) -> dict[str, Any]:
    """Assess ``subjects`` on ``machine`` and return the report, ready for JSON.

    ``predict`` tells the speed of those subjects that memory and disk have room for, in their
    order. ``measure`` measures the one subject given; it is not called when there is no room for
    it, since that would drive the machine into swap.
    With several subjects the verdict is that of the best one; with none it is ``unfit``.
    ``simulate_ram_gib`` pretends an idle machine with that much memory installed.
    """
    if simulate_ram_gib is not None:
        total = round(simulate_ram_gib * GIB)
        available = simulated_available(total)
        ram = replace(machine.memory, total=total, available=available, container_limit=None)
        machine = replace(machine, memory=ram)
    has = Resources(
        memory_total=machine.memory.total,
        memory_available=machine.memory.available,
        disk_free=machine.disk.free,
    )
    assessed = [_assessed(subject, has) for subject in subjects]
    if predict is not None:
        _add_speeds(assessed, predict)
    candidates = [one.entry() for one in assessed]
    verdict = min((entry["verdict"] for entry in candidates), key=VERDICTS.index, default="unfit")
    measured = None
    if measure is not None and any(one.room for one in assessed):
        measured = measure().summary()
    return {
        "machine": _machine(machine, engine, simulated=simulate_ram_gib is not None),
        "candidates": candidates,
        "measured": measured,
        "verdict": verdict,
    }


def _machine(machine: Machine, engine: EngineFacts | None, *, simulated: bool) -> dict[str, Any]:
    facts = machine.to_dict()
    facts["memory"]["simulated"] = simulated
    facts["engine"] = engine and {
        "revision": engine.revision or None,
        "variant": engine.variant or None,
        "variants": list(engine.variants),
    }
    return facts


@dataclass(slots=True)
class _Assessed:
    """A subject with what is known of it so far."""

    subject: Subject
    need: Footprint | None
    place: Assessment  # of memory and disk
    prediction: Prediction = field(default_factory=Prediction)

    @property
    def room(self) -> bool:
        """Whether the model could be run here at all."""
        return self.place.verdict != "unfit"

    def entry(self) -> dict[str, Any]:
        """The object in the report's ``candidates``."""
        subject, speed, energy = self.subject, self.prediction.speed, self.prediction.energy
        limits = assess_limits(subject.limits, self.need, speed)
        verdict = combine(self.place, limits)
        figures: dict[str, Figure | None] = {name: getattr(speed, name, None) for name in SPEEDS}
        said = [describe(speed, subject.question)] if speed else []
        joules, answers = energy.decode_j_per_token, energy.answers_per_charge
        if speed and joules:
            said.append(describe_energy(joules, band(speed.decode_tps), answers))
        return {
            "name": clean_line(subject.name),
            "quantization": subject.quantization,
            "context": subject.context,
            "question_tokens": subject.question,
            "predicted": {
                **{name: figure and _rounded(figure.value) for name, figure in figures.items()},
                "memory_bytes": self.need and self.need.total,
                "energy_j_per_token": joules and _rounded(joules),
                "answers_per_charge": answers,
            },
            "error_band": {
                **{name: figure and figure.band for name, figure in figures.items()},
                "memory_bytes": self.need and self.need.error_band,
                "energy_j_per_token": band(speed.decode_tps) if speed and joules else None,
                "answers_per_charge": band(speed.prefill_tps) if speed and answers else None,
            },
            "verdict": verdict.verdict,
            "reasons": [
                *self.place.reasons,
                *said,
                *limits.reasons,
                *([self.prediction.note] if self.prediction.note else []),
            ],
        }


def _rounded(value: float) -> float:
    """Three digits: more would promise what a prediction cannot keep."""
    return float(f"{value:.3g}")


def _assessed(subject: Subject, has: Resources) -> _Assessed:
    if subject.shape is None or subject.weights is None:
        return _Assessed(subject, None, Assessment(verdict="tight", reasons=(subject.note,)))
    need = footprint(subject.shape, weights=subject.weights, context=subject.context)
    return _Assessed(subject, need, assess(need, has, download=subject.download))


def _add_speeds(assessed: Sequence[_Assessed], predict: Predict) -> None:
    """Predict the speed of what has room here; what memory or disk excludes is not measured."""
    runnable = [one for one in assessed if one.room]
    for one, prediction in zip(runnable, predict([one.subject for one in runnable]), strict=True):
        one.prediction = prediction
    for one in assessed:
        if not one.room:
            one.prediction = Prediction(note=_NO_ROOM)
