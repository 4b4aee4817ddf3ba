"""Merges a LoRA adapter into the model it was made for, tensor by tensor.

The merged weight is ``W + scale * B @ A`` with scale = alpha / rank, or alpha / sqrt(rank) for
rank-stabilized LoRA: peft's ``LoraLayer.get_delta_weight``. It is computed in F32 and rounded once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from fieldkit.core.text import clean_line
from fieldkit.errors import InvalidInput
from fieldkit.packager.adapters import Adapter, Pair, read_adapter
from fieldkit.packager.cache import sync, sync_tree
from fieldkit.packager.checkpoint import Checkpoint, read_checkpoint, read_json
from fieldkit.packager.quantize import check_space
from fieldkit.packager.safetensors import Entry
from fieldkit.packager.workplace import workplace

Progress = Callable[[int, int], None]
Floats = npt.NDArray[np.float32]

# A tokenizer that was saved with the adapter is the one it was trained with.
_TOKENIZER = (
    "added_tokens.json", "chat_template.jinja", "special_tokens_map.json", "tokenizer.json",
    "tokenizer.model", "tokenizer_config.json",
)  # fmt: skip
_BLOCK = 1 << 20  # elements that are worked on at once: they stay in a processor's cache
# What can be rounded to each type.
_LARGEST = {"F16": 65_504.0, "BF16": 3.38e38, "F32": 3.4e38}
_MARGIN = 16 << 20


def merge_adapter(
    base: Path, adapter: Path, target: Path, *, progress: Progress | None = None
) -> Path:
    """Write the model in ``base`` with ``adapter`` merged into it as the new folder ``target``.

    The files of the result are those of ``base``, in its element types; files of a tokenizer that
    lie with the adapter replace the model's. ``progress`` is told bytes done and bytes in all. One
    block of a tensor is in memory at a time. Raises InvalidInput when the adapter does not fit.
    """
    base, target = base.absolute(), target.absolute()
    model, read = read_checkpoint(base), read_adapter(adapter.absolute())
    _check_fit(model, read)
    total = model.size
    check_space(target.parent, total + _MARGIN, "the merged model")
    with workplace(target.parent) as work:
        folder = work / "model"
        folder.mkdir()
        _carry_over(model, read, folder)
        done = 0

        def tell(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, total)

        for path in sorted({entry.path for entry in model.entries.values()}):
            _merge_file(path, model, read, folder / path.name, tell)
        sync_tree(folder)
        folder.rename(target)
    sync(target.parent)
    return target


def _check_fit(model: Checkpoint, adapter: Adapter) -> None:
    problems = []
    for module, pair in adapter.pairs.items():
        weight = model.entries.get(f"{module}.weight")
        shape = (pair.b.shape[0], pair.a.shape[1])
        if weight is None:
            problems.append(f"{module}: the model has no such layer")
        elif weight.shape != shape:
            problems.append(f"{module}: {shape} in the adapter, {weight.shape} in the model")
    if problems:
        raise InvalidInput(
            f"{adapter.folder}: the adapter was not made for the model in {model.folder}",
            problems=problems[:8],
            hint=f"Its configuration names {_base_name(adapter)} as its base model.",
        )


def _base_name(adapter: Adapter) -> str:
    return clean_line(str(adapter.config.get("base_model_name_or_path") or "nothing"))[:120]


def _carry_over(model: Checkpoint, adapter: Adapter, folder: Path) -> None:
    """Bring every file but the weights into ``folder``, by hard link where that is possible."""
    weights = {entry.path.name for entry in model.entries.values()}
    files = {
        path.name: path
        for path in sorted(model.folder.iterdir())
        if path.is_file() and path.name not in weights and path.suffix != ".safetensors"
    }
    config = adapter.folder / "tokenizer_config.json"
    if config.is_file():
        if "chat_template" in read_json(config):
            files.pop("chat_template.jinja", None)
        own = (adapter.folder / name for name in _TOKENIZER)
        files |= {path.name: path for path in own if path.is_file()}
    for name, path in files.items():
        try:
            os.link(path.resolve(), folder / name)
        except OSError:
            shutil.copyfile(path, folder / name)


def _merge_file(
    path: Path, model: Checkpoint, adapter: Adapter, target: Path, tell: Callable[[int], None]
) -> None:
    """Write one file of weights again, with the same header, block by block."""
    entries = [(name, entry) for name, entry in model.entries.items() if entry.path == path]
    entries.sort(key=lambda item: item[1].offset)
    with path.open("rb") as source, target.open("wb") as out:
        first = min((entry.offset for _, entry in entries), default=path.stat().st_size)
        out.write(source.read(first))
        for name, entry in entries:
            pair = adapter.pairs.get(name.removesuffix(".weight"))
            for block in _merged(source, name, entry, pair) if pair else _copied(source, entry):
                out.write(block)
                tell(len(block))


def _copied(source: BinaryIO, entry: Entry) -> Iterator[bytes]:
    source.seek(entry.offset)
    left = entry.size
    while left:
        block = source.read(min(left, 16 * _BLOCK))
        if not block:
            raise InvalidInput(f"{entry.path}: ends before its last tensor")
        left -= len(block)
        yield block


def _merged(source: BinaryIO, name: str, entry: Entry, pair: Pair) -> Iterator[bytes]:
    """The rows of a weight, changed: computed in F32, rounded once to the weight's own type."""
    rows, columns = entry.shape
    a, b = _matrix(pair.a), _matrix(pair.b) * np.float32(pair.scale)
    width = entry.size // (rows * columns)
    step = max(1, _BLOCK // columns)
    for start in range(0, rows, step):
        count = min(step, rows - start)
        source.seek(entry.offset + start * columns * width)
        block = _decode(source.read(count * columns * width), entry.kind).reshape(count, columns)
        block += b[start : start + count] @ a
        if not np.abs(block).max() <= _LARGEST[entry.kind]:  # nor is it where one is no number
            raise InvalidInput(
                f"{entry.path}: {name} has values beyond {entry.kind} once the adapter is merged",
                hint="Convert the model to BF16 first, or check that adapter and model belong "
                "together.",
            )
        yield _encode(block, entry.kind)


def _matrix(entry: Entry) -> Floats:
    with entry.path.open("rb") as file:
        file.seek(entry.offset)
        return _decode(file.read(entry.size), entry.kind).reshape(entry.shape)


def _decode(data: bytes, kind: str) -> Floats:
    """The numbers in F32, in memory of their own."""
    if kind == "BF16":
        bits = np.frombuffer(data, "<u2").astype(np.uint32)
        bits <<= 16
        return bits.view(np.float32)
    return np.frombuffer(data, {"F16": "<f2", "F32": "<f4"}[kind]).astype(np.float32)


def _encode(values: Floats, kind: str) -> bytes:
    """Rounded to the nearest, ties to even."""
    if kind == "BF16":
        bits = np.ascontiguousarray(values).view(np.uint32)
        rounded = bits >> 16
        rounded &= 1
        rounded += 0x7FFF
        rounded += bits
        rounded >>= 16
        return rounded.astype("<u2").tobytes()
    return values.astype({"F16": "<f2", "F32": "<f4"}[kind]).tobytes()
