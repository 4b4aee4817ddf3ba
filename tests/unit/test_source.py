"""The pinned source in the cache: unpacked once, whole, with what tests and converter need."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.errors import IntegrityProblem
from fieldkit.packager import engine
from fieldkit.packager.engine import ensure_source
from tests.pinned import pinned_source

FILES = {
    "vendor/llama.cpp/CMakeLists.txt": b"project",
    "vendor/llama.cpp/convert_hf_to_gguf.py": b"import torch",
    "vendor/llama.cpp/conversion/base.py": b"",
    "vendor/llama.cpp/gguf-py/gguf/__init__.py": b"",
    "vendor/llama.cpp/models/ggml-vocab-phi-3.gguf": b"GGUF",
    "vendor/llama.cpp/tests/test.cpp": b"not needed",
    "vendor/llama.cpp/docs/a/b.md": b"not needed",
    "llama_cpp/llama.py": b"another part of the distribution",
}


@pytest.fixture
def archive(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source distribution in a cache of its own, pinned by its hash."""
    (cache / "source").unlink()
    (cache / "downloads").unlink()
    (cache / "downloads").mkdir()
    path = cache / "downloads" / "binding-1.tar.gz"
    pin(path, FILES, monkeypatch)
    return path


def pin(path: Path, files: Mapping[str, bytes], patch: pytest.MonkeyPatch) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"binding-1/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    source = {
        "package": "binding",
        "version": "1",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "llama_cpp": "vendor/llama.cpp",
    }
    patch.setattr(engine, "_recipe", lambda: {"source": source})


def test_what_is_needed_is_unpacked_once(archive: Path) -> None:
    folder = ensure_source()
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {
        "CMakeLists.txt", "convert_hf_to_gguf.py", "conversion/base.py",
        "gguf-py/gguf/__init__.py", "models/ggml-vocab-phi-3.gguf",
    }  # fmt: skip
    assert folder.is_relative_to(resources.cache_dir() / "source")
    archive.unlink()
    assert ensure_source() == folder


def test_another_source_is_another_folder(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ensure_source()
    pin(archive, {**FILES, "vendor/llama.cpp/new": b""}, monkeypatch)
    second = ensure_source()
    assert first != second
    assert (second / "new").is_file()


def test_an_archive_that_is_not_the_pinned_one_is_removed(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes() + b"x")
    with pytest.raises(IntegrityProblem):
        ensure_source()
    assert not archive.exists()
    assert not (resources.cache_dir() / "source").exists()


def test_nothing_stays_of_an_interrupted_unpacking(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engine, "sync_tree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure_source()
    assert not list((resources.cache_dir() / "source").iterdir())
    assert (ensure_source() / "CMakeLists.txt").is_file()


def test_another_process_may_be_first(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ensure_source()
    is_dir = Path.is_dir

    def not_yet(path: Path) -> bool:
        """The folder appears after the first look."""
        if path == first:
            monkeypatch.setattr(Path, "is_dir", is_dir)
            return False
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", not_yet)
    assert ensure_source() == first
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_the_real_one_carries_converter_vocabularies_and_templates() -> None:
    folder = pinned_source()
    for name in ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "gguf-py/gguf/__init__.py"):
        assert (folder / name).is_file()
    assert list((folder / "models").glob("ggml-vocab-*.gguf"))
    assert list((folder / "models" / "templates").glob("*.jinja"))
    assert not list(folder.rglob("__pycache__"))
