"""The media folder and the single-file installer, as IT writes them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from fieldkit.core.release import Release
from fieldkit.errors import IntegrityProblem, InvalidInput, UsageProblem
from fieldkit.packager import glibc, installer
from fieldkit.packager.blobs import BlobWriter
from fieldkit.packager.media import write_media
from tests.installer.releases import FACTS, TITLE, build, listing, stage_tree


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(os.urandom(250_000))
    return path


@pytest.fixture
def tree(tmp_path: Path, model: Path) -> Path:
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest()
    return stage_tree(tmp_path / "tree", "1.0", sha256)


def test_every_file_is_in_the_blobs(tree: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "media"
    release = write_media(tree, model, FACTS, out, blob_bytes=100_000, large_bytes=50_000)
    blobs = [(out / "blobs" / blob.sha256).read_bytes() for blob in release.blobs]
    for blob, content in zip(release.blobs, blobs, strict=True):
        assert (len(content), hashlib.sha256(content).hexdigest()) == (blob.size, blob.sha256)
        assert len(content) <= 100_000
    for file in release.files:
        content = b"".join(
            blobs[part.blob][part.offset : part.offset + part.size] for part in file.parts
        )
        assert hashlib.sha256(content).hexdigest() == file.sha256
    assert {path.name for path in (out / "blobs").iterdir()} == {b.sha256 for b in release.blobs}
    assert {path.name for path in out.iterdir()} == {
        "release.json",
        "blobs",
        "README.txt",
        "install.sh",
    }
    assert Release.from_json((out / "release.json").read_text()) == release


def test_the_models_blobs_hold_nothing_else(tree: Path, model: Path, tmp_path: Path) -> None:
    release = write_media(tree, model, FACTS, tmp_path / "media", blob_bytes=100_000)
    of_model = {part.blob for part in release.model.parts}
    of_files = {part.blob for file in release.version_files for part in file.parts}
    assert not of_model & of_files


def test_equal_input_gives_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    one, two = build(tmp_path / "one"), build(tmp_path / "two")
    assert one.release.created == "2023-11-14T22:13:20Z"
    assert listing(one.media) == listing(two.media)
    assert one.run.read_bytes() == two.run.read_bytes()


def test_tells_its_progress(tree: Path, model: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_media(
        tree, model, FACTS, tmp_path / "media", lambda done, total: told.append((done, total))
    )
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 250_000


def test_replaces_the_media_of_an_earlier_build(tree: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "media"
    write_media(tree, model, FACTS, out)
    (tree / "licences" / "more.txt").write_text("more")
    release = write_media(tree, model, FACTS, out)
    assert Release.from_json((out / "release.json").read_text()) == release
    assert [path.name for path in out.parent.iterdir()] == ["media"]


def test_never_replaces_something_else(tree: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter1").write_text("dear")
    with pytest.raises(UsageProblem):
        write_media(tree, model, FACTS, out)
    assert (out / "chapter1").read_text() == "dear"


def test_a_failure_leaves_nothing_and_keeps_the_old(
    tree: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "media"
    write_media(tree, model, FACTS, out)
    before = listing(out.parent)
    other = tmp_path / "other.gguf"
    other.write_bytes(b"another model")
    with pytest.raises(IntegrityProblem, match="names"):
        write_media(tree, other, FACTS, out)
    assert listing(out.parent) == before


@pytest.mark.parametrize("what", ["no app", "no settings", "a pipe", "a link out", "a folder link"])
def test_a_tree_that_cannot_be_carried(tree: Path, model: Path, tmp_path: Path, what: str) -> None:
    match what:
        case "no app":
            (tree / "app" / "fieldkit").unlink()
        case "no settings":
            (tree / "assistant.json").unlink()
        case "a pipe":
            os.mkfifo(tree / "app" / "pipe")
        case "a link out":
            (tree / "app" / "out").symlink_to("/etc/hostname")
        case "a folder link":
            (tree / "app" / "lib").symlink_to("_internal")
    with pytest.raises(InvalidInput):
        write_media(tree, model, FACTS, tmp_path / "media")
    assert not (tmp_path / "media").exists()


def test_the_readme_says_what_to_type(tmp_path: Path) -> None:
    built = build(tmp_path / "r")
    text = (built.media / "README.txt").read_text()
    assert text.startswith(f"{TITLE} 1.0\n{'=' * len(f'{TITLE} 1.0')}\n")
    assert "sh install.sh" in text
    assert built.release.identity in text
    assert "@" not in text


def test_a_damaged_blob_is_not_packed(tmp_path: Path) -> None:
    built = build(tmp_path / "r")
    blob = built.media / "blobs" / built.release.blobs[0].sha256
    content = blob.read_bytes()
    blob.write_bytes(b"x" + content[1:])
    before = built.run.read_bytes()
    with pytest.raises(IntegrityProblem):
        installer.write_run(built.media, built.release, TITLE, built.run.parent)
    assert built.run.read_bytes() == before
    assert not list(built.run.parent.glob(".*"))


class TestBlobs:
    def pack(self, folder: Path, contents: list[bytes]) -> tuple[list[int], list[list[int]]]:
        """Sizes of the blobs, and for each file the blobs it lies in."""
        (folder / "blobs").mkdir()
        writer = BlobWriter(
            folder / "blobs", blob_bytes=100, large_bytes=60, advance=lambda _count: None
        )
        parts = []
        for number, content in enumerate(contents):
            path = folder / str(number)
            path.write_bytes(content)
            parts.append(writer.add(path)[2])
        blobs = writer.finish()
        numbers = [[part.blob for part in writer.numbered(own)] for own in parts]
        return [blob.size for blob in blobs], numbers

    def test_small_files_share_a_blob(self, tmp_path: Path) -> None:
        assert self.pack(tmp_path, [b"a" * 40, b"b" * 50]) == ([90], [[0], [0]])

    def test_a_small_file_is_never_split(self, tmp_path: Path) -> None:
        assert self.pack(tmp_path, [b"a" * 50, b"b" * 51]) == ([50, 51], [[0], [1]])

    def test_a_blob_may_be_exactly_full(self, tmp_path: Path) -> None:
        packed = self.pack(tmp_path, [b"a" * 50, b"b" * 50, b"c"])
        assert packed == ([100, 1], [[0], [0], [1]])

    def test_a_large_file_has_its_own(self, tmp_path: Path) -> None:
        packed = self.pack(tmp_path, [b"a", b"b" * 60, b"c"])
        assert packed == ([1, 60, 1], [[0], [1], [2]])

    def test_a_larger_one_is_split(self, tmp_path: Path) -> None:
        content = bytes(range(250))
        assert self.pack(tmp_path, [content, b"c"]) == ([100, 100, 50, 1], [[0, 1, 2], [3]])

    def test_an_empty_file_needs_none(self, tmp_path: Path) -> None:
        assert self.pack(tmp_path, [b"", b"a"]) == ([1], [[], [0]])

    def test_equal_blobs_are_kept_once(self, tmp_path: Path) -> None:
        assert self.pack(tmp_path, [b"a" * 70, b"b", b"a" * 70]) == ([70, 1], [[0], [1], [0]])


class TestGlibc:
    def test_the_floor_of_a_real_library(self, tmp_path: Path) -> None:
        library = Path(sys.executable).resolve()
        shutil.copy(library, tmp_path / "python")
        (tmp_path / "text").write_text("not ELF")
        major, minor = map(int, glibc.floor(tmp_path).split("."))
        assert (2, 2) <= (major, minor) <= (3, 0)

    def test_no_programs_no_floor(self, tmp_path: Path) -> None:
        (tmp_path / "text").write_text("not ELF")
        assert glibc.floor(tmp_path) == ""

    def test_a_broken_program_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "broken").write_bytes(b"\x7fELF" + b"\xff" * 10)
        with pytest.raises(InvalidInput, match="broken"):
            glibc.floor(tmp_path)
