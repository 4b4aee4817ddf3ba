"""``fieldkit documents``, and that ``search`` sees what was added."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import cli, product_data
from fieldkit.errors import ExitCode, UsageProblem
from fieldkit.library import own_catalog
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.resources import DATA_DIR_VARIABLE
from tests.fakes import ASSISTANT
from tests.manual_files import write_docx, write_html, write_pdf, write_xlsx

SAID = "# Yard gate\nThe code of the yard gate is 4711."


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release without a model, and a user's data folder of its own."""
    pump = Document(
        document="PX-204",
        title="PX-204 mud pump",
        revision="C",
        date="",
        pages=(Page(number=7, text="Torque\nThe fluid end studs are tightened to 320 Nm."),),
    )
    build(tmp_path / "manuals.sqlite", [pump])
    assistant = replace(ASSISTANT, library="manuals.sqlite", model="gone.gguf")
    (tmp_path / "assistant.json").write_text(assistant.to_json(), encoding="utf-8")
    monkeypatch.setenv("FIELDKIT_RELEASE", str(tmp_path))
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "data"))
    return tmp_path


def test_a_technician_adds_lists_finds_and_removes(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = release / "gate.md"
    note.write_text(SAID)
    assert cli.main(["documents", "list"]) == ExitCode.OK
    assert capsys.readouterr() == (
        "",
        "No documents of your own. `fieldkit documents add FILE` adds one.\n",
    )
    assert cli.main(["documents", "add", str(note)]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "Reading gate.md ...",
        "Added gate.md.",
        "Indexing your documents ...",
    ]
    assert cli.main(["documents", "list"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("gate.md: Yard gate (1 page, added 20")
    assert cli.main(["search", "code of the yard gate"]) == ExitCode.OK
    assert capsys.readouterr().out == (
        "[1] gate, Yard gate, added by you\nThe code of the yard gate is 4711.\n"
    )
    assert cli.main(["documents", "remove", "gate"]) == ExitCode.OK
    assert capsys.readouterr().err == "Removed gate.md.\n"
    assert cli.main(["search", "code of the yard gate"]) == ExitCode.OK
    assert "4711" not in capsys.readouterr().out
    assert cli.main(["documents", "remove", "gate"]) == UsageProblem.exit_code


def test_json_is_a_contract(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = release / "gate.md"
    note.write_text(SAID)
    assert cli.main(["documents", "add", str(note)]) == ExitCode.OK
    capsys.readouterr()
    assert cli.main(["documents", "list", "--json"]) == ExitCode.OK
    listed = json.loads(capsys.readouterr().out)
    (entry,) = listed["documents"]
    assert listed["folder"] == str(product_data.folder_of(ASSISTANT) / "documents")
    assert list(entry) == [
        "name",
        "source",
        "sha256",
        "size",
        "added",
        "title",
        "revision",
        "pages",
    ]
    assert (entry["name"], entry["source"], entry["pages"]) == ("gate.md", str(note), 1)
    assert cli.main(["search", "--json", "code of the yard gate"]) == ExitCode.OK
    assert [found["own"] for found in json.loads(capsys.readouterr().out)["results"]] == [True]


def test_every_format_is_read_by_the_reader_process(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = ["# Yard gate\n\nThe code of the yard gate is 4711."]
    folder = release / "stick"
    folder.mkdir()
    write_pdf(folder / "a.pdf", page)
    write_docx(folder / "b.docx", page)
    write_html(folder / "c.html", page)
    write_xlsx(folder / "d.xlsx", {"Gates": [["Gate", "Code", "Key"], ["Yard", 4711, "panel"]]})
    (folder / "locked.pdf").write_bytes(b"%PDF-1.7 garbage")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    assert cli.main(["documents", "add", str(folder)]) == ExitCode.INVALID
    err = capsys.readouterr().err
    assert f"Not added: {folder / 'locked.pdf'}: not a sound PDF" in err
    assert "photo" not in err
    assert cli.main(["documents", "list"]) == ExitCode.OK
    listed = capsys.readouterr().out
    assert [line.split(" ")[0].rstrip(":") for line in listed.splitlines()] == [
        "a.pdf",
        "b.docx",
        "c.html",
        "d.xlsx",
    ]


def test_a_folder_that_cannot_be_written_is_told(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = product_data.folder_of(ASSISTANT) / "documents"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    note = release / "gate.md"
    note.write_text(SAID)
    assert cli.main(["documents", "add", str(note)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert f"{folder}: your own documents cannot be changed: File exists" in err
    assert "Check free space and permissions." in err


@pytest.mark.parametrize("damaged", ["index", "catalog"])
def test_damage_is_mended_before_a_search(
    release: Path, capsys: pytest.CaptureFixture[str], damaged: str
) -> None:
    note = release / "gate.md"
    note.write_text(SAID)
    cli.main(["documents", "add", str(note)])
    folder = product_data.folder_of(ASSISTANT) / "documents"
    (path,) = folder.glob("index-*" if damaged == "index" else own_catalog.FILE)
    path.write_bytes(b"damaged " * 1000)
    capsys.readouterr()
    assert cli.main(["search", "code of the yard gate"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert "4711" in out
    assert "Your own documents are indexed anew." in err
    assert cli.main(["search", "torque of the fluid end studs"]) == ExitCode.OK
    assert capsys.readouterr().err == ""


def test_the_chat_is_told_in_json_lines_and_its_end_is_the_end(release: Path) -> None:
    note = release / "gate.md"
    note.write_text(SAID)
    command = [sys.executable, "-m", "fieldkit", "documents", "add", "--wire"]
    command += ["--folder", str(release / "own"), "--library", str(release / "manuals.sqlite")]
    with subprocess.Popen(
        [*command, str(note), str(release / "gone.md")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout
        told = [json.loads(line) for line in child.stdout]
    assert child.returncode == ExitCode.INVALID
    assert [(each["what"], Path(each["name"]).name) for each in told] == [
        ("reading", "gate.md"),
        ("added", "gate.md"),
        ("refused", "gone.md"),
        ("indexing", ""),
    ]
    with subprocess.Popen(
        [*command, str(release / "gone.md")], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as child:
        assert child.wait(60) in {ExitCode.INTERRUPTED, ExitCode.INVALID}


def test_a_name_that_is_not_there_is_told(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["documents", "remove", "--folder", str(release / "own"), "gone"]
    assert cli.main(words) == UsageProblem.exit_code
    assert "'gone'" in capsys.readouterr().err


def test_much_is_added_only_after_a_yes(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = release / "many"
    folder.mkdir()
    for number in range(51):
        (folder / f"{number}.md").write_text(f"{SAID} {number}")
    assert cli.main(["documents", "add", str(folder)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert "Add 51 documents, 0 MB? yes or no:" in err
    assert "Add --yes" in err
    assert cli.main(["documents", "list"]) == ExitCode.OK
    assert capsys.readouterr().out == ""
    assert cli.main(["documents", "add", "--yes", str(folder)]) == ExitCode.OK
    assert "Reading 0.md (1 of 51) ..." in capsys.readouterr().err
    assert cli.main(["documents", "remove", "1.md", "2", "3.md"]) == ExitCode.OK
    assert cli.main(["documents", "remove", "4", "gone"]) == ExitCode.USAGE
    assert cli.main(["documents", "remove"]) == ExitCode.USAGE
    assert cli.main(["documents", "remove", "--all"]) == ExitCode.USAGE
    capsys.readouterr()
    assert cli.main(["documents", "list"]) == ExitCode.OK
    assert len(capsys.readouterr().out.splitlines()) == 48
    assert cli.main(["documents", "remove", "--all", "--yes"]) == ExitCode.OK
    assert cli.main(["documents", "add", "/"]) == ExitCode.USAGE
    assert "whole system" in capsys.readouterr().err
