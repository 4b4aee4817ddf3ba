"""A KV cache on disk: llama.cpp's state file with a seal that tells whether it may be read.

llama.cpp's file records magic, version, tokens and cells, and nothing of the model they belong to;
what is damaged it reads as it stands. The seal is a trailer, which llama.cpp does not read: the
owner's identity and a checksum over all that comes before it. It protects against damage and
mistake, not against an attacker: the folder has to be private.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

_MAGIC = b"ggsq"[::-1]  # LLAMA_STATE_SEQ_MAGIC of llama.h, little-endian
_HEADER = struct.Struct("<4sII")  # magic, version (which llama.cpp checks), token count
_SEAL = struct.Struct("<8s32sI")  # name and version of the seal, identity, CRC-32
_SEAL_NAME = b"fkstate1"
_CHUNK = 1 << 20


def identity(*parts: object) -> bytes:
    """32 bytes for whom a state belongs to; any part that differs makes another identity."""
    return hashlib.sha256(repr(parts).encode()).digest()


def seal(path: Path, owner: bytes) -> None:
    """Append the seal of ``owner`` (from ``identity``) to the state file and flush it to disk."""
    with path.open("r+b") as file:
        checksum = zlib.crc32(owner, _checksum(file, path.stat().st_size))
        file.seek(0, os.SEEK_END)
        file.write(_SEAL.pack(_SEAL_NAME, owner, checksum))
        file.flush()
        os.fsync(file.fileno())


def is_sound(path: Path, owner: bytes, tokens: Sequence[int]) -> bool:
    """Whether ``path`` is a whole state file of ``owner`` that holds exactly ``tokens``."""
    try:
        with path.open("rb") as file:
            return _is_sound(file, path.stat().st_size, owner, tokens)
    except OSError:
        return False


def _is_sound(file: BinaryIO, size: int, owner: bytes, tokens: Sequence[int]) -> bool:
    body = size - _SEAL.size
    ids = struct.pack(f"<{len(tokens)}i", *tokens)
    if body <= _HEADER.size + len(ids):
        return False
    magic, _, count = _HEADER.unpack(file.read(_HEADER.size))
    if magic != _MAGIC or count != len(tokens) or file.read(len(ids)) != ids:
        return False
    file.seek(body)
    name, found, checksum = _SEAL.unpack(file.read(_SEAL.size))
    if name != _SEAL_NAME or found != owner:
        return False
    file.seek(0)
    return bool(zlib.crc32(owner, _checksum(file, body)) == checksum)


def _checksum(file: BinaryIO, size: int) -> int:
    checksum = 0
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        checksum = zlib.crc32(chunk, checksum)
        size -= len(chunk)
    return checksum
