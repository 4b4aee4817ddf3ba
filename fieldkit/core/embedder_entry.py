"""An entry of the catalog of embedders (``build/embedders/*.toml``): what one is, and where.

As for candidates, only what must be known before its weights are there. Commits and hashes are
resolved into ``embedder-lock.json`` beside the profile, never typed. Needs pydantic, so it is no
part of a release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, Literal

from pydantic import Field

from fieldkit.core.candidate import Language
from fieldkit.core.embedder import MOST_TOKENS, memory
from fieldkit.core.licence import Terms
from fieldkit.core.validation import Line, Section, validate
from fieldkit.errors import InvalidInput

POOLINGS = {"mean": 1, "cls": 2}  # llama_pooling_type
Part = tuple[str, tuple[int, ...]]  # a name, and elements with the row length first
# Bytes of a number: in blocks of 32 with a scale (Q4_0, Q8_0), or of 256 with sixteen (Q6_K).
_Q4_0, _Q8_0, _Q6_K, _F32 = 18 / 32, 34 / 32, 210 / 256, 4.0


class EmbedderShape(Section):
    """The sizes of a BERT, as its ``config.json`` gives them; ``context`` is in tokens."""

    layers: int = Field(gt=0, le=1024)
    dimensions: int = Field(gt=0, le=65536)
    heads: int = Field(gt=0, le=1024)
    feed_forward: int = Field(gt=0, le=1048576)
    vocabulary: int = Field(gt=0, le=4194304)
    context: int = Field(ge=32, le=1048576)


class EmbedderOrigin(Section):
    """Where it is published; ``file`` is a GGUF there, None where there are safetensors."""

    repository: Line
    file: Line | None = None


class EmbedderEntry(Section):
    """One embedder of architecture ``bert``.

    ``question`` and ``passage`` are what its publisher puts before each. ``tokenizer`` is
    ``wordpiece`` as BERT has it, or ``unigram`` as XLM-RoBERTa has it. ``languages`` are ISO 639
    codes of some or all that its publisher names.
    """

    name: Line
    publisher: Line
    pooling: Literal["mean", "cls"]
    tokenizer: Literal["wordpiece", "unigram"]
    languages: tuple[Language, ...] = Field(min_length=1, strict=False)
    good_for: Line
    question: str = Field(default="", max_length=200)
    passage: str = Field(default="", max_length=200)
    licence: Terms
    origin: EmbedderOrigin
    shape: EmbedderShape

    @property
    def parameters(self) -> int:
        """The elements of all tensors that make vectors."""
        return sum(prod(dimensions) for _, dimensions in tensors(self.shape))

    @property
    def memory_bytes(self) -> int:
        """Bytes that it will take in memory in Q4_0, as ``embedder.memory_bytes`` has of a file."""
        shape = self.shape
        weights = sum(
            prod(dimensions) * _bytes_of_number(name, dimensions)
            for name, dimensions in tensors(shape)
        )
        return memory(
            weights=round(weights),
            tokens=min(shape.context, MOST_TOKENS),
            heads=shape.heads,
            embedding=shape.dimensions,
            feed_forward=shape.feed_forward,
        )


def tensors(shape: EmbedderShape) -> Iterator[Part]:
    """Name and size (elements, row length first) of each tensor, as the engine loads them.

    The list is that of ``src/models/bert.cpp`` in the engine's sources.
    """
    width, inner = shape.dimensions, shape.feed_forward
    yield "token_embd.weight", (width, shape.vocabulary)
    yield "token_types.weight", (width, 2)
    yield "position_embd.weight", (width, shape.context)
    yield from _norm("token_embd_norm", width)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        for name, row, count in (
            ("attn_q", width, width),
            ("attn_k", width, width),
            ("attn_v", width, width),
            ("attn_output", width, width),
            ("ffn_up", width, inner),
            ("ffn_down", inner, width),
        ):
            yield f"{block}{name}.weight", (row, count)
            yield f"{block}{name}.bias", (count,)
        yield from _norm(f"{block}attn_output_norm", width)
        yield from _norm(f"{block}layer_output_norm", width)


def _norm(name: str, width: int) -> Iterator[Part]:
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)


def _bytes_of_number(name: str, dimensions: tuple[int, ...]) -> float:
    """What the quantizer makes of a tensor for Q4_0 (``src/llama-quant.cpp`` in the engine)."""
    if len(dimensions) == 1 or name.startswith(("position_embd", "token_types")):
        return _F32
    if name == "token_embd.weight":
        return _Q8_0 if dimensions[0] % 256 else _Q6_K
    return _Q4_0


def parse(data: Mapping[str, Any], *, source: str) -> EmbedderEntry:
    """Validate the content of an entry's TOML file; ``source`` names it in messages.

    Raises InvalidInput with every problem at once, each as ``key: what is wrong``.
    """
    entry, problems = validate(EmbedderEntry, dict(data), at="")
    shape = entry.shape if entry is not None else None
    if shape is not None and shape.dimensions % shape.heads:
        problems = [f"shape.heads: {shape.dimensions} dimensions cannot be shared by {shape.heads}"]
    if entry is None or problems:
        raise InvalidInput(
            f"{source}: the embedder is not valid",
            problems=problems,
            hint="build/embedders/all-minilm-l6-v2.toml is an example.",
        )
    return entry
