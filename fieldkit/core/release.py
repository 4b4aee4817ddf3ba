"""What a release is: ``release.json`` (which files, by hash) and ``assistant.json`` (what it runs).

Both are plain JSON with sorted keys, so a release's identity is the SHA-256 of ``release.json``.
Parsing checks every field and every path: the file may come from a stick somebody else wrote.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from fieldkit.core.battery import LOW_PERCENT
from fieldkit.core.sampling import Sampling
from fieldkit.core.text import clean_line
from fieldkit.errors import IntegrityProblem

SCHEMA = 1
RELEASE_FILE = "release.json"
ASK = "ask"
SHOW = "show"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything the installed assistant needs to know, resolved at build time.

    ``model``, ``library`` and ``embedder`` ("": none) are paths relative to the folder that holds
    ``assistant.json``. ``context`` is in tokens, ``max_tokens`` bounds one answer, ``passages`` is
    how many passages an answer gets and ``passage_tokens`` their total budget. ``when_unsure`` is
    ``ask`` (the model) or ``show`` (the pages) where the manuals may answer. ``tune`` lets the
    assistant look for the engine's fastest settings while it is idle. ``interface`` is the language
    of its texts, "" where the release leaves that open. From ``low_battery_percent`` on the battery
    is saved; 0: never. ``feedback_recipients`` are the age public keys to which flagged answers are
    encrypted, none where none are collected. ``ask_who``: ask who is there at the start, where
    several people share an account.
    ``keys`` gives actions other keys, by their ids (``fieldkit.core.keys``). ``temperature`` to
    ``repeat_penalty`` are those of ``fieldkit.core.sampling``; with ``quotes_only`` the model only
    chooses which statements of the passages are shown (``fieldkit.core.choosing``).
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
    when_unsure: str = ASK
    tune: bool = True
    embedder: str = ""
    interface: str = ""
    low_battery_percent: int = LOW_PERCENT
    feedback_recipients: tuple[str, ...] = ()
    ask_who: bool = True
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    temperature: float = 0.0
    top_p: float = 0.95
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    quotes_only: bool = False

    @property
    def sampling(self) -> Sampling:
        """How answers are drawn."""
        return Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            min_p=self.min_p,
            repeat_penalty=self.repeat_penalty,
        )

    def to_json(self) -> str:
        """Return the canonical text of ``assistant.json``."""
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Assistant:
        """Parse ``assistant.json``; raises IntegrityProblem when it is not one."""
        try:
            data = json.loads(text)
            lists = {"examples": data["examples"]}
            lists["feedback_recipients"] = data.get("feedback_recipients", ())
            return cls(**{**data, **{name: tuple(value) for name, value in lists.items()}})
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

    ``memory_bytes`` is the memory the assistant is predicted to need. The entry of ``files`` with
    the path ``models/<model_sha256>.gguf`` is the model: it is installed below the folder of all
    versions, once for all of them; every other path is relative to the version folder.
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
    def model(self) -> ReleaseFile:
        """The entry of the model."""
        path = model_path(self.model_sha256)
        return next(file for file in self.files if file.path == path)

    @property
    def version_files(self) -> tuple[ReleaseFile, ...]:
        """Every file of the version folder: all but the model and ``release.json`` itself."""
        path = model_path(self.model_sha256)
        return tuple(file for file in self.files if file.path != path)

    @property
    def folders(self) -> tuple[str, ...]:
        """Every folder of the version folder, parents first."""
        paths = [file.path for file in self.version_files] + [link.path for link in self.links]
        parents = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
        return tuple(sorted(parents - {"."}))

    @property
    def installed_bytes(self) -> int:
        """Bytes the release takes on the target's disk, file system overhead not counted."""
        return sum(file.size for file in self.files)

    def to_json(self) -> str:
        """Return the canonical text of ``release.json``."""
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
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IntegrityProblem(
                f"release.json is not valid: {error}",
                hint="Copy the media again from its source, or ask who built it.",
            ) from error
        return release


def canonical(data: Mapping[str, Any]) -> str:
    """Return ``data`` as JSON with sorted keys and a final newline: equal data, equal bytes."""
    return json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def model_path(sha256: str) -> str:
    """Where the model with this hash is kept, below the folder that holds all versions."""
    return f"models/{sha256}.gguf"


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
        and clean_line(path) == path
        and not any(char in '\\:*?"<>|' for char in path)
    )


def _check(release: Release) -> None:
    _check_words(release)
    _check_paths(release)
    _check_links(release)
    _check_blobs(release)
    for file in release.files:
        _check_file(file, release.blobs)


def _check_words(release: Release) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}", release.version):
        raise ValueError(f"odd version {release.version!r}")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", release.name):
        raise ValueError(f"odd name {release.name!r}")
    if not re.fullmatch(r"(\d{1,4}(\.\d{1,4}){1,2})?", release.platform.glibc):
        raise ValueError(f"odd C library version {release.platform.glibc!r}")
    for word in (release.platform.os, release.platform.machine):
        if not re.fullmatch(r"[A-Za-z0-9_]{1,32}", word):
            raise ValueError(f"odd platform {word!r}")
    for text in (release.publisher, release.created, release.fieldkit, release.engine):
        if not text.isprintable():
            raise ValueError(f"control characters in {text!r}")
    if not release.licence.isprintable():
        raise ValueError(f"control characters in {release.licence!r}")
    _check_count("memory_bytes", release.memory_bytes)


def _check_paths(release: Release) -> None:
    paths = [file.path for file in release.files] + [link.path for link in release.links]
    for path in paths:
        if not safe_path(path) or path == RELEASE_FILE:
            raise ValueError(f"unsafe path {path!r}")
    if len(set(paths)) != len(paths):
        raise ValueError("a path occurs twice")
    parents = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
    for path in sorted(parents & set(paths)):
        raise ValueError(f"{path!r} is both a file and a folder")
    models = [path for path in paths if path.startswith("models/")]
    if models != [model_path(release.model_sha256)]:
        raise ValueError("it does not hold exactly the model it names")
    if release.model.sha256 != release.model_sha256:
        raise ValueError("the model's entry has another hash than its name")


def _check_links(release: Release) -> None:
    known = {file.path for file in release.version_files} | {link.path for link in release.links}
    for link in release.links:
        steps = [part for part in link.target.split("/") if part != ".."]
        if not safe_path("/".join(steps)) or _destination(link) not in known - {link.path}:
            raise ValueError(f"unsafe link {link.path!r} -> {link.target!r}")


def _destination(link: Link) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.path), link.target))


def _check_blobs(release: Release) -> None:
    names = [blob.sha256 for blob in release.blobs]
    for digest in [file.sha256 for file in release.files] + names:
        if not _SHA256.fullmatch(digest):
            raise ValueError(f"not a SHA-256: {digest!r}")
    if len(set(names)) != len(names):
        raise ValueError("a blob occurs twice")
    for blob in release.blobs:
        _check_count(blob.sha256, blob.size)


def _check_file(file: ReleaseFile, blobs: Sequence[Blob]) -> None:
    _check_count(file.path, file.size)
    for part in file.parts:
        for value in (part.blob, part.offset, part.size):
            _check_count(file.path, value)
        if part.blob >= len(blobs) or part.offset + part.size > blobs[part.blob].size:
            raise ValueError(f"{file.path!r} reaches outside its blob")
    if sum(part.size for part in file.parts) != file.size or file.mode not in {0o644, 0o755}:
        raise ValueError(f"sizes or mode of {file.path!r} do not add up")


def _check_count(what: str, value: object) -> None:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError(f"odd number {value!r} for {what!r}")
