"""The GGUF header reader: sound files are read, hostile ones are refused with a position."""

from __future__ import annotations

import contextlib
import io
import random
import struct
from dataclasses import replace

import pytest

from fieldkit.core import gguf
from fieldkit.core.gguf import parse_header
from fieldkit.core.gguf_types import TYPE_BY_NAME
from fieldkit.errors import InvalidInput
from tests.gguf_files import (
    ARRAY,
    F16,
    I32,
    PHI3_METADATA,
    STRING,
    U32,
    Gguf,
    TensorSpec,
    parse,
    small_phi3,
    text,
)


def problem(data: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse(data)
    assert caught.value.hint
    return caught.value.message


def test_a_sound_file_is_read_whole() -> None:
    data = small_phi3().build()
    header = parse(data)
    assert header.version == 3
    assert header.architecture == "phi3"
    assert header.quantization == "F16"
    assert header.metadata["tokenizer.ggml.tokens"] == ("<unk>", "<s>", "</s>", "pump")
    assert list(header.metadata["tokenizer.ggml.token_type"]) == [2, 3, 3, 1]  # type: ignore[arg-type]
    assert header.metadata["tokenizer.ggml.add_bos_token"] is True
    assert header.data_offset % 32 == 0
    assert [tensor.name for tensor in header.tensors][:2] == [
        "token_embd.weight",
        "output_norm.weight",
    ]
    last = header.tensors[-1]
    assert (last.size, last.elements) == (128 * 64 * 2, 128 * 64)
    assert last.offset + last.size == len(data)


def test_the_hyper_parameters_are_read() -> None:
    shape = parse(small_phi3().build()).shape
    assert (shape.layers, shape.embedding, shape.feed_forward) == (1, 64, 128)
    assert (shape.heads, shape.kv_heads, shape.head_dim) == (4, 2, 16)
    assert (shape.vocabulary, shape.context, shape.sliding_window) == (4, 4096, 0)
    assert not shape.tied


def test_a_file_without_an_output_matrix_is_tied() -> None:
    file = small_phi3()
    file.tensors = [spec for spec in file.tensors if spec.name != "output.weight"]
    assert parse(file.build()).shape.tied


def test_per_layer_numbers_count_with_their_largest() -> None:
    metadata = {**PHI3_METADATA, "phi3.attention.head_count_kv": [1, 4, 2]}
    assert parse(replace(small_phi3(), metadata=metadata).build()).shape.kv_heads == 4


def test_a_vocabulary_only_file_has_no_tensors() -> None:
    header = parse(Gguf(metadata=PHI3_METADATA).build())
    assert header.tensors == ()
    assert header.tensor_bytes == 0


def test_block_types_count_in_whole_blocks() -> None:
    kind = next(number for number, entry in gguf.TYPES.items() if entry.name == "Q4_K")
    header = parse(Gguf(tensors=[TensorSpec("w", (512, 3), kind)]).build())
    assert header.tensor_bytes == 3 * 2 * 144
    assert TYPE_BY_NAME["Q4_K"].row_bytes(512) == 288


def test_strings_that_are_not_utf8_are_replaced() -> None:
    odd = struct.pack("<IIQ", ARRAY, STRING, 1) + text(b"\xff\xfe")
    header = parse(Gguf(metadata={"tokenizer.ggml.tokens": odd}).build())
    assert header.metadata["tokenizer.ggml.tokens"] == ("\ufffd\ufffd",)


def test_a_hundred_thousand_strings_are_read() -> None:
    tokens = [f"token{number}" for number in range(100_000)]
    header = parse(Gguf(metadata={"tokenizer.ggml.tokens": tokens}).build())
    assert header.metadata["tokenizer.ggml.tokens"] == tuple(tokens)


def test_truncation_at_every_byte_is_refused() -> None:
    data = small_phi3().build()
    header_end = parse(data).data_offset
    cuts = [*range(header_end), *range(header_end, len(data), 997), len(data) - 1]
    for cut in cuts:
        assert problem(data[:cut]).startswith("model.gguf: ")


def test_a_file_that_shrinks_while_it_is_read_is_refused() -> None:
    class Shrinking(io.BytesIO):
        def seek(self, offset: int, whence: int = 0) -> int:
            return super().seek(offset, whence) + (1 << 20 if whence == 2 else 0)

    with pytest.raises(InvalidInput, match="the file ends inside"):
        parse_header(Shrinking(small_phi3().header()[:300]), name="m")


@pytest.mark.parametrize("seed", range(40))
def test_random_damage_is_read_or_refused_and_nothing_else(seed: int) -> None:
    generator = random.Random(seed)
    sound = small_phi3().build()
    end = parse(sound).data_offset
    for _ in range(50):
        data = bytearray(sound)
        for _ in range(generator.randint(1, 4)):
            position = generator.randrange(end)
            data[position] = generator.choice((0, 1, 0x7F, 0x80, 0xFF, generator.randrange(256)))
        with contextlib.suppress(InvalidInput):
            header = parse(bytes(data))
            assert all(tensor.offset + tensor.size <= len(data) for tensor in header.tensors)
            assert header.shape.layers > 0


NESTED = struct.pack("<IIQ", ARRAY, ARRAY, 1) + struct.pack("<IQ", U32, 1) + bytes(4)
ONE = TensorSpec("w", (64,), F16)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (Gguf(magic=b"GGML"), r"not a GGUF file \(it starts with b'GGML'\) at byte 0"),
        (Gguf(version=0), "GGUF version 0 is not supported at byte 4"),
        (Gguf(version=1), "GGUF version 1 is not supported"),
        (Gguf(version=4), "GGUF version 4 is not supported"),
        (Gguf(version=0x03000000), "a big-endian file is not supported"),
        (Gguf(tensor_count=1 << 63), "the number of tensors is 9223372036854775808, more than"),
        (Gguf(key_count=(1 << 64) - 1), "the number of keys is 18446744073709551615, more than"),
        (Gguf(key_count=1), "the file ends inside the length of a key"),
        (Gguf(metadata={"": 1}), "a key is empty"),
        (Gguf(metadata={"a\0b": 1}), "holds a zero byte"),
        (Gguf(key_count=1, extra_pairs=struct.pack("<Q", 1 << 62)), "the length of a key is 46116"),
        (
            Gguf(key_count=1, extra_pairs=text(b"\xff\xff") + struct.pack("<II", U32, 1)),
            "a key is not UTF-8 at byte 24",
        ),
        (
            Gguf(
                metadata={"k": 1}, key_count=2, extra_pairs=text("k") + struct.pack("<II", U32, 1)
            ),
            "the key 'k' occurs twice",
        ),
        (Gguf(metadata={"k": struct.pack("<I", 13)}), "the value of 'k' has the unknown type 13"),
        (Gguf(metadata={"k": NESTED}), "the value of 'k' nests arrays"),
        (
            Gguf(metadata={"k": struct.pack("<IIQ", ARRAY, 99, 1)}),
            "has elements of the unknown type 99",
        ),
        (
            Gguf(metadata={"k": struct.pack("<IIQ", ARRAY, I32, 1 << 61)}),
            "has 2305843009213693952 elements, more than the file can hold",
        ),
        (
            Gguf(metadata={"k": struct.pack("<IIQ", ARRAY, STRING, 1 << 60)}),
            "has 1152921504606846976 strings, more than the file can hold",
        ),
        (
            Gguf(metadata={"k": struct.pack("<IQ", STRING, (1 << 64) - 8)}),
            "the file ends inside the value of 'k'",
        ),
        (Gguf(metadata={"general.alignment": 48}), "general.alignment is 48, not a power of two"),
        (Gguf(metadata={"general.alignment": 0}), "general.alignment is 0, not a number in"),
        (Gguf(metadata={"general.alignment": "32"}), "general.alignment is '32', not a number in"),
        (Gguf(metadata={"split.count": 3}), "one of several parts"),
        (Gguf(metadata={"split.count": ["a", "b"]}), r"split.count is an array of 2"),
        (Gguf(tensor_count=1), "the file ends inside the length of a tensor name"),
        (Gguf(tensors=[TensorSpec("w" * 64, (64,))]), "the length of a tensor name is 64, more"),
        (Gguf(tensors=[replace(ONE, dimensions=5)]), "has 5 dimensions, not 1 to 4"),
        (Gguf(tensors=[replace(ONE, dimensions=0)]), "has 0 dimensions, not 1 to 4"),
        (Gguf(tensors=[TensorSpec("w", (64, 0), F16)]), r"has the impossible shape \(64, 0\)"),
        (Gguf(tensors=[TensorSpec("w", (1 << 63, 1), F16)]), "has the impossible shape"),
        (Gguf(tensors=[TensorSpec("w", (1 << 40, 1 << 40), F16)]), r"the file has only \d+"),
        (Gguf(tensors=[TensorSpec("w", ((1 << 62), 4), F16)]), r"the file has only \d+"),
        (Gguf(tensors=[TensorSpec("w", (64,), 4)]), "has the unknown type 4"),
        (Gguf(tensors=[TensorSpec("w", (64,), 1 << 31)]), "has the unknown type 2147483648"),
        (Gguf(tensors=[TensorSpec("w", (100,), 12)]), "rows of 100 are not whole blocks of Q4_K"),
        (Gguf(tensors=[replace(ONE, offset=32)]), "has offset 32, not 0"),
        (Gguf(tensors=[ONE, TensorSpec("v", (64,), F16, offset=0)]), "has offset 0, not 128"),
        (Gguf(tensors=[replace(ONE, offset=(1 << 64) - 32)]), "has offset 18446744073709551584"),
        (Gguf(tensors=[ONE, ONE]), "the tensor 'w' occurs twice"),
    ],
)
def test_malformed_files_are_refused_with_a_reason(file: Gguf, said: str) -> None:
    data = file.build()
    with pytest.raises(InvalidInput, match=said):
        parse(data)


