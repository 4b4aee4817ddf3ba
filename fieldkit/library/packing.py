"""Text in few bytes: pages, and the passages that were cut from them.

A passage repeats what its page says, so with the page's text as the dictionary (RFC 1950) it costs
next to nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_SEPARATOR = "\x1f"  # a control character: sanitized text holds none
_WINDOW = 32_768  # deflate looks no farther back
_LEVEL = 9


def pack(text: str) -> bytes:
    """``text`` compressed."""
    return zlib.compress(text.encode(), _LEVEL)


def unpack(data: bytes) -> str:
    """The text of ``pack``; raises ValueError when ``data`` is damaged."""
    try:
        return zlib.decompress(data).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from error


def pack_passages(passages: Sequence[str], page: str) -> bytes:
    """The ``passages`` of one page, compressed against the text of that ``page``."""
    packer = zlib.compressobj(_LEVEL, zdict=page.encode()[-_WINDOW:])
    return packer.compress(_SEPARATOR.join(passages).encode()) + packer.flush()


def unpack_passages(data: bytes, page: str) -> list[str]:
    """The passages of ``pack_passages``; raises ValueError when ``data`` is damaged."""
    unpacker = zlib.decompressobj(zdict=page.encode()[-_WINDOW:])
    try:
        text = (unpacker.decompress(data) + unpacker.flush()).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacker.eof:
        raise ValueError("the data ends early")
    return text.split(_SEPARATOR)
