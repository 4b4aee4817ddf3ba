"""Whether a model fits a machine: memory by exact sizes, and a verdict in words and numbers.

Weights and KV cache are exact. The compute buffer follows the largest set of tensors that the
engine's graph holds at once, and the programs are a measured constant; ``ERROR_BYTES`` covers both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldkit.core.gguf_types import Shape

Verdict = Literal["fits", "tight", "unfit"]

MIB, GIB = 1 << 20, 1 << 30
KV_CELLS = 256  # the engine rounds the context up to whole groups of cells
# The engine reads prompts in pieces of this many tokens (``Settings.ubatch``), and gives logits for
# at most so many of them (``decoder.MAX_OUTPUTS``).
BATCH = 128
OUTPUTS = 16
# Measured with the pinned engine over models from 5 million to 3.8 billion parameters: the engine's
# child process without weights, KV cache and compute buffer (34 to 66 MiB: interpreter, libraries,
# vocabulary, buffers left over from loading), and the terminal assistant beside it (48 MiB).
ENGINE_BYTES = 64 * MIB
INTERFACE_BYTES = 64 * MIB
# How far off that has been; the exact parts are exact.
ERROR_BYTES = 32 * MIB
DISK_RESERVE = GIB
# What a simulated machine is taken to use by itself: an operating system with an idle desktop.
SYSTEM_BYTES = 2 * GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Memory an assistant needs, in bytes."""

    weights: int
    kv_cache: int
    compute: int
    programs: int = ENGINE_BYTES + INTERFACE_BYTES
    embedder: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv_cache + self.compute + self.programs + self.embedder

    @property
    def error_band(self) -> float:
        """The share by which ``total`` may be off, up or down."""
        return round(ERROR_BYTES / self.total, 3)

    @property
    def explanation(self) -> str:
        """The sum in words."""
        embedder = f", embedder {gib(self.embedder)}" if self.embedder else ""
        return (
            f"needs {gib(self.total)}: weights {gib(self.weights)}, KV cache {gib(self.kv_cache)}, "
            f"compute buffers {gib(self.compute)}, programs {gib(self.programs)}{embedder}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a machine has, in bytes; None is unknown."""

    memory_total: int | None
    memory_available: int | None
    disk_free: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A verdict and, for a person, why."""

    verdict: Verdict
    reasons: tuple[str, ...]


def kv_cache_bytes(shape: Shape, context: int, *, element_bytes: int = 2) -> int:
    """Bytes of the KV cache for ``context`` tokens: keys and values of all KV heads, F16.

    A sliding window saves nothing: the engine keeps the whole context for these families.
    """
    cells = -(-context // KV_CELLS) * KV_CELLS
    return 2 * shape.layers * cells * shape.kv_heads * shape.head_dim * element_bytes


def compute_bytes(
    shape: Shape, context: int, *, batch: int = BATCH, flash_attention: bool = False
) -> int:
    """Bytes of the engine's compute buffer for ``batch`` tokens at a time.

    Places of the graph compete for the peak: the feed-forward (gate, up and their product, in F32,
    once for each expert that is used) beside the stream of the layers; the logits; and, without
    flash attention, the scores of all heads over the whole context beside queries, keys and values.
    Read off the engine's log for shapes of every family (see docs/probe.md). Phi-3's fused matrices
    save copies; Gemma 2 has a mask for either kind of layer.
    """
    batch = min(batch, context)
    stream, keys = 3 * shape.embedding, 2 * shape.kv_heads * shape.head_dim
    queries = 0 if shape.architecture == "phi3" else shape.heads * shape.head_dim
    inner = 3 * shape.feed_forward * max(1, shape.experts_used)
    two_kinds = shape.architecture == "gemma2"
    mask = 2 * context if two_kinds else context
    logits = min(batch, OUTPUTS) * (shape.vocabulary + shape.embedding) + batch * shape.embedding
    if flash_attention:
        return 4 * max(batch * (inner + stream + queries), logits) + batch * 2 * mask
    feed_forward = inner + stream + mask + (2 * keys if two_kinds else keys)
    copies = 3 if two_kinds else 2
    attention = shape.heads * context + stream + copies * queries + keys + mask
    return 4 * max(batch * feed_forward, logits + batch * mask, batch * attention)


def footprint(shape: Shape, *, weights: int, context: int) -> Footprint:
    """Return the memory of a model of ``shape`` with ``weights`` bytes at ``context`` tokens."""
    return Footprint(
        weights=weights,
        kv_cache=kv_cache_bytes(shape, context),
        compute=compute_bytes(shape, context),
    )


def simulated_available(total: int) -> int:
    """Return the bytes taken to be available on an idle machine with ``total`` installed."""
    return total - min(SYSTEM_BYTES, total // 2)


def memory_reserve(total: int) -> int:
    """Bytes to leave for everything else, so that the machine does not swap."""
    return max(GIB // 2, total // 16)


def assess(need: Footprint, has: Resources, *, download: int) -> Assessment:
    """Compare ``need`` with what the machine *has*: available memory, not installed memory.

    ``download`` is how many bytes must still come onto the disk (0 when installed). An unknown
    amount of memory or disk cannot be promised, so the verdict is then at best ``tight``.
    """
    verdict, reasons = _assess_memory(need, has)
    disk, disk_reason = _assess_disk(download, has.disk_free)
    if disk_reason:
        reasons.append(disk_reason)
    order: tuple[Verdict, ...] = ("fits", "tight", "unfit")
    return Assessment(
        verdict=max(verdict, disk, key=order.index), reasons=(need.explanation, *reasons)
    )


def _assess_memory(need: Footprint, has: Resources) -> tuple[Verdict, list[str]]:
    if has.memory_available is None:
        return "tight", ["the available memory of this machine is not known"]
    total = has.memory_total if has.memory_total is not None else has.memory_available
    reserve = memory_reserve(total)
    free = has.memory_available
    if need.total <= free - reserve:
        left = free - need.total
        return "fits", [f"{gib(free)} of memory are available, so {gib(left)} stay free"]
    if need.total <= free:
        reason = (
            f"{gib(free)} of memory are available: it runs, but leaves less than the "
            f"{gib(reserve)} that other programs should have"
        )
        return "tight", [reason]
    missing = need.total - free
    reasons = [f"only {gib(free)} of memory are available, {gib(missing)} too little"]
    if need.total <= total - reserve:
        reasons.append(f"the machine has {gib(total)} in all: close other programs and probe again")
    else:
        reasons.append("choose a smaller model or a shorter context, or add memory")
    return "unfit", reasons


def _assess_disk(download: int, free: int | None) -> tuple[Verdict, str]:
    if not download:
        return "fits", ""
    if free is None:
        return "tight", "the free disk space is not known"
    wanted = download + DISK_RESERVE
    if wanted <= free:
        return "fits", f"{gib(free)} of disk are free, {gib(download)} are needed"
    if download <= free:
        return "tight", f"only {gib(free)} of disk are free and {gib(download)} are needed"
    missing = download - free
    return "unfit", f"only {gib(free)} of disk are free, {gib(missing)} too little"


def gib(size: int) -> str:
    """``size`` in GiB, or in MiB below one, with its unit."""
    if size < GIB:
        return f"{size / MIB:.0f} MiB"
    return f"{size / GIB:.2f} GiB"
