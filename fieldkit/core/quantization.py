"""Which ggml type each tensor gets, and so how many bytes a quantized model has, exactly.

The rules are those of ``src/llama-quant.cpp`` in the engine's sources, without overrides, for the
families of ``fieldkit.core.tensors``. A test compares them with ``llama_model_quantize``, tensor by
tensor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from types import MappingProxyType

from fieldkit.core.gguf_types import TYPE_BY_NAME, Shape, TensorType
from fieldkit.core.tensors import tensors
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

# What the quantizer leaves as it is, besides everything with a single dimension.
_ROUTER = "ffn_gate_inp.weight"
_MORE_FOR_OUTPUT = {"Q4_K_M", "Q4_K_S", "IQ4_NL", "IQ4_XS"}


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
        if len(dimensions) == 1 or name.endswith(_ROUTER):  # norms, biases, what picks experts
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
    if part in {"attn_v", "attn_qkv"}:
        return _attention_value(shape, quantization, int(number))
    if part in {"ffn_down", "ffn_down_exps"}:
        return _feed_forward_down(
            shape, quantization, int(number), importance_matrix=importance_matrix
        )
    return _with_eight_experts(quantization, part) if shape.experts == 8 else default


def _with_eight_experts(quantization: str, part: str) -> str:
    """The type of what else a layer has: its attention is a small part, so it gets more bits."""
    if part == "attn_k":
        return "Q8_0"
    if part == "attn_output" and quantization in _MORE_FOR_OUTPUT:
        return "Q5_K"
    return _DEFAULT_TYPE[quantization]


def _attention_value(shape: Shape, quantization: str, layer: int) -> str:
    if shape.experts == 8:
        return "Q8_0"
    if quantization in {"Q4_K_M", "Q5_K_M"} and _more_bits(layer, shape.layers):
        return "Q6_K"
    if quantization == "Q4_K_S" and layer < 4:
        return "Q5_K"
    if quantization in {"IQ4_NL", "IQ4_XS"} and shape.heads // shape.kv_heads >= 4:
        return "Q5_K"
    if _DEFAULT_TYPE[quantization] == "Q4_K" and _is_70b(shape):
        return "Q5_K"
    return _DEFAULT_TYPE[quantization]


def _is_70b(shape: Shape) -> bool:
    """Whether the engine takes the model for one of 70 billion parameters (LLM_TYPE_70B).

    Eight heads share a value there, so that more bits for it cost next to nothing.
    """
    if shape.layers != 80:
        return False
    if shape.architecture == "qwen2":
        return True
    return shape.architecture == "llama" and not shape.experts and shape.heads != shape.kv_heads


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
