"""A model's folder before it is converted: what is accepted, what is refused and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldkit.core.gguf_types import Shape
from fieldkit.errors import ExitCode, InvalidInput
from fieldkit.packager.checkpoint import expected_tensors, read_checkpoint, shape_of, stage
from tests.checkpoints import FAMILIES, SMALL, make_checkpoint

pytestmark = pytest.mark.slow  # real vocabularies take seconds to write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_checkpoint(tmp_path / "model", "phi3", small=True, layers=1)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def refused(folder: Path) -> InvalidInput:
    with pytest.raises(InvalidInput) as error:
        read_checkpoint(folder)
    assert error.value.exit_code == ExitCode.INVALID
    assert error.value.hint
    return error.value


@pytest.mark.parametrize("architecture", sorted(SMALL))
def test_every_family_is_read(tmp_path: Path, architecture: str) -> None:
    found = read_checkpoint(make_checkpoint(tmp_path / "m", architecture, small=True))
    family = FAMILIES[architecture]
    assert (found.architecture, found.family, found.kind) == (
        family.architecture,
        family.gguf,
        "BF16",
    )
    shape = found.shape()
    assert (shape.layers, shape.embedding, shape.heads) == (2, 256, family.sizes.heads)
    assert (shape.tied, shape.experts) == (family.tied, family.sizes.experts)


@pytest.mark.parametrize("architecture", sorted(SMALL))
def test_the_tensors_that_are_expected_hold_what_the_files_hold(
    tmp_path: Path, architecture: str
) -> None:
    found = read_checkpoint(make_checkpoint(tmp_path / "m", architecture, small=True))
    total = 0
    for shape in expected_tensors(found.shape()).values():
        count = 1
        for extent in shape:
            count *= extent
        total += count
    assert total == found.elements


@pytest.mark.parametrize(
    "name", ["modeling_phi3.py", "pytorch_model.bin", "training_args.bin", "optimizer.pt", "x.PKL"]
)
def test_code_and_pickles_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    error = refused(folder)
    assert "holds code" in error.message
    assert [problem.split(":")[0] for problem in error.problems] == [name]


def test_code_that_is_needed_is_refused(folder: Path) -> None:
    edit(
        folder / "config.json",
        lambda config: config.update(
            architectures=["MyForCausalLM"], auto_map={"AutoModelForCausalLM": "my.MyForCausalLM"}
        ),
    )
    assert "my.MyForCausalLM" in refused(folder).message


def test_code_in_place_of_the_family_s_own_is_refused(folder: Path) -> None:
    edit(
        folder / "config.json",
        lambda config: config.update(auto_map={"AutoModelForCausalLM": "modeling.Phi3Better"}),
    )
    assert "never run" in refused(folder).message


def test_code_that_is_named_and_not_needed_is_not_passed_on(folder: Path, tmp_path: Path) -> None:
    named = {
        "AutoConfig": "configuration_phi3.Phi3Config",
        "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM",
    }
    for name in ("config.json", "tokenizer_config.json"):
        edit(folder / name, lambda data: data.update(auto_map=named))
    (folder / "notes.txt").write_text("not for the converter")
    (folder / "consolidated.safetensors").write_bytes(b"the same weights once more")
    stage(read_checkpoint(folder), tmp_path / "staged")
    assert {path.name for path in (tmp_path / "staged").iterdir()} == {
        "added_tokens.json", "config.json", "generation_config.json", "model.safetensors",
        "special_tokens_map.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
    }  # fmt: skip
    for name in ("config.json", "tokenizer_config.json"):
        before = json.loads((folder / name).read_text(encoding="utf-8"))
        after = json.loads((tmp_path / "staged" / name).read_text(encoding="utf-8"))
        assert before.pop("auto_map")
        assert after == before


def test_an_unknown_architecture_is_told_the_known_ones(folder: Path) -> None:
    edit(folder / "config.json", lambda config: config.update(architectures=["Phi33ForCausalLM"]))
    error = refused(folder)
    assert "did you mean 'Phi3ForCausalLM'?" in error.message
    for family in FAMILIES.values():
        assert family.architecture in error.hint


@pytest.mark.parametrize("named", [None, [], "Phi3ForCausalLM"])
def test_a_configuration_without_an_architecture_is_refused(folder: Path, named: object) -> None:
    edit(folder / "config.json", lambda config: config.update(architectures=named))
    assert "names no architecture" in refused(folder).message


def test_quantized_weights_are_refused(folder: Path) -> None:
    quantized = {"quant_method": "gptq", "bits": 4}
    edit(folder / "config.json", lambda config: config.update(quantization_config=quantized))
    assert "quantized already (gptq)" in refused(folder).message


def test_what_is_missing_or_broken_is_named(folder: Path) -> None:
    config = folder / "config.json"
    config.write_text("{", encoding="utf-8")
    assert str(config) in refused(folder).message
    config.write_text("[]", encoding="utf-8")
    assert "holds no JSON object" in refused(folder).message
    config.unlink()
    assert refused(folder).message == f"{config}: is missing"
    assert "is not a folder" in refused(folder / "nothing").message


def test_a_token_beyond_the_vocabulary_is_refused(folder: Path) -> None:
    edit(folder / "added_tokens.json", lambda added: added.update({"<new>": 40_000}))
    assert refused(folder).problems == ("<new> is token 40000",)
    edit(folder / "tokenizer_config.json", lambda config: config.update(pad_token="<new>"))
    assert read_checkpoint(folder).family == "phi3"


def test_a_configuration_says_everything_that_is_wrong_with_it() -> None:
    with pytest.raises(InvalidInput) as error:
        shape_of({"hidden_size": 256, "num_attention_heads": "many"}, "llama", tied=False)
    assert [problem.split(":")[0] for problem in error.value.problems] == [
        "num_attention_heads", "num_hidden_layers", "intermediate_size", "vocab_size",
        "max_position_embeddings",
    ]  # fmt: skip


BASE: dict[str, Any] = {
    "hidden_size": 3072, "num_attention_heads": 32, "num_hidden_layers": 32,
    "intermediate_size": 8192, "vocab_size": 32064, "max_position_embeddings": 131072,
}  # fmt: skip


def test_rope_tables_and_partial_rotation_follow_the_configuration() -> None:
    long = {"type": "longrope", "long_factor": [1.0] * 48, "short_factor": [1.0] * 48}
    found = shape_of({**BASE, "rope_scaling": long}, "phi3", tied=False)
    assert (found.rope, found.rotary, found.head_dim) == ("longrope", 0, 96)
    phi4 = shape_of(
        {**BASE, "rope_scaling": long, "partial_rotary_factor": 0.75}, "phi3", tied=True
    )
    assert phi4.rotary == 72
    llama = {**BASE, "rope_scaling": {"rope_type": "llama3", "factor": 8.0}}
    assert shape_of(llama, "llama", tied=False).rope == "scaled"
    linear = {**BASE, "rope_scaling": {"type": "linear", "factor": 2.0}}
    assert isinstance(shape_of(linear, "llama", tied=False), Shape)
    assert shape_of(linear, "llama", tied=False).rope == "plain"
