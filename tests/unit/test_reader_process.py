"""A manual that crashes or hangs its reader is named, and the next one is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import FieldkitError, InvalidInput
from fieldkit.library.reader_process import ReaderProcess
from tests.bad_readers import reader_command


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


def test_plain_text_starts_no_process(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Oil it.")
    reader = ReaderProcess(["/there/is/no/such/program"])
    assert reader(path).document == "a"
    with pytest.raises(FieldkitError, match="no process can be started"):
        reader(page(tmp_path, "b.html"))
    reader.close()