def test_a_header_larger_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf, "MAX_HEADER", 1000)
    monkeypatch.setattr(gguf, "CHUNK", 100)
    assert "reaches beyond 1000 bytes" in problem(Gguf(metadata={"k": "x" * 2000}).build())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"general.architecture": 7}, "the text general.architecture is missing"),
        ({"phi3.block_count": 0}, "'phi3.block_count' is 0, not a number in 1..512"),
        ({"phi3.block_count": 1 << 30}, "is 1073741824, not a number"),
        ({"phi3.embedding_length": "wide"}, "is 'wide', not a number"),
        ({"phi3.embedding_length": True}, "is True, not a number"),
        ({"phi3.context_length": 1.5}, "is 1.5, not a number"),
        ({"phi3.attention.head_count": ["a", "b"]}, "is an array of 2, not a number"),
        ({"tokenizer.ggml.tokens": 5}, "'phi3.vocab_size' is missing"),
    ],
)
def test_absurd_hyper_parameters_are_refused(change: dict[str, object], said: str) -> None:
    header = parse(replace(small_phi3(), metadata={**PHI3_METADATA, **change}).build())
    with pytest.raises(InvalidInput, match=said):
        _ = header.shape


def with_architecture(architecture: str, change: dict[str, object]) -> bytes:
    metadata = {
        key.replace("phi3.", f"{architecture}."): content for key, content in PHI3_METADATA.items()
    }
    changed = {f"{architecture}.{key}": content for key, content in change.items()}
    return Gguf(
        metadata={**metadata, "general.architecture": architecture, **changed}, tensors=[ONE]
    ).build()


