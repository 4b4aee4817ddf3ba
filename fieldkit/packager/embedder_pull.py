"""Pins an embedder of the catalog to a commit and hashes, and has its files on this disk.

The first build or pull asks the hub and writes ``embedder-lock.json`` beside the profile; from then
on exactly those bytes are taken. Sources, store and allowlist are those of a model's pull.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.embedder_entry import EmbedderEntry
from fieldkit.core.licence import primary_text
from fieldkit.core.lock import Lock, Pinned
from fieldkit.errors import FetchFailed, InvalidInput
from fieldkit.install import lock as runs
from fieldkit.packager import allowlist, lockfile, pinning, stick, textfile
from fieldkit.packager.access import access
from fieldkit.packager.allowlist import is_weights
from fieldkit.packager.origins import Options
from fieldkit.packager.pinning import Part
from fieldkit.packager.quantize import check_space
from fieldkit.packager.run import Run
from fieldkit.packager.sources import FolderSource, HubSource, Listed, Source
from fieldkit.packager.store import Store

LOCK_FILE = "embedder-lock.json"
STICK = "embedder"  # the folder of a stick that it travels in
_MARGIN = 64 << 20
_AS_USUAL = Options()

Hook = Callable[[Pinned, Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledEmbedder:
    """What the lock pins, on this disk: ``folder`` has the repository's own file names."""

    lock: Lock
    folder: Path


def pull(
    name: str,
    entry: EmbedderEntry,
    folder: Path,
    *,
    run: Run,
    options: Options = _AS_USUAL,
    before_weights: Hook | None = None,
) -> PulledEmbedder:
    """Have the embedder ``name`` on this disk, for the profile in ``folder``.

    ``before_weights`` is called with what is pinned and a folder of all files but the weights, and
    may refuse. Raises InvalidInput for a lock of another embedder, UsageProblem where no lock can
    be written, DiskFull, FetchFailed, LicenceProblem (a gated repository), IntegrityProblem and
    Busy.
    """
    store = Store(run.hashes)
    store.prepare()
    with runs.hold(store.root / "pull.lock"):
        store.sweep()
        lock = None if options.update else _known(name, entry, folder)
        if lock is not None and not store.missing(lock.model):
            run.reuse("embedder")
        else:
            with run.step("embedder", entry.name):
                lock = _brought(
                    _Work(name, entry, folder, run, options, store), lock, before_weights
                )
        return PulledEmbedder(lock=lock, folder=store.view(lock.model))


@dataclass(frozen=True, slots=True)
class _Work:
    """What one pull works with."""

    name: str
    entry: EmbedderEntry
    folder: Path
    run: Run
    options: Options
    store: Store

    def source(self) -> Source:
        place = self.options.stick
        if place is not None:
            return FolderSource(stick.model_folder(place / STICK), self.store.root)
        tell = self.run.progress.detail
        return HubSource(self.entry.origin.repository, access(self.options.endpoint), tell)


def _brought(work: _Work, lock: Lock | None, before_weights: Hook | None) -> Lock:
    lock = lock or _pinned(work)
    source = work.source()
    small = lock.model.model_copy(
        update={"files": tuple(file for file in lock.model.files if not is_weights(file.path))}
    )
    _bring(work, source, small)
    if before_weights is not None:
        before_weights(lock.model, work.store.view(small))
    _bring(work, source, lock.model)
    return lock


def _bring(work: _Work, source: Source, pinned: Pinned) -> None:
    missing = work.store.missing(pinned)
    total = sum(file.size for file in missing)
    if total and source.takes_room:
        check_space(work.store.root, total + _MARGIN, "the embedder's files")
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        work.run.progress.advance(done, total, "bytes")

    for file in missing:
        listed = Listed(path=file.path, size=file.size, sha256=file.sha256)
        source.bring(listed, pinned.commit, work.store, advance)


def _pinned(work: _Work) -> Lock:
    """The lock that came with a stick, or a new one of what the hub has now; it is written."""
    pinning.require_writable(work.folder)
    if work.options.stick is not None:
        place = work.options.stick / STICK
        lock = stick.read_lock(place)
        if lock is None:
            raise FetchFailed(
                f"{place}: there is no lock of an embedder",
                hint="Write it where there is a network, with: fieldkit pull PROFILE --to DIR.",
            )
        _check(work.name, work.entry, lock, place)
    else:
        source = work.source()
        part = _part(work.entry, source)
        hashes = {
            file.path: source.bring(file, part.listing.commit, work.store, lambda _count: None)
            for file in part.files
            if file.sha256 is None
        }
        model = pinning.pinned(part, hashes)
        licence = primary_text(file.path for file in model.files)
        lock = Lock(candidate=work.name, model=model, licence=licence)
    textfile.write(work.folder / LOCK_FILE, lock.to_json())
    commit = lock.model.commit or ""
    work.run.progress.detail(f"pinned {lock.model.repository} at {commit[:12]}")
    return lock


def _part(entry: EmbedderEntry, source: Source) -> Part:
    listing = source.listing("main")
    by_path = {file.path: file for file in listing.files}
    files = tuple(by_path[path] for path in _chosen(by_path, entry, source.name))
    for file in files:
        allowlist.check_size(file.path, file.size, where=source.name)
    return Part(source=source, listing=listing, files=files)


def _chosen(paths: Collection[str], entry: EmbedderEntry, where: str) -> tuple[str, ...]:
    return allowlist.embedder_files(paths, where=where, file=entry.origin.file)


def _known(name: str, entry: EmbedderEntry, folder: Path) -> Lock | None:
    lock = lockfile.read(folder / LOCK_FILE)
    if lock is not None:
        _check(name, entry, lock, folder)
    return lock


def _check(name: str, entry: EmbedderEntry, lock: Lock, folder: Path) -> None:
    """Raise InvalidInput unless ``lock`` is of this embedder and names no file that is not taken.

    A lock may have been edited: what is never taken from a source is not taken because of a lock.
    """
    problems = []
    if lock.candidate != name:
        problems.append(f"candidate: {lock.candidate} in the lock, {name} in the profile")
    elif lock.model.repository != entry.origin.repository:
        problems.append(f"model: {lock.model.repository}, not {entry.origin.repository}")
    elif lock.model.commit is None:
        problems.append("model: is of no commit")
    else:
        paths = [file.path for file in lock.model.files]
        wanted = _chosen(paths, entry, str(folder / LOCK_FILE))
        problems += [f"model: {path} is never taken" for path in paths if path not in wanted]
    if problems:
        raise InvalidInput(
            f"{folder / LOCK_FILE}: is not the lock of this profile's embedder",
            problems=problems,
            hint="Remove the file, and the next build pins the embedder that the profile names.",
        )
