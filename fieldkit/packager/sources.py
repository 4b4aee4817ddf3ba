"""Where models come from: a hub, or a folder on this machine or a stick. Both bring files by name.

A source lists what it has, lets the beginning of a file be read before anything is fetched, and
brings whole files into the store. What a file's bytes must be is the lock's to say.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from fieldkit.core.text import clean_line
from fieldkit.errors import FetchFailed, FieldkitError, IntegrityProblem
from fieldkit.packager import hub
from fieldkit.packager.access import Access, require_online
from fieldkit.packager.fetch import Wanted, fetch
from fieldkit.packager.http import Opener
from fieldkit.packager.patience import Tell
from fieldkit.packager.remote_file import RemoteFile
from fieldkit.packager.store import Store

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file of a source. ``sha256`` is None until its bytes were read, where nobody tells it."""

    path: str
    size: int
    sha256: str | None = None
    git_oid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source has, at one commit if it knows such a thing."""

    name: str
    commit: str | None
    files: tuple[Listed, ...]


class Source(Protocol):
    """Something that models are taken from.

    ``name`` is for people; ``takes_room`` says that what it brings comes onto this disk anew.
    """

    name: str
    takes_room: bool

    def listing(self, revision: str) -> Listing:
        """Everything that is there; ``revision`` is for sources that keep several."""

    def open(self, file: Listed, commit: str | None) -> BinaryIO:
        """The file, to read its beginning."""

    def bring(self, file: Listed, commit: str | None, store: Store, advance: Advance) -> str:
        """Put the whole file into the store; its SHA-256.

        ``advance`` is told the bytes that came. Raises IntegrityProblem when they are not what
        ``file`` says they are.
        """


class HubSource:
    """A repository of a hub; ``tell`` is told what went wrong and is tried again."""

    def __init__(self, repository: str, access: Access, tell: Tell) -> None:
        require_online(access)
        self.name = f"{repository} on {access.host}"
        self.takes_room = True
        self._repository = repository
        self._access = access
        self._opener = Opener(token=access.token, token_host=access.host)
        self._tell = tell

    def listing(self, revision: str) -> Listing:
        """What the hub says of the repository; InvalidInput, LicenceProblem or FetchFailed."""
        found = hub.snapshot(
            self._repository, revision, endpoint=self._access.endpoint, token=self._access.token
        )
        files = tuple(
            Listed(path=file.path, size=file.size, sha256=file.sha256, git_oid=file.git_oid)
            for file in found.files
        )
        return Listing(name=found.repository, commit=found.commit, files=files)

    def open(self, file: Listed, commit: str | None) -> BinaryIO:
        """The file behind ranged requests."""
        assert commit is not None
        url = self._access.url(self._repository, commit, file.path)
        return io.BufferedReader(RemoteFile(url, file.size, self._opener), RemoteFile.BLOCK)

    def bring(self, file: Listed, commit: str | None, store: Store, advance: Advance) -> str:
        """Fetch the file, going on where an ended run stopped."""
        assert commit is not None
        known = file.sha256
        target = store.blob(known) if known else store.incoming(_incoming_name(file))
        told = 0

        def progress(done: int, _total: int) -> None:
            nonlocal told
            advance(done - told)
            told = done

        wanted = Wanted(
            url=self._access.url(self._repository, commit, file.path),
            target=target,
            size=file.size,
            sha256=known,
            git_oid=None if known else file.git_oid,
        )
        try:
            digest = fetch(
                wanted,
                opener=self._opener,
                progress=progress,
                tell=lambda line: self._tell(line.replace(target.name, file.path, 1)),
            )
        except FieldkitError as error:  # which knows the file by the name it has in the store
            error.message = error.message.replace(target.name, file.path, 1)
            raise
        advance(file.size - told)
        store.settle(target, digest)
        return digest


def _incoming_name(file: Listed) -> str:
    return file.git_oid or file.path.encode().hex()[:64]


def folder_name(folder: Path) -> str:
    """What a lock calls a folder: its own name, not where it lies."""
    return clean_line(folder.name)[:100] or "folder"


class FolderSource:
    """A folder with a repository's files under their own names.

    ``cache`` is where they are taken to. A snapshot in the cache of the Hub's tools is such a
    folder too: its links into ``blobs`` beside it are followed, others out of the folder are not.
    """

    def __init__(self, folder: Path, cache: Path) -> None:
        if not folder.is_dir():
            raise FetchFailed(
                f"{folder}: there is no such folder",
                hint="Is the stick plugged in and mounted? Name the folder that holds the files.",
            )
        self.name = str(folder)
        self.takes_room = folder.stat().st_dev != cache.stat().st_dev
        self._folder = folder
        self._roots = (folder.resolve(), (folder.parent.parent / "blobs").resolve())

    def listing(self, revision: str) -> Listing:  # noqa: ARG002 - a folder has no revisions
        """The files at the top and one folder down: nothing that is taken lies deeper."""
        found = [entry for entry in sorted(self._folder.iterdir()) if not _hidden(entry)]
        inner = [
            entry
            for folder in found
            if folder.is_dir() and not folder.is_symlink()
            for entry in sorted(folder.iterdir())
        ]
        files = tuple(
            Listed(path=path.relative_to(self._folder).as_posix(), size=path.stat().st_size)
            for path in [*found, *inner]
            if path.is_file()
        )
        return Listing(name=folder_name(self._folder), commit=None, files=files)

    def open(self, file: Listed, commit: str | None) -> BinaryIO:  # noqa: ARG002 - see above
        """The file itself."""
        return self._path(file).open("rb")

    def bring(self, file: Listed, commit: str | None, store: Store, advance: Advance) -> str:  # noqa: ARG002
        """Link or copy the file into the store, and hold it to the hash that is expected."""
        path = self._path(file)
        digest = store.adopt(path, file.sha256, advance)
        if file.sha256 is not None and digest != file.sha256:
            raise IntegrityProblem(
                f"{path}: is not the file that the lock pins: sha256 is {digest}, expected "
                f"{file.sha256}",
                hint="It was changed or damaged, on the stick or on its way there. Copy it anew; "
                "if the change is wanted: fieldkit pull PROFILE --update.",
            )
        return digest

    def _path(self, file: Listed) -> Path:
        path = self._folder / file.path
        try:
            real = path.resolve(strict=True)
        except OSError as error:
            raise FetchFailed(
                f"{path}: there is no such file",
                hint="The folder is not complete: copy it anew.",
            ) from error
        if not any(real.is_relative_to(root) for root in self._roots):
            raise IntegrityProblem(
                f"{path}: is a link to {real}, outside of the folder",
                hint="Put the file itself there.",
            )
        return path


def _hidden(path: Path) -> bool:
    return path.name.startswith(".")
