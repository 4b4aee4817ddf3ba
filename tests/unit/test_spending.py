"""Files that make way while they are read: what is freed, what comes back, what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.core.gguf_types import Header
from fieldkit.engine.header import read_header
from fieldkit.packager import spending as module
from fieldkit.packager.cache import Hashes
from fieldkit.packager.original import Original
from fieldkit.packager.spending import can_free, leftover, spent
from tests.gguf_files import PHI3_METADATA, TYPE_NUMBER, Gguf, TensorSpec

F16 = TYPE_NUMBER["F16"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    tensors = [TensorSpec(name, (256, 4096), F16) for name in ("one.weight", "two.weight")]
    path = tmp_path / "model.gguf"
    path.write_bytes(Gguf(metadata=PHI3_METADATA, tensors=tensors).build())
    data = bytearray(path.read_bytes())
    header = read_header(path)
    data[header.data_offset :] = b"x" * (len(data) - header.data_offset)
    path.write_bytes(data)
    return path


def data_of(header: Header, content: bytes, name: str) -> bytes:
    (tensor,) = (one for one in header.tensors if one.name == name)
    return content[tensor.offset : tensor.offset + tensor.size]


def test_only_what_is_done_is_freed(model: Path, tmp_path: Path) -> None:
    if not can_free(tmp_path):
        pytest.skip("this file system cannot free a part of a file")
    before, header = model.read_bytes(), read_header(model)
    blocks = model.stat().st_blocks
    with spent(model) as spending:
        spending.done("one.weight")
        spending.done("not there")
        after = spending.path.read_bytes()
        assert len(after) == len(before)
        assert set(data_of(header, after, "one.weight")) == {0}
        assert data_of(header, after, "two.weight") == data_of(header, before, "two.weight")
        assert after[: header.data_offset] == before[: header.data_offset]
        assert spending.path.stat().st_blocks < 0.6 * blocks
    assert list(tmp_path.iterdir()) == []


def test_a_failure_before_anything_was_freed_gives_the_file_back(model: Path) -> None:
    before = model.read_bytes()
    with pytest.raises(RuntimeError), spent(model):
        raise RuntimeError
    assert model.read_bytes() == before


def test_a_damaged_file_never_stands_under_its_name(model: Path, tmp_path: Path) -> None:
    if not can_free(tmp_path):
        pytest.skip("this file system cannot free a part of a file")

    def fail() -> None:
        with spent(model) as spending:
            spending.done("one.weight")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_freed_nothing_is_touched(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_punch", lambda *_: False)
    before = model.read_bytes()
    with spent(model) as spending:
        spending.done("one.weight")
        assert not spending.begun
        assert spending.path.read_bytes() == before


def original(model: Path, made: list[str]) -> Original:
    content = model.read_bytes()

    def make() -> None:
        made.append("made")
        model.write_bytes(content)

    return Original(sha256="0" * 64, size=len(content), quantization="F16", file=model, make=make)


def test_a_dropped_original_is_made_again_when_it_is_needed(model: Path) -> None:
    made: list[str] = []
    found = original(model, made)
    assert found.path() == model
    assert made == []
    found.drop()
    assert not model.exists()
    assert found.path().is_file()
    assert made == ["made"]


def test_what_a_killed_run_left_is_removed(model: Path) -> None:
    found = original(model, [])
    model.replace(leftover(model))
    assert found.path().is_file()
    assert not leftover(model).exists()


def test_the_publisher_s_own_file_is_never_given_up(model: Path) -> None:
    found = Original.kept(read_header(model), model, Hashes(model.with_name("hashes.json")))
    with found.last_use(kept=False) as (path, spending):
        assert (path, spending) == (model, None)
    found.drop()
    assert model.is_file()
