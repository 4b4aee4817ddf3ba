"""What a release is: ``release.json`` (which files, by hash) and ``assistant.json`` (what it runs).

Both are plain JSON with sorted keys, so a release's identity is the SHA-256 of ``release.json``.
Parsing checks every field and every path: the file may come from a stick somebody else wrote.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from fieldkit.errors import IntegrityProblem

SCHEMA = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything the installed assistant needs to know, resolved at build time.

    ``model`` and ``library`` are paths relative to the folder that holds ``assistant.json``.
    ``context`` is in tokens, ``max_tokens`` bounds one answer, ``passages`` is how many passages an
    answer gets and ``passage_tokens`` their total budget.
    """

    name: str
    language: str
    system_prompt: str
    examples: tuple[str, ...]
    model: str
    model_name: str
    quantization: str
    template: str
    context: int
    max_tokens: int
    library: str
    passages: int
    passage_tokens: int
    evidence_only: bool

    def to_json(self) -> str:
        """The canonical text of ``assistant.json``."""
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Assistant:
        """Parse ``assistant.json``; raises IntegrityProblem when it is not one."""
        try:
            data = json.loads(text)
            return cls(**{**data, "examples": tuple(data["examples"])})
        except (ValueError, TypeError, KeyError) as error:
            raise IntegrityProblem(
                f"assistant.json is not valid: {error}",
                hint="Install the release again from its media.",
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``size`` bytes at ``offset`` of the blob with index ``blob``."""

    blob: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One installed file: its path below the version folder, mode, size in bytes and SHA-256."""

    path: str
    mode: int
    size: int
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A symbolic link inside the version folder."""

    path: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One file of the media's ``blobs`` folder, named by its SHA-256, at most 1 GiB."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Where a release runs: ``linux``/``windows``/``macos``, the machine and the C library."""

    os: str
    machine: str
    glibc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The content of ``release.json``.

    ``memory_bytes`` is the memory the assistant is predicted to need; ``model_sha256`` names the
    file of ``files`` that is installed as ``models/<sha256>.gguf``, once for all versions; every
    other path is relative to the version folder.
    """

    name: str
    version: str
    publisher: str
    created: str
    fieldkit: str
    engine: str
    platform: Platform
    memory_bytes: int
    model_sha256: str
    licence: str
    files: tuple[ReleaseFile, ...]
    links: tuple[Link, ...]
    blobs: tuple[Blob, ...]

    @property
    def installed_bytes(self) -> int:
        """Bytes the release takes on the target's disk, file system overhead not counted."""
        return sum(file.size for file in self.files)

    def to_json(self) -> str:
        """The canonical text of ``release.json``."""
        return canonical({"schema": SCHEMA, **asdict(self)})

    @property
    def identity(self) -> str:
        """SHA-256 of the canonical ``release.json``."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def directory(self) -> str:
        """The name of the version folder: version and the first 12 digits of the identity."""
        return f"{self.version}-{self.identity[:12]}"

    @classmethod
    def from_json(cls, text: str) -> Release:
        """Parse and check ``release.json``; raises IntegrityProblem and says what is wrong."""
        try:
            data = json.loads(text)
            if data.pop("schema") != SCHEMA:
                raise ValueError("unknown schema")
            release = cls(
                **{
                    **data,
                    "platform": Platform(**data["platform"]),
                    "files": tuple(_file(entry) for entry in data["files"]),
                    "links": tuple(Link(**entry) for entry in data["links"]),
                    "blobs": tuple(Blob(**entry) for entry in data["blobs"]),
                }
            )
            _check(release)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise IntegrityProblem(
                f"release.json is not valid: {error}",
                hint="Copy the media again from its source, or ask who built it.",
            ) from error
        return release


def canonical(data: Mapping[str, Any]) -> str:
    """``data`` as JSON with sorted keys, two spaces and a final newline: equal data, equal bytes."""
    return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _file(entry: Mapping[str, Any]) -> ReleaseFile:
    return ReleaseFile(**{**entry, "parts": tuple(Part(**part) for part in entry["parts"])})


def safe_path(path: str) -> bool:
    """Whether ``path`` is a plain relative POSIX path that is safe on every file system we use."""
    pure = PurePosixPath(path)
    return (
        bool(path)
        and str(pure) == path
        and not pure.is_absolute()
        and ".." not in pure.parts
        and not any(ord(char) < 32 or char in '\\:*?"<>|\x7f' for char in path)
    )


def _check(release: Release) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}", release.version):
        raise ValueError(f"odd version {release.version!r}")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", release.name):
        raise ValueError(f"odd name {release.name!r}")
    paths = [file.path for file in release.files] + [link.path for link in release.links]
    for path in paths:
        if not safe_path(path):
            raise ValueError(f"unsafe path {path!r}")
    if len(set(paths)) != len(paths):
        raise ValueError("a path occurs twice")
    for link in release.links:
        folder = PurePosixPath(link.path).parent
        if not safe_path(link.target) or folder == PurePosixPath(link.target):
            raise ValueError(f"unsafe link {link.path!r} -> {link.target!r}")
    for digest in [file.sha256 for file in release.files] + [blob.sha256 for blob in release.blobs]:
        if not _SHA256.fullmatch(digest):
            raise ValueError(f"not a SHA-256: {digest!r}")
    for file in release.files:
        if sum(part.size for part in file.parts) != file.size or file.mode not in {0o644, 0o755}:
            raise ValueError(f"sizes or mode of {file.path!r} do not add up")
        for part in file.parts:
            blob = release.blobs[part.blob]
            if part.offset < 0 or part.size < 0 or part.offset + part.size > blob.size:
                raise ValueError(f"{file.path!r} reaches outside its blob")
