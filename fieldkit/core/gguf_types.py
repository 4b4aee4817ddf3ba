"""What a GGUF header says: tensor types with their exact sizes, tensors, hyper-parameters."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from types import MappingProxyType
from typing import Literal, TypeAlias

from fieldkit.errors import InvalidInput

HINT = "Fetch or copy the file again and compare its SHA-256 with the publisher's."

MAX_LAYERS, MAX_EXPERTS = 512, 1024  # LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS of the engine

Rope = Literal["plain", "scaled", "longrope"]
Value: TypeAlias = "int | float | bool | str | array[int] | array[float] | tuple[str, ...]"


def brief(value: Value | None) -> str:
    """``value`` for a message: short and plain ASCII, whatever the file holds."""
    if isinstance(value, tuple | array):
        return f"an array of {len(value)}"
    return ascii(value)[:40]


@dataclass(frozen=True, slots=True)
class TensorType:
    """A ggml type: ``size`` bytes hold ``block`` consecutive elements of a row."""

    name: str
    block: int
    size: int

    def row_bytes(self, elements: int) -> int:
        """Bytes of a row of ``elements``, which must be a multiple of ``block``."""
        return elements // self.block * self.size


# enum ggml_type and the block structures of ggml/src/ggml-common.h
TYPES: Mapping[int, TensorType] = MappingProxyType(
    {
        0: TensorType("F32", 1, 4),
        1: TensorType("F16", 1, 2),
        2: TensorType("Q4_0", 32, 18),
        3: TensorType("Q4_1", 32, 20),
        6: TensorType("Q5_0", 32, 22),
        7: TensorType("Q5_1", 32, 24),
        8: TensorType("Q8_0", 32, 34),
        10: TensorType("Q2_K", 256, 84),
        11: TensorType("Q3_K", 256, 110),
        12: TensorType("Q4_K", 256, 144),
        13: TensorType("Q5_K", 256, 176),
        14: TensorType("Q6_K", 256, 210),
        16: TensorType("IQ2_XXS", 256, 66),
        17: TensorType("IQ2_XS", 256, 74),
        18: TensorType("IQ3_XXS", 256, 98),
        19: TensorType("IQ1_S", 256, 50),
        20: TensorType("IQ4_NL", 32, 18),
        21: TensorType("IQ3_S", 256, 110),
        22: TensorType("IQ2_S", 256, 82),
        23: TensorType("IQ4_XS", 256, 136),
        24: TensorType("I8", 1, 1),
        25: TensorType("I16", 1, 2),
        26: TensorType("I32", 1, 4),
        27: TensorType("I64", 1, 8),
        28: TensorType("F64", 1, 8),
        29: TensorType("IQ1_M", 256, 56),
        30: TensorType("BF16", 1, 2),
        34: TensorType("TQ1_0", 256, 54),
        35: TensorType("TQ2_0", 256, 66),
        39: TensorType("MXFP4", 32, 17),
        40: TensorType("NVFP4", 64, 36),
        41: TensorType("Q1_0", 128, 18),
        42: TensorType("Q2_0", 64, 18),
    }
)
TYPE_BY_NAME: Mapping[str, TensorType] = MappingProxyType(
    {kind.name: kind for kind in TYPES.values()}
)


# enum llama_ftype, as llama-quantize names them
FILE_TYPES: Mapping[int, str] = MappingProxyType(
    {
        0: "F32",
        1: "F16",
        2: "Q4_0",
        3: "Q4_1",
        7: "Q8_0",
        8: "Q5_0",
        9: "Q5_1",
        10: "Q2_K",
        11: "Q3_K_S",
        12: "Q3_K_M",
        13: "Q3_K_L",
        14: "Q4_K_S",
        15: "Q4_K_M",
        16: "Q5_K_S",
        17: "Q5_K_M",
        18: "Q6_K",
        25: "IQ4_NL",
        26: "IQ3_S",
        27: "IQ3_M",
        30: "IQ4_XS",
        32: "BF16",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One tensor: ``shape`` counts elements, the row length first; ``offset`` is in the file."""

    name: str
    shape: tuple[int, ...]
    kind: TensorType
    offset: int

    @property
    def elements(self) -> int:
        """How many elements the tensor has."""
        return prod(self.shape)

    @property
    def size(self) -> int:
        """Bytes of the tensor's data."""
        return self.kind.row_bytes(self.shape[0]) * prod(self.shape[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The hyper-parameters that decide size and speed.

    ``context`` is the trained context length in tokens; ``sliding_window`` is 0 without one.
    ``tied`` says that the output matrix is the embedding's. ``experts`` is how many feed-forwards a
    layer of a mixture has, of which ``experts_used`` read a token; both are 0 for a dense model.
    ``rotary`` is how many of a head's dimensions are rotated by position, 0 for all of them, and
    ``rope`` which tables of factors for that come with the weights: one (``scaled``, Llama 3.1 and
    later), one for short and one for long texts (``longrope``, Phi-3 beyond 4k), or ``plain``.
    """

    architecture: str
    layers: int
    embedding: int
    heads: int
    kv_heads: int
    head_dim: int
    feed_forward: int
    vocabulary: int
    context: int
    sliding_window: int = 0
    tied: bool = False
    experts: int = 0
    experts_used: int = 0
    rotary: int = 0
    rope: Rope = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A checked header. ``data_offset`` is where the first tensor starts, in bytes."""

    name: str
    version: int
    metadata: Mapping[str, Value] = field(repr=False)
    tensors: tuple[Tensor, ...] = field(repr=False)
    alignment: int
    data_offset: int
    file_size: int

    @property
    def architecture(self) -> str:
        """``general.architecture``; raises InvalidInput without one."""
        return self._text("general.architecture")

    @property
    def tensor_bytes(self) -> int:
        """Bytes of all tensors, padding not counted."""
        return sum(tensor.size for tensor in self.tensors)

    @property
    def parameters(self) -> int:
        """Elements of all tensors."""
        return sum(tensor.elements for tensor in self.tensors)

    @property
    def quantization(self) -> str:
        """The file's type as llama.cpp names it (``Q4_K_M``), or the commonest tensor type."""
        file_type = self.metadata.get("general.file_type")
        known = FILE_TYPES.get(file_type) if isinstance(file_type, int) else None
        return known or self._commonest_type()

    @property
    def shape(self) -> Shape:
        """The hyper-parameters; raises InvalidInput when one is missing or absurd."""
        arch = self.architecture
        embedding = self._number(f"{arch}.embedding_length", 1 << 20)
        heads = self._number(f"{arch}.attention.head_count", 1 << 12)
        kv_heads = self._number(f"{arch}.attention.head_count_kv", 1 << 12, heads)
        head_dim = self._number(f"{arch}.attention.key_length", 1 << 16, max(1, embedding // heads))
        rotary = self._number(f"{arch}.rope.dimension_count", 1 << 16, head_dim)
        return Shape(
            architecture=arch,
            layers=self._number(f"{arch}.block_count", MAX_LAYERS),
            embedding=embedding,
            heads=heads,
            kv_heads=kv_heads,
            head_dim=head_dim,
            feed_forward=self._number(f"{arch}.feed_forward_length", 1 << 24),
            vocabulary=self._vocabulary(),
            context=self._number(f"{arch}.context_length", 1 << 31),
            sliding_window=self._number(f"{arch}.attention.sliding_window", 1 << 31, 0),
            tied=all(tensor.name != "output.weight" for tensor in self.tensors),
            experts=self._number(f"{arch}.expert_count", MAX_EXPERTS, 0),
            experts_used=self._number(f"{arch}.expert_used_count", MAX_EXPERTS, 0),
            rotary=0 if rotary == head_dim else rotary,
            rope=self._rope(),
        )

    def _rope(self) -> Rope:
        names = {tensor.name for tensor in self.tensors}
        if "rope_freqs.weight" in names:
            return "scaled"
        return "longrope" if "rope_factors_long.weight" in names else "plain"

    def _commonest_type(self) -> str:
        sizes: dict[str, int] = {}
        for tensor in self.tensors:
            sizes[tensor.kind.name] = sizes.get(tensor.kind.name, 0) + tensor.size
        return max(sizes, key=lambda kind: sizes[kind], default="none")

    def _vocabulary(self) -> int:
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        if isinstance(tokens, tuple) and tokens:
            return len(tokens)
        return self._number(f"{self.architecture}.vocab_size", 1 << 24)

    def _text(self, key: str) -> str:
        value = self.metadata.get(key)
        if not isinstance(value, str) or not value:
            raise InvalidInput(f"{self.name}: the text {key} is missing", hint=HINT)
        return value

    def _number(self, key: str, limit: int, default: int | None = None) -> int:
        """Return a positive integer (of per-layer arrays the largest), at most ``limit``."""
        value = self.metadata.get(key, default)
        if isinstance(value, array) and value:
            value = max(value)
        if value == default and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= limit:
            shown = "missing" if value is None else f"{brief(value)}, not a number in 1..{limit}"
            raise InvalidInput(f"{self.name}: {key[:80]!a} is {shown}", hint=HINT)
        return value
