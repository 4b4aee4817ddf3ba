"""Office files are ZIP archives of XML: opened within bounds, so that a bomb stays unlit."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from fieldkit.library.readers.model import FILE_BYTES, MARKUP, TEXT_BYTES, unreadable

_ENTRIES = 20_000
_TOTAL = 4 * TEXT_BYTES
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # an encrypted office file, or one of before 2007
# The formats forbid document types (ECMA-376-2, 9.1.4), and entities need one.
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARATION = re.compile(r"\A<\?xml[^>]{0,200}\?>")
_UTF8 = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<")


class Archive:
    """The parts of one office file. Raises InvalidInput, naming ``path``, for a hostile one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if path.stat().st_size > FILE_BYTES:
            raise unreadable(path, f"it is larger than {FILE_BYTES >> 20} MiB; split it")
        with path.open("rb") as file:
            if file.read(len(_OLE)) == _OLE:
                raise unreadable(path, "it is encrypted, or of a format before 2007")
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise unreadable(path, f"not a sound office file: {error}") from error
        entries = self._zip.infolist()
        if len(entries) > _ENTRIES:
            self._zip.close()
            raise unreadable(path, f"it holds {len(entries)} parts; that is no manual")
        # The last one of a name is what ZIP readers take.
        self._sizes = {entry.filename: entry.file_size for entry in entries}

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

    def read(self, name: str) -> bytes | None:
        """The XML of one part, safe to be parsed; None when there is no such part."""
        if name not in self._sizes:
            return None
        if self._sizes[name] > TEXT_BYTES:
            raise unreadable(self._path, f"{name} unpacks to more than {TEXT_BYTES >> 20} MiB")
        try:
            # What is read is bounded by the size that was checked, whatever is packed.
            data = self._zip.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise unreadable(self._path, f"{name} is damaged: {error}") from error
        except (NotImplementedError, RuntimeError) as error:
            raise unreadable(self._path, f"{name} is encrypted or packed unusually") from error
        data = _in_utf8(data)
        if not _UTF8.match(data):
            raise unreadable(self._path, f"{name} is not XML in UTF-8")
        if _DOCTYPE.search(data):
            raise unreadable(self._path, f"{name} declares a document type, as attacks do")
        if data.count(b"<") > MARKUP:
            raise unreadable(self._path, f"{name} has more than {MARKUP} tags; split the file")
        return data

    def checked(self) -> io.BytesIO:
        """A copy in memory with the parts of XML alone, each read and found safe.

        For a library that opens archives by itself: what was not looked at is not in it.
        """
        copy = io.BytesIO()
        total = 0
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
            for name in self._sizes:
                if name.endswith((".xml", ".rels")) and (data := self.read(name)) is not None:
                    total += len(data)
                    if total > _TOTAL:
                        raise unreadable(self._path, f"it unpacks to more than {_TOTAL >> 20} MiB")
                    target.writestr(name, data)
        copy.seek(0)
        return copy


def _in_utf8(data: bytes) -> bytes:
    """XML in UTF-16, the other encoding that office files may use, as UTF-8."""
    if not data.startswith(_UTF16):
        return data
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError:
        return data
    return _DECLARATION.sub("", text, count=1).encode()
