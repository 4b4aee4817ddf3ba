"""A profile's lock: made from a source, held against the profile, compared with the next."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import fieldkit
from fieldkit.core.licence import primary_text
from fieldkit.core.lock import LOCK_FILE, Lock, LockedFile, Pinned
from fieldkit.errors import InvalidInput, UsageProblem
from fieldkit.packager import allowlist, lockfile, textfile
from fieldkit.packager.origins import Request
from fieldkit.packager.sources import Listed, Listing, Source

_CARRIED = Path(fieldkit.__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The model or its adapter as a source has it now: ``files`` are those that are taken."""

    source: Source
    listing: Listing
    files: tuple[Listed, ...]


def model_part(request: Request, source: Source) -> Part:
    """The model's files; FetchFailed when the source does not have them."""
    file = request.candidate.origin.file if request.candidate.format == "gguf" else None

    def choose(paths: Collection[str], where: str) -> tuple[str, ...]:
        return allowlist.model_files(paths, where=where, file=file)

    return _part(source, request.revision, choose)


def adapter_part(request: Request, source: Source) -> Part:
    """The adapter's files; FetchFailed when the source does not have them."""
    on_hub = request.adapter_on_hub()

    def choose(paths: Collection[str], where: str) -> tuple[str, ...]:
        return allowlist.adapter_files(paths, where=where)

    return _part(source, on_hub[1] if on_hub else "main", choose)


def _part(
    source: Source, revision: str, choose: Callable[[Collection[str], str], tuple[str, ...]]
) -> Part:
    listing = source.listing(revision)
    by_path = {file.path: file for file in listing.files}
    files = tuple(by_path[path] for path in choose(by_path.keys(), source.name))
    for file in files:
        allowlist.check_size(file.path, file.size, where=source.name)
    return Part(source=source, listing=listing, files=files)


def pinned(part: Part, hashes: dict[str, str]) -> Pinned:
    """A part's entry in the lock; ``hashes`` holds those that only its bytes could tell."""
    files = tuple(
        LockedFile(path=file.path, size=file.size, sha256=file.sha256 or hashes[file.path])
        for file in sorted(part.files, key=lambda file: file.path)
    )
    return Pinned(repository=part.listing.name, commit=part.listing.commit, files=files)


def make_lock(request: Request, model: Pinned, adapter: Pinned | None) -> Lock:
    """The lock of a profile."""
    return Lock(
        candidate=request.profile.model.candidate,
        model=model,
        adapter=adapter,
        licence=primary_text(file.path for file in model.files),
    )


def read(folder: Path) -> Lock | None:
    """The lock in the profile's folder, None before the first pull; InvalidInput if broken."""
    return lockfile.read(folder / LOCK_FILE)


def write(folder: Path, lock: Lock) -> None:
    """Write the lock into the profile's folder: the old one or the new one, never half of it."""
    textfile.write(folder / LOCK_FILE, lock.to_json())


def is_writable(folder: Path) -> bool:
    """Whether a lock can be written into a profile's folder, and would stay there."""
    return not _is_carried(folder) and os.access(folder, os.W_OK)


def _is_carried(folder: Path) -> bool:
    return folder.resolve().is_relative_to(_CARRIED)


def require_writable(folder: Path) -> None:
    """Raise UsageProblem, before anything is asked for, where no lock can be written."""
    if not is_writable(folder):
        carried = _is_carried(folder)
        why = "is part of the installed fieldkit" if carried else "cannot be written to"
        raise UsageProblem(
            f"{folder}: {why}, and the lock of its model belongs beside the profile",
            hint=f"Copy the folder to a place of your own and name that: cp -r {folder} .",
        )


def check(request: Request, lock: Lock) -> None:
    """Raise InvalidInput when ``lock`` was made for another model than the profile names now.

    A lock may have been edited: what is never taken from a source is not taken because of a lock.
    """
    problems = list(_contradictions(request, lock)) or list(_unwanted(request, lock))
    if problems:
        raise InvalidInput(
            f"{request.folder / LOCK_FILE}: is not the lock of this profile any more",
            problems=problems,
            hint=f"To pin what the profile asks for now: fieldkit pull {request.folder} --update.",
        )


def _contradictions(request: Request, lock: Lock) -> Iterator[str]:
    named = request.profile.model.candidate
    if lock.candidate != named:
        yield f"candidate: {lock.candidate} in the lock, {named} in the profile"
        return
    if lock.model.repository != request.model_name:
        yield f"model: {lock.model.repository} in the lock, not {request.model_name}"
    if (request.repository is None) != (lock.model.commit is None):
        yield "model: the lock is of another kind of source than the profile names"
    wanted = request.wanted_commit
    if wanted is not None and lock.model.commit not in {None, wanted}:
        yield f"model.revision: {lock.model.commit} in the lock, {wanted} in the profile"
    yield from _adapter_contradictions(request, lock.adapter)
    file = request.candidate.origin.file
    if request.candidate.format == "gguf" and file and lock.model.file(file) is None:
        yield f"model: {file} is not in the lock"


def _unwanted(request: Request, lock: Lock) -> Iterator[str]:
    """The files of a lock that no pull would have put there."""
    file = request.candidate.origin.file if request.candidate.format == "gguf" else None
    where = str(request.folder / LOCK_FILE)
    paths = [one.path for one in lock.model.files]
    wanted = allowlist.model_files(paths, where=where, file=file)
    yield from (f"model: {path} is never taken" for path in paths if path not in wanted)
    if lock.adapter is not None:
        paths = [one.path for one in lock.adapter.files]
        wanted = allowlist.adapter_files(paths, where=where)
        yield from (f"adapter: {path} is never taken" for path in paths if path not in wanted)


def _adapter_contradictions(request: Request, locked: Pinned | None) -> Iterator[str]:
    if (request.adapter is None) != (locked is None):
        yield f"adapter: {'none' if locked is None else locked.repository} in the lock"
    elif locked is not None:
        name = request.adapter_name(on_hub=locked.commit is not None)
        if locked.repository != name:
            yield f"adapter: {locked.repository} in the lock, not {name}"


def changes(before: Lock, after: Lock) -> tuple[str, ...]:
    """What another lock changes, a line each; empty when nothing does."""
    lines = list(_changed("model", before.model, after.model))
    empty = Pinned.model_construct(repository="none", commit=None, files=())
    lines += _changed("adapter", before.adapter or empty, after.adapter or empty)
    old, new = before.licence_file, after.licence_file
    if (old and old.sha256) != (new and new.sha256):
        lines.append("the licence's text is another one: the acceptance of the old one is void")
    elif before.model.commit != after.model.commit:
        lines.append("the licence's text is the same, but it has to be accepted at this commit")
    return tuple(lines)


def _changed(name: str, before: Pinned, after: Pinned) -> Iterator[str]:
    old = (before.repository, before.commit)
    new = (after.repository, after.commit)
    if old != new:
        yield f"{name}: {_place(before)} -> {_place(after)}"
    paths = {file.path: file.sha256 for file in before.files}
    for file in after.files:
        was = paths.pop(file.path, None)
        if was is None:
            yield f"{name}: {file.path} is new"
        elif was != file.sha256:
            yield f"{name}: {file.path} changed"
    yield from (f"{name}: {path} is gone" for path in paths)


def _place(found: Pinned) -> str:
    return f"{found.repository} at {found.commit[:12]}" if found.commit else found.repository
