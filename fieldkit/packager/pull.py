"""``fieldkit pull``: pins a profile's model to a commit and hashes, and has its files on this disk.

The first pull asks the source what it has and writes ``lock.json`` beside the profile; from then on
exactly those bytes are taken, from wherever they come, and nobody is asked what ``main`` is. What
does not fit the disk or the profile's target is told before anything is fetched. The lock is
written before the weights come, so a pull that was ended goes on with the same commit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.candidate import Candidate
from fieldkit.core.gguf import parse_header
from fieldkit.core.lock import LOCK_FILE, Lock, LockedFile, Pinned
from fieldkit.core.profile import Profile
from fieldkit.errors import FetchFailed
from fieldkit.install import lock as runs
from fieldkit.packager import embedders, licence_texts, manuals, pinning, stick
from fieldkit.packager.allowlist import is_weights
from fieldkit.packager.origins import Options, Request, adapter_source, model_source
from fieldkit.packager.pinning import Part
from fieldkit.packager.quantize import check_space
from fieldkit.packager.resolve import check_is_candidate
from fieldkit.packager.run import Run
from fieldkit.packager.sources import Listed, Source
from fieldkit.packager.store import Store
from fieldkit.packager.target import check_target

_MARGIN = 64 << 20
_AS_USUAL = Options()

Hook = Callable[[Lock], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What the profile's lock pins, on this disk.

    ``model`` and ``adapter`` are folders with the repository's own file names. ``fetched`` is how
    many bytes were missing. ``changes`` says what is pinned otherwise than before, None when
    nothing was pinned.
    """

    lock: Lock
    model: Path
    adapter: Path | None
    fetched: int
    changes: tuple[str, ...] | None


def pull(
    profile: Profile,
    folder: Path,
    candidate: Candidate,
    *,
    run: Run,
    options: Options = _AS_USUAL,
    before_weights: Hook | None = None,
) -> Pulled:
    """Have the model of ``profile`` (which lies in ``folder``) and its adapter on this disk.

    ``before_weights`` is called with the lock before weights are fetched, and may refuse. Raises
    InvalidInput for a lock that is not the profile's, Unfit, DiskFull, FetchFailed, LicenceProblem
    (a gated repository), IntegrityProblem for bytes that are not those of the lock, and Busy.
    """
    request = Request(profile=profile, folder=folder, candidate=candidate, options=options)
    return _done(_Pull(request, run), run, candidate.name, before_weights)


def licence_only(
    profile: Profile,
    folder: Path,
    candidate: Candidate,
    *,
    run: Run,
    options: Options = _AS_USUAL,
) -> tuple[licence_texts.Source, ...]:
    """Pin the model and have everything but its weights here; its licence texts.

    Where the profile's folder cannot be written to, nothing is pinned and the texts are those of
    now. Raises what ``pull`` raises.
    """
    request = Request(profile=profile, folder=folder, candidate=candidate, options=options)
    work = _Pull(request, run, texts_only=True)
    found = _done(work, run, f"{candidate.name}, all but the weights", None)
    return licence_texts.sources_of(found.lock, model=found.model, adapter=found.adapter)


def _done(work: _Pull, run: Run, what: str, before_weights: Hook | None) -> Pulled:
    with work.alone():
        lock = work.known()
        if lock is not None and not work.missing(lock):
            run.reuse("pull")
            work.tell_of_changes(lock)
            return work.result(lock)
        with run.step("pull", what):
            lock = lock or work.pin()
            if before_weights is not None:
                before_weights(lock)
            work.bring(lock)
            return work.result(lock)


@dataclass
class _Meter:
    """Bytes that came, of all that are to come."""

    run: Run
    total: int
    done: int = 0

    def advance(self, count: int) -> None:
        self.done += count
        self.run.progress.advance(self.done, self.total, "bytes")


@dataclass(frozen=True, slots=True)
class _Coming:
    """Files that are still to come from a source, at a commit if it has them."""

    source: Source
    commit: str | None
    files: tuple[Listed, ...]


