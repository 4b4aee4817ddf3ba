"""Each architecture of the catalog: its tensors, their types and bytes, against the engine."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.gguf_types import Shape
from fieldkit.core.quantization import tensor_types, weight_bytes
from fieldkit.core.tensors import parameters, tensors
from fieldkit.engine.header import read_header
from fieldkit.engine.slice import write_slice
from fieldkit.errors import InvalidInput
from tests.shapes import (
    ARCHITECTURES,
    GEMMA2_2B,
    GEMMA_7B,
    LLAMA_1B,
    LLAMA_8B,
    LLAMA_70B,
    MIXTRAL,
    PHI3_MINI,
    PHI4_MINI,
    SMOLLM2,
    narrow,
)


@pytest.mark.parametrize(
    ("shape", "billions"),
    [
        (PHI4_MINI, 3.84),
        (LLAMA_1B, 1.24),
        (LLAMA_8B, 8.03),
        (LLAMA_70B, 70.55),
        (MIXTRAL, 46.70),
        (SMOLLM2, 1.71),
        (GEMMA_7B, 8.54),
        (GEMMA2_2B, 2.61),
    ],
)
def test_published_shapes_have_the_published_number_of_parameters(
    shape: Shape, billions: float
) -> None:
    assert parameters(shape) / 1e9 == pytest.approx(billions, abs=0.006)


def test_a_mixtures_attention_gets_more_bits_than_its_experts() -> None:
    kinds = {name: kind.name for name, _, kind in tensor_types(MIXTRAL, "Q4_K_M")}
    layer = {name.split(".")[2]: kind for name, kind in kinds.items() if name.startswith("blk.4.")}
    assert layer == {
        "attn_norm": "F32",
        "attn_q": "Q4_K",
        "attn_k": "Q8_0",
        "attn_v": "Q8_0",
        "attn_output": "Q5_K",
        "ffn_norm": "F32",
        "ffn_gate_inp": "F32",
        "ffn_gate_exps": "Q4_K",
        "ffn_up_exps": "Q4_K",
        "ffn_down_exps": "Q4_K",
    }
    assert kinds["blk.31.ffn_down_exps.weight"] == "Q6_K"


def test_what_a_family_cannot_have_is_refused() -> None:
    with pytest.raises(InvalidInput, match="experts in the architecture 'phi3' are not known"):
        list(tensors(replace(PHI3_MINI, experts=16, experts_used=2)))
    with pytest.raises(InvalidInput, match="'gemma2' has no output matrix of its own") as raised:
        list(tensors(replace(GEMMA2_2B, tied=False)))
    assert "tied = true" in raised.value.hint


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """F16 files of every architecture, narrow, by its name."""
    folder = tmp_path_factory.mktemp("narrow")
    for name, shape in ARCHITECTURES.items():
        small = narrow(shape)
        write_slice(folder / name, small, "F16", layers=range(small.layers))
    return folder


@pytest.mark.engine
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        *((name, kind) for name in ARCHITECTURES for kind in ("Q4_K_M", "Q4_K_S")),
        *(("mixture", kind) for kind in ("Q4_0", "Q4_1", "IQ4_NL", "IQ4_XS")),
        *(("gemma2", kind) for kind in ("Q4_0", "IQ4_XS")),
    ],
)
def test_every_tensor_gets_the_type_that_the_engine_gives_it(
    name: str, quantization: str, sources: Path, tmp_path: Path
) -> None:
    target = tmp_path / "int4.gguf"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "fieldkit.engine.quantizer"),
            *(str(sources / name), str(target), quantization, "1"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shape = narrow(ARCHITECTURES[name])
    header = read_header(target)
    predicted = {part: kind.name for part, _, kind in tensor_types(shape, quantization)}
    assert {tensor.name: tensor.kind.name for tensor in header.tensors} == predicted
    assert header.tensor_bytes == weight_bytes(shape, quantization)
    assert header.shape == shape
