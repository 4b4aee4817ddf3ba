"""Predicted against measured, kept so that later predictions for such a machine can be corrected.

A file of JSON lines in the user's own folder, readable by the user alone. A line that is damaged,
or that another version wrote, is passed over and gone at the next writing.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldkit.core.correction import (
    FIGURES,
    Entry,
    Factor,
    MachineClass,
    correct,
    factors,
    reason,
)
from fieldkit.core.measurement import Measurement
from fieldkit.core.prediction import Speed
from fieldkit.engine.location import fingerprint
from fieldkit.machine.cpu import Cpu
from fieldkit.probe.subject import Prediction, Subject

FILE = "probe/history.jsonl"
LIMIT = 300  # entries
_LIMIT_BYTES = 1 << 20
_SCHEMA = 1
# What is smaller stays in the processor's caches: it neither teaches nor needs what others teach.
_LEAST_BYTES = 256 << 20


def machine_class(cpu: Cpu, variant: str) -> MachineClass:
    """The class of a machine with ``cpu`` that runs the engine found in its ``variant``."""
    return MachineClass(
        cpu=cpu.name,
        physical_cores=cpu.physical_cores,
        usable_cores=cpu.usable_cores,
        engine=fingerprint(),
        variant=variant,
    )


class Experience:
    """What was learnt on this class of machine: it corrects predictions, and learns from figures.

    ``folder`` holds the user's data.
    """

    def __init__(self, folder: Path, machine: MachineClass) -> None:
        self._path = folder / FILE
        self._machine = machine
        self._raw: dict[tuple[str, str], Speed] = {}
        self.factors: dict[str, Factor] = factors(read(self._path), machine)

    def corrected(
        self, subjects: Sequence[Subject], predictions: Sequence[Prediction]
    ) -> list[Prediction]:
        """The ``predictions`` for ``subjects``, multiplied by what was learnt; a note says so.

        Models of less than 256 MiB are left as they are, and nothing is learnt from them.
        """
        return [
            self._one(subject, found) for subject, found in zip(subjects, predictions, strict=True)
        ]

    def _one(self, subject: Subject, prediction: Prediction) -> Prediction:
        speed = prediction.speed
        if speed is None or (subject.weights or 0) < _LEAST_BYTES:
            return prediction
        if not prediction.note:  # one made on a machine at work teaches nothing
            self._raw[subject.name, subject.quantization] = speed
        notes = [note for note in (prediction.note, reason(self.factors)) if note]
        return replace(prediction, speed=correct(speed, self.factors), note="; ".join(notes))

    def learn(self, subject: Subject, measured: Measurement) -> bool:
        """Keep what was predicted for ``subject``, before correction, with what was ``measured``.

        False when nothing was predicted without reservation, or when it cannot be written, which
        is no reason to fail.
        """
        predicted = self._raw.get((subject.name, subject.quantization))
        if predicted is None:
            return False
        figures = {name: getattr(predicted, name) for name in FIGURES}
        real = {name: getattr(measured, name) for name in FIGURES}
        entry = Entry(
            machine=self._machine,
            model=subject.name,
            quantization=subject.quantization,
            predicted={name: found.value for name, found in figures.items() if found is not None},
            measured={name: value for name, value in real.items() if value is not None},
        )
        try:
            write(self._path, [*read(self._path), entry])
        except OSError:
            return False
        return True


def read(path: Path) -> list[Entry]:
    """The entries in ``path``, oldest first; none when there is no such file or none is whole."""
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT_BYTES)
    except OSError:
        return []
    return [entry for line in data.splitlines() if (entry := _entry(line)) is not None]


def write(path: Path, entries: Sequence[Entry]) -> None:
    """Replace ``path`` by the latest of ``entries``, never half there; raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = [json.dumps({"schema": _SCHEMA, **entry.to_dict()}) for entry in entries[-LIMIT:]]
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    aside = Path(name)
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def _entry(line: bytes) -> Entry | None:
    try:
        data: dict[str, Any] = json.loads(line)
        if data.pop("schema") != _SCHEMA:
            return None
        return Entry.from_dict(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
