"""llama.cpp's own converter on a checkpoint of every family, against what transformers computes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from fieldkit.engine.header import read_header
from fieldkit.errors import InvalidInput
from fieldkit.packager.convert import convert, convert_adapter
from fieldkit.packager.converter_env import Converter, isolated
from fieldkit.packager.template_check import check_folder
from tests.checkpoints import FAMILIES, make_adapter, make_checkpoint
from tests.converting import real_converter
from tests.engine_logits import logits_after
from tests.pinned import pinned_source
from tests.safetensors_files import read_tensors
from tests.vocabularies import opened

# The first conversion of all makes the converter's environment, in one of the workers.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("converter"), pytest.mark.timeout(900)]

TEXT = "The stud of the fluid end: 320 Nm, 3 passes.\n  Prüfe Öl!  <|end|> don't 12345"
CARRIED = {"phi3": "phi-3", "llama": "llama-bpe", "qwen2": "qwen2", "mixtral": "llama-spm"}
TEMPLATES = {
    "phi3": "phi3.5", "llama": "llama3.1", "mistral": "mistral", "mixtral": "mixtral",
    "qwen2": "qwen2", "gemma": "gemma", "gemma2": "gemma",
}  # fmt: skip

Made = Callable[[str], tuple[Path, Path]]


@pytest.fixture(scope="session")
def converter() -> Converter:
    return real_converter()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, converter: Converter) -> Made:
    """A family's checkpoint and what it was converted to, each made once."""
    root = tmp_path_factory.mktemp("converted")

    def make(architecture: str) -> tuple[Path, Path]:
        folder, file = root / architecture, root / f"{architecture}.gguf"
        if not file.is_file():
            make_checkpoint(folder, architecture)
            convert(folder, file, architecture=FAMILIES[architecture].gguf)
        return folder, file

    return make


def small(folder: Path, **options: Any) -> Path:
    return make_checkpoint(folder, "phi3", small=True, layers=1, **options)


@pytest.fixture(scope="module")
def references(made: Made, converter: Converter) -> dict[str, dict[str, Any]]:
    """The tokens of ``TEXT`` and the logits after it by family, as transformers has them."""
    folders = [made(architecture)[0] for architecture in FAMILIES]
    script = Path(__file__).parents[1] / "reference_model.py"
    result = subprocess.run(
        [converter.python, "-I", "-B", script, TEXT, *folders],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **isolated()},
    )
    assert result.returncode == 0, result.stderr
    found = map(json.loads, result.stdout.splitlines())
    return dict(zip(FAMILIES, found, strict=True))


@pytest.mark.engine
@pytest.mark.parametrize("architecture", FAMILIES)
def test_the_engine_computes_what_transformers_computes(
    architecture: str, made: Made, references: dict[str, dict[str, Any]], engine: Path
) -> None:
    file = made(architecture)[1]
    tokens, wanted = references[architecture]["tokens"], references[architecture]["logits"]
    with opened(file) as vocabulary:
        assert vocabulary.whole(TEXT, bos=vocabulary.adds_bos) == tokens
    found = logits_after(file, tokens)
    assert np.abs(found - wanted).max() < 0.03
    assert np.std(wanted) > 0.5


@pytest.mark.parametrize("architecture", CARRIED)
def test_the_vocabulary_is_the_one_that_llama_cpp_carries(architecture: str, made: Made) -> None:
    found = read_header(made(architecture)[1]).metadata
    carried = pinned_source() / "models" / f"ggml-vocab-{CARRIED[architecture]}.gguf"
    wanted = read_header(carried).metadata
    for key in ("model", "pre", "tokens", "merges"):
        assert found.get(f"tokenizer.ggml.{key}") == wanted.get(f"tokenizer.ggml.{key}"), key


@pytest.mark.parametrize("architecture", FAMILIES)
def test_the_chat_template_travels_and_is_the_family_s(architecture: str, made: Made) -> None:
    folder, file = made(architecture)
    config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert read_header(file).metadata["tokenizer.chat_template"] == config["chat_template"]
    assert check_folder(folder, TEMPLATES[architecture]) == []


def test_matrices_are_the_same_numbers_and_experts_one_tensor(made: Made) -> None:
    folder, file = made("mixtral")
    source = read_tensors(folder)
    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(file).tensors}

    def values(name: str) -> np.ndarray[Any, Any]:
        tensor = tensors[name]
        return gguf.quants.dequantize(tensor.data, tensor.tensor_type)

    prefix = "model.layers.1.block_sparse_moe.experts"
    experts = np.stack([source[f"{prefix}.{n}.w2.weight"] for n in range(4)])
    assert np.array_equal(values("blk.1.ffn_down_exps.weight"), experts)
    assert np.array_equal(values("output.weight"), source["lm_head.weight"])
    assert tensors["output.weight"].tensor_type == gguf.GGMLQuantizationType.BF16


def tensors_of(path: Path) -> dict[str, bytes]:
    return {tensor.name: tensor.data.tobytes() for tensor in gguf.GGUFReader(path).tensors}


def test_another_day_makes_the_same_file_and_shards_the_same_tensors(
    tmp_path: Path, converter: Converter
) -> None:
    for name, shards in (("whole", 1), ("again", 1), ("split", 3)):
        convert(small(tmp_path / name, shards=shards), tmp_path / f"{name}.gguf")
    whole, again, split = (tmp_path / f"{name}.gguf" for name in ("whole", "again", "split"))
    assert whole.read_bytes() == again.read_bytes()
    assert tensors_of(whole) == tensors_of(split)
    assert read_header(whole).metadata == read_header(split).metadata


@pytest.mark.parametrize(
    ("dtype", "kind", "written"),
    [("float32", None, "F16"), ("float16", None, "F16"), ("bfloat16", "f16", "F16")],
)
def test_types(
    tmp_path: Path, converter: Converter, dtype: str, kind: str | None, written: str
) -> None:
    folder = small(tmp_path / "model", dtype=dtype)
    assert convert(folder, tmp_path / "x.gguf", kind=kind).quantization == written


def test_what_the_converter_cannot_read_is_told(tmp_path: Path, converter: Converter) -> None:
    folder = small(tmp_path / "model")
    (folder / "tokenizer.model").write_bytes(b"this is no sentencepiece model")
    with pytest.raises(InvalidInput, match="cannot convert this model: RuntimeError: ") as error:
        convert(folder, tmp_path / "x.gguf")
    assert "\n" not in error.value.message
    assert {path.name for path in tmp_path.iterdir()} == {"model"}


def test_code_that_a_configuration_names_is_not_looked_for(
    tmp_path: Path, converter: Converter
) -> None:
    folder = small(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["auto_map"] = {
        "AutoConfig": "configuration_phi3.Phi3Config",
        "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM",
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert convert(folder, tmp_path / "x.gguf").architecture == "phi3"


@pytest.mark.engine
def test_a_merged_adapter_is_the_model_and_the_adapter_together(
    tmp_path: Path, made: Made, converter: Converter, engine: Path
) -> None:
    base, file = made("mistral")
    adapter = make_adapter(tmp_path / "adapter", base, rank=8, alpha=16)
    convert(base, tmp_path / "merged.gguf", adapter=adapter)
    assert convert_adapter(adapter, base, tmp_path / "adapter.gguf").architecture == "llama"
    tokens = [1, *range(1000, 1020)]
    plain, merged = logits_after(file, tokens), logits_after(tmp_path / "merged.gguf", tokens)
    beside = logits_after(file, tokens, adapter=tmp_path / "adapter.gguf")
    assert np.abs(merged - plain).max() > 0.5
    assert np.abs(merged - beside).max() < 0.05
