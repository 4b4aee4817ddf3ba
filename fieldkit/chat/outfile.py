"""Writes a file that a person asked for: whole or not at all, and never over another one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from pathlib import Path

from fieldkit.chat.i18n import _
from fieldkit.core.text import clean_line
from fieldkit.errors import DiskFull, FieldkitError, UsageProblem

_UNFIT = re.compile(r'[\\/:*?"<>|.\s]+')  # in a file's name, on any system
_NAME_LENGTH = 60


class AlreadyThere(UsageProblem):
    """A file of this name exists; it is replaced only when the person says so."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _("{path} exists already").format(path=path),
            hint=_("Give another name, or replace it."),
        )
        self.path = path


class NotWritten(FieldkitError):
    """The file could not be written; what was there before is untouched."""


def chosen(name: str, folder: Path, usual: str, *, suffix: str = ".md") -> Path:
    """The file a person means by ``name``: in ``folder`` unless it names a folder itself.

    Where no file is named it is ``usual.md``, or ``usual (2).md`` when there is one already;
    ``suffix`` is what a name without an ending gets.
    """
    text = clean_line(name)
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:  # "~nobody"
        raise UsageProblem(
            _("{path} is nobody's folder").format(path=text), hint=_("Write the whole path.")
        ) from error
    if not text:
        return _unused(folder, usual, suffix)
    if text.endswith(("/", os.sep)) or path.is_dir():
        return _unused(path.absolute(), usual, suffix)
    path = path if path.suffix else path.with_name(f"{path.name}{suffix}")
    only_name = path.parent == Path() and not text.startswith(f".{os.sep}")
    return folder / path if only_name else path.absolute()


def _unused(folder: Path, name: str, suffix: str) -> Path:
    stem = _UNFIT.sub(" ", clean_line(name)).strip()[:_NAME_LENGTH].strip() or _("conversation")
    path = folder / f"{stem}{suffix}"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}){suffix}"
    return path


def write(path: Path, content: str | bytes | Path, *, replace: bool = False) -> None:
    """Write ``content``, or that of a file, to ``path``.

    By a file beside it that takes its place when it is safe on disk.

    Only its user may read it. Raises AlreadyThere unless it may ``replace`` what is there, DiskFull
    and NotWritten.
    """
    aside: Path | None = None
    reserved = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not replace:
            raise AlreadyThere(path)
        aside = _written_aside(path, content)
        if not replace:
            path.touch(exist_ok=False)  # ours from now on, whoever else wants this name
            reserved = True
        aside.replace(path)
        reserved = False
        sync_folder(path.parent)
    except OSError as error:
        if reserved:
            with contextlib.suppress(OSError):
                path.unlink()
        raise _problem(path, error) from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in ``folder`` on the disk, where the system can say so."""
    if os.name != "posix":
        return
    try:
        number = os.open(folder, os.O_RDONLY)
    except PermissionError:  # one may write into it, but not list it
        return
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # a file system that has no such thing
            raise
    finally:
        os.close(number)


def _written_aside(path: Path, content: str | bytes | Path) -> Path:
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".fieldkit-")
    try:
        with os.fdopen(number, "wb") as file:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _problem(path: Path, error: OSError) -> FieldkitError:
    if isinstance(error, FileExistsError) and path.is_file():
        return AlreadyThere(path)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(
            _("{path} was not written: the disk is full").format(path=path),
            hint=_("Free some space first."),
        )
    return NotWritten(
        _("{path} was not written: {error}").format(path=path, error=error.strerror or error),
        hint=_("Name a file in a folder that you may write to."),
    )
