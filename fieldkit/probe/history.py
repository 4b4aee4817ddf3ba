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
from pathlib import Path
from typing import Any

from fieldkit.core.correction import FIGURES, Entry, Factor, MachineClass, factors
from fieldkit.core.measurement import Measurement
from fieldkit.core.prediction import Speed
from fieldkit.engine.location import fingerprint
from fieldkit.machine.cpu import Cpu

FILE = "probe/history.jsonl"
LIMIT = 300  # entries
_LIMIT_BYTES = 1 << 20
_SCHEMA = 1


def machine_class(cpu: Cpu, variant: str) -> MachineClass:
    """The class of a machine with ``cpu`` that runs the engine found in its ``variant``."""
    return MachineClass(
        cpu=cpu.name,
        physical_cores=cpu.physical_cores,
        usable_cores=cpu.usable_cores,
        engine=fingerprint(),
        variant=variant,
    )


def known_factors(folder: Path, machine: MachineClass) -> dict[str, Factor]:
    """What the history in ``folder`` (the user's data) teaches about ``machine``."""
    return factors(read(folder / FILE), machine)


def keep(
    folder: Path,
    machine: MachineClass,
    model: tuple[str, str],
    predicted: Speed,
    measured: Measurement,
) -> bool:
    """Add what ``model`` (name, quantization) was ``predicted``, uncorrected, and ``measured``.

    False when it cannot be written, which is no reason to fail.
    """
    figures = {name: getattr(predicted, name) for name in FIGURES}
    real = {name: getattr(measured, name) for name in FIGURES}
    entry = Entry(
        machine=machine,
        model=model[0],
        quantization=model[1],
        predicted={name: figure.value for name, figure in figures.items() if figure is not None},
        measured={name: value for name, value in real.items() if value is not None},
    )
    path = folder / FILE
    try:
        write(path, [*read(path), entry])
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
