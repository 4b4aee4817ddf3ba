"""GGUF headers, read and bounds-checked before llama.cpp sees the file.

The format is llama.cpp's own (``ggml/include/gguf.h`` in the engine's sources), versions 2 and 3,
little-endian. The rules are at least as strict as the engine's: every count and length is checked
against the bytes that are left before anything is allocated, arrays do not nest, and every tensor
lies exactly where its predecessor ends, and the hyper-parameters must agree with each other. Only
the header is read, never the weights.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import BinaryIO, NoReturn

from fieldkit.core.gguf_types import HINT, TYPES, Header, Tensor, TensorType, Value, brief
from fieldkit.core.hyperparameters import check
from fieldkit.errors import InvalidInput

MAX_HEADER = 64 << 20
MAX_KEYS = 10_000
MAX_TENSORS = 100_000
MAX_KEY_LENGTH = 65_535
MAX_NAME_LENGTH = 63  # GGML_MAX_NAME less the terminator
MAX_DIMENSIONS = 4
MAX_ALIGNMENT = 1 << 16
DEFAULT_ALIGNMENT = 32
CHUNK = 1 << 20

_STRING, _ARRAY, _BOOL = 8, 9, 7
# value type -> (struct format, size in bytes)
_SCALARS: dict[int, tuple[str, int]] = {
    0: ("B", 1),
    1: ("b", 1),
    2: ("H", 2),
    3: ("h", 2),
    4: ("I", 4),
    5: ("i", 4),
    6: ("f", 4),
    7: ("B", 1),
    10: ("Q", 8),
    11: ("q", 8),
    12: ("d", 8),
}
_UINT32 = 4


def parse_header(file: BinaryIO, *, name: str) -> Header:
    """Read and check the header of the GGUF ``file`` (binary, seekable); ``name`` is for messages.

    Raises InvalidInput with the byte position when the file is truncated, absurd or not a GGUF
    that this engine reads. At most ``MAX_HEADER`` bytes are read.
    """
    size = file.seek(0, 2)
    file.seek(0)
    cursor = _Cursor(file, size, name)
    version, tensor_count, key_count = _preamble(cursor)
    metadata = _metadata(cursor, key_count)
    alignment = _alignment(cursor, metadata)
    described = [_tensor_info(cursor) for _ in range(tensor_count)]
    data_offset = _pad(cursor.position, alignment) if described else cursor.position
    header = Header(
        name=name,
        version=version,
        metadata=MappingProxyType({key: value for key, (_, value) in metadata.items()}),
        tensors=_place(cursor, described, data_offset, alignment),
        alignment=alignment,
        data_offset=data_offset,
        file_size=size,
    )
    check(header)
    return header


class _Cursor:
    """Reads forward through the header; every advance is checked against the file's size."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self._file = file
        self._data = bytearray()
        self.size = size
        self.name = name
        self.position = 0

    def fail(self, problem: str, *, at: int | None = None, hint: str = HINT) -> NoReturn:
        where = self.position if at is None else at
        raise InvalidInput(f"{self.name}: {problem} at byte {where}", hint=hint)

    def _fill(self, end: int, what: str) -> None:
        """Have at least ``end`` bytes of the header in memory."""
        if end > self.size:
            self.fail(f"the file ends inside {what} (it has {self.size} bytes)")
        if end > MAX_HEADER:
            self.fail(f"{what} reaches beyond {MAX_HEADER} bytes, the most a header may have")
        while len(self._data) < end:
            chunk = self._file.read(max(CHUNK, end - len(self._data)))
            if not chunk:
                self.fail(f"the file ends inside {what}")
            self._data += chunk

    def take(self, count: int, what: str) -> bytes:
        end = self.position + count
        if end > len(self._data):
            self._fill(end, what)
        taken = bytes(self._data[self.position : end])
        self.position = end
        return taken

    def scalar(self, form: str, size: int, what: str) -> int | float:
        value: int | float = struct.unpack("<" + form, self.take(size, what))[0]
        return value

    def u32(self, what: str) -> int:
        return int(self.scalar("I", 4, what))

    def u64(self, what: str) -> int:
        return int(self.scalar("Q", 8, what))

    def count(self, what: str, limit: int) -> int:
        """Read a 64-bit count that is at most ``limit``."""
        start = self.position
        number = self.u64(what)
        if number > limit:
            self.fail(f"{what} is {number}, more than {limit}", at=start)
        return number

    def label(self, what: str, limit: int) -> str:
        """Read a non-empty UTF-8 string of at most ``limit`` bytes."""
        start = self.position
        length = self.count(f"the length of {what}", limit)
        try:
            text = self.take(length, what).decode()
        except UnicodeDecodeError:
            self.fail(f"{what} is not UTF-8", at=start)
        if not text or "\0" in text:
            self.fail(f"{what} is empty or holds a zero byte", at=start)
        return text

    def strings(self, count: int, what: str) -> tuple[str, ...]:
        """``count`` strings; bytes that are not UTF-8 are replaced.

        A loop of its own with local names: vocabularies have hundreds of thousands of strings.
        """
        if count * 8 > self.size - self.position:
            self.fail(f"{what} has {count} strings, more than the file can hold")
        data, position = self._data, self.position
        unpack = struct.Struct("<Q").unpack_from
        result: list[str] = []
        for _ in range(count):
            start = position + 8
            if start > len(data):
                self.position = position
                self._fill(start, what)
            (length,) = unpack(data, position)
            if start + length > len(data):
                self.position = position
                self._fill(start + length, what)
            position = start + length
            result.append(data[start:position].decode("utf-8", "replace"))
        self.position = position
        return tuple(result)


