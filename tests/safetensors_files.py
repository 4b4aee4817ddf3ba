"""Safetensors files, written by hand: tensor by tensor, so that full-size ones need little memory.

The format is that of the safetensors project: eight bytes with the length of a JSON header, the
header, then the tensors without gaps.
"""

from __future__ import annotations

import itertools
import json
import mmap
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Shape = tuple[int, ...]
Floats = npt.NDArray[np.float32]
Values = Callable[[str, Shape], Floats]

INDEX_FILE = "model.safetensors.index.json"

# name in a header, bytes a number; by the names that config.json uses
DTYPES = {"bfloat16": ("BF16", 2), "float16": ("F16", 2), "float32": ("F32", 4)}
_BLOCK = 1 << 20


def encode(values: Floats, dtype: str) -> bytes:
    """``values`` in ``dtype``; BF16 is rounded to the nearest, ties to even."""
    if dtype == "bfloat16":
        bits = np.ascontiguousarray(values).view(np.uint32)
        return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()
    return values.astype({"float16": "<f2", "float32": "<f4"}[dtype]).tobytes()


def decode(data: bytes, kind: str) -> Floats:
    """The numbers of a tensor whose header says ``kind``."""
    if kind == "BF16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(data, {"F16": "<f2", "F32": "<f4"}[kind]).astype(np.float32)


def noise(seed: int, scale: float) -> Values:
    """Normal random numbers, the same for the same seed; large tensors repeat a block of them."""
    random = np.random.default_rng(seed)
    block = random.standard_normal(_BLOCK, dtype=np.float32) * np.float32(scale)

    def values(_name: str, shape: Shape) -> Floats:
        start = int(random.integers(_BLOCK))
        return np.resize(np.roll(block, start), shape)

    return values


def write(path: Path, shapes: Mapping[str, Shape], values: Values, dtype: str) -> int:
    """Write one file with the tensors ``shapes``; returns the bytes of its tensors."""
    kind, width = DTYPES[dtype]
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, shape in shapes.items():
        end = offset + int(np.prod(shape)) * width
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in shapes.items():
            file.write(encode(values(name, shape), dtype))
    return offset


def write_shards(
    folder: Path, shapes: Mapping[str, Shape], values: Values, dtype: str, *, shards: int = 1
) -> None:
    """Write ``model.safetensors``, or that many files and the index that lists them."""
    if shards == 1:
        write(folder / "model.safetensors", shapes, values, dtype)
        return
    names = list(shapes)
    cuts = [len(names) * number // shards for number in range(shards + 1)]
    parts = [names[start:end] for start, end in itertools.pairwise(cuts)]
    where: dict[str, str] = {}
    total = 0
    for number, part in enumerate(parts, 1):
        file = f"model-{number:05d}-of-{shards:05d}.safetensors"
        total += write(folder / file, {name: shapes[name] for name in part}, values, dtype)
        where |= dict.fromkeys(part, file)
    index = {"metadata": {"total_size": total}, "weight_map": where}
    (folder / INDEX_FILE).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def read_shapes(folder: Path) -> dict[str, Shape]:
    """Tensor name -> shape, of every safetensors file in ``folder``."""
    return {name: tuple(entry["shape"]) for name, entry, _ in _entries(folder)}


def read_tensors(folder: Path) -> dict[str, Floats]:
    """Tensor name -> values, of every safetensors file in ``folder``."""
    found = {}
    for name, entry, read in _entries(folder):
        found[name] = decode(read(), entry["dtype"]).reshape(entry["shape"])
    return found


def _entries(folder: Path) -> Iterator[tuple[str, dict[str, Any], Callable[[], bytes]]]:
    """Name, entry and a function that reads the values, of every tensor."""
    for path in sorted(folder.glob("*.safetensors")):
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
        ):
            (length,) = struct.unpack_from("<Q", mapped)
            header = json.loads(mapped[8 : 8 + length])
            header.pop("__metadata__", None)
            for name, entry in header.items():
                start, end = (8 + length + offset for offset in entry["data_offsets"])
                yield name, entry, lambda start=start, end=end: mapped[start:end]
