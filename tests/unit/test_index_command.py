"""``fieldkit index`` as its user meets it: where it writes, what it rejects, what it reports."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fieldkit import cli
from fieldkit.console import Console
from fieldkit.errors import ExitCode
from fieldkit.library.documents import Document, Page
from fieldkit.packager.progress import Progress
from fieldkit.packager.reading_progress import ReadingProgress


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "manuals"
    folder.mkdir()
    (folder / "pump.md").write_text("# Oil\n\nFill 12 liters of gear oil.\n")
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = cli.main([str(word) for word in words])
    return code, *capsys.readouterr()


def test_each_step_is_told_and_the_index_is_searched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder.parent / "library.sqlite"
    code, out, err = run(capsys, "index", folder, "--output", path, "--ocr", "off")
    assert code == ExitCode.OK
    assert out.startswith(f"{path}: 1 document, 1 page, 1 passage, ")
    assert err.splitlines()[:2] == ["read       1 manual", "index      1 page"]
    code, out, _ = run(capsys, "search", "gear oil", "--library", path)
    assert (code, out.splitlines()[0]) == (ExitCode.OK, "[1] pump, Oil")


@pytest.mark.parametrize(
    ("output", "what", "next_step"),
    [
        ("gone/x.sqlite", "gone does not exist", "Make it"),
        ("manuals", "it is a folder", "manuals.sqlite"),
        ("manuals/pump.md/x.sqlite", "pump.md is no folder", "Make it"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_read(
    folder: Path, output: str, what: str, next_step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "index", folder, "--output", folder.parent / output)
    assert (code, out) == (ExitCode.USAGE, "")
    message, hint = err.splitlines()
    assert what in message
    assert next_step in hint


def test_a_folder_that_cannot_be_written_to_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    code, _, err = run(capsys, "index", folder, "--output", folder.parent / "x.sqlite")
    assert code == ExitCode.USAGE
    assert f"the folder {folder.parent} cannot be written to: Permission denied" in err


@pytest.mark.parametrize(
    ("language", "meant"), [("klingon", ""), ("german", "Did you mean de? "), ("xx", "")]
)
def test_an_unknown_language_is_refused_with_the_known_ones(
    folder: Path, language: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "index", folder, "--output", "x", "--language", language)
    assert code == ExitCode.USAGE
    assert f"{language!r} is not a known language code. {meant}Known: ar, da, de, en," in err


def test_a_language_may_name_its_region(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder.parent / "library.sqlite"
    words = ("index", folder, "--output", path, "--language", "pt-BR", "--ocr", "off")
    assert run(capsys, *words)[0] == ExitCode.OK


def foreign(path: Path) -> None:
    path.write_text("This is no database, whatever its name says. " * 40)


def older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 1")


def missing(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (missing, "the index of the manuals is missing"),
        (foreign, "not an index of manuals"),
        (older, "index version 1, this program reads"),
    ],
)
def test_a_named_index_that_cannot_be_read_is_to_be_made_again(
    folder: Path, spoil: Any, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder.parent / "library.sqlite"
    run(capsys, "index", folder, "--output", path, "--ocr", "off")
    spoil(path)
    code, _, err = run(capsys, "search", "oil", "--library", path)
    assert code == ExitCode.INTEGRITY
    assert told in err
    assert f"fieldkit index FOLDER --output {path}" in err
    assert "install the release" not in err


def test_without_a_release_an_index_can_be_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FIELDKIT_RELEASE", raising=False)
    code, _, err = run(capsys, "search", "oil")
    assert code == ExitCode.USAGE
    assert "Install a release" in err
    assert "--library FILE" in err


def test_equal_files_are_told_and_indexed_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "other.md").write_bytes((folder / "pump.md").read_bytes())
    path = folder.parent / "library.sqlite"
    _, _, err = run(capsys, "index", folder, "--output", path, "--ocr", "off")
    assert "pump.md: other.md is the same, byte for byte, and not indexed again" in err
    _, out, _ = run(capsys, "search", "gear oil", "--library", path, "--json")
    assert [result["document"] for result in json.loads(out)["results"]] == ["pump"]


def test_reading_tells_manuals_pages_and_the_scan_it_is_at() -> None:
    told: list[tuple[float, float, str]] = []

    class Listening(Progress):
        def advance(self, done: float, total: float, unit: str = "", now_at: str = "") -> None:
            told.append((done, total, now_at))

    reading = ReadingProgress(Listening(Console()), 2)

    def read(path: Path) -> Document:
        if path.suffix == ".pdf":
            reading.scanned(1, 4)
        pages = (Page(number=1, text="a"), Page(number=2, text="b"))
        return Document(document="A", title="A", revision="", date="", pages=pages)

    for name in ("a.md", "b.pdf"):
        reading.of(read)(Path(name))
    assert told == [
        (0, 2, "a.md"),
        (1, 2, "2 pages, a.md"),
        (1, 2, "2 pages, b.pdf"),
        (1.25, 2, "OCR of page 2 of 4, b.pdf"),
        (2, 2, "4 pages, b.pdf"),
    ]
