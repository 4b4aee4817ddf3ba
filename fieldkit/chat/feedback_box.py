"""The folder of flagged answers on their way to IT: encrypted before they touch the disk.

One file a record, an age file (age-encryption.org/v1) in its ASCII armour, to the public keys that
the release names. Nobody on the laptop can read them again, and nothing here tries to. What is
written for the stick is these files one after the other.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fieldkit.chat.i18n import _
from fieldkit.chat.outfile import sync_folder, write
from fieldkit.core.feedback import ARMOURED_BYTES, BEGIN, END, RECORD_BYTES, Record
from fieldkit.errors import DiskFull, FieldkitError, UsageProblem

FEEDBACK = "feedback"  # below the data folder of the account
_WAITING = ".age"
_HANDED = ".handed.age"
_NAME = re.compile(r"[0-9a-f]{32}(\.handed)?\.age")
_ASIDE = ".part-"
_STALE_S = 3600.0  # what is aside for longer was left by a process that was killed


class NotKept(FieldkitError):
    """A record could not be kept, or what is kept could not be read or written."""


class CollectsNone(UsageProblem):
    """The release names nobody who could read a record."""

    def __init__(self) -> None:
        super().__init__(
            _("this assistant collects no feedback"),
            hint=_("IT can name a recipient in the profile of the next release."),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records wait, and how many were handed over and are still kept."""

    waiting: int
    handed: int


class FeedbackBox:
    """The records of one account; all people who share it share the box.

    ``recipients`` are age's public keys. Several processes may use one box. Methods raise NotKept,
    and DiskFull where there is no space.
    """

    def __init__(self, folder: Path, recipients: Sequence[str] = ()) -> None:
        self._folder = folder
        self._recipients = tuple(recipients)

    @property
    def collects(self) -> bool:
        """Whether anybody could read a record."""
        return bool(self._recipients)

    def put(self, record: Record) -> None:
        """Encrypt ``record`` and keep it; on the disk it is whole or not there.

        Raises CollectsNone without recipients, and UsageProblem when it is too large.
        """
        if not self._recipients:
            raise CollectsNone
        text = record.to_json().encode("utf-8", "replace")
        if len(text) > RECORD_BYTES:
            raise UsageProblem(
                _("this is too much for one report"),
                hint=_("Leave the rest of the conversation out."),
            )
        sealed = _sealed(text, self._recipients)
        with _presented(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.name == "posix":
                self._folder.chmod(0o700)
            self._sweep()
            _place(self._folder / f"{record.id}{_WAITING}", sealed)

    def counts(self) -> Counts:
        """How much is there."""
        with _presented(self._folder):
            paths = self._records()
        handed = sum(path.name.endswith(_HANDED) for path in paths)
        return Counts(waiting=len(paths) - handed, handed=handed)

    def export(self, path: Path, *, again: bool = False, replace: bool = False) -> int:
        """Write all that waits into the file ``path``, then mark it; returns how many records.

        ``again``: with those that were handed over before. A process that is killed on the way
        leaves them waiting, so a record may be handed over twice, but never be lost. Raises
        UsageProblem when there is nothing, and AlreadyThere.
        """
        with _presented(self._folder):
            wanted = [p for p in self._records() if again or not p.name.endswith(_HANDED)]
            texts = {record: text for record in wanted if (text := _armoured(record))}
        if not texts and not self._recipients:
            raise CollectsNone
        if not texts:
            raise UsageProblem(
                _("no report waits to be handed over"),
                hint=_("Flag an answer with /wrong first."),
            )
        write(path, "".join(texts.values()), replace=replace)
        with _presented(self._folder):
            for record in texts:
                stem = record.name.partition(".")[0]
                with suppress(FileNotFoundError):  # another window did
                    record.replace(record.with_name(f"{stem}{_HANDED}"))
            sync_folder(self._folder)
        return len(texts)

    def forget_handed(self) -> int:
        """Remove what was handed over; returns how many records."""
        removed = 0
        with _presented(self._folder):
            for path in self._records():
                if path.name.endswith(_HANDED):
                    path.unlink(missing_ok=True)
                    removed += 1
        return removed

    def _records(self) -> list[Path]:
        """The records, the oldest first."""
        if not self._folder.is_dir():
            return []
        found = []
        for path in self._folder.iterdir():
            if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                with suppress(FileNotFoundError):  # handed over meanwhile, by another window
                    found.append((path.stat().st_mtime_ns, path.name, path))
        return [entry[-1] for entry in sorted(found)]

    def _sweep(self) -> None:
        before = time.time() - _STALE_S
        for path in self._folder.glob(f"{_ASIDE}*"):
            with suppress(OSError):
                if path.lstat().st_mtime < before:
                    path.unlink()


def _sealed(text: bytes, recipients: Sequence[str]) -> bytes:
    from pyrage import EncryptError, RecipientError, encrypt, x25519

    try:
        keys = [x25519.Recipient.from_str(recipient) for recipient in recipients]
        sealed: bytes = encrypt(text, keys, armored=True)
    except (EncryptError, RecipientError) as error:
        raise NotKept(
            _("the report cannot be encrypted: {reason}").format(reason=error),
            hint=_("Tell IT: the release names a recipient that is not valid."),
        ) from error
    return sealed


def _place(path: Path, content: bytes) -> None:
    number, name = tempfile.mkstemp(dir=path.parent, prefix=_ASIDE)  # mode 0600
    aside = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise


def _armoured(path: Path) -> str:
    """The record at ``path``; "" when it is damaged or was removed meanwhile."""
    try:
        with path.open("rb") as file:
            content = file.read(ARMOURED_BYTES + 1)
        text = content.decode("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    whole = text.startswith(BEGIN) and text.endswith(END) and text.count(BEGIN) == 1
    return f"{text}\n" if whole and len(content) <= ARMOURED_BYTES else ""


@contextmanager
def _presented(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(
                _("the report was not kept: the disk is full"),
                hint=_("Free some space and try again."),
            ) from error
        raise NotKept(
            _("{path} cannot be used: {reason}").format(
                path=folder, reason=error.strerror or error
            ),
            hint=_("Check free space and permissions."),
        ) from error
