"""Memory arithmetic: exact sizes, the engine's own rules for tensor types, and verdicts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.fit import (
    BATCH,
    GIB,
    MIB,
    OUTPUTS,
    Footprint,
    Resources,
    assess,
    compute_bytes,
    footprint,
    gib,
    kv_cache_bytes,
    memory_reserve,
)
from fieldkit.core.gguf import parse_header
from fieldkit.core.gguf_types import Shape
from fieldkit.core.quantization import tensor_types, weight_bytes
from fieldkit.core.tensors import parameters, tensors
from fieldkit.engine import location
from fieldkit.engine.decoder import MAX_OUTPUTS
from fieldkit.engine.defaults import default_settings
from fieldkit.engine.quantizer import FTYPES
from fieldkit.errors import InvalidInput
from tests.gguf_files import PHI3_METADATA, TYPE_NUMBER, Gguf, TensorSpec
from tests.shapes import LLAMA_3B, MISTRAL_7B, PHI3_MINI, QWEN_1B

LLAMA_GROUPED = Shape(
    architecture="llama",
    layers=16,
    embedding=256,
    heads=8,
    kv_heads=2,
    head_dim=32,
    feed_forward=512,
    vocabulary=96,
    context=512,
)


@pytest.mark.parametrize(
    ("quantization", "expected"),
    [
        # what llama_model_quantize of the pinned engine wrote for a model of Phi-3-mini's shape
        ("F16", 7_642_558_464),
        ("Q4_K_M", 2_396_032_512),
    ],
)
def test_phi3_mini_has_exactly_the_bytes_the_engine_writes(
    quantization: str, expected: int
) -> None:
    assert weight_bytes(PHI3_MINI, quantization) == expected


def test_half_of_phi3s_fused_attention_gets_more_bits_in_q4_k_m() -> None:
    kinds = {name: kind.name for name, _, kind in tensor_types(PHI3_MINI, "Q4_K_M")}
    fused = [kinds[f"blk.{layer}.attn_qkv.weight"] for layer in range(32)]
    assert fused.count("Q6_K") == fused.count("Q4_K") == 16
    assert kinds["output.weight"] == "Q6_K"
    assert kinds["token_embd.weight"] == "Q4_K"
    assert kinds["output_norm.weight"] == "F32"


def test_phi3_minis_kv_cache_is_384_kib_a_token() -> None:
    assert kv_cache_bytes(PHI3_MINI, 4096) == 4096 * 384 * 1024
    assert kv_cache_bytes(PHI3_MINI, 4000) == kv_cache_bytes(PHI3_MINI, 4096)  # whole groups
    grouped = replace(PHI3_MINI, kv_heads=8)
    assert kv_cache_bytes(grouped, 4096) * 4 == kv_cache_bytes(PHI3_MINI, 4096)


@pytest.mark.parametrize(
    ("shape", "context", "batch", "plain_mib", "flash_mib"),
    [
        # "CPU compute buffer size" as the pinned engine logged it, set up by fieldkit's decoder
        (PHI3_MINI, 1024, 128, 24.00, 16.75),
        (PHI3_MINI, 1024, 512, 96.01, 67.01),
        (PHI3_MINI, 4096, 128, 73.50, 17.50),
        (PHI3_MINI, 4096, 512, 294.01, 70.01),
        (MISTRAL_7B, 1024, 128, 28.50, 29.25),
        (MISTRAL_7B, 4096, 128, 77.00, 30.00),
        (MISTRAL_7B, 4096, 512, 308.01, 120.01),
        (LLAMA_3B, 1024, 128, 21.00, 18.25),
        (LLAMA_3B, 4096, 128, 58.50, 19.00),
        (LLAMA_3B, 4096, 512, 234.01, 76.01),
        (QWEN_1B, 1024, 128, 16.13, 16.38),
        (QWEN_1B, 4096, 128, 30.00, 17.13),
        (QWEN_1B, 4096, 512, 120.01, 68.51),
    ],
)
def test_compute_buffers_agree_with_the_engines_log(
    shape: Shape, context: int, batch: int, plain_mib: float, flash_mib: float
) -> None:
    for flash, logged, off in ((False, plain_mib, 0.51), (True, flash_mib, 0.02)):
        predicted = compute_bytes(shape, context, batch=batch, flash_attention=flash) / MIB
        assert predicted == pytest.approx(logged, abs=off)
        assert predicted > logged - 0.02  # rather too much than too little


def test_the_engine_is_set_up_as_its_memory_is_predicted() -> None:
    assert default_settings().ubatch == BATCH
    assert MAX_OUTPUTS == OUTPUTS


@pytest.mark.parametrize(
    ("shape", "billions"),
    [(PHI3_MINI, 3.82), (QWEN_1B, 1.54), (LLAMA_3B, 3.21), (MISTRAL_7B, 7.25)],
)
def test_published_shapes_have_the_published_number_of_parameters(
    shape: Shape, billions: float
) -> None:
    assert parameters(shape) / 1e9 == pytest.approx(billions, abs=0.005)


def test_unknown_families_and_quantizations_are_refused() -> None:
    with pytest.raises(InvalidInput, match="architecture 'mamba' are not known") as caught:
        list(tensors(replace(PHI3_MINI, architecture="mamba")))
    assert "--model FILE" in caught.value.hint
    with pytest.raises(InvalidInput, match="'Q3_K_M' are not known"):
        weight_bytes(PHI3_MINI, "Q3_K_M")


def layered(architecture: str, embedding: int = 256) -> Shape:
    return replace(
        LLAMA_GROUPED,
        architecture=architecture,
        embedding=embedding,
        head_dim=embedding // 8,
        feed_forward=2 * embedding,
    )


def write_f16(path: Path, shape: Shape) -> None:
    metadata = {
        key.replace("phi3.", f"{shape.architecture}."): value
        for key, value in PHI3_METADATA.items()
    } | {
        "general.architecture": shape.architecture,
        f"{shape.architecture}.embedding_length": shape.embedding,
        f"{shape.architecture}.feed_forward_length": shape.feed_forward,
        f"{shape.architecture}.block_count": shape.layers,
        f"{shape.architecture}.attention.head_count": shape.heads,
        f"{shape.architecture}.attention.head_count_kv": shape.kv_heads,
        f"{shape.architecture}.rope.dimension_count": shape.head_dim,
        "tokenizer.ggml.tokens": [f"t{number}" for number in range(shape.vocabulary)],
        "tokenizer.ggml.token_type": [1] * shape.vocabulary,
    }
    specs = [
        TensorSpec(name, dimensions, TYPE_NUMBER["F16" if len(dimensions) > 1 else "F32"])
        for name, dimensions in tensors(shape)
    ]
    path.write_bytes(Gguf(metadata=metadata, tensors=specs).build())


@pytest.mark.engine
@pytest.mark.parametrize("quantization", sorted(FTYPES))
@pytest.mark.parametrize(
    "shape",
    [
        layered("phi3"),
        layered("llama"),
        layered("phi3", embedding=96),  # rows that are not whole blocks
        replace(layered("llama"), tied=True),
        replace(layered("qwen2"), layers=28, tied=True),
    ],
    ids=["phi3", "llama", "odd-rows", "tied", "qwen2"],
)
def test_every_tensor_gets_the_type_that_the_engine_gives_it(
    shape: Shape, quantization: str, tmp_path: Path
) -> None:
    try:
        location.find_engine()
    except InvalidInput as problem:
        pytest.skip(problem.message)
    source, target = tmp_path / "f16.gguf", tmp_path / "int4.gguf"
    write_f16(source, shape)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "fieldkit.engine.quantizer"),
            *(str(source), str(target), quantization, "2"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with target.open("rb") as file:
        header = parse_header(file, name=target.name)
    predicted = {name: kind.name for name, _, kind in tensor_types(shape, quantization)}
    assert {tensor.name: tensor.kind.name for tensor in header.tensors} == predicted
    assert header.tensor_bytes == weight_bytes(shape, quantization)


NEED = Footprint(weights=2 * GIB, kv_cache=GIB, compute=100 * MIB, programs=28 * MIB)


def machine(available: float | None, *, total: float = 16, disk: float | None = 100) -> Resources:
    return Resources(
        memory_total=round(total * GIB),
        memory_available=None if available is None else round(available * GIB),
        disk_free=None if disk is None else round(disk * GIB),
    )


@pytest.mark.parametrize(
    ("has", "verdict", "said"),
    [
        (machine(8), "fits", "8.00 GiB of memory are available, so 4.88 GiB stay free"),
        (machine(3.5), "tight", "leaves less than the 1.00 GiB that other programs should have"),
        (machine(2), "unfit", "only 2.00 GiB of memory are available, 1.12 GiB too little"),
        (machine(2), "unfit", "the machine has 16.00 GiB in all: close other programs"),
        (machine(2, total=3), "unfit", "choose a smaller model or a shorter context"),
        (machine(None), "tight", "the available memory of this machine is not known"),
        (machine(8, disk=4), "fits", "4.00 GiB of disk are free, 2.00 GiB are needed"),
        (machine(8, disk=2.5), "tight", "only 2.50 GiB of disk are free and 2.00 GiB are needed"),
        (machine(8, disk=1), "unfit", "only 1.00 GiB of disk are free, 1.00 GiB too little"),
        (machine(3.5, disk=1), "unfit", "leaves less than"),
        (machine(8, disk=None), "tight", "the free disk space is not known"),
    ],
)
def test_the_verdict_compares_with_what_is_available(
    has: Resources, verdict: str, said: str
) -> None:
    assessment = assess(NEED, has, download=2 * GIB)
    assert assessment.verdict == verdict
    assert any(said in reason for reason in assessment.reasons)
    assert assessment.reasons[0].startswith("needs 3.12 GiB: weights 2.00 GiB, KV cache 1.00 GiB")


def test_an_installed_model_needs_no_disk() -> None:
    assert assess(NEED, machine(8, disk=0), download=0).verdict == "fits"


def test_the_footprint_adds_up() -> None:
    need = footprint(PHI3_MINI, weights=2_396_032_512, context=4096)
    assert need.total == need.weights + need.kv_cache + need.compute + need.programs
    assert 3.8 * GIB < need.total < 3.95 * GIB
    assert need.error_band == pytest.approx(0.008, abs=0.001)


def test_small_sizes_are_shown_in_mib() -> None:
    assert gib(15 * MIB) == "15 MiB"
    assert gib(GIB - MIB) == "1023 MiB"
    assert gib(3 * GIB // 2) == "1.50 GiB"
    assert memory_reserve(4 * GIB) == GIB // 2
    assert memory_reserve(32 * GIB) == 2 * GIB
