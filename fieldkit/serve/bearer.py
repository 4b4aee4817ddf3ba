"""The bearer token: made once, kept in a file that only its user can read.

Whoever can reach the port is any program of any user of this machine; whoever can read the file is
this user.
"""

from __future__ import annotations

import errno
import hmac
import os
import re
import secrets
import stat
from pathlib import Path

from fieldkit.errors import UsageProblem

FILE = "serve/token"  # below the user's data
_BYTES = 32
_MOST = 512
_FORM = re.compile(r"[\x21-\x7e]{32,256}")


def load(path: Path) -> str:
    """Return the token in ``path``, which is made when it does not exist.

    Raises UsageProblem when the file is not this user's alone, holds no token or cannot be made,
    and OSError when the disk is full.
    """
    try:
        return _read(path) if _exists(path) else _make(path)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise UsageProblem(
            f"{path}: the token cannot be kept there: {error.strerror or error}",
            hint="Name another place: --token-file FILE",
        ) from error


def same(given: str, token: str) -> bool:
    """Whether two tokens are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _exists(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _read(path: Path) -> str:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags)
    try:
        _check(path, os.fstat(handle))
        content = os.read(handle, _MOST)
    finally:
        os.close(handle)
    token = content.decode("ascii", "replace").strip()
    if not _FORM.fullmatch(token):
        raise UsageProblem(
            f"{path} holds no token: 32 to 256 visible ASCII characters are needed",
            hint="Remove the file; a new token is made at the next start.",
        )
    return token


def _check(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise UsageProblem(f"{path} is not a plain file", hint="Remove it, or name another one.")
    if os.name != "posix":
        return  # on Windows the folder's own access list keeps others out
    if facts.st_uid != os.geteuid():
        raise UsageProblem(
            f"{path} belongs to another user", hint="Name another place: --token-file FILE"
        )
    if facts.st_mode & 0o077:
        raise UsageProblem(
            f"{path} can be read by other users (mode {stat.S_IMODE(facts.st_mode):o})",
            hint=f"Others may know this token: remove the file, or run chmod 600 {path}",
        )


def _make(path: Path) -> str:
    """Write a new token aside, flushed, and give it its name unless somebody was faster."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    token = f"fk-{secrets.token_urlsafe(_BYTES)}"
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(aside, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(f"{token}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())
        if not _named(aside, path):
            return _read(path)
    finally:
        aside.unlink(missing_ok=True)
    return token


def _named(aside: Path, path: Path) -> bool:
    """Give ``aside`` its name; False when there is a file of that name already."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        aside.replace(path)
    return True
