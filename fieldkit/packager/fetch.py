"""Fetches one file, whole and right or not at all, and goes on where an earlier run ended.

    fetch(Wanted(url, target, size, sha256), opener=Opener())

Beside ``target`` stand ``.NAME.part`` and ``.NAME.journal`` until it is whole, flushed and
verified; only then it gets its name.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from fieldkit.errors import DiskFull, FetchFailed, FieldkitError, IntegrityProblem
from fieldkit.install import lock
from fieldkit.packager.dial import Origin, plain
from fieldkit.packager.digest import Digests, of_file
from fieldkit.packager.http import Opener, Pool
from fieldkit.packager.journal import Identity, Partial
from fieldkit.packager.patience import Patience, Tell, Tries
from fieldkit.packager.progress import size as in_words
from fieldkit.packager.transfer import Progress, Source, StartOver, Transfer

_MOST_CHANGES = 3
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Wanted:
    """A file at ``url`` that is to stand at ``target``: ``size`` bytes with this content.

    ``sha256`` is the content's, None when it is not known yet; ``git_oid`` is its git blob's name
    (SHA-1), checked where no sha256 is known. ``etag`` is what the source said of it beforehand.
    """

    url: str
    target: Path
    size: int
    sha256: str | None
    git_oid: str | None = None
    etag: str | None = None

    @property
    def name(self) -> str:
        """What people call it: the last part of the URL, or of the target where that has none."""
        return unquote(plain(self.url).rpartition("/")[2]) or self.target.name


def fetch(
    wanted: Wanted,
    *,
    opener: Opener,
    progress: Progress | None = None,
    connections: int = 4,
    patience: Patience | None = None,
    tell: Tell | None = None,
) -> str:
    """Fetch ``wanted`` and return its sha256; a file that stands and is right is not fetched.

    ``progress`` is told bytes done and bytes in all, ``tell`` what went wrong and is tried again.
    Raises FetchFailed, LicenceProblem (a gated repository), IntegrityProblem (what came is
    removed), DiskFull (before the first byte, or later with what came kept), Busy while another
    process fetches it, UsageProblem for an address that cannot be used. Whatever ends it, what came
    and was not wrong is kept for the next run.
    """
    target = wanted.target
    Origin.of(wanted.url)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock.hold(target.with_name(f".{target.name}.lock")):
            return _Fetch(
                wanted, opener, progress, max(1, connections), patience or Patience(), tell
            ).run()
    except OSError as error:
        raise _disk(error, wanted) from error


@dataclass
class _Fetch:
    """One run of ``fetch``."""

    wanted: Wanted
    opener: Opener
    progress: Progress | None
    connections: int
    patience: Patience
    tell: Tell | None
    identity: Identity = field(init=False)

    def __post_init__(self) -> None:
        wanted = self.wanted
        source = hashlib.sha256(wanted.url.encode()).hexdigest()
        self.identity = Identity(
            size=wanted.size, sha256=wanted.sha256, git_oid=wanted.git_oid, source=source
        )

    def run(self) -> str:
        standing = _standing(self.wanted)
        if standing is not None:
            self._done()
            return standing
        with Partial(self.wanted.target) as partial, Pool() as pool:
            partial.keep_for(self.identity)
            kept = partial.total
            _check_space(self.wanted, kept)
            self._report(kept)
            digests = self._transfer(partial, pool)
            if kept and not _right(self.wanted, digests):
                # The disk may have lost what an earlier run left: what comes now decides.
                self._say("what an earlier run left is damaged; all is fetched again")
                partial.begin(self.identity)
                digests = self._transfer(partial, pool)
            if not _right(self.wanted, digests):
                partial.remove()
                raise _damaged(self.wanted, digests)
            partial.finish()
        self._done()
        return digests.sha256

    def _transfer(self, partial: Partial, pool: Pool) -> Digests:
        """Bring everything, beginning again where parts cannot be continued."""
        source = self._source(pool)
        tries = Tries(patience=self.patience, tell=self.tell)
        changes, stream = 0, False
        while True:
            try:
                return Transfer(source, partial, stream=stream).run(self.progress)
            except StartOver as again:
                stream = stream or again.stream
                if again.error is not None:
                    tries.failed(again.error)
                elif not again.stream:
                    changes += 1
                    if changes > _MOST_CHANGES:
                        raise FetchFailed(
                            f"{source.name} changes at its source while it is fetched",
                            hint="Pull a commit instead of a branch, or ask who serves it.",
                        ) from again
                self._say(f"{again.why}: from the beginning")
                partial.begin(self.identity)
            except FieldkitError as error:
                error.hint = _with_kept(error.hint, partial.total)
                raise

    def _source(self, pool: Pool) -> Source:
        return Source(
            url=self.wanted.url,
            name=self.wanted.name,
            size=self.wanted.size,
            sha256=self.wanted.sha256,
            told_etag=self.wanted.etag,
            opener=self.opener,
            pool=pool,
            patience=self.patience,
            connections=self.connections,
            tell=self.tell,
        )

    def _report(self, done: int) -> None:
        if done:
            self._say(f"{in_words(done)} of {in_words(self.wanted.size)} are there already")

    def _done(self) -> None:
        if self.progress is not None:
            self.progress(self.wanted.size, self.wanted.size)

    def _say(self, text: str) -> None:
        if self.tell is not None:
            self.tell(f"{self.wanted.name}: {text}")


def _standing(wanted: Wanted) -> str | None:
    """The sha256 of what stands at the target when it is what is wanted, else None."""
    if wanted.sha256 is None and wanted.git_oid is None:
        return None
    try:
        if wanted.target.stat().st_size != wanted.size:
            return None
        digests = of_file(wanted.target)
    except OSError:
        return None
    return digests.sha256 if _right(wanted, digests) else None


def _right(wanted: Wanted, digests: Digests) -> bool:
    if wanted.sha256 is not None:
        return digests.sha256 == wanted.sha256
    return wanted.git_oid in {None, digests.git_oid}


def _damaged(wanted: Wanted, digests: Digests) -> IntegrityProblem:
    if wanted.sha256 is not None:
        kind, expected, found = "sha256", wanted.sha256, digests.sha256
    else:
        kind, expected, found = "git object", wanted.git_oid or "", digests.git_oid
    return IntegrityProblem(
        f"{wanted.name} is not what was promised: {kind} {expected} expected, {found} found",
        hint=f"What came from {Origin.of(wanted.url).name} was removed. Run the same again; if it "
        "stays so, the source or a proxy on the way serves another file: use a different mirror.",
    )


def _check_space(wanted: Wanted, kept: int) -> None:
    folder = wanted.target.parent
    need, free = wanted.size - kept, shutil.disk_usage(folder).free
    if free < need:
        raise DiskFull(
            f"Not enough space in {folder} for {wanted.name}: "
            f"{in_words(need)} needed, {in_words(free)} free",
            hint="Free some space, or set FIELDKIT_CACHE_DIR to a larger disk.",
        )


def _disk(error: OSError, wanted: Wanted) -> FieldkitError:
    """What a failure of the disk means; what came is kept."""
    name, folder = wanted.name, wanted.target.parent
    if error.errno in _FULL:
        return DiskFull(
            f"No space left in {folder} while {name} was fetched",
            hint="What came is kept: free some space and run the same again.",
        )
    return FetchFailed(
        f"{name} cannot be written in {folder}: {error.strerror or type(error).__name__}",
        hint="May you write there? FIELDKIT_CACHE_DIR names another place.",
    )


def _with_kept(hint: str, kept: int) -> str:
    return f"{hint} {in_words(kept)} are kept and not fetched again.".strip() if kept else hint
