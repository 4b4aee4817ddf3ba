"""Where tuned settings are kept: one small file of this user's, by machine, model and power state.

Whatever is wrong with the file, it counts as empty and is written anew by the next result: nothing
in it cannot be measured again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from fieldkit.core.gguf_types import Shape
from fieldkit.core.settings import Settings
from fieldkit.core.trial import Trial
from fieldkit.engine.location import REVISION_FILE, find_engine, variants
from fieldkit.errors import FieldkitError, InvalidInput
from fieldkit.machine.cpu import cpu
from fieldkit.resources import read_small

SCHEMA = 1
MAX_ENTRIES = 32
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a result holds for: digests of machine and model, and a state of the power."""

    machine: str
    model: str
    power: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The result of one tuning, or what an unfinished one has compared so far (``trials``).

    ``settings`` were better than ``defaults`` by the share ``gain``, or are the defaults.
    """

    key: Key
    defaults: Settings
    settings: Settings
    gain: float = 0.0
    seconds: float = 0.0
    finished: bool = False
    trials: tuple[Trial, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The entry as plain data for JSON."""
        return {
            **asdict(self.key),
            "defaults": self.defaults.to_dict(),
            "settings": self.settings.to_dict(),
            "gain": self.gain,
            "seconds": self.seconds,
            "finished": self.finished,
            "trials": [trial.to_dict() for trial in self.trials],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Entry:
        """The inverse of ``to_dict``; raises InvalidInput for anything else."""
        try:
            return cls(
                key=Key(**{name: str(data[name]) for name in ("machine", "model", "power")}),
                defaults=Settings.from_dict(data["defaults"]),
                settings=Settings.from_dict(data["settings"]),
                gain=float(data["gain"]),
                seconds=float(data["seconds"]),
                finished=data["finished"] is True,
                trials=tuple(Trial.from_dict(trial) for trial in data["trials"]),
            )
        except (TypeError, KeyError, ValueError) as error:
            raise InvalidInput(f"not a result of tuning: {error}") from error


class Store:
    """The results in the file ``path``, the oldest of which go when there are too many."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, key: Key, defaults: Settings) -> Entry | None:
        """The entry for ``key`` exactly, if it was compared with these ``defaults``."""
        for entry in self._read():
            if entry.key == key and entry.defaults == defaults:
                return entry
        return None

    def settings(self, key: Key, defaults: Settings) -> Settings | None:
        """The settings to use; for a power state not tuned in, those found in another one.

        None when nothing was found for this machine and model, compared with these ``defaults``.
        """
        found = [
            entry
            for entry in self._read()
            if entry.finished
            and (entry.key.machine, entry.key.model) == (key.machine, key.model)
            and entry.defaults == defaults
        ]
        found.sort(key=lambda entry: entry.key.power != key.power)  # stable: then the latest
        return found[0].settings if found else None

    def put(self, entry: Entry) -> None:
        """Keep ``entry`` in the place of another one with its key; raises OSError."""
        others = [other for other in self._read() if other.key != entry.key]
        kept = [entry, *others][:MAX_ENTRIES]
        data = {"schema": SCHEMA, "entries": [each.to_dict() for each in kept]}
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self._path.with_name(f"{self._path.name}.{os.getpid()}.partial")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with os.fdopen(os.open(partial, flags, 0o600), "w", encoding="utf-8") as file:
                json.dump(data, file, allow_nan=False)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self._path)
        finally:
            partial.unlink(missing_ok=True)

    def _read(self) -> list[Entry]:
        """The entries, the latest first; none when the file is missing or damaged."""
        try:
            data = json.loads(read_small(self._path, _MAX_BYTES))
            if data["schema"] != SCHEMA:
                return []
            return [Entry.from_dict(entry) for entry in data["entries"]]
        except (OSError, ValueError, TypeError, KeyError, RecursionError, InvalidInput):
            return []


def machine_key() -> str:
    """A digest of all that decides on this machine which settings are fast, but the power.

    The processor and its features decide with the engine's revision which CPU variant runs.
    """
    facts = cpu()
    try:
        folder = find_engine()
        engine = [*variants(folder), (folder / REVISION_FILE).read_text(encoding="utf-8")]
    except (OSError, ValueError, FieldkitError):
        engine = []
    return _digest([asdict(facts), engine])


def model_key(shape: Shape, quantization: str) -> str:
    """A digest of what decides a model's speed: its shape and the types of its tensors.

    How long a context it was trained for, and whether it was with a window, decides nothing here.
    """
    return _digest([asdict(replace(shape, context=0, sliding_window=0)), quantization])


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
