"""Headers of safetensors files, read and bounds-checked before anything else sees them.

The format (github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the
header, then the tensors without gaps in any order. Nothing in such a file is code.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, NoReturn

from fieldkit.errors import InvalidInput

INDEX_FILE = "model.safetensors.index.json"
_MAX_HEADER = 100_000_000  # as in the reference implementation
_HINT = "Fetch the file again: it is cut off or was changed."

# bytes an element
WIDTHS: Mapping[str, int] = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2,
    "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One tensor: its element type, its shape (rows first), and where it lies in its file."""

    kind: str
    shape: tuple[int, ...]
    path: Path
    offset: int
    size: int

    @property
    def elements(self) -> int:
        """How many elements it has."""
        return prod(self.shape)


def read_weights(folder: Path) -> dict[str, Entry]:
    """Tensor name -> entry, of ``model.safetensors`` or of the files that the index lists.

    Raises InvalidInput when there are none, one is missing, or index and files disagree.
    """
    index = folder / INDEX_FILE
    if index.is_file():
        return _read_indexed(folder, index)
    single = folder / "model.safetensors"
    if single.is_file():
        return read_file(single)
    others = sorted(path.name for path in folder.glob("model*.safetensors"))
    problem = f"{', '.join(others)} without {INDEX_FILE}" if others else "no model.safetensors"
    raise InvalidInput(
        f"{folder}: {problem}",
        hint="Give the whole folder of a model in the safetensors format, as its publisher has it.",
    )


def _read_indexed(folder: Path, index: Path) -> dict[str, Entry]:
    try:
        listed = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        where = {str(name): str(file) for name, file in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(f"{index}: lists no weights ({error!r})", hint=_HINT) from error
    files = sorted(set(where.values()))
    problems = [f"{file}: not a file name" for file in files if Path(file).name != file]
    problems += [f"{file}: is missing" for file in files if not (folder / file).is_file()]
    if problems:
        raise InvalidInput(
            f"{folder}: the weights are not complete",
            problems=problems,
            hint="Fetch the missing files: fieldkit pull fetches what is not there yet.",
        )
    entries: dict[str, Entry] = {}
    for file in files:
        entries |= read_file(folder / file)
    wrong = sorted(
        name
        for name, file in where.items()
        if name not in entries or entries[name].path.name != file
    )
    wrong += sorted(set(entries) - set(where))
    if wrong:
        raise InvalidInput(
            f"{index}: does not agree with the files about {len(wrong)} tensors, "
            f"the first is {wrong[0]}",
            hint="Files of two versions are mixed: fetch all of them from one commit.",
        )
    return entries


def read_file(path: Path) -> dict[str, Entry]:
    """Tensor name -> entry, of one file; InvalidInput when it is not whole or not sound."""
    header, start = _header(path)
    size = path.stat().st_size
    entries = {name: _entry(path, name, value, start) for name, value in header.items()}
    expected = start
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].offset, item[1].size)):
        if entry.offset != expected:
            _fail(path, f"{name} does not lie where the tensor before it ends")
        expected += entry.size
    if expected != size:
        _fail(path, f"it has {size} bytes, its header describes {expected}")
    return entries


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header without its free text, and where the tensors start."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        first = file.read(8)
        length = struct.unpack("<Q", first)[0] if len(first) == 8 else 0
        if not 2 <= length <= min(_MAX_HEADER, size - 8):
            _fail(path, f"its header would have {length} bytes of the {size} of the file")
        text = file.read(length)
    try:
        header = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        _fail(path, f"its header is no JSON ({error})")
    if not isinstance(header, dict):
        _fail(path, "its header is no JSON object")
    header.pop("__metadata__", None)
    return header, 8 + length


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _entry(path: Path, name: str, value: object, start: int) -> Entry:
    match value:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(begin), int(end)]}:
            sound = all(type(part) is int and 0 <= part < 1 << 48 for part in shape)
        case _:
            sound = False
    if not sound:
        _fail(path, f"{name[:100]!a} has no dtype, shape and data_offsets")
    if kind not in WIDTHS:
        _fail(path, f"{name[:100]!a} has the element type {kind[:20]!a}, which is not known")
    if begin < 0 or end - begin != prod(shape) * WIDTHS[kind]:
        _fail(path, f"{name[:100]!a} has {end - begin} bytes for the shape {shape} in {kind}")
    return Entry(kind=kind, shape=tuple(shape), path=path, offset=start + begin, size=end - begin)


def _fail(path: Path, problem: str) -> NoReturn:
    raise InvalidInput(f"{path}: no sound safetensors file: {problem}", hint=_HINT)