@pytest.mark.parametrize(
    ("architecture", "change", "said"),
    [
        # The engine takes these for granted; most end its process by an assertion.
        ("llama", {"attention.head_count_kv": 3}, "4 heads cannot share 3 evenly"),
        ("phi3", {"attention.value_length": 32}, "value_length is 32, but keys have 16"),
        ("qwen2", {"rope.dimension_count": 8}, "is 8, which a head of 16 cannot rotate"),
        ("gemma", {"rope.dimension_count": 7}, "is 7, which a head of 16 cannot rotate"),
        ("phi3", {"rope.dimension_count": 32}, "is 32, which a head of 16 cannot rotate"),
        ("gemma2", {"rope.scaling.type": "spiral"}, "is 'spiral', none of none, linear, yarn"),
        ("llama", {"expert_count": 4, "expert_used_count": 5}, "is 5, of 4 experts"),
        ("llama", {"expert_count": 4}, "is 0, of 4 experts"),
        ("llama", {"expert_used_count": 2}, "is 2, of 0 experts"),
    ],
)
def test_contradicting_hyper_parameters_are_refused(
    architecture: str, change: dict[str, object], said: str
) -> None:
    message = problem(with_architecture(architecture, change))
    assert said in message
    assert f"{architecture}." in message


def test_what_is_no_model_or_not_known_is_not_judged() -> None:
    odd = {"attention.head_count_kv": 3}
    assert parse(with_architecture("mamba", odd)).architecture == "mamba"
    adapter = {"general.type": "adapter", "phi3.attention.head_count_kv": 3}
    assert parse(replace(small_phi3(), metadata={**PHI3_METADATA, **adapter}).build()).tensors


def test_messages_hold_no_control_characters() -> None:
    message = problem(Gguf(tensors=[TensorSpec("\x1b[2Jw", (100,), 12)]).build())
    assert message.isprintable()
    assert "\\x1b[2Jw" in message
