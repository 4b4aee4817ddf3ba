"""What the loopback hub holds and logs: files, commits, repositories, requests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Content = bytes | Path


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a commit; ``oid`` is its git object, of the pointer when it is an LFS file."""

    path: str
    content: Content
    size: int
    sha256: str
    oid: str
    lfs: bool

    @property
    def etag(self) -> str:
        """Without the quotes."""
        return self.sha256 if self.lfs else self.oid

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes."""
        if isinstance(self.content, bytes):
            return self.content[start : start + length]
        with self.content.open("rb") as stream:
            stream.seek(start)
            return stream.read(length)

    def entry(self) -> dict[str, Any]:
        """As the tree listing tells it."""
        entry = {"type": "file", "oid": self.oid, "size": self.size, "path": self.path}
        if self.lfs:
            entry["lfs"] = {"oid": self.sha256, "size": self.size, "pointerSize": 134}
        return entry


@dataclass(kw_only=True)
class Repository:
    """Every commit of a repository, and what its branches and tags point at."""

    name: str
    commits: dict[str, dict[str, File]] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    gated: bool = False
    card: dict[str, Any] = field(default_factory=dict)

    def commit(self, revision: str) -> str | None:
        """The commit of a branch, a tag or a commit's own hash."""
        return revision if revision in self.commits else self.revisions.get(revision)


@dataclass(kw_only=True)
class Request:
    """One request as it came, and what was sent back: ``sent`` bytes of the body so far.

    ``done`` says that nothing more is sent.
    """

    method: str
    path: str
    query: str = ""
    file: str | None = None
    range: str | None = None
    if_range: str | None = None
    authorization: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    sent: int = 0
    fault: str | None = None
    done: bool = False


def make_file(path: str, content: Content, lfs_over: int) -> File:
    """Read a file once, for its size, its sha256 and its git object."""
    if isinstance(content, bytes):
        size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    else:
        size = content.stat().st_size
        with content.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    lfs = size > lfs_over
    if lfs:
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
        blob = pointer.encode()
    else:
        blob = content if isinstance(content, bytes) else content.read_bytes()
    oid = hashlib.sha1(b"blob %d\0" % len(blob) + blob).hexdigest()
    return File(path=path, content=content, size=size, sha256=sha256, oid=oid, lfs=lfs)


def information(repository: Repository, commit: str) -> dict[str, Any]:
    """What ``/api/models/R`` tells; ``gated`` is False, ``auto`` or ``manual``."""
    licence = repository.card.get("license")
    return {
        "_id": "0" * 24,
        "id": repository.name,
        "modelId": repository.name,
        "author": repository.name.split("/")[0],
        "sha": commit,
        "private": False,
        "disabled": False,
        "gated": "manual" if repository.gated else False,
        "lastModified": "2025-01-01T00:00:00.000Z",
        "createdAt": "2025-01-01T00:00:00.000Z",
        "downloads": 0,
        "likes": 0,
        "library_name": "transformers",
        "tags": [f"license:{licence}"] if licence else [],
        "cardData": dict(repository.card),
        "siblings": [{"rfilename": path} for path in repository.commits[commit]],
    }


def listing(files: Iterable[File], folder: str, recursive: bool) -> list[dict[str, Any]]:
    """Files and folders below ``folder``, sorted by path."""
    entries: dict[str, dict[str, Any]] = {}
    prefix = f"{folder}/" if folder else ""
    for file in files:
        if not file.path.startswith(prefix):
            continue
        parts = file.path.removeprefix(prefix).split("/")
        parents = [prefix + "/".join(parts[:depth]) for depth in range(1, len(parts))]
        for parent in parents if recursive else parents[:1]:
            entries[parent] = {"type": "directory", "oid": "0" * 40, "size": 0, "path": parent}
        if recursive or not parents:
            entries[file.path] = file.entry()
    return [entries[path] for path in sorted(entries)]
