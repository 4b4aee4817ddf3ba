"""Every architecture of the catalog in the real engine: slices decode, in the memory predicted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.fit import MIB, compute_bytes, kv_cache_bytes
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import imitated
from fieldkit.engine.slice import slice_bytes, write_slice
from tests.shapes import ARCHITECTURES

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

QUANTIZATION = "Q4_0"
CONTEXTS = (512, 1536)
# Sets up two contexts one after the other and decodes a token in each, after a prompt. llama.cpp's
# log goes to stderr; what the model weighs and whether its logits are numbers, to stdout.
PROGRAM = """
import math, sys
from pathlib import Path
from fieldkit.core.settings import Settings
from fieldkit.engine.decoder import Decoder
from fieldkit.engine.model import Model

settings = Settings(decode_threads=2, prefill_threads=2)
model = Model(Path(sys.argv[1]), settings=settings)
for context in map(int, sys.argv[2:]):
    decoder = Decoder(model, context=context, settings=settings)
    decoder.read([1, 2, 3, 4])
    decoder.read([5])
    logits = decoder.lib.llama_get_logits(decoder.handle)
    assert all(map(math.isfinite, logits[: model.vocabulary]))
    assert len(set(logits[: model.vocabulary])) > 1
    decoder.close()
print(model.size)
"""


def quarter(shape: Shape) -> Shape:
    """``shape`` with a quarter of its widths and a small vocabulary."""
    kv_heads = max(1, shape.kv_heads // 4)
    return replace(
        shape,
        embedding=shape.embedding // 4,
        heads=max(kv_heads, shape.heads // 4),
        kv_heads=kv_heads,
        feed_forward=shape.feed_forward // 4,
        vocabulary=4096,
    )


def logged(name: str, log: str) -> list[float]:
    """The sizes in MiB that llama.cpp told of buffers of this name."""
    return [float(size) for size in re.findall(rf"{name} buffer size = +([\d.]+) MiB", log)]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_slice_decodes_in_the_memory_that_is_predicted(name: str, tmp_path: Path) -> None:
    shape = quarter(ARCHITECTURES[name])
    layers = imitated(shape, QUANTIZATION, 2)
    path = tmp_path / "slice.gguf"
    write_slice(path, shape, QUANTIZATION, layers=layers)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), *map(str, CONTEXTS)],
        env={**os.environ, "FIELDKIT_ENGINE_LOG": "info"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == slice_bytes(shape, QUANTIZATION, layers=layers)
    sliced = replace(shape, layers=len(layers))
    caches, buffers = logged("KV", done.stderr), logged("compute", done.stderr)
    kinds = 2 if shape.architecture == "gemma2" else 1  # layers with and without a window
    assert len(caches) == kinds * len(CONTEXTS)
    for number, context in enumerate(CONTEXTS):
        cache = sum(caches[kinds * number : kinds * (number + 1)])
        assert cache == pytest.approx(kv_cache_bytes(sliced, context) / MIB, abs=0.01)
        buffer = compute_bytes(shape, context) / MIB
        assert buffers[number] == pytest.approx(buffer, abs=1)
