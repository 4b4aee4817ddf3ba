"""Slices: GGUF files of a few layers, with random weights that are sound numbers."""

from __future__ import annotations

import math
import shutil
import struct
from array import array
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fieldkit import resources
from fieldkit.core.gguf_types import Shape
from fieldkit.core.prediction import imitated
from fieldkit.core.quantization import tensor_types
from fieldkit.core.tensors import FAMILIES
from fieldkit.engine import slice as slices
from fieldkit.engine.client import EngineClient
from fieldkit.engine.header import read_header
from fieldkit.engine.slice import slice_bytes, slice_folder, write_slice
from fieldkit.errors import DiskFull, InvalidInput

SHAPE = Shape(
    architecture="llama",
    layers=16,
    embedding=256,
    heads=8,
    kv_heads=2,
    head_dim=32,
    feed_forward=512,
    vocabulary=1000,
    context=2048,
)
QUANTIZATIONS = ("Q4_K_M", "Q4_K_S", "Q4_0", "Q4_1", "IQ4_NL", "IQ4_XS", "Q5_K_M", "Q8_0", "F16")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_slice_is_the_model_with_fewer_layers(family: str, tmp_path: Path) -> None:
    shape = replace(SHAPE, architecture=family, tied=True)
    layers = imitated(shape, "Q4_K_M", 4)
    path = tmp_path / "slice.gguf"
    size = write_slice(path, shape, "Q4_K_M", layers=layers)
    header = read_header(path)
    assert path.stat().st_size == size
    assert header.shape == replace(shape, layers=4)
    assert header.quantization == "Q4_K_M"
    assert header.tensor_bytes == slice_bytes(shape, "Q4_K_M", layers=layers)
    whole = {name: (dims, kind) for name, dims, kind in tensor_types(shape, "Q4_K_M")}
    for tensor in header.tensors:
        name = tensor.name
        if name.startswith("blk."):
            _, number, part = name.split(".", 2)
            name = f"blk.{layers[int(number)]}.{part}"
        assert (tensor.shape, tensor.kind) == whole[name]


def test_the_output_matrix_of_a_slice_is_its_embedding(tmp_path: Path) -> None:
    path = tmp_path / "slice.gguf"
    write_slice(path, SHAPE, "Q4_K_M", layers=[0, 2])
    kinds = {tensor.name: tensor.kind.name for tensor in read_header(path).tensors}
    assert "output.weight" not in kinds
    assert kinds["token_embd.weight"] == "Q6_K"  # as the output matrix, which every token reads
    write_slice(path, SHAPE, "Q4_K_M", layers=range(SHAPE.layers))
    whole = {tensor.name: tensor.kind.name for tensor in read_header(path).tensors}
    assert (whole["output.weight"], whole["token_embd.weight"]) == ("Q6_K", "Q4_K")


def halves(data: bytes, size: int, offset: int) -> set[float]:
    """The half-precision numbers at ``offset`` of every block of ``size`` bytes."""
    return {
        struct.unpack_from("<e", data, start + offset)[0] for start in range(0, len(data), size)
    }


@pytest.mark.parametrize("quantization", QUANTIZATIONS)
def test_weights_are_finite_and_never_subnormal(quantization: str, tmp_path: Path) -> None:
    path = tmp_path / "slice.gguf"
    write_slice(path, SHAPE, quantization, layers=[0, 2])
    data = path.read_bytes()
    for tensor in read_header(path).tensors:
        content = data[tensor.offset : tensor.offset + tensor.size]
        kind = tensor.kind.name
        if kind == "F32":
            assert set(array("f", content)) <= {
                1.0,
                struct.unpack("<f", struct.pack("<f", 0.01))[0],
            }
            continue
        offsets = (0,) if kind == "F16" else tuple(at for at, _ in slices._SCALES[kind])
        assert offsets
        for offset in offsets:
            found = halves(content, tensor.kind.size, offset)
            assert all(math.isfinite(number) and 6.2e-5 < abs(number) < 1 for number in found)
        assert len(set(content)) > 40  # and otherwise random


def test_the_same_seed_writes_the_same_slice(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_slice(tmp_path / name, SHAPE, "Q4_K_M", layers=[3], seed=seed)
    one, same, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert one == same
    assert one != other


def test_what_is_not_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "slice.gguf"
    with pytest.raises(InvalidInput, match="'mamba' are not known"):
        write_slice(path, replace(SHAPE, architecture="mamba"), "Q4_K_M", layers=[0])
    with pytest.raises(InvalidInput, match="'Q3_K_M' are not known"):
        write_slice(path, SHAPE, "Q3_K_M", layers=[0])
    assert not path.exists()


def test_a_full_disk_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly_full = SimpleNamespace(total=10**9, used=10**9 - 1000, free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)
    with pytest.raises(DiskFull, match="MiB are needed for a while, 0 MiB are free"):
        write_slice(tmp_path / "slice.gguf", SHAPE, "Q4_K_M", layers=[0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("problem", [KeyboardInterrupt, OSError])
def test_nothing_stays_behind(cache: Path, problem: type[BaseException]) -> None:
    def fail() -> None:
        with slice_folder() as folder:
            assert folder.parent == resources.cache_dir() == cache
            assert folder.stat().st_mode & 0o077 == 0
            write_slice(folder / "slice.gguf", SHAPE, "Q4_K_M", layers=[0])
            raise problem

    before = set(cache.iterdir())
    with pytest.raises(problem):
        fail()
    assert set(cache.iterdir()) == before


def test_what_a_killed_process_left_is_swept(cache: Path) -> None:
    gone, own = cache / "slice-999999999-x", cache / "slice-word-x"
    for folder in (gone, own):
        folder.mkdir()
        (folder / "slice.gguf").touch()
    with slice_folder() as folder:
        assert not gone.exists()
        with slice_folder():  # a second one of the same process leaves the first alone
            assert folder.is_dir()
    assert own.is_dir()


@pytest.mark.engine
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("family", FAMILIES)
def test_the_engine_runs_a_slice(family: str, tmp_path: Path) -> None:
    shape = replace(SHAPE, architecture=family, tied=family in {"qwen2", "gemma", "gemma2"})
    path = tmp_path / "slice.gguf"
    write_slice(path, shape, "Q4_K_M", layers=[0, 8])
    engine = EngineClient(path, template="", context=256)
    try:
        for _ in engine.start():
            pass
        assert engine.info.architecture == family
        steps = [("read", 100), ("decode", 3), ("keep", 100), ("decode", 2), ("keep", 0)]
        seconds = engine.bench({"steps": steps})["seconds"]
        assert [len(times) for times in seconds] == [1, 3, 0, 2, 0]
        assert all(second > 0 for times in seconds for second in times)
        with pytest.raises(InvalidInput, match="257 tokens do not fit a context of 256"):
            engine.bench({"steps": [("read", 250), ("decode", 7)]})
        with pytest.raises(InvalidInput, match="no step of a benchmark"):
            engine.bench({"steps": [("write", 1)]})
        figures = engine.bench(
            {"prompt": 32, "decode": 4, "repetitions": 2, "question": 48, "depth": 64}
        )
        assert {name for name, value in figures.items() if isinstance(value, list)} == {
            "prefill_tps", "decode_tps", "ttft_s", "deep_decode_tps"
        }  # fmt: skip
        assert all(len(value) == 2 for value in figures.values() if isinstance(value, list))
    finally:
        engine.close()
