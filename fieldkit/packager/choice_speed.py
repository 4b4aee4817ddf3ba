"""The speed of candidates for ``fieldkit candidates``, from slices measured here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from fieldkit import tuning
from fieldkit.engine import backend
from fieldkit.errors import FieldkitError
from fieldkit.machine.energy import find_meter
from fieldkit.machine.facts import Machine
from fieldkit.probe.history import Experience, machine_class
from fieldkit.probe.predict import BUDGET_S, alike
from fieldkit.probe.predict import predict as predict_speed
from fieldkit.probe.subject import Prediction, Subject
from fieldkit.probe.wattage import measure_wattage
from fieldkit.resources import data_dir

# Seconds for measuring one shape: at least this when there are many, at most when there are few.
_EACH_S, _MOST_S = 10.0, 24.0
NOT_MEASURED = "speed was not measured"
_NO_ENGINE = "speed is not known: there is no engine here to measure with (fieldkit engine)"

Say = Callable[[str], None]
Predict = Callable[[Sequence[Subject]], Sequence[Prediction]]


def predictor(facts: Machine, say: Say) -> Predict:
    """Measures slices on this machine, as ``fieldkit probe`` does, and the energy they take."""

    def predict(subjects: Sequence[Subject]) -> Sequence[Prediction]:
        if not subjects:
            return []
        try:
            backend.load()
        except FieldkitError:
            return [Prediction(note=_NO_ENGINE)] * len(subjects)
        count = len({alike(subject) for subject in subjects})
        say(f"Shapes to measure: {count}. An idle machine takes {_budget(subjects):.0f} s.")
        watts = measure_wattage(
            subjects,
            find_meter(),
            battery_j=facts.power.battery_capacity_j,
            settings=tuning.settings_of,
        )
        predictions = _in_turns(subjects, facts.memory.available, say)
        kind = machine_class(facts.cpu, backend.chosen_variant())
        corrected = Experience(data_dir(), kind).corrected(subjects, predictions)
        return [replace(one, energy=watts.of(one.speed)) for one in corrected]

    return predict


def _in_turns(subjects: Sequence[Subject], available: int | None, say: Say) -> list[Prediction]:
    """Predict all of ``subjects``, and again those that had no turn, as long as that helps.

    On a busy machine a shape takes more than its share of the time, and others get none.
    """
    found: dict[int, Prediction] = {}
    left = list(range(len(subjects)))
    while left:
        now = [subjects[number] for number in left]
        predictions = predict_speed(
            now,
            budget_s=_budget(now),
            available=available,
            settings=tuning.settings_of,
            say=say,
        )
        found.update(zip(left, predictions, strict=True))
        before, left = left, [number for number in left if found[number].speed is None]
        if len(left) == len(before):
            break
    return [found[number] for number in range(len(subjects))]


def _budget(subjects: Sequence[Subject]) -> float:
    """Seconds for measuring ``subjects``: the probe's, or more where there are many."""
    count = len({alike(subject) for subject in subjects})
    return max(min(BUDGET_S, _MOST_S * count), _EACH_S * count)


def unmeasured(subjects: Sequence[Subject]) -> Sequence[Prediction]:
    """No speed for any of ``subjects``: for ``--no-measure``."""
    return [Prediction(note=NOT_MEASURED)] * len(subjects)
