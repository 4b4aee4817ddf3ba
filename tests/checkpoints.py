"""Model repositories in small: the files a publisher puts on a hub, with random weights.

``make_checkpoint`` writes one of a family of ``FAMILIES``, ``make_adapter`` a LoRA adapter for it.
Neither torch nor transformers is needed. Rows are 256 long or a multiple of it, so that K-quants
accept them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.families import FAMILIES, Family, Sizes
from tests.published import PLACES
from tests.safetensors_files import Floats, Shape, noise, read_shapes, write, write_shards
from tests.tokenizer_files import Vocabulary

LICENCE_TEXT = """Licence of a checkpoint for tests

The numbers in this folder are random. Anyone may do with them whatever they like.
"""
_CARD = """---
license: other
pipeline_tag: text-generation
---
# A checkpoint for tests

Random weights in the architecture {architecture}.
"""
# Linear layers that adapters are usually made for, by the last part of their name.
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "qkv_proj", "gate_up_proj", "down_proj")


def make_checkpoint(
    folder: Path,
    architecture: str,
    *,
    small: bool = False,
    shards: int = 1,
    dtype: str = "bfloat16",
    seed: int = 0,
    template: str | None = None,
    **sizes: int,
) -> Path:
    """Write a repository of the family ``architecture`` (a key of ``FAMILIES``) into ``folder``.

    ``small`` takes a vocabulary of a few thousand tokens in place of the real one (not for llama
    and qwen2); ``shards`` splits the weights and adds an index; ``template`` is another chat
    template; ``sizes`` are fields of ``Sizes``. Returns ``folder``. The same arguments write the
    same bytes.
    """
    family = FAMILIES[architecture]
    shape = replace(family.sizes, **sizes)
    vocabulary = _vocabulary(architecture, small and architecture in SMALL)
    folder.mkdir(parents=True, exist_ok=True)
    shapes = dict(tensors(family, shape, vocabulary.size))
    write_shards(folder, shapes, _values(family, seed), dtype, shards=shards)
    _write(folder / "config.json", _config(family, shape, vocabulary, dtype))
    _write(folder / "generation_config.json", _special_ids(family, vocabulary))
    tokenizer = {
        "added_tokens_decoder": vocabulary.added_tokens_decoder(),
        "chat_template": template if template is not None else chat_template(architecture),
        "clean_up_tokenization_spaces": False,
        "model_max_length": shape.context,
        **family.tokenizer,
    }
    _write(folder / "tokenizer_config.json", tokenizer)
    names = ("bos_token", "eos_token", "pad_token", "unk_token")
    special = {name: family.tokenizer[name] for name in names if family.tokenizer.get(name)}
    _write(folder / "special_tokens_map.json", special)
    for name, content in vocabulary.files.items():
        (folder / name).write_bytes(content)
    (folder / "LICENSE").write_text(LICENCE_TEXT, encoding="utf-8")
    card = _CARD.format(architecture=family.architecture)
    (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


SMALL = frozenset(FAMILIES) - {"llama", "qwen2"}


@cache
def _vocabulary(architecture: str, small: bool) -> Vocabulary:
    return FAMILIES[architecture].vocabulary(small)


def chat_template(architecture: str) -> str:
    """The chat template of a published model of the family."""
    return PLACES[FAMILIES[architecture].template].read().text


def tensors(family: Family, sizes: Sizes, vocabulary: int) -> Iterator[tuple[str, Shape]]:
    """Name and shape of every tensor, in the order of the layers."""
    width = sizes.embedding
    yield "model.embed_tokens.weight", (vocabulary, width)
    for layer in range(sizes.layers):
        prefix = f"model.layers.{layer}"
        yield from ((f"{prefix}.{name}.weight", (width,)) for name in family.norms)
        yield from ((f"{prefix}.{name}", shape) for name, shape in _attention(family, sizes))
        yield from ((f"{prefix}.{name}", shape) for name, shape in _feed_forward(family, sizes))
    yield "model.norm.weight", (width,)
    if not family.tied:
        yield "lm_head.weight", (vocabulary, width)


def _attention(family: Family, sizes: Sizes) -> Iterator[tuple[str, Shape]]:
    queries, keys = sizes.heads * sizes.head_dim, sizes.kv_heads * sizes.head_dim
    rows = {"q_proj": queries, "k_proj": keys, "v_proj": keys}
    if family.model_type == "phi3":
        rows = {"qkv_proj": queries + 2 * keys}
    for name, count in rows.items():
        yield f"self_attn.{name}.weight", (count, sizes.embedding)
        if family.biased:
            yield f"self_attn.{name}.bias", (count,)
    yield "self_attn.o_proj.weight", (sizes.embedding, queries)


def _feed_forward(family: Family, sizes: Sizes) -> Iterator[tuple[str, Shape]]:
    up, down = (sizes.feed_forward, sizes.embedding), (sizes.embedding, sizes.feed_forward)
    if sizes.experts:
        yield "block_sparse_moe.gate.weight", (sizes.experts, sizes.embedding)
        for expert in range(sizes.experts):
            for name, shape in (("w1", up), ("w2", down), ("w3", up)):
                yield f"block_sparse_moe.experts.{expert}.{name}.weight", shape
    elif family.model_type == "phi3":
        yield "mlp.gate_up_proj.weight", (2 * sizes.feed_forward, sizes.embedding)
        yield "mlp.down_proj.weight", down
    else:
        yield from (("mlp.gate_proj.weight", up), ("mlp.up_proj.weight", up))
        yield "mlp.down_proj.weight", down


def _values(family: Family, seed: int) -> Callable[[str, Shape], Floats]:
    """Random weights; norms are one, which Gemma's family writes as zero."""
    random = noise(seed, scale=0.05)
    norm = np.float32(0 if family.model_type.startswith("gemma") else 1)

    def values(name: str, shape: Shape) -> Floats:
        if name.endswith("norm.weight"):
            return np.full(shape, norm, dtype=np.float32)
        return random(name, shape)

    return values


