"""A file that arrives in parts: the partial beside its target, and the journal of what is in it.

The journal's first line says of which file the parts are. Each line after it is a span that was
written, ``START END``, appended right after the write: a process killed at any moment loses what it
had not written, and nothing else. After a power cut the file system may have kept a line and lost
its bytes, so lines count only up to the last ``synced N``: the first N spans had been flushed.
Which of both happened is told by the identity of the system's boot.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Self

import psutil

from fieldkit.machine.files import read_text
from fieldkit.packager.cache import sync
from fieldkit.packager.spans import Span, Spans

_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Of which file parts are: parts of two files are never mixed.

    ``source`` is a hash of the URL. ``etag`` is the validator the source gave, quotes included,
    None when it gave none that is strong.
    """

    size: int
    sha256: str | None
    git_oid: str | None
    source: str
    etag: str | None = None

    @property
    def verifiable(self) -> bool:
        """Whether the content can be checked when all of it is there."""
        return self.sha256 is not None or self.git_oid is not None

    def continues(self, earlier: Identity) -> Identity | None:
        """Itself with the validator of ``earlier``, when parts of that one may be kept.

        From another source only where the hash proves the whole in the end, and then without the
        validator, which means nothing there.
        """
        if (self.size, self.sha256, self.git_oid) != (
            earlier.size, earlier.sha256, earlier.git_oid,
        ):  # fmt: skip
            return None
        if self.source == earlier.source and (earlier.etag or self.verifiable):
            return earlier
        return self if self.verifiable else None


class Partial:
    """The parts of one file on disk; ``written`` says which bytes are there.

    Use it as a context. ``keep_for`` begins or goes on; ``finish`` puts the whole file in place.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.part = target.with_name(f".{target.name}.part")
        self.journal = target.with_name(f".{target.name}.journal")
        self._aside = target.with_name(f".{target.name}.journal-new")
        self.written = Spans()
        self.identity: Identity | None = None
        self._lock = threading.Lock()
        self._log: BinaryIO | None = None
        self._lines = 0

    def __enter__(self) -> Self:
        """The partial itself; nothing is written yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the journal; what came stays."""
        self._close()

    def keep_for(self, identity: Identity) -> None:
        """Go on with the parts of ``identity`` that an earlier run left, or begin anew."""
        earlier, spans = _read(self.journal)
        kept = identity.continues(earlier) if earlier is not None else None
        if kept is None or not _has_size(self.part, identity.size):
            self.begin(identity)
            return
        self._write_journal(kept, spans)
        self.flush()

    def begin(self, identity: Identity) -> None:
        """Forget all parts and make room for ``identity``."""
        self.remove()
        with self.part.open("wb") as stream:
            stream.truncate(identity.size)
        self._write_journal(identity, Spans())

    def validated(self, etag: str) -> None:
        """Remember the source's validator for the parts to come."""
        assert self.identity is not None
        self._write_journal(replace(self.identity, etag=etag), self.written)

    def record(self, start: int, end: int) -> None:
        """Note that these bytes were written."""
        with self._lock:
            if self._log is not None:
                self._log.write(b"%d %d\n" % (start, end))
                self._lines += 1
            self.written.add(start, end)

    @property
    def frontier(self) -> int:
        """How many bytes stand without a gap from the beginning."""
        with self._lock:
            return self.written.frontier

    @property
    def total(self) -> int:
        """How many bytes stand in all."""
        with self._lock:
            return self.written.total

    def flush(self) -> None:
        """Flush what was recorded so far to the disk, and note that."""
        lines = self._lines
        with self.part.open("rb+") as stream:
            os.fsync(stream.fileno())
        with self._lock:
            if self._log is not None:
                self._log.write(b"synced %d\n" % lines)

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The partial, to write to at any place; each thread needs its own."""
        with self.part.open("rb+", buffering=0) as stream:
            yield stream

    def finish(self) -> None:
        """Flush the whole file, give it its name, forget the journal."""
        self._close()
        sync_file(self.part)
        self.part.replace(self.target)
        with contextlib.suppress(OSError):
            sync(self.target.parent)
        self.journal.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove partial and journal."""
        self._close()
        self.part.unlink(missing_ok=True)
        self.journal.unlink(missing_ok=True)
        self._aside.unlink(missing_ok=True)
        self.written = Spans()

    def _write_journal(self, identity: Identity, spans: Spans) -> None:
        """Write the journal anew, short, and go on behind it."""
        with self._lock:
            if self._log is not None:
                self._log.close()
            header = {"format": _FORMAT, "boot": boot(), **asdict(identity)}
            lines = [json.dumps(header), *(f"{start} {end}" for start, end in spans)]
            self._aside.write_text("\n".join(lines) + "\n", encoding="ascii")
            sync_file(self._aside)
            self._aside.replace(self.journal)
            self._log = self.journal.open("ab", buffering=0)
            self._lines = len(lines) - 1
            self.identity, self.written = identity, spans

    def _close(self) -> None:
        with self._lock:
            if self._log is not None:
                self._log.close()
                self._log = None


def sync_file(path: Path) -> None:
    """Flush a file to the disk; Windows wants it open for writing."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def boot() -> str:
    """What tells this run of the system from the one before a power cut."""
    known = read_text(Path("/proc/sys/kernel/random/boot_id"))
    return known or f"{psutil.boot_time():.0f}"


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _read(journal: Path) -> tuple[Identity | None, Spans]:
    """What a journal says; None when it is no journal. A line torn by a crash ends it."""
    try:
        header, *lines = journal.read_text(encoding="ascii").split("\n")
        known = json.loads(header)
        same_boot = known.pop("boot") == boot()
        if known.pop("format") != _FORMAT:
            return None, Spans()
        identity = Identity(**known)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, Spans()
    spans: list[Span] = []
    synced = 0
    for line in lines[:-1]:
        first, _, second = line.partition(" ")
        if not second.isdecimal() or not (first.isdecimal() or first == "synced"):
            break
        if first == "synced":
            synced = int(second)
        else:
            spans.append((int(first), int(second)))
    sound = spans if same_boot else spans[:synced]
    return identity, Spans((a, b) for a, b in sound if 0 <= a < b <= identity.size)
