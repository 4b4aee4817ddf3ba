"""LoRA adapters: what they add to a model's weights, and which are refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fieldkit.errors import DiskFull, InvalidInput
from fieldkit.packager import merge
from fieldkit.packager.adapters import read_adapter
from fieldkit.packager.merge import merge_adapter
from fieldkit.packager.quantize import check_space
from tests.checkpoints import make_adapter, make_checkpoint
from tests.safetensors_files import INDEX_FILE, read_shapes, read_tensors, write

pytestmark = pytest.mark.slow  # whole checkpoints are written

QKV = "model.layers.0.self_attn.qkv_proj"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return make_checkpoint(tmp_path / "base", "phi3", small=True, dtype="float32", layers=1)


@pytest.fixture
def adapter(tmp_path: Path, base: Path) -> Path:
    return make_adapter(tmp_path / "adapter", base)


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "adapter_config.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def added(adapter: Path, module: str, scale: float) -> np.ndarray[Any, Any]:
    """What peft defines: scale * B @ A, here in double precision."""
    found = read_tensors(adapter)
    a, b = (found[f"base_model.model.{module}.lora_{part}.weight"] for part in "AB")
    return scale * (b.astype(np.float64) @ a.astype(np.float64))


def changes(base: Path, merged: Path) -> dict[str, np.ndarray[Any, Any]]:
    before, after = read_tensors(base), read_tensors(merged)
    assert list(before) == list(after)
    differ = {name for name in before if not np.array_equal(before[name], after[name])}
    return {name: after[name].astype(np.float64) - before[name] for name in differ}


def test_each_layer_gains_its_product_and_nothing_else_changes(
    tmp_path: Path, base: Path, adapter: Path
) -> None:
    told: list[tuple[int, int]] = []
    merge_adapter(base, adapter, tmp_path / "merged", progress=lambda *now: told.append(now))
    found = changes(base, tmp_path / "merged")
    assert sorted(name.split(".")[-2] for name in found) == [
        "down_proj", "gate_up_proj", "o_proj", "qkv_proj",
    ]  # fmt: skip
    for name, change in found.items():
        wanted = added(adapter, name.removesuffix(".weight"), scale=8 / 4)
        assert np.abs(change - wanted).max() < 1e-6
        assert np.abs(wanted).max() > 0.01
    done, total = told[-1]
    assert done == total == sum(values.nbytes for values in read_tensors(base).values())


@pytest.mark.parametrize(
    ("settings", "scale"),
    [
        ({"rank": 8, "alpha": 32}, 4.0),
        ({"rank": 4, "alpha": 8, "use_rslora": True}, 4.0),
        ({"rank": 4, "alpha": 8, "alpha_pattern": {"qkv_proj": 2}}, 0.5),
        ({"rank": 4, "alpha": 8, "alpha_pattern": {"layers.0.self_attn.qkv_proj": 2}}, 0.5),
        ({"rank": 4, "alpha": 8, "alpha_pattern": {"v_proj": 2, "(": 1}}, 2.0),
        ({"rank": 4, "alpha": 6, "rank_pattern": {"qkv_proj": 4}}, 1.5),
    ],
)
def test_the_factor_follows_the_configuration(
    tmp_path: Path, base: Path, settings: dict[str, Any], scale: float
) -> None:
    adapter = make_adapter(tmp_path / "adapter", base, **settings)
    merge_adapter(base, adapter, tmp_path / "merged")
    change = changes(base, tmp_path / "merged")[f"{QKV}.weight"]
    assert np.abs(change - added(adapter, QKV, scale)).max() < 1e-6


@pytest.mark.parametrize(("dtype", "steps"), [("bfloat16", 2**-8), ("float16", 2**-11)])
def test_the_sum_is_rounded_once(tmp_path: Path, dtype: str, steps: float) -> None:
    base = make_checkpoint(tmp_path / "base", "phi3", small=True, dtype=dtype, layers=1)
    adapter = make_adapter(tmp_path / "adapter", base)
    merge_adapter(base, adapter, tmp_path / "merged")
    exact = read_tensors(base)[f"{QKV}.weight"] + added(adapter, QKV, scale=2)
    error = np.abs(read_tensors(tmp_path / "merged")[f"{QKV}.weight"] - exact)
    assert (error <= np.abs(exact) * steps + 1e-7).all()


def test_blocks_of_rows_make_the_same_as_one(
    tmp_path: Path, base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge_adapter(base, adapter, tmp_path / "whole")
    monkeypatch.setattr(merge, "_BLOCK", 1000)
    merge_adapter(base, adapter, tmp_path / "blocks")
    whole, blocks = read_tensors(tmp_path / "whole"), read_tensors(tmp_path / "blocks")
    assert all(np.allclose(whole[name], blocks[name], atol=1e-7) for name in whole)


def test_shards_and_the_other_files_stay_as_they_are(tmp_path: Path) -> None:
    base = make_checkpoint(tmp_path / "base", "mistral", small=True, shards=3, layers=1)
    adapter = make_adapter(tmp_path / "adapter", base)
    merged = merge_adapter(base, adapter, tmp_path / "merged")
    assert {path.name for path in merged.iterdir()} == {path.name for path in base.iterdir()}
    for path in base.iterdir():
        if path.suffix != ".safetensors":
            assert (merged / path.name).read_bytes() == path.read_bytes()
    assert (merged / INDEX_FILE).is_file()
    assert read_shapes(merged) == read_shapes(base)


def test_a_tokenizer_beside_the_adapter_is_the_one_that_is_kept(
    tmp_path: Path, base: Path, adapter: Path
) -> None:
    for name in ("tokenizer_config.json", "tokenizer.json"):
        shutil.copy(base / name, adapter / name)
    config = json.loads((adapter / "tokenizer_config.json").read_text(encoding="utf-8"))
    config["chat_template"] = "{{ messages[0].content }}"
    (adapter / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    merged = merge_adapter(base, adapter, tmp_path / "merged")
    kept = json.loads((merged / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert kept["chat_template"] == "{{ messages[0].content }}"
    assert (merged / "tokenizer.model").is_file()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("peft_type", "IA3"),
        ("peft_type", None),
        ("use_dora", True),
        ("bias", "lora_only"),
        ("fan_in_fan_out", True),
        ("modules_to_save", ["lm_head"]),
        ("trainable_token_indices", [1]),
        ("init_lora_weights", "pissa_niter_4"),
        ("layer_replication", [[0, 1]]),
        ("r", 0),
        ("lora_alpha", "16"),
    ],
)
def test_what_is_no_plain_lora_is_refused(adapter: Path, key: str, value: object) -> None:
    edit(adapter, lambda config: config.update({key: value}))
    with pytest.raises(InvalidInput, match="cannot be merged") as error:
        read_adapter(adapter)
    assert [problem.split(":")[0] for problem in error.value.problems] == [key]
    assert "merge_and_unload" in error.value.hint


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [
        ({"base_model.model.lm_head.weight": (4, 4)}, "is no lora_A or lora_B"),
        ({"base_model.model.embed_tokens.lora_embedding_A": (4, 4)}, "is no lora_A or lora_B"),
        ({"base_model.model.x.lora_A.weight": (4, 8)}, "only lora_A is there"),
        (
            {
                "base_model.model.x.lora_A.weight": (4, 8),
                "base_model.model.x.lora_B.weight": (8, 5),
            },
            "is no product",
        ),
        ({}, "it holds no layer"),
    ],
)
def test_what_is_no_pair_is_refused(
    adapter: Path, shapes: dict[str, tuple[int, ...]], problem: str
) -> None:
    path = adapter / "adapter_model.safetensors"
    write(path, shapes, lambda _name, shape: np.zeros(shape, np.float32), "float32")
    with pytest.raises(InvalidInput) as error:
        read_adapter(adapter)
    assert problem in "\n".join(error.value.problems)


def test_pickles_and_missing_files_are_refused(adapter: Path) -> None:
    (adapter / "adapter_model.safetensors").rename(adapter / "adapter_model.bin")
    with pytest.raises(InvalidInput, match="holds code"):
        read_adapter(adapter)
    (adapter / "adapter_model.bin").unlink()
    with pytest.raises(InvalidInput, match="is missing"):
        read_adapter(adapter)
    with pytest.raises(InvalidInput, match="is not a folder"):
        read_adapter(adapter / "nothing")


def test_an_adapter_of_another_model_is_refused(tmp_path: Path, base: Path) -> None:
    other = make_checkpoint(tmp_path / "other", "phi3", small=True, layers=2, feed_forward=1024)
    adapter = make_adapter(tmp_path / "adapter", other)
    with pytest.raises(InvalidInput, match="was not made for") as error:
        merge_adapter(base, adapter, tmp_path / "merged")
    problems = "\n".join(error.value.problems)
    assert "model.layers.1.self_attn.qkv_proj: the model has no such layer" in problems
    assert "model.layers.0.mlp.down_proj: (256, 1024) in the adapter, (256, 512)" in problems
    assert "other" in error.value.hint
    assert not (tmp_path / "merged").exists()


def test_values_that_the_type_cannot_hold_are_not_written(tmp_path: Path) -> None:
    base = make_checkpoint(tmp_path / "base", "phi3", small=True, dtype="float16", layers=1)
    adapter = make_adapter(tmp_path / "adapter", base, alpha=1e8)
    with pytest.raises(InvalidInput, match="values beyond F16"):
        merge_adapter(base, adapter, tmp_path / "merged")
    assert {path.name for path in tmp_path.iterdir()} == {"base", "adapter"}


def test_too_little_room_is_said_before_anything_is_written(
    tmp_path: Path, base: Path, adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        merge, "check_space", lambda folder, _need, what: check_space(folder, 1 << 60, what)
    )
    with pytest.raises(DiskFull, match="the merged model"):
        merge_adapter(base, adapter, tmp_path / "merged")
    assert {path.name for path in tmp_path.iterdir()} == {"base", "adapter"}
