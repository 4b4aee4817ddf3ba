"""GGUF files made byte by byte, sound or broken in one place."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gguf

from fieldkit.core.gguf import parse_header
from fieldkit.core.gguf_types import TYPES, Header

U32, I32, F32, BOOL, STRING, ARRAY, U64 = 4, 5, 6, 7, 8, 9, 10
TYPE_NUMBER = {kind.name: number for number, kind in TYPES.items()}


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def value(content: object) -> bytes:
    """Encode a value with its type: int as u32, str, bool, float, list of str or of int."""
    match content:
        case bytes():  # already encoded
            return content
        case bool():
            return struct.pack("<IB", BOOL, content)
        case int():
            return struct.pack("<II", U32, content)
        case float():
            return struct.pack("<If", F32, content)
        case str():
            return struct.pack("<I", STRING) + text(content)
        case [str(), *_]:
            return struct.pack("<IIQ", ARRAY, STRING, len(content)) + b"".join(map(text, content))
        case [int(), *_]:
            numbers = struct.pack(f"<{len(content)}i", *content)
            return struct.pack("<IIQ", ARRAY, I32, len(content)) + numbers
    raise AssertionError(content)


@dataclass
class TensorSpec:
    name: str
    shape: Sequence[int]
    kind: int = 0
    offset: int | None = None  # None: where it belongs
    dimensions: int | None = None


@dataclass
class Gguf:
    """A file to build; every field may be set to something wrong."""

    metadata: Mapping[str, object] = field(default_factory=dict)
    tensors: Sequence[TensorSpec] = ()
    magic: bytes = b"GGUF"
    version: int = 3
    key_count: int | None = None
    tensor_count: int | None = None
    alignment: int = 32
    extra_pairs: bytes = b""

    def header(self) -> bytes:
        pairs = [text(key) + value(content) for key, content in self.metadata.items()]
        keys = len(pairs) if self.key_count is None else self.key_count
        count = len(self.tensors) if self.tensor_count is None else self.tensor_count
        data = self.magic + struct.pack("<IQQ", self.version, count, keys)
        data += b"".join(pairs) + self.extra_pairs
        offset = 0
        for spec in self.tensors:
            size = self.size(spec)
            dimensions = len(spec.shape) if spec.dimensions is None else spec.dimensions
            data += text(spec.name) + struct.pack("<I", dimensions)
            data += struct.pack(f"<{len(spec.shape)}Q", *spec.shape)
            data += struct.pack("<IQ", spec.kind, offset if spec.offset is None else spec.offset)
            offset += size + -size % self.alignment
        return data

    @staticmethod
    def size(spec: TensorSpec) -> int:
        kind = TYPES.get(spec.kind)
        if kind is None or max(spec.shape, default=0) > 1 << 24:
            return 0
        rows = 1
        for extent in spec.shape[1:]:
            rows *= extent
        return kind.row_bytes(spec.shape[0]) * rows

    def build(self) -> bytes:
        data = self.header()
        if self.tensors:
            data += bytes(-len(data) % self.alignment)
        for spec in self.tensors:
            data += bytes(self.size(spec))
            data += bytes(-len(data) % self.alignment)
        return data


def parse(data: bytes) -> Header:
    return parse_header(io.BytesIO(data), name="model.gguf")


PHI3_METADATA: dict[str, object] = {
    "general.architecture": "phi3",
    "general.file_type": 1,
    "phi3.context_length": 4096,
    "phi3.embedding_length": 64,
    "phi3.feed_forward_length": 128,
    "phi3.block_count": 1,
    "phi3.attention.head_count": 4,
    "phi3.attention.head_count_kv": 2,
    "phi3.attention.layer_norm_rms_epsilon": 1e-5,
    "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", "pump"],
    "tokenizer.ggml.token_type": [2, 3, 3, 1],
    "tokenizer.ggml.add_bos_token": True,
}
F16 = TYPE_NUMBER["F16"]


def small_phi3() -> Gguf:
    """Describe a sound file of one tiny layer (the weights are zeros)."""
    return Gguf(
        metadata=PHI3_METADATA,
        tensors=[
            TensorSpec("token_embd.weight", (64, 4), F16),
            TensorSpec("output_norm.weight", (64,)),
            TensorSpec("output.weight", (64, 4), F16),
            TensorSpec("blk.0.attn_norm.weight", (64,)),
            TensorSpec("blk.0.attn_qkv.weight", (64, 128), F16),
            TensorSpec("blk.0.attn_output.weight", (64, 64), F16),
            TensorSpec("blk.0.ffn_norm.weight", (64,)),
            TensorSpec("blk.0.ffn_up.weight", (64, 256), F16),
            TensorSpec("blk.0.ffn_down.weight", (128, 64), F16),
        ],
    )


def rewritten(source: Path, target: Path, changes: Mapping[str, object]) -> None:
    """Copy the GGUF ``source`` to ``target`` with some of its metadata changed or added."""
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, str(reader.fields["general.architecture"].contents()))
    for key, content in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture" or key in changes:
            continue
        kind = content.types[0]
        element = content.types[-1] if kind is gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(key, content.contents(), kind, sub_type=element)
    for key, number in changes.items():
        writer.add_key_value(key, number, gguf.GGUFValueType.UINT32)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
