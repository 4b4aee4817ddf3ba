"""Whoever is killed while documents are added: what was there stays, and the rest can be added."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from fpdf import FPDF

from fieldkit.errors import ExitCode
from fieldkit.library import documents
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.own import FILES, OwnDocuments
from fieldkit.library.own_catalog import entries
from fieldkit.library.shelf import Shelf
from tests.deployment import COMMAND

NOTES = 6


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A library, a stick with notes, and an own document that was added before."""
    pump = Document(
        document="PX-204",
        title="PX-204 mud pump",
        revision="C",
        date="",
        pages=(Page(number=7, text="Torque\nThe fluid end studs are tightened to 320 Nm."),),
    )
    build(tmp_path / "manuals.sqlite", [pump])
    (tmp_path / "stick").mkdir()
    for number in range(NOTES):
        text = f"# Bay {number}\nBay {number} holds the pump P-{number}00."
        (tmp_path / "stick" / f"{number}.md").write_text(text)
    (tmp_path / "gate.md").write_text("# Yard gate\nThe code of the yard gate is 4711.")
    own(tmp_path).add([tmp_path / "gate.md"])
    return tmp_path


def own(place: Path) -> OwnDocuments:
    return OwnDocuments(place / "own", read=documents.read, language="en", tell=lambda _told: None)


def adding(place: Path, *files: Path) -> subprocess.Popen[str]:
    where = ["--wire", "--folder", str(place / "own"), "--library", str(place / "manuals.sqlite")]
    return subprocess.Popen(
        [*COMMAND, "documents", "add", *where, *map(str, files)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("lines", [0, 1, 2, 5, 2 * NOTES, 2 * NOTES + 1])
def test_a_killed_process_loses_nothing(place: Path, lines: int) -> None:
    with adding(place, place / "stick") as child:
        assert child.stdout
        for _ in range(lines):
            child.stdout.readline()
        child.kill()
    problems: list[object] = []
    with Shelf.open(place / "manuals.sqlite", place / "own", problems.append) as shelf:
        assert shelf.search("torque of the fluid end studs")[0].document == "PX-204"
        own(place).repair()
        assert shelf.search("code of the yard gate")[0].own
        assert own(place).add([place / "stick"]) == 0
        assert shelf.search("which bay holds the pump P-300")[0].document == "3"
    assert problems == []
    names = sorted(path.name for path in (place / "own" / FILES).iterdir())
    assert names == sorted(entry.name for entry in entries(place / "own"))
    assert len(names) == NOTES + 1


def test_several_processes_add_at_once(place: Path) -> None:
    notes = sorted((place / "stick").iterdir())
    children = [adding(place, *notes[start::3], notes[0]) for start in range(3)]
    for child in children:
        with child:
            assert child.stdout
            told = [json.loads(line)["what"] for line in child.stdout]
        assert child.returncode == ExitCode.OK
        assert "failed" not in told
    own(place).repair()
    assert len(entries(place / "own")) == NOTES + 1
    with Shelf.open(place / "manuals.sqlite", place / "own", lambda _error: None) as shelf:
        assert {manual.document for manual in shelf.documents() if manual.own} == {
            "gate",
            *map(str, range(NOTES)),
        }


def test_a_locked_document_is_named(place: Path) -> None:
    pdf = FPDF()
    pdf.set_encryption(owner_password="boss", user_password="secret")
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.cell(text="The code is 1234.")
    pdf.output(str(place / "locked.pdf"))
    (place / "locked.docx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 5000)
    with adding(place, place / "locked.pdf", place / "locked.docx", place / "stick") as child:
        assert child.stdout
        told = [json.loads(line) for line in child.stdout]
    assert child.returncode == ExitCode.INVALID
    refused = {
        Path(each["name"]).name: each["detail"] for each in told if each["what"] == "refused"
    }
    assert refused["locked.pdf"].startswith("it is protected by a password")
    assert refused["locked.docx"]
    assert [each["what"] for each in told].count("added") == NOTES
