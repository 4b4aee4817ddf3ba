"""A converter that does what a test says, in place of llama.cpp's and its gigabyte of packages."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path

import pytest

from fieldkit.core.gguf_types import Shape
from fieldkit.packager import convert, convert_command, embedder_convert
from fieldkit.packager.checkpoint import expected_tensors
from fieldkit.packager.converter_env import Converter, ensure_converter
from tests.deployment import REAL_CACHE
from tests.gguf_files import TYPE_NUMBER, Gguf, TensorSpec

_SCRIPT = """
import os, shutil, signal, sys
source, target = sys.argv[1], sys.argv[sys.argv.index("--outfile") + 1]
"""


def real_converter() -> Converter:
    """llama.cpp's converter; the first call may make its environment, which needs pip's index."""
    lock = REAL_CACHE / "converter" / ".lock-of-tests"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(file, fcntl.LOCK_EX)  # one of the workers of pytest-xdist makes it
        patch.delenv("PIP_NO_INDEX", raising=False)
        return ensure_converter()


def scripted_converter(patch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let conversions run ``script``, which knows the paths ``source`` and ``target``."""
    folder.mkdir()
    for name in ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py"):
        (folder / name).write_text(_SCRIPT + script, encoding="utf-8")
    scripted = Converter(python=Path(sys.executable), source=folder)
    for module in (convert, convert_command, embedder_convert):
        patch.setattr(module, "ensure_converter", lambda **_named: scripted)


def as_converted(shape: Shape, *, file_type: int = 32, drop: str = "") -> bytes:
    """A GGUF of zeros with the tensors of ``shape`` but ``drop``, in BF16 by default."""
    arch = shape.architecture
    metadata: dict[str, object] = {
        "general.architecture": arch,
        "general.file_type": file_type,
        f"{arch}.context_length": shape.context,
        f"{arch}.embedding_length": shape.embedding,
        f"{arch}.feed_forward_length": shape.feed_forward,
        f"{arch}.block_count": shape.layers,
        f"{arch}.attention.head_count": shape.heads,
        f"{arch}.attention.head_count_kv": shape.kv_heads,
        "tokenizer.ggml.tokens": [f"token {n}" for n in range(shape.vocabulary)],
    }
    kind = {1: "F16", 32: "BF16"}[file_type]
    return Gguf(
        metadata=metadata,
        tensors=[
            TensorSpec(name, extents, TYPE_NUMBER[kind if len(extents) > 1 else "F32"])
            for name, extents in expected_tensors(shape).items()
            if name != drop
        ],
    ).build()
