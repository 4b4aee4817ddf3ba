"""Shapes of published models that several tests compute with."""

from __future__ import annotations

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
