"""Slices: GGUF files of a model's true shape with a few of its layers and random weights.

What a model costs on a machine depends on its shape and types, not on what it learned, and it grows
with the number of layers. So two slices of different height tell what the whole costs
(``fieldkit.core.prediction``). A slice has no vocabulary (``tokenizer.ggml.model`` is
``no_vocab``): it can be read and decoded by token ids (``fieldkit.engine.bench``), not talked to.

The types of a layer depend on where it stands in the model (Q4_K_M gives half of the layers more
bits), so a slice says which layers of the whole it imitates.

A token reads one row of the embedding and all of the output matrix. Where a model has both, its
slices have the latter alone, for both purposes: that costs the same and saves up to a third of what
must be written and loaded. With every layer it is no slice, and has everything.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from fieldkit import resources
from fieldkit.core.gguf_types import FILE_TYPES, TYPES, Shape, TensorType
from fieldkit.core.quantization import tensor_bytes, tensor_types
from fieldkit.errors import DiskFull

MIB = 1 << 20
_ALIGNMENT = 32
_PATTERN_BYTES = MIB
_HEADROOM = 256 * MIB  # left free on the disk
_FOLDER = "slice-"

_EMBEDDING, _OUTPUT = "token_embd.weight", "output.weight"

_U32, _F32, _STRING = 4, 6, 8
_TYPE_NUMBER = {kind.name: number for number, kind in TYPES.items()}
_FILE_TYPE = {name: number for number, name in FILE_TYPES.items()}

# Half-precision fields of a block: type -> ((offset in bytes, value), ...). All other bytes of a
# block are random. The values make weights of a few hundredths, which stay finite all the way
# through; none of them is subnormal (below 6.1e-5), which a processor may compute more slowly.
_SCALES: dict[str, tuple[tuple[int, float], ...]] = {
    "Q4_0": ((0, 0.004),),
    "Q4_1": ((0, 0.004), (2, -0.03)),
    "Q5_0": ((0, 0.002),),
    "Q5_1": ((0, 0.002), (2, -0.03)),
    "Q8_0": ((0, 0.0003),),
    "IQ4_NL": ((0, 0.0003),),
    "Q4_K": ((0, 0.0001), (2, 0.00075)),
    "Q5_K": ((0, 0.00007), (2, 0.001)),
    "Q6_K": ((208, 0.0003),),
    "IQ4_XS": ((0, 0.00007),),
}
# Bytes that must not be random, since they would make a factor too large: type -> ((offset, value),
# ...). Q6_K: sixteen signed scales; IQ4_XS: the upper bits of eight 6-bit scales.
_FIXED: dict[str, tuple[tuple[int, int], ...]] = {
    "Q6_K": tuple((192 + index, 4 if index % 2 else 252) for index in range(16)),
    "IQ4_XS": ((2, 0xAA), (3, 0xAA)),
}
# The upper byte of floating-point elements: sign random, magnitude 2^-6 or 2^-7.
_UPPER = {"F16": (0x24, 0xA4), "BF16": (0x3C, 0xBC)}


def write_slice(
    path: Path, shape: Shape, quantization: str, *, layers: Sequence[int], seed: int = 1
) -> int:
    """Write the slice of ``shape`` that imitates its ``layers`` (numbers of the whole model).

    ``quantization`` is a file type such as ``Q4_K_M``. ``layers`` of the whole model may repeat;
    the slice has ``len(layers)`` layers. Returns the file's size in bytes. Raises InvalidInput for
    a family or a quantization whose tensors are not known, DiskFull before anything is written
    when it would leave less than 256 MiB free.
    """
    order = list(_sliced(shape, quantization, layers))
    header = _header(shape, quantization, len(layers), order)
    size = len(header) + sum(_padded(tensor_bytes(dims, kind)) for _, dims, kind in order)
    check_space(path.parent, size)
    patterns: dict[str, memoryview] = {}
    with path.open("wb", buffering=0) as file:
        _write(file.fileno(), memoryview(header))
        for name, dimensions, kind in order:
            content = "bias" if name.endswith(".bias") else kind.name
            if content not in patterns:
                patterns[content] = memoryview(_pattern(content, kind, seed))
            count = tensor_bytes(dimensions, kind)
            _fill(file.fileno(), patterns[content], count)
            _write(file.fileno(), memoryview(bytes(_padded(count) - count)))
    return size


def slice_bytes(shape: Shape, quantization: str, *, layers: Sequence[int]) -> int:
    """Bytes of the tensors of the slice that ``write_slice`` would write."""
    return sum(tensor_bytes(dims, kind) for _, dims, kind in _sliced(shape, quantization, layers))


@contextlib.contextmanager
def slice_folder() -> Iterator[Path]:
    """A private folder below the cache for slices; it is gone afterwards, also after Ctrl-C.

    What a killed process left behind is removed by the next one.
    """
    parent = resources.cache_dir()
    ours = not parent.exists()
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if ours:
            with contextlib.suppress(OSError):  # others have put something there meanwhile
                parent.rmdir()


def check_space(folder: Path, size: int) -> None:
    """Raise DiskFull when ``size`` bytes more in ``folder`` would leave too little."""
    free = shutil.disk_usage(folder).free
    if free < size + _HEADROOM:
        raise DiskFull(
            f"{folder}: {size // MIB} MiB are needed for a while, {free // MIB} MiB are free",
            hint="Free some space, or name another folder by FIELDKIT_CACHE_DIR.",
        )


def _sweep(parent: Path) -> None:
    """Remove the folders of processes that are gone."""
    for folder in parent.glob(f"{_FOLDER}*-*"):
        number = folder.name.removeprefix(_FOLDER).split("-")[0]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _sliced(
    shape: Shape, quantization: str, layers: Sequence[int]
) -> Iterator[tuple[str, tuple[int, ...], TensorType]]:
    """The tensors of the slice: those outside the layers, then the imitated layers renumbered."""
    shared = len(layers) < shape.layers and not shape.tied
    parts: dict[int, list[tuple[str, tuple[int, ...], TensorType]]] = {}
    for name, dimensions, kind in tensor_types(shape, quantization):
        if not name.startswith("blk."):
            if not (shared and name == _EMBEDDING):
                yield _EMBEDDING if shared and name == _OUTPUT else name, dimensions, kind
            continue
        _, number, part = name.split(".", 2)
        parts.setdefault(int(number), []).append((part, dimensions, kind))
    for index, layer in enumerate(layers):
        for part, dimensions, kind in parts[layer]:
            yield f"blk.{index}.{part}", dimensions, kind


def _header(
    shape: Shape,
    quantization: str,
    layers: int,
    order: Sequence[tuple[str, tuple[int, ...], TensorType]],
) -> bytes:
    """Everything before the first tensor's data, in the format of ``ggml/include/gguf.h``."""
    pairs = _metadata(shape, quantization, layers)
    data = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(order), len(pairs)))
    for key, value in pairs.items():
        data += _text(key) + _value(value)
    offset = 0
    for name, dimensions, kind in order:
        data += _text(name) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        data += struct.pack("<IQ", _TYPE_NUMBER[kind.name], offset)
        offset += _padded(tensor_bytes(dimensions, kind))
    data += bytes(_padded(len(data)) - len(data))
    return bytes(data)