def _pad(position: int, alignment: int) -> int:
    return (position + alignment - 1) // alignment * alignment


def _preamble(cursor: _Cursor) -> tuple[int, int, int]:
    """Version, tensor count and key count."""
    magic = cursor.take(4, "the magic")
    if magic != b"GGUF":
        cursor.fail(f"not a GGUF file (it starts with {magic!r})", at=0)
    version = cursor.u32("the version")
    if version not in {2, 3}:
        odd = "a big-endian file" if version >= 1 << 16 else f"GGUF version {version}"
        cursor.fail(
            f"{odd} is not supported", at=4, hint="Convert the model again with the pinned engine."
        )
    tensors = cursor.count("the number of tensors", MAX_TENSORS)
    return version, tensors, cursor.count("the number of keys", MAX_KEYS)


def _metadata(cursor: _Cursor, count: int) -> dict[str, tuple[int, Value]]:
    """Key -> (value type, value)."""
    metadata: dict[str, tuple[int, Value]] = {}
    for _ in range(count):
        start = cursor.position
        key = cursor.label("a key", MAX_KEY_LENGTH)
        if key in metadata:
            cursor.fail(f"the key {key[:80]!a} occurs twice", at=start)
        kind = cursor.u32("a value type")
        metadata[key] = (kind, _value(cursor, kind, f"the value of {key[:80]!a}"))
    if (parts := metadata.get("split.count", (0, 0))[1]) not in (0, 1):
        cursor.fail(
            f"this is one of several parts (split.count is {brief(parts)})",
            hint="Join the parts into one file first (llama-gguf-split --merge).",
        )
    return metadata


def _value(cursor: _Cursor, kind: int, what: str) -> Value:
    if kind == _STRING:
        return cursor.strings(1, what)[0]
    if kind == _ARRAY:
        return _array(cursor, what)
    if kind not in _SCALARS:
        cursor.fail(f"{what} has the unknown type {kind}", at=cursor.position - 4)
    form, size = _SCALARS[kind]
    number = cursor.scalar(form, size, what)
    return bool(number) if kind == _BOOL else number


def _array(cursor: _Cursor, what: str) -> Value:
    start = cursor.position
    kind = cursor.u32(f"the element type of {what}")
    count = cursor.u64(f"the length of {what}")
    if kind == _STRING:
        return cursor.strings(count, what)
    if kind not in _SCALARS:
        problem = "nests arrays" if kind == _ARRAY else f"has elements of the unknown type {kind}"
        cursor.fail(f"{what} {problem}", at=start)
    form, size = _SCALARS[kind]
    if count * size > cursor.size - cursor.position:
        cursor.fail(f"{what} has {count} elements, more than the file can hold", at=start)
    values = array(form, cursor.take(count * size, what))
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _alignment(cursor: _Cursor, metadata: Mapping[str, tuple[int, Value]]) -> int:
    kind, value = metadata.get("general.alignment", (_UINT32, DEFAULT_ALIGNMENT))
    if kind != _UINT32 or not isinstance(value, int) or not 8 <= value <= MAX_ALIGNMENT:
        cursor.fail(f"general.alignment is {brief(value)}, not a number in 8..{MAX_ALIGNMENT}")
    if value & (value - 1):
        cursor.fail(f"general.alignment is {value}, not a power of two")
    return value


@dataclass(frozen=True, slots=True)
class _TensorInfo:
    """A tensor as the header describes it, with where that description stands."""

    name: str
    shape: tuple[int, ...]
    kind: TensorType
    relative_offset: int
    at: int


def _tensor_info(cursor: _Cursor) -> _TensorInfo:
    at = cursor.position
    name = cursor.label("a tensor name", MAX_NAME_LENGTH)
    what = f"the tensor {name!a}"
    dimensions = cursor.u32(f"the dimensions of {what}")
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        cursor.fail(f"{what} has {dimensions} dimensions, not 1 to {MAX_DIMENSIONS}", at=at)
    shape = tuple(cursor.u64(f"the shape of {what}") for _ in range(dimensions))
    if not all(0 < extent < 1 << 63 for extent in shape):
        cursor.fail(f"{what} has the impossible shape {shape}", at=at)
    number = cursor.u32(f"the type of {what}")
    if number not in TYPES:
        cursor.fail(f"{what} has the unknown type {number}", at=at)
    kind = TYPES[number]
    if shape[0] % kind.block:
        cursor.fail(f"{what}: rows of {shape[0]} are not whole blocks of {kind.name}", at=at)
    return _TensorInfo(name, shape, kind, cursor.u64(f"the offset of {what}"), at)


def _place(
    cursor: _Cursor, described: list[_TensorInfo], data_offset: int, alignment: int
) -> tuple[Tensor, ...]:
    """Check that every tensor starts where the last one ended and ends inside the file."""
    tensors: list[Tensor] = []
    names: set[str] = set()
    expected = 0
    for info in described:
        what = f"the tensor {info.name!a}"
        if info.name in names:
            cursor.fail(f"{what} occurs twice", at=info.at)
        names.add(info.name)
        if info.relative_offset != expected:
            cursor.fail(f"{what} has offset {info.relative_offset}, not {expected}", at=info.at)
        offset = data_offset + expected
        tensor = Tensor(name=info.name, shape=info.shape, kind=info.kind, offset=offset)
        if offset + tensor.size > cursor.size:
            cursor.fail(
                f"{what} needs bytes {offset} to {offset + tensor.size}, but the file has only "
                f"{cursor.size} (truncated?); described",
                at=info.at,
            )
        expected += _pad(tensor.size, alignment)
        tensors.append(tensor)
    return tuple(tensors)
