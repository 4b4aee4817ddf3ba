"""The lock of a profile: what its candidate resolved to, ``lock.json`` beside ``profile.toml``.

Written by the first pull and held to afterwards. Commits and hashes are only ever resolved from
what a source said and what its bytes were; nobody types them.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from pydantic import Field, ValidationError, field_validator

from fieldkit.core.validation import Line, Section
from fieldkit.errors import InvalidInput

LOCK_FILE = "lock.json"
FORMAT = 1


def safe_path(path: str) -> str:
    """Return ``path`` if it is relative, normal and stays where it is put; ValueError if not."""
    parts = PurePosixPath(path).parts
    reserved = any(ord(letter) < 32 or letter in '\\:*?"<>|' for letter in path)
    if not parts or path.startswith("/") or ".." in parts or reserved or str(
        PurePosixPath(path)
    ) != path:  # fmt: skip
        raise ValueError(f"{path!r} is not a plain relative path")
    return path


class LockedFile(Section):
    """One file: its ``path`` in the repository, its size in bytes, its sha256."""

    path: Line
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @field_validator("path")
    @classmethod
    def _plain(cls, value: str) -> str:
        return safe_path(value)


class Pinned(Section):
    """A repository at a commit, or a folder (``commit`` None), with every file that was taken."""

    repository: Line
    commit: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    files: tuple[LockedFile, ...] = Field(min_length=1, strict=False)

    def file(self, path: str) -> LockedFile | None:
        """The entry of ``path``, None when it was not taken."""
        return next((file for file in self.files if file.path == path), None)


class Lock(Section):
    """A profile's lock. ``licence`` is the path of the licence text among the model's files."""

    format: int = Field(default=FORMAT, ge=FORMAT, le=FORMAT)
    candidate: Line
    model: Pinned
    adapter: Pinned | None = None
    licence: Line | None = None

    @property
    def licence_file(self) -> LockedFile | None:
        """The licence text, None when the source carries none."""
        return self.model.file(self.licence) if self.licence is not None else None

    def to_json(self) -> str:
        """As it stands on disk: indented, one trailing newline."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def parse(text: str, *, source: str) -> Lock:
    """Read a lock; InvalidInput when it is not one, since a guess would defeat its purpose."""
    try:
        return Lock.model_validate_json(text)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in found['loc']) or 'file'}: {found['msg']}"
            for found in error.errors()
        ]
        raise InvalidInput(
            f"{source}: the lock is not valid",
            problems=problems,
            hint="Restore it from version control; or remove it and pull again, which pins anew.",
        ) from error
