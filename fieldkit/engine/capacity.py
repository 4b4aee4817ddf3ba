"""Whether a model can be loaded into the memory that is free now, asked before it is read."""

from __future__ import annotations

import bisect
import sys
from pathlib import Path

import psutil

from fieldkit.core.container import memory_groups
from fieldkit.core.fit import INTERFACE_BYTES, KV_CELLS, footprint, gib
from fieldkit.core.gguf_types import Header, Shape
from fieldkit.errors import InvalidInput, Unfit

_LEAST_CONTEXT = 2 * KV_CELLS  # below this no question with a passage fits; nothing to advise


def available_memory() -> int | None:
    """Bytes this process can get without swapping, within its container; None if unknown.

    What the system would give back when memory is short (cached files) counts as available.
    """
    try:
        available = int(psutil.virtual_memory().available)
    except (psutil.Error, OSError, RuntimeError, AttributeError):
        return None
    groups = memory_groups(_read) if sys.platform == "linux" else ()
    return max(0, min([available, *(group.left for group in groups)]))


def _read(path: str) -> str | None:
    try:
        return Path("/", path).read_text(encoding="utf-8", errors="replace").rstrip()
    except OSError:
        return None


def check(header: Header, *, context: int, available: int | None) -> None:
    """Raise Unfit when a model needs more than ``available`` bytes at ``context`` tokens.

    ``context`` 0 means what the model was trained for. Weights count even where they are mapped:
    every token reads all of them, and without room each would come from the disk. A model whose
    size cannot be told, or memory that is not known, is no reason to refuse.
    """
    try:
        shape = header.shape
    except InvalidInput:
        return  # llama.cpp says what is wrong with it
    context = min(context or shape.context, shape.context)
    need = _need(shape, header.tensor_bytes, context)
    if available is None or need <= available:
        return
    raise Unfit(
        f"{Path(header.name).name} with a context of {context} tokens needs {gib(need)} of memory; "
        f"{gib(available)} are available",
        hint=_advice(shape, header.tensor_bytes, context, available),
    )


def _need(shape: Shape, weights: int, context: int) -> int:
    """The worker's bytes; the program that asks has its own already."""
    return footprint(shape, weights=weights, context=context).total - INTERFACE_BYTES


def _advice(shape: Shape, weights: int, context: int, available: int) -> str:
    """What to do: the largest context that fits, where one does."""
    groups = range(1, -(-context // KV_CELLS))
    fitting = bisect.bisect_right(
        groups, available, key=lambda group: _need(shape, weights, group * KV_CELLS)
    )
    if fitting * KV_CELLS >= _LEAST_CONTEXT:
        return (
            f"Close other programs, or set model.context in the profile to {fitting * KV_CELLS}, "
            "the largest that fits now."
        )
    return "Close other programs, or choose a smaller candidate; fieldkit probe shows which fit."
