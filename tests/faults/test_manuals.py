"""Manuals that cannot be indexed stop a build with a list of them; the library stays as it was."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.errors import ExitCode
from fieldkit.library.search import Library
from tests.deployment import COMMAND


@pytest.fixture
def manuals(tmp_path: Path) -> Path:
    folder = tmp_path / "manuals"
    folder.mkdir()
    demo = resources.folder("profiles") / "demo" / "manuals"
    for path in demo.glob("*.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def index(folder: Path, library: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "index", str(folder), "--output", str(library), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_unreadable_manuals_are_listed_and_the_old_library_stays(
    manuals: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library.sqlite"
    assert index(manuals, library).returncode == 0
    before = library.read_bytes()
    (manuals / "scan.md").write_text("")
    (manuals / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    result = index(manuals, library)
    assert result.returncode == ExitCode.INVALID
    assert str(manuals / "scan.md") in result.stderr
    assert str(manuals / "broken.pdf") in result.stderr
    assert library.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"manuals", "library.sqlite"}


def test_a_folder_without_manuals_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = index(tmp_path / "empty", tmp_path / "library.sqlite")
    assert result.returncode == ExitCode.INVALID
    assert "no manual in" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"empty"}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = index(tmp_path / "none", tmp_path / "library.sqlite")
    assert result.returncode == ExitCode.INVALID
    assert "none" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_may_be_left_out_and_is_listed(manuals: Path, tmp_path: Path) -> None:
    library = tmp_path / "library.sqlite"
    (manuals / "scan.md").write_text("")
    (manuals / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    (manuals / "photo.jpg").write_bytes(b"JFIF")
    result = index(manuals, library, "--unreadable", "skip", "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["library"] == str(library)
    assert [each["file"] for each in found["left_out"]] == ["broken.pdf", "scan.md"]
    assert found["left_out"][1]["reason"].startswith("it holds no text")
    assert [each["file"] for each in found["ignored"]] == ["photo.jpg"]
    assert len(found["documents"]) == len(list(manuals.glob("*.md"))) - 1
    assert found["pages"] == sum(document["pages"] for document in found["documents"])
    px204 = next(d for d in found["documents"] if d["file"] == "px-204-mud-pump.md")
    content = (manuals / "px-204-mud-pump.md").read_bytes()
    assert px204["sha256"] == hashlib.sha256(content).hexdigest()
    assert (px204["document"], px204["unread_pages"], px204["warnings"]) == ("PX-204", [], [])
    assert "scan.md: left out: it holds no text" in result.stderr
    assert "one file of other formats, not indexed: photo.jpg" in result.stderr
    with Library.open(library) as opened:
        assert len(opened.documents()) == len(found["documents"])


def test_leaving_out_everything_is_no_library(tmp_path: Path) -> None:
    (tmp_path / "manuals").mkdir()
    (tmp_path / "manuals" / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    result = index(tmp_path / "manuals", tmp_path / "library.sqlite", "--unreadable", "skip")
    assert result.returncode == ExitCode.INVALID
    assert "broken.pdf: not a sound PDF" in result.stderr
    assert "None of the manuals can be read." in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"manuals"}


def test_a_hint_says_how_to_leave_out(manuals: Path, tmp_path: Path) -> None:
    (manuals / "broken.pdf").write_bytes(b"%PDF-1.4 not really")
    result = index(manuals, tmp_path / "library.sqlite")
    assert result.returncode == ExitCode.INVALID
    assert "--unreadable skip" in result.stderr


def test_one_file_in_place_of_a_folder(manuals: Path, tmp_path: Path) -> None:
    result = index(manuals / "px-204-mud-pump.md", tmp_path / "library.sqlite", "--json")
    assert result.returncode == 0, result.stderr
    assert [d["file"] for d in json.loads(result.stdout)["documents"]] == ["px-204-mud-pump.md"]