def _special_ids(family: Family, vocabulary: Vocabulary) -> dict[str, int]:
    found = {}
    for role in ("bos", "eos", "pad"):
        if content := family.tokenizer.get(f"{role}_token"):
            found[f"{role}_token_id"] = vocabulary.id_of(content)
    return found


def _config(family: Family, sizes: Sizes, vocabulary: Vocabulary, dtype: str) -> dict[str, Any]:
    config: dict[str, Any] = {
        "architectures": [family.architecture],
        "attention_dropout": 0.0,
        "head_dim": sizes.head_dim,
        "hidden_size": sizes.embedding,
        "initializer_range": 0.02,
        "intermediate_size": sizes.feed_forward,
        "max_position_embeddings": sizes.context,
        "model_type": family.model_type,
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "num_key_value_heads": sizes.kv_heads,
        "tie_word_embeddings": family.tied,
        "torch_dtype": dtype,
        "use_cache": True,
        "vocab_size": vocabulary.size,
        **_special_ids(family, vocabulary),
        **family.config,
    }
    if family.model_type == "phi3":
        del config["head_dim"]
    if sizes.experts:
        config["num_local_experts"] = sizes.experts
    return config


def make_adapter(
    folder: Path, base: Path, *, rank: int = 4, alpha: float = 8, seed: int = 1, **config: object
) -> Path:
    """Write a LoRA adapter for ``base`` in PEFT's format into ``folder``, and return that.

    It changes the linear layers of ``LINEAR``; ``config`` replaces keys of adapter_config.json.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layers = {
        name.removesuffix(".weight"): shape
        for name, shape in read_shapes(base).items()
        if name.endswith(".weight") and name.split(".")[-2] in LINEAR
    }
    shapes: dict[str, Shape] = {}
    for name, (rows, columns) in layers.items():
        shapes[f"base_model.model.{name}.lora_A.weight"] = (rank, columns)
        shapes[f"base_model.model.{name}.lora_B.weight"] = (rows, rank)
    write(folder / "adapter_model.safetensors", shapes, noise(seed, scale=0.05), "float32")
    settings: Mapping[str, object] = {
        "alpha_pattern": {},
        "base_model_name_or_path": base.name,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "modules_to_save": None,
        "peft_type": "LORA",
        "r": rank,
        "rank_pattern": {},
        "target_modules": sorted({name.split(".")[-1] for name in layers}),
        "task_type": "CAUSAL_LM",
        "use_dora": False,
        "use_rslora": False,
    }
    _write(folder / "adapter_config.json", {**settings, **config})
    return folder


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
