"""The quantizer on the demo model: what it writes really is INT4."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fieldkit.core.quantization import tensor_types
from fieldkit.engine.header import read_header
from fieldkit.engine.quantizer import FTYPES
from fieldkit.errors import InvalidInput
from fieldkit.packager.quantize import quantize
from fieldkit.packager.spending import can_free, spent

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

# Four bits a weight, by family of types; a few tensors get more, as each type's recipe says.
FOUR_BITS = {"Q4_0", "Q4_1", "Q4_K", "IQ4_NL", "IQ4_XS"}


@pytest.mark.parametrize("kind", sorted(FTYPES))
def test_every_int4_type_gives_int4_tensors(kind: str, demo_model: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    target = tmp_path / "model.gguf"
    quantize(demo_model, target, kind=kind, progress=lambda *step: steps.append(step))
    before, after = read_header(demo_model), read_header(target)
    assert after.quantization == kind
    assert {tensor.name: tensor.shape for tensor in after.tensors} == {
        tensor.name: tensor.shape for tensor in before.tensors
    }
    matrices = [tensor for tensor in after.tensors if len(tensor.shape) > 1]
    int4 = sum(tensor.elements for tensor in matrices if tensor.kind.name in FOUR_BITS)
    assert int4 > 0.5 * sum(tensor.elements for tensor in matrices)
    assert not [tensor for tensor in matrices if tensor.kind.name in {"F16", "F32"}]
    predicted = {name: kind.name for name, _, kind in tensor_types(before.shape, kind)}
    assert {tensor.name: tensor.kind.name for tensor in after.tensors} == predicted
    assert steps == [(n, len(after.tensors)) for n in range(1, len(after.tensors) + 1)]
    assert list(tmp_path.iterdir()) == [target]
    assert target.stat().st_size < 0.45 * demo_model.stat().st_size


def test_quantizing_twice_gives_the_same_file(demo_model: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        quantize(demo_model, tmp_path / name, kind="Q4_K_M")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_is_given_up_is_freed_as_it_is_read(demo_model: Path, tmp_path: Path) -> None:
    quantize(demo_model, tmp_path / "kept.gguf", kind="Q4_K_M")
    source = Path(shutil.copy(demo_model, tmp_path / "source.gguf"))
    before = source.stat().st_blocks
    left = before
    with spent(source) as spending:
        assert not source.exists()
        quantize(spending.path, tmp_path / "freed.gguf", kind="Q4_K_M", spending=spending)
        left = spending.path.stat().st_blocks
        assert spending.begun == spending.frees
    assert (tmp_path / "freed.gguf").read_bytes() == (tmp_path / "kept.gguf").read_bytes()
    assert left < 0.2 * before or not can_free(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"freed.gguf", "kept.gguf"}


def test_a_quantized_model_is_refused_or_taken_as_it_is(demo_model: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.gguf"
    quantize(demo_model, first, kind="Q4_0")
    with pytest.raises(InvalidInput, match="quantized to Q4_0 already"):
        quantize(first, tmp_path / "second.gguf", kind="Q4_K_M")
    quantize(first, tmp_path / "same.gguf", kind="Q4_0")
    assert (tmp_path / "same.gguf").read_bytes() == first.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"first.gguf", "same.gguf"}


def test_an_unknown_type_is_refused_with_the_known_ones(demo_model: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="INT4") as caught:
        quantize(demo_model, tmp_path / "model.gguf", kind="Q8_0")
    assert "Q4_K_M" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_model_cut_short_is_refused(demo_model: Path, tmp_path: Path) -> None:
    source = tmp_path / "cut.gguf"
    source.write_bytes(demo_model.read_bytes()[:-5000])
    with pytest.raises(InvalidInput, match=r"cut\.gguf: .*at byte"):
        quantize(source, tmp_path / "model.gguf", kind="Q4_K_M")
    assert list(tmp_path.iterdir()) == [source]
