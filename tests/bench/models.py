"""The models a benchmark runs on: made here, from shapes and random weights; kept in the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fieldkit import resources
from fieldkit.packager.peers import ensure_vocabulary
from fieldkit.packager.quantize import quantize
from tests.bench.make_gguf import Dimensions, vocabulary_size, write

QUANTIZATION = "Q4_K_M"
TRUE_SIZE = Dimensions()  # Phi-3-mini's
# Decodes a token in a millisecond, with Phi-3's whole vocabulary: what the loop around it costs
# shows, which it does not where a token takes a hundred times as long.
TINY = Dimensions(layers=1, embedding=256, heads=4, kv_heads=4, feed_forward=512)
_SEED = 3


def name(given: Path | None) -> str:
    """The file's name of the model of true size, whether or not it was made already."""
    return (given or _path("phi3-mini", TRUE_SIZE)).name


def true_size(say: Callable[[str], None]) -> Path:
    """A Phi-3-mini of true size in Q4_K_M: 2.4 GB, and for some minutes 7.6 GB more."""
    return _made("phi3-mini", TRUE_SIZE, say)


def tiny(say: Callable[[str], None]) -> Path:
    """One small layer with Phi-3's vocabulary."""
    return _made("phi3-tiny", TINY, say)


def _made(name: str, dims: Dimensions, say: Callable[[str], None]) -> Path:
    target = _path(name, dims)
    folder = target.parent
    if target.is_file():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ensure_vocabulary("phi-3")
    dims = Dimensions(
        layers=dims.layers,
        embedding=dims.embedding,
        heads=dims.heads,
        kv_heads=dims.kv_heads,
        feed_forward=dims.feed_forward,
        vocabulary=vocabulary_size(vocabulary),
    )
    whole = folder / f"{name}-f16.gguf"
    say(f"writing {whole.name} with random weights")
    try:
        write(vocabulary, whole, dims, _SEED)
        say(f"quantizing it to {QUANTIZATION}")
        quantize(whole, target, kind=QUANTIZATION)
    finally:
        whole.unlink(missing_ok=True)
    return target


def _path(name: str, dims: Dimensions) -> Path:
    file = f"{name}-{dims.layers}x{dims.embedding}-s{_SEED}-{QUANTIZATION}.gguf"
    return resources.cache_dir() / "bench" / file
