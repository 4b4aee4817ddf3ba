"""Manuals that did not change are taken from the cache."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from fieldkit.console import Console
from fieldkit.errors import InvalidInput
from fieldkit.library import documents
from fieldkit.packager.cache import Cache, Hashes
from fieldkit.packager.progress import Progress
from fieldkit.packager.reading import Reader
from fieldkit.packager.run import Run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(
        progress=Progress(Console(stdout=io.StringIO(), stderr=io.StringIO())),
        cache=Cache(tmp_path / "cache"),
        hashes=Hashes(tmp_path / "hashes.json"),
    )


@pytest.fixture
def manuals(tmp_path: Path) -> Path:
    folder = tmp_path / "manuals"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(f"---\nunknown: x\n---\n# {name}\nText of {name}.")
    return folder


def test_only_what_changed_is_read_again(run: Run, manuals: Path) -> None:
    opened: list[str] = []

    def counted(path: Path) -> documents.Document:
        opened.append(path.name)
        return documents.read(path)

    first = documents.read_folders([manuals], read=Reader(run, counted))
    again = Reader(run, counted)
    assert documents.read_folders([manuals], read=again) == first
    assert (opened, again.reused) == (["a.md", "b.md"], 2)
    (manuals / "b.md").write_text("# b\nOther text.")
    changed = documents.read_folders([manuals], read=Reader(run, counted))
    assert opened == ["a.md", "b.md", "b.md"]
    assert changed.documents[0] == first.documents[0]
    assert "Other text." in changed.documents[1].pages[0].text


def test_a_file_of_another_name_is_another_manual(run: Run, manuals: Path) -> None:
    reader = Reader(run, documents.read)
    (manuals / "b.md").write_bytes((manuals / "a.md").read_bytes())
    assert [reader(manuals / name).document for name in ("a.md", "b.md")] == ["a", "b"]


def test_a_damaged_entry_is_read_again(run: Run, manuals: Path, tmp_path: Path) -> None:
    reader = Reader(run, documents.read)
    whole = reader(manuals / "a.md")
    for kept in (tmp_path / "cache").rglob("document.json"):
        kept.write_text('{"pages": [')
    assert reader(manuals / "a.md") == whole
    assert reader.reused == 0


def test_what_cannot_be_read_is_told_each_time(run: Run, manuals: Path) -> None:
    (manuals / "a.md").write_text("")
    reader = Reader(run, documents.read)
    for _ in range(2):
        with pytest.raises(InvalidInput, match="holds no text"):
            reader(manuals / "a.md")
    with pytest.raises(InvalidInput, match="cannot be read"):
        reader(manuals / "gone.md")


def test_a_file_that_changes_while_it_is_read_is_not_kept_under_its_old_hash(
    run: Run, manuals: Path
) -> None:
    path = manuals / "a.md"
    old = path.read_bytes()
    reads: list[str] = []

    def replaced_once(file: Path) -> documents.Document:
        document = documents.read(file)
        reads.append(file.name)
        if len(reads) == 1:
            path.write_text("# a\nNew: 320 Nm, and more of it.")
        return document

    new = Reader(run, replaced_once)(path)
    assert "320 Nm" in new.pages[0].text
    assert new.sha256 == run.hashes.sha256(path)
    path.write_bytes(old)
    again = Reader(run, replaced_once)
    assert "Text of a." in again(path).pages[0].text
    assert (reads, again.reused) == (["a.md", "a.md", "a.md"], 0)


def test_many_hashes_are_written_once(tmp_path: Path, manuals: Path) -> None:
    hashes = Hashes(tmp_path / "hashes.json")
    with hashes.together():
        for name in ("a", "b"):
            hashes.sha256(manuals / f"{name}.md")
        assert not (tmp_path / "hashes.json").exists()
    assert Hashes(tmp_path / "hashes.json")._known.keys() == hashes._known.keys()
    assert len(hashes._known) == 2