class _Pull:
    """One pull: its store, its sources, and what it found out."""

    def __init__(self, request: Request, run: Run, *, texts_only: bool = False) -> None:
        self._request = request
        self._run = run
        self._store = Store(run.hashes)
        self._texts_only = texts_only
        self._checked = False
        self._fetched = 0
        self._changes: tuple[str, ...] | None = None

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Hold the store: one pull at a time; Busy when another runs."""
        self._store.prepare()
        return runs.hold(self._store.root / "pull.lock")

    def known(self) -> Lock | None:
        """The profile's lock, None when it is to be made."""
        self._store.sweep()
        if self._request.options.update:
            return None
        lock = pinning.read(self._request.folder)
        if lock is not None:
            pinning.check(self._request, lock)
        return lock

    def wanted(self, pinned: Pinned) -> Pinned:
        """The files of a part of the lock that this pull is about."""
        if not self._texts_only:
            return pinned
        files = tuple(file for file in pinned.files if not is_weights(file.path))
        return pinned.model_copy(update={"files": files})

    def missing(self, lock: Lock) -> bool:
        """Whether any file that is wanted is not on this disk."""
        parts = [lock.model, *([lock.adapter] if lock.adapter else [])]
        return any(self._store.missing(self.wanted(part)) for part in parts)

    def pin(self) -> Lock:
        """Write the profile's lock, from what its source has now, or from the stick's."""
        folder = self._request.folder
        writable = not self._texts_only or pinning.is_writable(folder)
        if writable:
            pinning.require_writable(folder)
        before = pinning.read(folder) if self._request.options.update else None
        lock = self._stick_lock() or self._made_lock()
        if lock != before and writable:
            pinning.write(folder, lock)
        self._changes = pinning.changes(before, lock) if before is not None else ()
        commit = lock.model.commit
        self._run.progress.detail(
            f"pinned {lock.model.repository}" + (f" at {commit[:12]}" if commit else "")
        )
        for line in self._changes:
            self._run.progress.detail(line)
        return lock

    def _stick_lock(self) -> Lock | None:
        """The lock that came with the files on a stick; None when that is not the source."""
        place = self._request.options.stick
        if place is None:
            return None
        lock = stick.read_lock(place)
        if lock is None:
            raise FetchFailed(
                f"{place}: there is no {LOCK_FILE}, so nobody knows which commit its files are of",
                hint="Write it where there is a network, with: fieldkit pull PROFILE --to DIR. "
                "For files of your own set model.source = 'folder' in the profile.",
            )
        pinning.check(self._request, lock)
        return lock

    def _made_lock(self) -> Lock:
        request = self._request
        tell = self._run.progress.detail
        source = model_source(request, self._store.root, tell)
        parts = [pinning.model_part(request, source)]
        if request.adapter is not None:
            source = adapter_source(request, self._store.root, tell)
            parts.append(pinning.adapter_part(request, source))
        self._check([_Coming(part.source, part.listing.commit, part.files) for part in parts])
        model, *adapter = [self._hashed(part) for part in parts]
        return pinning.make_lock(request, model, adapter[0] if adapter else None)

    def _hashed(self, part: Part) -> Pinned:
        """Take the files whose sha256 nobody told: the small ones of a hub, all of a folder."""
        wanted = [file for file in part.files if file.sha256 is None]
        meter = _Meter(self._run, sum(file.size for file in wanted))
        commit = part.listing.commit
        hashes = {
            file.path: part.source.bring(file, commit, self._store, meter.advance)
            for file in wanted
        }
        self._fetched += meter.done
        return pinning.pinned(part, hashes)

    def bring(self, lock: Lock) -> None:
        """Have the wanted files of a lock here."""
        coming = []
        for pinned, find in ((lock.model, model_source), (lock.adapter, adapter_source)):
            files = self._store.missing(self.wanted(pinned)) if pinned is not None else ()
            if pinned is not None and files:
                listed = (Listed(path=one.path, size=one.size, sha256=one.sha256) for one in files)
                source = find(self._request, self._store.root, self._run.progress.detail)
                coming.append(_Coming(source, pinned.commit, tuple(listed)))
        self._check(coming)
        meter = _Meter(self._run, sum(file.size for one in coming for file in one.files))
        for one in coming:
            for file in one.files:
                one.source.bring(file, one.commit, self._store, meter.advance)
        self._fetched += meter.done

    def _check(self, coming: Sequence[_Coming]) -> None:
        """Refuse, once and before the first byte of weights, what does not fit."""
        if self._checked or self._texts_only:
            return
        self._checked = True
        need = sum(
            self._room(file) for one in coming if one.source.takes_room for file in one.files
        )
        if need:
            check_space(self._store.root, need + _MARGIN, "the model's files")
        weights = [(one, file) for one in coming for file in one.files if is_weights(file.path)]
        if not weights:
            return
        candidate, header = self._request.candidate, None
        for one, file in weights:
            if file.path == candidate.origin.file:
                with one.source.open(file, one.commit) as stream:
                    header = parse_header(stream, name=f"{one.source.name}: {file.path}")
                check_is_candidate(header, candidate)
        profile, folder = self._request.profile, self._request.folder
        check_target(
            profile,
            candidate,
            header,
            embedder=embedders.memory_of(profile, folder),
            originals=manuals.size(profile, folder),
        )

    def _room(self, file: Listed) -> int:
        """Bytes that the file will still take on this disk."""
        if file.sha256 is None:
            return file.size
        entry = LockedFile(path=file.path, size=file.size, sha256=file.sha256)
        return 0 if self._store.holds(entry) else file.size - self._store.begun(entry)

    def tell_of_changes(self, lock: Lock) -> None:
        """Say where a folder has other files now than those that are pinned, and used."""
        section = self._request.profile.model
        if self._request.options.stick is not None or section.folder is None:
            return
        folder = self._request.folder / Path(section.folder).expanduser()
        for file in lock.model.files:
            path = folder / file.path
            if path.is_file() and self._run.hashes.sha256(path) != file.sha256:
                self._run.progress.detail(
                    f"{path} is not the file that is pinned and used; --update would take it"
                )

    def result(self, lock: Lock) -> Pulled:
        """The files of a lock under their own names."""
        adapter = lock.adapter
        return Pulled(
            lock=lock,
            model=self._store.view(self.wanted(lock.model)),
            adapter=self._store.view(self.wanted(adapter)) if adapter is not None else None,
            fetched=self._fetched,
            changes=self._changes,
        )
