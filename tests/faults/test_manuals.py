"""Manuals that cannot be indexed stop a build with a list of them; the library stays as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fieldkit import resources
from fieldkit.errors import ExitCode
from tests.deployment import COMMAND


@pytest.fixture
def manuals(tmp_path: Path) -> Path:
    folder = tmp_path / "manuals"
    folder.mkdir()
    demo = resources.folder("profiles") / "demo" / "manuals"
    for path in demo.glob("*.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def index(folder: Path, library: Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "index", str(folder), "--output", str(library)]
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
