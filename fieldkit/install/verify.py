"""Checks an installation against the hashes of its releases."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fieldkit.core.release import RELEASE_FILE, Release
from fieldkit.errors import IntegrityProblem, UsageProblem
from fieldkit.install import files
from fieldkit.install.layout import LAUNCHER_TARGET, Layout
from fieldkit.install.state import load


class Kind(StrEnum):
    """What is wrong with an installed file."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Problem:
    """One file that is not as the release has it; ``path`` is relative to the prefix."""

    path: str
    kind: Kind

    def __str__(self) -> str:
        """Return ``changed: lib/fieldkit/...``."""
        return f"{self.kind}: {self.path}"


def verify(layout: Layout) -> list[Problem]:
    """Hash every file of every installed release; what is wrong, sorted by path.

    Raises UsageProblem when nothing is installed below the prefix.
    """
    state = load(layout)
    if not state.active:
        raise UsageProblem(
            f"nothing is installed below {layout.prefix}",
            hint="Name where it is installed with --prefix DIR.",
        )
    found: list[tuple[Path, Kind]] = []
    models: set[Path] = set()
    for folder in installed(layout) or [layout.version(state.active)]:
        release = read_release(folder)
        if release is None or release.directory != folder.name:
            found.append((folder / RELEASE_FILE, Kind.CHANGED))
            continue
        found += check_version(folder, release)
        models.add(layout.model(release.model_sha256))
    if not layout.version(state.active).is_dir():
        found.append((layout.version(state.active), Kind.MISSING))
    found += _check_models(layout, models)
    if files.read_link(layout.launcher) != LAUNCHER_TARGET:
        found.append((layout.launcher, Kind.MISSING))
    problems = {Problem(path.relative_to(layout.prefix).as_posix(), kind) for path, kind in found}
    return sorted(problems, key=lambda problem: problem.path)


def installed(layout: Layout) -> list[Path]:
    """Return the folders of installed releases; what an interrupted run left does not count."""
    if not layout.versions.is_dir():
        return []
    return sorted(path for path in layout.versions.iterdir() if not path.name.startswith("."))


def read_release(folder: Path) -> Release | None:
    """Return the release of a version folder; None when its ``release.json`` is damaged."""
    try:
        return Release.from_json((folder / RELEASE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, IntegrityProblem):
        return None


def check_version(folder: Path, release: Release) -> Iterator[tuple[Path, Kind]]:
    """Compare a version folder with the release it should hold."""
    yield from _check_manifest(folder, release)
    for file in release.version_files:
        path = folder / file.path
        if not files.present(path):
            yield path, Kind.MISSING
        elif not matches(path, file.size, file.sha256) or not _has_mode(path, file.mode):
            yield path, Kind.CHANGED
    for link in release.links:
        path = folder / link.path
        if not files.present(path):
            yield path, Kind.MISSING
        elif files.read_link(path) != link.target:
            yield path, Kind.CHANGED
    known = {file.path for file in release.version_files} | {link.path for link in release.links}
    for path in _walk(folder):
        if path.relative_to(folder).as_posix() not in known | {RELEASE_FILE}:
            yield path, Kind.EXTRA


def _check_manifest(folder: Path, release: Release) -> Iterator[tuple[Path, Kind]]:
    path = folder / RELEASE_FILE
    if not files.present(path):
        yield path, Kind.MISSING
    elif not matches(path, len(release.to_json().encode()), release.identity):
        yield path, Kind.CHANGED


def matches(path: Path, size: int, sha256: str) -> bool:
    """Whether a regular file has this size and SHA-256; an unreadable one has not."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != size:
        return False
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _has_mode(path: Path, mode: int) -> bool:
    return os.name != "posix" or bool(path.stat().st_mode & 0o100) == bool(mode & 0o100)


def _check_models(layout: Layout, known: set[Path]) -> Iterator[tuple[Path, Kind]]:
    for path in sorted(known):
        if not files.present(path):
            yield path, Kind.MISSING
        elif not matches(path, path.stat().st_size, path.stem):
            yield path, Kind.CHANGED
    if layout.models.is_dir():
        for path in _walk(layout.models):
            if path not in known:
                yield path, Kind.EXTRA


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        for name in names:
            yield Path(parent, name)
        for name in folders:
            if Path(parent, name).is_symlink():
                yield Path(parent, name)