def _metadata(shape: Shape, quantization: str, layers: int) -> dict[str, int | float | str]:
    arch = shape.architecture
    optional = {
        f"{arch}.attention.sliding_window": shape.sliding_window,
        f"{arch}.expert_count": shape.experts,
        f"{arch}.expert_used_count": shape.experts_used,
    }
    return {
        "general.architecture": arch,
        "general.name": f"slice of {layers} layers",
        "general.file_type": _FILE_TYPE[quantization],
        "tokenizer.ggml.model": "no_vocab",
        f"{arch}.vocab_size": shape.vocabulary,
        f"{arch}.context_length": shape.context,
        f"{arch}.embedding_length": shape.embedding,
        f"{arch}.feed_forward_length": shape.feed_forward,
        f"{arch}.block_count": layers,
        f"{arch}.attention.head_count": shape.heads,
        f"{arch}.attention.head_count_kv": shape.kv_heads,
        f"{arch}.attention.key_length": shape.head_dim,
        f"{arch}.attention.value_length": shape.head_dim,
        f"{arch}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{arch}.rope.dimension_count": shape.rotary or shape.head_dim,
        f"{arch}.rope.freq_base": 10000.0,
        **{key: number for key, number in optional.items() if number},
    }


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value: float | str) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, int):
        return struct.pack("<II", _U32, value)
    return struct.pack("<If", _F32, value)


def _padded(size: int) -> int:
    return size + -size % _ALIGNMENT


def _pattern(content: str, kind: TensorType, seed: int) -> bytes:
    """About a megabyte of whole blocks of ``kind`` with sound scales; ``bias`` is F32 as well."""
    count = _PATTERN_BYTES // kind.size
    if kind.name == "F32":
        return struct.pack("<f", 0.01 if content == "bias" else 1.0) * count
    data = bytearray(random.Random(seed).randbytes(count * kind.size))  # noqa: S311 - no secret
    if kind.name in _UPPER:
        positive, negative = _UPPER[kind.name]
        signs = bytes(negative if value & 128 else positive for value in range(256))
        data[1::2] = data[1::2].translate(signs)
    for offset, half in _SCALES.get(kind.name, ()):
        low, high = struct.pack("<e", half)
        data[offset :: kind.size] = bytes([low]) * count
        data[offset + 1 :: kind.size] = bytes([high]) * count
    for offset, byte in _FIXED.get(kind.name, ()):
        data[offset :: kind.size] = bytes([byte]) * count
    return bytes(data)


def _fill(descriptor: int, pattern: memoryview, size: int) -> None:
    while size > 0:
        piece = pattern[: min(size, len(pattern))]
        _write(descriptor, piece)
        size -= len(piece)


def _write(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
