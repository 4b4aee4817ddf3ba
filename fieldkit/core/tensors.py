"""Which tensors a model has: names and sizes, from its shape, as the engine loads them.

The lists are those of ``src/models/*.cpp`` in the engine's sources (``load_arch_tensors``).
Families are named as in GGUF: ``llama`` is also Mistral, Mixtral, Code Llama and SmolLM2.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from fieldkit.core.gguf_types import Shape
from fieldkit.errors import InvalidInput

FAMILIES = ("phi3", "llama", "qwen2", "gemma", "gemma2")

_ALWAYS_TIED = ("gemma", "gemma2")
_MIXTURES = ("llama",)  # of these families the engine loads experts

Part = tuple[str, tuple[int, ...]]  # a name, and elements with the row length first


def tensors(shape: Shape) -> Iterator[Part]:
    """Names and sizes (elements, row length first) of the tensors of a model of ``shape``.

    Raises InvalidInput for a family other than ``FAMILIES``, and for experts or an output matrix
    of its own in a family that has none.
    """
    _check(shape)
    width = shape.embedding
    yield "token_embd.weight", (width, shape.vocabulary)
    yield "output_norm.weight", (width,)
    if not shape.tied:
        yield "output.weight", (width, shape.vocabulary)
    factors = (shape.rotary or shape.head_dim) // 2
    if shape.rope == "scaled":
        yield "rope_freqs.weight", (factors,)
    if shape.rope == "longrope":
        yield "rope_factors_long.weight", (factors,)
        yield "rope_factors_short.weight", (factors,)
    for layer in range(shape.layers):
        for part, dimensions in (*_attention(shape), *_feed_forward(shape)):
            yield f"blk.{layer}.{part}", dimensions


def parameters(shape: Shape) -> int:
    """How many numbers the model learned: the elements of all its tensors."""
    return sum(prod(dimensions) for _, dimensions in tensors(shape))


def _check(shape: Shape) -> None:
    if shape.architecture not in FAMILIES:
        raise InvalidInput(
            f"the tensors of the architecture {shape.architecture!r} are not known here",
            hint=f"Predictions from a shape exist for {', '.join(FAMILIES)}; "
            "for others give the GGUF file itself (--model FILE).",
        )
    if shape.experts and shape.architecture not in _MIXTURES:
        raise InvalidInput(
            f"experts in the architecture {shape.architecture!r} are not known here",
            hint=f"The engine knows mixtures of experts of {', '.join(_MIXTURES)}.",
        )
    if shape.architecture in _ALWAYS_TIED and not shape.tied:
        raise InvalidInput(
            f"a model of the architecture {shape.architecture!r} has no output matrix of its own",
            hint="Set shape.tied = true.",
        )


def _attention(shape: Shape) -> Iterator[Part]:
    width = shape.embedding
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    yield "attn_norm.weight", (width,)
    if shape.architecture == "phi3":
        yield "attn_qkv.weight", (width, queries + 2 * keys)
    else:
        yield "attn_q.weight", (width, queries)
        yield "attn_k.weight", (width, keys)
        yield "attn_v.weight", (width, keys)
    if shape.architecture == "qwen2":
        yield "attn_q.bias", (queries,)
        yield "attn_k.bias", (keys,)
        yield "attn_v.bias", (keys,)
    yield "attn_output.weight", (queries, width)
    if shape.architecture == "gemma2":
        yield "post_attention_norm.weight", (width,)


def _feed_forward(shape: Shape) -> Iterator[Part]:
    width, inner, experts = shape.embedding, shape.feed_forward, shape.experts
    yield "ffn_norm.weight", (width,)
    if experts:
        yield "ffn_gate_inp.weight", (width, experts)
        yield "ffn_gate_exps.weight", (width, inner, experts)
        yield "ffn_up_exps.weight", (width, inner, experts)
        yield "ffn_down_exps.weight", (inner, width, experts)
        return
    if shape.architecture == "phi3":
        yield "ffn_up.weight", (width, 2 * inner)  # gate and up in one
    else:
        yield "ffn_gate.weight", (width, inner)
        yield "ffn_up.weight", (width, inner)
    yield "ffn_down.weight", (inner, width)
    if shape.architecture == "gemma2":
        yield "post_ffw_norm.weight", (width,)
