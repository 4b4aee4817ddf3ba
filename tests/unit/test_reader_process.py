"""A manual that crashes or hangs its reader is named, and the next one is read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fieldkit.errors import FieldkitError, InvalidInput
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.library.readers.model import Kind
from tests.bad_readers import reader_command
from tests.manual_files import write_pdf


def page(folder: Path, name: str, text: str = "Torque 25 Nm") -> Path:
    path = folder / name
    path.write_text(f"<p>{text}</p>")
    return path


def test_crashes_and_hangs_are_told_and_the_next_manual_is_read(tmp_path: Path) -> None:
    with ReaderProcess(reader_command("misbehaving"), seconds=30) as reader:
        assert reader(page(tmp_path, "a.html")).pages[0].text == "Torque 25 Nm"
        with pytest.raises(InvalidInput, match=r"crash\.html.*the program that reads it crashed"):
            reader(page(tmp_path, "crash.html"))
        assert reader(page(tmp_path, "noise.html", "Oil 8 l")).pages[0].text == "Oil 8 l"
        with pytest.raises(InvalidInput, match=r"empty\.html.*holds no text") as raised:
            reader(page(tmp_path, "empty.html", ""))
        assert raised.value.hint
    with (
        ReaderProcess(reader_command("misbehaving"), seconds=0.01) as reader,
        pytest.raises(InvalidInput, match=r"hang\.html.*takes longer than"),
    ):
        reader(page(tmp_path, "hang.html"))


def test_a_reader_that_hangs_ends_by_itself_when_nobody_waits(tmp_path: Path) -> None:
    with (
        ReaderProcess(reader_command("misbehaving", seconds=0.2), seconds=60) as reader,
        pytest.raises(InvalidInput, match=r"hang\.html.*crashed"),
    ):
        reader(page(tmp_path, "hang.html"))


@pytest.mark.parametrize("trouble", ["crash", "hang"])
def test_a_page_that_crashes_or_hangs_costs_that_page(tmp_path: Path, trouble: str) -> None:
    path = write_pdf(tmp_path / f"{trouble}.pdf", ["One", "Two", "Three"])
    # Short enough for a test, long enough for a process to start on a busy machine.
    with ReaderProcess(reader_command("page_by_page"), page_seconds=5) as reader:
        document = reader(path)
    assert [page.text for page in document.pages] == ["One", "", "Three"]
    assert [(warning.kind, warning.page) for warning in document.warnings] == [(Kind.DAMAGED, 2)]


def test_a_document_that_crashes_at_every_page_is_given_up(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "crash-each.pdf", [f"Page {name}" for name in "abcdefgh"])
    with (
        ReaderProcess(reader_command("page_by_page")) as reader,
        pytest.raises(InvalidInput, match=r"crash-each\.pdf.*crashed.*page 6"),
    ):
        reader(path)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".csv", ".html"])
def test_every_format_is_read_in_the_process(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("Oil it.")
    reader = ReaderProcess(["/there/is/no/such/program"])
    with pytest.raises(FieldkitError, match="no process can be started"):
        reader(path)
    reader.close()


def test_another_format_needs_no_process(tmp_path: Path) -> None:
    path = tmp_path / "a.dwg"
    path.write_text("AC")
    with pytest.raises(InvalidInput, match="not a format of manuals"):
        ReaderProcess(["/there/is/no/such/program"])(path)


def test_what_cannot_be_cut_into_passages_in_time_is_refused(tmp_path: Path) -> None:
    with (
        ReaderProcess(reader_command("load", patch="split"), seconds=0.5) as reader,
        pytest.raises(InvalidInput, match=r"slow\.md.*takes longer than"),
    ):
        reader(page(tmp_path, "slow.md"))


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    with ReaderProcess(reader_command("misbehaving")) as reader:
        with pytest.raises(InvalidInput, match=r"moving\.md.*changed while it was read"):
            reader(page(tmp_path, "moving.md"))
        assert reader(page(tmp_path, "whole.md")).pages[0].text


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
@pytest.mark.parametrize("name", [b"pump-\xfc.md", b"\xff\xfe.html", b"a\x1b[31m.txt"])
def test_a_name_that_is_no_utf8(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_text("<p>Torque 25 Nm</p>")
    with ReaderProcess(reader_command()) as reader:
        document = reader(path)
    assert "25 Nm" in document.pages[0].text
    document.document.encode("utf-8")
    assert document.document.isprintable()
