"""Which ggml type each tensor gets, and so how many bytes a quantized model has, exactly.

The rules are those of ``src/llama-quant.cpp`` in the engine's sources, for the families whose
tensors are described here (Phi-3 with its fused matrices, Llama, and Qwen2, which is a Llama with
biases on queries, keys and values), without experts and without overrides. A test compares them
with ``llama_model_quantize``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from types import MappingProxyType

from fieldkit.core.gguf_types import TYPE_BY_NAME, Shape, TensorType
from fieldkit.errors import InvalidInput

# llama_ftype_get_default_type
_DEFAULT_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "F32": "F32",
        "F16": "F16",
        "BF16": "BF16",
        "Q8_0": "Q8_0",
        "Q6_K": "Q6_K",
        "Q5_K_M": "Q5_K",
        "Q5_K_S": "Q5_K",
        "Q5_0": "Q5_0",
        "Q5_1": "Q5_1",
        "Q4_K_M": "Q4_K",
        "Q4_K_S": "Q4_K",
        "Q4_0": "Q4_0",
        "Q4_1": "Q4_1",
        "IQ4_NL": "IQ4_NL",
        "IQ4_XS": "IQ4_XS",
    }
)
_UNQUANTIZED = {"F32", "F16", "BF16"}
# tensor_type_fallback: for rows that are not whole blocks
_FALLBACK = {"IQ4_XS": "IQ4_NL", "Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}

FAMILIES = ("phi3", "llama", "qwen2")


def tensors(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes (row length first) of a model of ``shape``, as the engine loads it.

    Raises InvalidInput for a family other than ``FAMILIES``.
    """
    if shape.architecture not in FAMILIES:
        raise InvalidInput(
            f"the tensors of the architecture {shape.architecture!r} are not known here",
            hint=f"Predictions from a shape exist for {', '.join(FAMILIES)}; "
            "for others give the GGUF file itself (--model FILE).",
        )
    queries = shape.heads * shape.head_dim
    keys = shape.kv_heads * shape.head_dim
    width = shape.embedding
    yield "token_embd.weight", (width, shape.vocabulary)
    yield "output_norm.weight", (width,)
    if not shape.tied:
        yield "output.weight", (width, shape.vocabulary)
    for layer in range(shape.layers):
        for part, dimensions in _layer(shape, queries, keys):
            yield f"blk.{layer}.{part}", dimensions


def _layer(shape: Shape, queries: int, keys: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The tensors of one layer, named without its number."""
    width, inner = shape.embedding, shape.feed_forward
    fused = shape.architecture == "phi3"
    yield "attn_norm.weight", (width,)
    yield "ffn_norm.weight", (width,)
    if fused:
        yield "attn_qkv.weight", (width, queries + 2 * keys)
    else:
        yield "attn_q.weight", (width, queries)
        yield "attn_k.weight", (width, keys)
        yield "attn_v.weight", (width, keys)
        yield "ffn_gate.weight", (width, inner)
    if shape.architecture == "qwen2":
        yield "attn_q.bias", (queries,)
        yield "attn_k.bias", (keys,)
        yield "attn_v.bias", (keys,)
    yield "attn_output.weight", (queries, width)
    yield "ffn_up.weight", (width, 2 * inner if fused else inner)
    yield "ffn_down.weight", (inner, width)


def tensor_types(
    shape: Shape, quantization: str, *, importance_matrix: bool = False
) -> Iterator[tuple[str, tuple[int, ...], TensorType]]:
    """Name, shape and ggml type of every tensor after quantizing from F16 to ``quantization``.

    Raises InvalidInput for an unknown quantization or family.
    """
    default = _DEFAULT_TYPE.get(quantization)
    if default is None:
        raise InvalidInput(
            f"the sizes of the quantization {quantization!r} are not known here",
            hint=f"Known are {', '.join(_DEFAULT_TYPE)}.",
        )
    for name, dimensions in tensors(shape):
        if len(dimensions) == 1:  # norms and biases
            kind = "F32"
        elif default in _UNQUANTIZED:
            kind = default
        else:
            kind = _chosen(shape, quantization, name, importance_matrix=importance_matrix)
            kind = _fitting(kind, dimensions[0])
        yield name, dimensions, TYPE_BY_NAME[kind]


def tensor_bytes(dimensions: tuple[int, ...], kind: TensorType) -> int:
    """Bytes of one tensor of ``kind``; ``dimensions`` has the row length first."""
    return kind.row_bytes(dimensions[0]) * prod(dimensions[1:])


def weight_bytes(shape: Shape, quantization: str, *, importance_matrix: bool = False) -> int:
    """Bytes of all tensors after quantization, as the engine holds them."""
    return sum(
        tensor_bytes(dimensions, kind)
        for _, dimensions, kind in tensor_types(
            shape, quantization, importance_matrix=importance_matrix
        )
    )


def parameters(shape: Shape) -> int:
    """How many numbers the model learned: the elements of all its tensors."""
    return sum(prod(dimensions) for _, dimensions in tensors(shape))


def _chosen(shape: Shape, quantization: str, name: str, *, importance_matrix: bool) -> str:
    """Return the type that llama_tensor_get_type_impl picks, before any fallback."""
    default = _DEFAULT_TYPE[quantization]
    if name == "output.weight" or (shape.tied and name == "token_embd.weight"):
        if default == "Q8_0" or shape.embedding % TYPE_BY_NAME[default].block:
            return "Q8_0"
        return "Q6_K"
    if not name.startswith("blk."):
        return default
    _, number, part, _ = name.split(".")
    layer = int(number)
    if part in {"attn_v", "attn_qkv"}:
        return _attention_value(shape, quantization, layer)
    if part == "ffn_down":
        return _feed_forward_down(shape, quantization, layer, importance_matrix=importance_matrix)
    return default


def _attention_value(shape: Shape, quantization: str, layer: int) -> str:
    if quantization in {"Q4_K_M", "Q5_K_M"} and _more_bits(layer, shape.layers):
        return "Q6_K"
    if quantization == "Q4_K_S" and layer < 4:
        return "Q5_K"
    if quantization in {"IQ4_NL", "IQ4_XS"} and shape.heads // shape.kv_heads >= 4:
        return "Q5_K"
    return _DEFAULT_TYPE[quantization]


def _feed_forward_down(
    shape: Shape, quantization: str, layer: int, *, importance_matrix: bool
) -> str:
    if quantization in {"Q4_K_M", "Q5_K_M"} and _more_bits(layer, shape.layers):
        return "Q6_K"
    if layer < shape.layers // 8:
        if quantization == "Q4_K_S":
            return "Q5_K"
        if quantization in {"IQ4_NL", "IQ4_XS"} and not importance_matrix:
            return "Q5_K"
        if quantization in {"Q4_0", "Q5_0"} and importance_matrix:
            return "Q4_1" if quantization == "Q4_0" else "Q5_1"
    return _DEFAULT_TYPE[quantization]


def _more_bits(layer: int, layers: int) -> bool:
    """Whether a layer belongs to the half that the _M mixtures give more bits."""
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def _fitting(kind: str, row: int) -> str:
    """``kind``, or what replaces it where rows of ``row`` elements are not whole blocks."""
    if row % TYPE_BY_NAME[kind].block == 0:
        return kind
    replacement = _FALLBACK.get(kind, kind)
    return replacement if row % TYPE_BY_NAME[replacement].block == 0 else "F16"
