"""The checkpoints that other tests are made of are what they say they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf.utility import SafetensorsLocal

from tests.checkpoints import FAMILIES, SMALL, make_adapter, make_checkpoint
from tests.safetensors_files import INDEX_FILE, encode, read_shapes, read_tensors
from tests.tokenizer_files import Piece, sentencepiece_model

pytestmark = pytest.mark.slow  # real vocabularies take seconds to write


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


@pytest.mark.parametrize("architecture", sorted(SMALL))
def test_a_repository_has_the_files_of_its_family(tmp_path: Path, architecture: str) -> None:
    folder = make_checkpoint(tmp_path / architecture, architecture, small=True)
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "LICENSE", "README.md", "config.json", "generation_config.json", "model.safetensors",
        "special_tokens_map.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
    }  # fmt: skip
    config, tokenizer = read(folder / "config.json"), read(folder / "tokenizer_config.json")
    shapes = read_shapes(folder)
    assert config["architectures"] == [FAMILIES[architecture].architecture]
    assert shapes["model.embed_tokens.weight"] == (config["vocab_size"], config["hidden_size"])
    assert ("lm_head.weight" in shapes) is not config["tie_word_embeddings"]
    assert all(shape[-1] % 256 == 0 for shape in shapes.values() if len(shape) > 1)
    assert "messages" in tokenizer["chat_template"]
    added = {int(n): token["content"] for n, token in tokenizer["added_tokens_decoder"].items()}
    assert added[config["bos_token_id"]] == tokenizer["bos_token"]
    assert added[config["eos_token_id"]] == tokenizer["eos_token"]


def test_the_vocabularies_that_llama_cpp_carries_are_taken_whole(tmp_path: Path) -> None:
    wanted = {"phi3": 32_064, "mixtral": 32_000, "mistral": 32_768, "llama": 128_256}
    for architecture, size in wanted.items():
        folder = make_checkpoint(tmp_path / architecture, architecture, layers=1)
        tokenizer = read(folder / "tokenizer.json")
        numbers = set(tokenizer["model"]["vocab"].values())
        numbers |= {token["id"] for token in tokenizer["added_tokens"]}
        assert read(folder / "config.json")["vocab_size"] == size
        assert numbers <= set(range(size))
        assert len(numbers) > size - 64  # Phi-3 is padded
    added = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    assert added["<|eot_id|>"] == 128_009


def test_gemma_has_its_control_tokens_where_gemma_has_them(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "gemma", "gemma", small=True)
    vocabulary = read(folder / "tokenizer.json")["model"]["vocab"]
    names = ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>", "\n", "<0x00>")
    assert [vocabulary[name] for name in names] == [0, 1, 2, 3, 106, 107, 108, 169]


def test_shards_hold_what_one_file_holds_and_another_reader_agrees(tmp_path: Path) -> None:
    whole = make_checkpoint(tmp_path / "whole", "phi3", small=True)
    split = make_checkpoint(tmp_path / "split", "phi3", small=True, shards=3)
    index = read(split / INDEX_FILE)
    assert len(set(index["weight_map"].values())) == 3
    one, three = read_tensors(whole), read_tensors(split)
    assert set(index["weight_map"]) == set(one) == set(three)
    assert index["metadata"]["total_size"] == sum(values.size * 2 for values in one.values())
    assert all(np.array_equal(one[name], three[name]) for name in one)
    found: dict[str, tuple[int, ...]] = {}
    for path in split.glob("*.safetensors"):
        with SafetensorsLocal(path) as part:
            found |= {name: part[name].shape for name in part.keys()}  # noqa: SIM118 - no mapping
    assert found == read_shapes(whole)


def test_the_same_arguments_write_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, second, other = (
        make_checkpoint(tmp_path / name, "gemma2", layers=1, seed=seed)
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    )
    assert {path.name: path.read_bytes() for path in first.iterdir()} == {
        path.name: path.read_bytes() for path in second.iterdir()
    }
    weights = [folder / "model.safetensors" for folder in (first, other)]
    assert weights[0].read_bytes() != weights[1].read_bytes()


def test_bf16_is_rounded_to_nearest_even() -> None:
    bits = [0x3F800000, 0x3F808000, 0x3F818000, 0x3F808001, 0xBF80FFFF]
    values = np.array(bits, dtype=np.uint32).view(np.float32)
    assert np.frombuffer(encode(values, "bfloat16"), "<u2").tolist() == [
        0x3F80, 0x3F80, 0x3F82, 0x3F81, 0xBF81,
    ]  # fmt: skip


def test_a_sentencepiece_model_is_the_protobuf_of_its_pieces() -> None:
    data = sentencepiece_model([Piece("<unk>", 0.0, 2), Piece("a", -1.5, 1)], prefix=True)
    unknown = b"\x0a\x05<unk>" + b"\x15\x00\x00\x00\x00" + b"\x18\x02"
    letter = b"\x0a\x01a" + b"\x15\x00\x00\xc0\xbf"
    assert data.startswith(
        b"\x0a" + bytes([len(unknown)]) + unknown + b"\x0a" + bytes([len(letter)]) + letter
    )
    assert b"\xc0\x02\x00" in data  # unk_id, field 40, is 0
    minus_one = b"\xff" * 9 + b"\x01"
    assert b"\xc8\x02" + minus_one in data  # there is no <s> here


def test_an_adapter_has_a_pair_for_every_linear_layer(tmp_path: Path) -> None:
    base = make_checkpoint(tmp_path / "base", "phi3", small=True)
    adapter = make_adapter(tmp_path / "adapter", base, rank=8, lora_alpha=32)
    config, shapes = read(adapter / "adapter_config.json"), read_shapes(adapter)
    assert config["r"] == 8
    assert config["lora_alpha"] == 32
    assert config["target_modules"] == ["down_proj", "gate_up_proj", "o_proj", "qkv_proj"]
    name = "base_model.model.model.layers.1.self_attn.qkv_proj"
    assert shapes[f"{name}.lora_A.weight"] == (8, 256)
    assert shapes[f"{name}.lora_B.weight"] == (768, 8)
    assert len(shapes) == 2 * 2 * 4
