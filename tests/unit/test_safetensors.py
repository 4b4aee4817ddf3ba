"""Safetensors headers: read when sound, refused in one sentence when not."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.errors import InvalidInput
from fieldkit.packager.safetensors import INDEX_FILE, read_file, read_weights
from tests.checkpoints import make_checkpoint


def write(path: Path, header: object, data: bytes = b"", *, length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    size = len(text) if length is None else length
    path.write_bytes(struct.pack("<Q", size) + text + data)
    return path


def entry(kind: str = "F16", shape: object = (2, 3), offsets: object = (0, 12)) -> object:
    return {"dtype": kind, "shape": shape, "data_offsets": offsets}


def test_a_sound_file_tells_where_its_tensors_are(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "b": entry(offsets=(8, 20)),
        "a": entry("F32", [2], [0, 8]),
    }
    path = write(tmp_path / "x.safetensors", header, bytes(range(20)))
    found = read_file(path)
    assert set(found) == {"a", "b"}
    assert (found["b"].kind, found["b"].shape, found["b"].elements) == ("F16", (2, 3), 6)
    assert path.read_bytes()[found["b"].offset :][: found["b"].size] == bytes(range(8, 20))


@pytest.mark.parametrize(
    ("header", "data", "length", "problem"),
    [
        ({"a": entry()}, bytes(11), None, "it has"),
        ({"a": entry()}, bytes(13), None, "it has"),
        ({"a": entry()}, bytes(12), 1 << 40, "its header would have"),
        ({"a": entry()}, bytes(12), 0, "its header would have"),
        (b"[1, 2]", b"", None, "no JSON object"),
        (b"{nonsense", b"", None, "no JSON"),
        (b'{"a": 1, "a": 2}', b"", None, "twice"),
        (b"[" * 5000, b"", None, "no JSON"),
        ({"a": entry("Q4_K")}, bytes(12), None, "'Q4_K', which is not known"),
        ({"a": entry(shape=(2, -3))}, bytes(12), None, "no dtype, shape"),
        ({"a": entry(shape=(2, True))}, bytes(12), None, "no dtype, shape"),
        ({"a": entry(shape=[1 << 60, 3])}, bytes(12), None, "no dtype, shape"),
        ({"a": entry(offsets=[0])}, bytes(12), None, "no dtype, shape"),
        ({"a": entry(offsets=[12, 0])}, bytes(12), None, "-12 bytes"),
        ({"a": entry(shape=(2, 4))}, bytes(12), None, "12 bytes for the shape"),
        ({"a": entry(offsets=(2, 14))}, bytes(14), None, "does not lie where"),
        ({"a": entry(), "b": entry()}, bytes(12), None, "does not lie where"),
        ({"a": 7}, b"", None, "no dtype, shape"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, header: object, data: bytes, length: int | None, problem: str
) -> None:
    path = write(tmp_path / "x.safetensors", header, data, length=length)
    with pytest.raises(InvalidInput) as error:
        read_file(path)
    assert problem in error.value.message
    assert str(path) in error.value.message
    assert error.value.hint


@given(data=st.binary(max_size=300))
def test_no_bytes_do_anything_but_be_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(data) // 2) + data)
    with pytest.raises(InvalidInput):
        read_file(path)


@pytest.fixture
def sharded(tmp_path: Path) -> Path:
    return make_checkpoint(tmp_path / "model", "phi3", small=True, shards=3, layers=1)


def test_all_files_of_an_index_are_read(sharded: Path) -> None:
    assert len({found.path for found in read_weights(sharded).values()}) == 3


def test_every_missing_file_is_named(sharded: Path) -> None:
    (sharded / "model-00001-of-00003.safetensors").unlink()
    (sharded / "model-00003-of-00003.safetensors").unlink()
    with pytest.raises(InvalidInput, match="not complete") as error:
        read_weights(sharded)
    assert [problem.split(":")[0] for problem in error.value.problems] == [
        "model-00001-of-00003.safetensors",
        "model-00003-of-00003.safetensors",
    ]


def test_an_index_cannot_name_files_elsewhere(sharded: Path) -> None:
    index = json.loads((sharded / INDEX_FILE).read_text())
    index["weight_map"]["lm_head.weight"] = "../model.safetensors"
    (sharded / INDEX_FILE).write_text(json.dumps(index))
    with pytest.raises(InvalidInput) as error:
        read_weights(sharded)
    assert "../model.safetensors: not a file name" in error.value.problems


@pytest.mark.parametrize("change", ["drop", "add", "move"])
def test_an_index_of_another_version_is_refused(sharded: Path, change: str) -> None:
    index = json.loads((sharded / INDEX_FILE).read_text())
    where = index["weight_map"]
    if change == "drop":
        del where["lm_head.weight"]
    elif change == "add":
        where["model.extra.weight"] = "model-00001-of-00003.safetensors"
    else:
        where["lm_head.weight"] = "model-00001-of-00003.safetensors"
    (sharded / INDEX_FILE).write_text(json.dumps(index))
    with pytest.raises(InvalidInput, match="does not agree with the files"):
        read_weights(sharded)


@pytest.mark.parametrize("text", ["{}", "[]", '{"weight_map": 3}', "nonsense"])
def test_a_broken_index_is_refused(sharded: Path, text: str) -> None:
    (sharded / INDEX_FILE).write_text(text)
    with pytest.raises(InvalidInput, match="lists no weights"):
        read_weights(sharded)


def test_parts_without_an_index_and_no_weights_are_told_apart(sharded: Path) -> None:
    (sharded / INDEX_FILE).unlink()
    with pytest.raises(InvalidInput, match=f"model-00001.*without {INDEX_FILE}"):
        read_weights(sharded)
    for path in sharded.glob("*.safetensors"):
        path.unlink()
    with pytest.raises(InvalidInput, match=r"no model\.safetensors"):
        read_weights(sharded)
