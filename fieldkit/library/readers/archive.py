"""Office files are ZIP archives of XML: opened within bounds, so that a bomb stays unlit."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from fieldkit.library.readers.foreign import foreign
from fieldkit.library.readers.model import FILE_BYTES, MARKUP, TEXT_BYTES, Unreadable, unreadable

_ENTRIES = 20_000
_TOTAL = 4 * TEXT_BYTES  # of all parts that are read
# The formats forbid document types (ECMA-376-2, 9.1.4), and entities need one.
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF8 = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<")
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


class DamagedPart(Unreadable):
    """One part of an office file cannot be read; others may be."""


def damaged(path: Path, reason: str) -> DamagedPart:
    """The error for one part of ``path``."""
    error = unreadable(path, reason)
    return DamagedPart(error.message, hint=error.hint or "", reason=reason)


class Archive:
    """The parts of one office file. Raises InvalidInput, naming ``path``, for a hostile one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if path.stat().st_size > FILE_BYTES:
            raise unreadable(path, f"it is larger than {FILE_BYTES >> 20} MiB; split it")
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            reason = foreign(path) or str(error)
            raise unreadable(path, f"not a sound office file: {reason}") from error
        entries = self._zip.infolist()
        if len(entries) > _ENTRIES:
            self._zip.close()
            raise unreadable(path, f"it holds {len(entries)} parts; that is no manual")
        # The last one of a name is what ZIP readers take.
        self._sizes = {entry.filename: entry.file_size for entry in entries}
        # Names of parts differ in more than case (ECMA-376-2, 6.2.2.3); some programs write "\\".
        self._names = {_key(name): name for name in self._sizes}
        self._left = _TOTAL

    def __enter__(self) -> Self:
        """Stay open for the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close after the block."""
        self._zip.close()

    def names(self) -> tuple[str, ...]:
        """The names of all parts."""
        return tuple(self._sizes)

    def has(self, name: str) -> bool:
        """Whether there is a part ``name``."""
        return _key(name) in self._names

    def read(self, name: str) -> bytes | None:
        """The XML of one part in UTF-8, safe to be parsed; None when there is no such part."""
        stored = self._names.get(_key(name))
        if stored is None:
            return None
        if self._sizes[stored] > TEXT_BYTES:
            raise unreadable(self._path, f"{name} unpacks to more than {TEXT_BYTES >> 20} MiB")
        try:
            # What is read is bounded by the size that was checked, whatever is packed.
            data = self._zip.read(stored)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise damaged(self._path, f"{name} is damaged: {error}") from error
        except (NotImplementedError, RuntimeError) as error:
            raise damaged(self._path, f"{name} is encrypted or packed unusually") from error
        self._left -= len(data)
        if self._left < 0:
            raise unreadable(self._path, f"it unpacks to more than {_TOTAL >> 20} MiB")
        if encoding := _UTF16.get(data[:2]):
            data = self._utf8(name, data, encoding)
        if not _UTF8.match(data):
            raise damaged(self._path, f"{name} is not XML in UTF-8 or UTF-16")
        if _DOCTYPE.search(data):
            raise unreadable(self._path, f"{name} declares a document type, as attacks do")
        if data.count(b"<") > MARKUP:
            raise unreadable(self._path, f"{name} has more than {MARKUP} tags; split the file")
        return data

    def _utf8(self, name: str, data: bytes, encoding: str) -> bytes:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            raise damaged(self._path, f"{name} is not sound UTF-16") from error
        return _DECLARATION.sub("", text).encode()


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
