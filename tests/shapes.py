"""Shapes of published models that several tests compute with."""

from __future__ import annotations

from dataclasses import replace

from fieldkit.core.gguf_types import Shape

PHI3_MINI = Shape(
    architecture="phi3",
    layers=32,
    embedding=3072,
    heads=32,
    kv_heads=32,
    head_dim=96,
    feed_forward=8192,
    vocabulary=32064,
    context=4096,
)
PHI35_MINI = replace(PHI3_MINI, context=131_072, rope="longrope")
PHI4_MINI = replace(
    PHI35_MINI, heads=24, kv_heads=8, head_dim=128, rotary=96, vocabulary=200_064, tied=True
)
MISTRAL_7B = replace(
    PHI3_MINI,
    architecture="llama",
    embedding=4096,
    kv_heads=8,
    head_dim=128,
    feed_forward=14336,
    vocabulary=32768,
    context=32768,
)
LLAMA_8B = replace(MISTRAL_7B, vocabulary=128_256, context=131_072, rope="scaled")
LLAMA_70B = replace(LLAMA_8B, layers=80, embedding=8192, heads=64, feed_forward=28672)
LLAMA_1B = replace(LLAMA_8B, layers=16, embedding=2048, head_dim=64, feed_forward=8192, tied=True)
LLAMA_3B = replace(LLAMA_1B, layers=28, embedding=3072, heads=24, head_dim=128)
MIXTRAL = replace(MISTRAL_7B, vocabulary=32000, experts=8, experts_used=2)
SMOLLM2 = replace(
    PHI3_MINI,
    architecture="llama",
    layers=24,
    embedding=2048,
    head_dim=64,
    vocabulary=49152,
    context=8192,
    tied=True,
)
QWEN_1B = replace(
    LLAMA_1B,
    architecture="qwen2",
    layers=28,
    embedding=1536,
    heads=12,
    kv_heads=2,
    head_dim=128,
    feed_forward=8960,
    vocabulary=151_936,
    context=32768,
    rope="plain",
)
GEMMA_7B = replace(
    PHI3_MINI,
    architecture="gemma",
    layers=28,
    heads=16,
    kv_heads=16,
    head_dim=256,
    feed_forward=24576,
    vocabulary=256_000,
    context=8192,
    tied=True,
)
GEMMA2_2B = replace(
    GEMMA_7B,
    architecture="gemma2",
    layers=26,
    embedding=2304,
    heads=8,
    kv_heads=4,
    feed_forward=9216,
    sliding_window=4096,
)
ARCHITECTURES = {
    "phi3": PHI3_MINI,
    "longrope": PHI35_MINI,
    "partial-rotary": PHI4_MINI,
    "llama": MISTRAL_7B,
    "llama3": LLAMA_8B,
    "llama3-70b": LLAMA_70B,
    "llama3-tied": LLAMA_1B,
    "mixture": MIXTRAL,
    "smollm2": SMOLLM2,
    "qwen2": QWEN_1B,
    "gemma": GEMMA_7B,
    "gemma2": GEMMA2_2B,
}


def narrow(shape: Shape) -> Shape:
    """``shape`` with the structure that it has, matrices of a few kilobytes and few layers.

    Heads, experts and what is tied stay as they are, and so do 80 layers, which the engine takes
    for a model of 70 billion parameters.
    """
    head = 8 if shape.heads > 16 else 16
    width = shape.heads * head if shape.architecture in {"phi3", "qwen2"} else 256
    return replace(
        shape,
        layers=shape.layers if shape.layers == 80 else 12,
        embedding=width,
        head_dim=head,
        rotary=head * 3 // 4 if shape.rotary else 0,
        feed_forward=256,
        vocabulary=64,
    )
