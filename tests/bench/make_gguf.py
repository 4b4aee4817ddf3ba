"""Write a Phi-3-shaped F16 GGUF of true size with random weights and the real Phi-3 vocabulary.

The figures of a model depend on its shape and types, not on what it learned, so this stands in for
Phi-3-mini where the real weights are not at hand. It writes sense-free text, at the right speed.

    python tests/bench/make_gguf.py --vocab LLAMA_CPP/models/ggml-vocab-phi-3.gguf --output FILE

The vocabulary comes from a header-only GGUF as it lies in llama.cpp's own sources (``models/``).
Weights are a repeated block of normal numbers: fast to write, and finite all the way through. Only
the output rows of byte and control tokens are zero: such a model never ends an answer of its own
accord, and what it writes is text.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

BLOCK_ELEMENTS = 1 << 24  # 32 MiB of F16: far larger than any cache, small in memory
SCALE = 0.02  # the standard deviation that such models are initialised with

NORMAL = 1  # the type of a token that is neither a byte nor a control token

log = logging.getLogger("make_gguf")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The shape to write; the defaults are Phi-3-mini's."""

    layers: int = 32
    embedding: int = 3072
    heads: int = 32
    kv_heads: int = 32
    feed_forward: int = 8192
    vocabulary: int = 32064


def tensors(dims: Dimensions) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes (rows first, as NumPy counts) in the order llama.cpp's converter writes."""
    head_dim = dims.embedding // dims.heads
    qkv_rows = dims.embedding + 2 * dims.kv_heads * head_dim
    yield "token_embd.weight", (dims.vocabulary, dims.embedding)
    for layer in range(dims.layers):
        prefix = f"blk.{layer}."
        yield prefix + "attn_norm.weight", (dims.embedding,)
        yield prefix + "ffn_down.weight", (dims.embedding, dims.feed_forward)
        yield prefix + "ffn_up.weight", (2 * dims.feed_forward, dims.embedding)
        yield prefix + "ffn_norm.weight", (dims.embedding,)
        yield prefix + "attn_output.weight", (dims.embedding, dims.embedding)
        yield prefix + "attn_qkv.weight", (qkv_rows, dims.embedding)
    yield "output_norm.weight", (dims.embedding,)
    yield "output.weight", (dims.vocabulary, dims.embedding)


def copy_metadata(vocabulary: Path, writer: gguf.GGUFWriter, dims: Dimensions) -> None:
    """Copy every key of ``vocabulary`` into ``writer``, replacing what the dimensions change."""
    replaced = {
        "phi3.block_count": dims.layers,
        "phi3.embedding_length": dims.embedding,
        "phi3.feed_forward_length": dims.feed_forward,
        "phi3.attention.head_count": dims.heads,
        "phi3.attention.head_count_kv": dims.kv_heads,
        "phi3.rope.dimension_count": dims.embedding // dims.heads,
    }
    for key, field in gguf.GGUFReader(vocabulary).fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        kind = field.types[0]
        element = field.types[-1] if kind is gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(key, replaced.get(key, field.contents()), kind, sub_type=element)


def vocabulary_size(vocabulary: Path) -> int:
    """How many tokens the header-only GGUF ``vocabulary`` holds."""
    field = gguf.GGUFReader(vocabulary).fields["tokenizer.ggml.tokens"]
    return len(field.data)


def unspoken(vocabulary: Path) -> np.ndarray:
    """The ids of all tokens of the header-only GGUF ``vocabulary`` that are no piece of text."""
    field = gguf.GGUFReader(vocabulary).fields["tokenizer.ggml.token_type"]
    return np.flatnonzero(np.array(field.contents()) != NORMAL)


def write(vocabulary: Path, output: Path, dims: Dimensions, seed: int) -> int:
    """Write the model to ``output`` (aside, then renamed) and return its size in bytes."""
    partial = output.with_name(output.name + ".partial")
    writer = gguf.GGUFWriter(partial, "phi3")
    copy_metadata(vocabulary, writer, dims)
    order = list(tensors(dims))
    for name, shape in order:
        dtype = np.dtype(np.float32 if len(shape) == 1 else np.float16)
        writer.add_tensor_info(name, shape, dtype, int(np.prod(shape)) * dtype.itemsize)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()

    block = np.random.default_rng(seed).standard_normal(BLOCK_ELEMENTS, dtype=np.float32)
    block = (block * SCALE).astype(np.float16)
    for index, (name, shape) in enumerate(order):
        if len(shape) == 1:
            writer.write_tensor_data(np.ones(shape, dtype=np.float32))
            continue
        start = index * 7919 * 64 % BLOCK_ELEMENTS  # another part of the block for every tensor
        rolled = np.concatenate([block[start:], block[:start]])
        weights = np.resize(rolled, shape)
        if name == "output.weight":
            weights[unspoken(vocabulary)] = 0
        writer.write_tensor_data(weights)
        log.debug("%s %s", name, shape)
    writer.close()
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(output)
    return output.stat().st_size


def main() -> int:
    """Parse the command line and write the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    phi3 = Dimensions()
    parser.add_argument("--vocab", type=Path, required=True, help="GGUF with the vocabulary")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=phi3.layers)
    parser.add_argument("--embedding", type=int, default=phi3.embedding)
    parser.add_argument("--feed-forward", type=int, default=phi3.feed_forward)
    parser.add_argument("--heads", type=int, default=phi3.heads)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    dims = Dimensions(
        layers=args.layers,
        embedding=args.embedding,
        heads=args.heads,
        kv_heads=args.heads,
        feed_forward=args.feed_forward,
        vocabulary=vocabulary_size(args.vocab),
    )
    started = time.monotonic()
    size = write(args.vocab, args.output, dims, args.seed)
    log.info("%s: %d bytes in %.1f s", args.output, size, time.monotonic() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main())
