"""A file at a URL, to read its beginning before it is fetched."""

from __future__ import annotations

import io

from fieldkit.packager.http import Opener
from fieldkit.packager.ranged import read_range


class RemoteFile(io.RawIOBase):
    """``size`` bytes at ``url``; every read asks for just those bytes.

    Read it through a buffer of ``BLOCK`` bytes.
    """

    BLOCK = 1 << 20

    def __init__(self, url: str, size: int, opener: Opener) -> None:
        super().__init__()
        self._url = url
        self._size = size
        self._opener = opener
        self._position = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move without asking for anything."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` from the current position; 0 at the end. Raises what fetching raises."""
        count = min(len(buffer), self._size - self._position)
        if count <= 0:
            return 0
        data = read_range(self._url, self._position, count, self._opener)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
