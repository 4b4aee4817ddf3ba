"""Holds the numbers of a GGUF header against each other, as the engine takes for granted.

llama.cpp refuses most of what is wrong with a model, but some contradictions end its process by an
assertion (``GGML_ASSERT`` in ``llama_model_base::load_hparams``, in the graphs of
``src/models/*.cpp`` and in ggml's operators). They are found here, with the key to blame.
"""

from __future__ import annotations

from fieldkit.core.gguf_types import HINT, Header, Shape, Value, brief
from fieldkit.core.tensors import FAMILIES
from fieldkit.errors import InvalidInput

# llama_rope_scaling_type_from_string
_SCALINGS = ("none", "linear", "yarn", "longrope")
_WHOLE_HEAD = ("llama", "qwen2")  # their graphs rotate all dimensions of a head


def check(header: Header) -> None:
    """Raise InvalidInput where ``header`` contradicts itself, naming the key.

    Only models of ``fieldkit.core.tensors.FAMILIES`` are looked at, and only what their header
    tells: what is missing or absurd is found by ``Header.shape``, or by the engine.
    """
    arch = header.metadata.get("general.architecture")
    if arch not in FAMILIES or header.metadata.get("general.type", "model") != "model":
        return
    try:
        shape = header.shape
    except InvalidInput:
        return
    values = {
        key.removeprefix(f"{arch}."): value
        for key, value in header.metadata.items()
        if key.startswith(f"{arch}.")
    }
    for key, problem in (*_attention(shape, values), *_experts(shape)):
        raise InvalidInput(f"{header.name}: {arch}.{key} {problem}", hint=HINT)


def _attention(shape: Shape, values: dict[str, Value]) -> list[tuple[str, str]]:
    """Keys with what is wrong with them."""
    found = []
    if shape.heads % shape.kv_heads:
        heads = f"{shape.heads} heads cannot share {shape.kv_heads} evenly"
        found.append(("attention.head_count_kv", f"is {shape.kv_heads}: {heads}"))
    if (length := values.get("attention.value_length", shape.head_dim)) != shape.head_dim:
        found.append(
            ("attention.value_length", f"is {brief(length)}, but keys have {shape.head_dim}")
        )
    rotary = shape.rotary or shape.head_dim
    whole = shape.architecture in _WHOLE_HEAD
    if rotary % 2 or rotary > shape.head_dim or (whole and rotary != shape.head_dim):
        found.append(
            ("rope.dimension_count", f"is {rotary}, which a head of {shape.head_dim} cannot rotate")
        )
    if (scaling := values.get("rope.scaling.type", "none")) not in _SCALINGS:
        found.append(("rope.scaling.type", f"is {brief(scaling)}, none of {', '.join(_SCALINGS)}"))
    return found


def _experts(shape: Shape) -> list[tuple[str, str]]:
    used, count = shape.experts_used, shape.experts
    if used > count or (count and not used):
        return [("expert_used_count", f"is {used}, of {count} experts")]
    return []
