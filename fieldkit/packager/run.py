"""One run of the pipeline: its cache, what it reused, and where it is asked to stop."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fieldkit
from fieldkit.packager.cache import Cache, Hashes
from fieldkit.packager.progress import Progress

_PACKAGE = Path(fieldkit.__file__).resolve().parent


class Enough(Exception):
    """``build --until STEP`` has done STEP."""


@dataclass(kw_only=True)
class Run:
    """What every step is given. ``until`` names the last step to do, None does all."""

    progress: Progress
    until: str | None = None
    cache: Cache = field(default_factory=Cache)
    hashes: Hashes = field(default_factory=Hashes)
    reused: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, what: str) -> Iterator[None]:
        """Do a step that is not cached."""
        with self.progress.step(name, what):
            yield

    def cached(
        self, name: str, what: str, inputs: Mapping[str, Any], make: Callable[[Path], None]
    ) -> Path:
        """The artifact of a step: the cache's, or what ``make`` now writes into a new folder."""
        entry = self.cache.find(name, inputs)
        if entry is not None:
            self.reuse(name)
            return entry
        with self.progress.step(name, what), self.cache.make(name, inputs) as folder:
            make(folder)
        entry = self.cache.find(name, inputs)
        assert entry is not None
        return entry

    def reuse(self, name: str) -> None:
        """Say that a step had nothing to do."""
        self.reused.append(name)
        self.progress.seconds[name] = 0.0
        self.progress.note(f"{name:<10} unchanged, reused")

    def done(self, name: str) -> None:
        """Raise Enough after the step that ``until`` names."""
        if self.until == name:
            raise Enough


def code(*parts: str) -> str:
    """The hash of fieldkit's own source below ``parts``, files or folders of the package.

    An artifact made by other code is another artifact.
    """
    digest = hashlib.sha256()
    for part in parts:
        root = _PACKAGE / part
        files = [root] if root.is_file() else sorted(root.rglob("*"))
        for path in files:
            if (
                path.suffix in {".py", ".tcss", ".mo"}
                and "data" not in path.relative_to(_PACKAGE).parts
            ):
                digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
