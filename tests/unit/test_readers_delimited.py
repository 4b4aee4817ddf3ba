"""Delimited text of any dialect and encoding."""

# ruff: noqa: RUF001 - texts of manuals hold such signs

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.passages import split


def lines(path: Path, content: str | bytes) -> list[str]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    text = read(path).pages[0].text.splitlines()
    return [line for line in text if line and not line.startswith("|---")]


TABLE = ["| Code | Meaning | Action |", "| E 17 | Low oil | Stop |", "| E 18 | Hot | Wait |"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", ":", "    "])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators(tmp_path: Path, separator: str, newline: str) -> None:
    rows = ["Code;Meaning;Action", "E 17;Low oil;Stop", "E 18;Hot;Wait", ""]
    content = newline.join(rows).replace(";", separator)
    assert lines(tmp_path / "a.csv", content) == TABLE


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_line_that_states_the_separator(tmp_path: Path, first: str) -> None:
    content = f"{first}\r\nBolt;Torque\r\nM8;25,5\r\nM10;49,0\r\n"
    assert lines(tmp_path / "a.csv", content) == [
        "| Bolt | Torque |", "| M8 | 25,5 |", "| M10 | 49,0 |"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('Code,Meaning,Action\nE 17,"Low oil, hot",Stop\n', "| E 17 | Low oil, hot | Stop |"),
        ('Code,Meaning,Action\nE 17,"The ""red"" lamp, left",x\n',
         '| E 17 | The "red" lamp, left | x |'),
        ('Code,Meaning,Action\n"E 17","The \\"red\\" lamp, left","x"\n"E 18","y","z"\n',
         '| E 17 | The "red" lamp, left | x |'),
        ("Code,Meaning,Action\n'E 17','Low oil, hot','x'\n'E 18','y','z'\n",
         "| E 17 | Low oil, hot | x |"),
        ('Code,Meaning,Action\nE 17,"Low\noil\n\nhot","Stop"\n', "| E 17 | Low oil hot | Stop |"),
        ('Hose;Size;Code\nReturn;1/2";A1\nSuction;1";A2\n', '| Return | 1/2" | A1 |'),
        ("Code, Meaning, Action\nE 17, Don't stop, x\nE 18, y, z\n", "| E 17 | Don't stop | x |"),
    ],
)  # fmt: skip
def test_quotation_marks(tmp_path: Path, content: str, row: str) -> None:
    assert lines(tmp_path / "a.csv", content)[1] == row


def test_decimal_commas_do_not_separate(tmp_path: Path) -> None:
    content = "Bolt;dry;oiled\nM8;25,5;21,5\nM10;49,0;40,1\nM12;85,5;72,0\n"
    assert lines(tmp_path / "a.csv", content)[1] == "| M8 | 25,5 | 21,5 |"
    assert lines(tmp_path / "a.csv", 'Bolt,dry\nM8,"25,5"\n')[1] == "| M8 | 25,5 |"
    assert lines(tmp_path / "a.csv", "Time,Step\n10:30,Start\n10:45,Stop\n")[1] == (
        "| 10:30 | Start |"
    )


def test_an_export_with_lines_above_its_names(tmp_path: Path) -> None:
    content = (
        "Register list 1.0.9\r\n20260301\r\nProduct: P100, P200\r\nDatabase: 8310\r\n"
        "Title;Info;ID;Unit;Factor;\r\n"
        '"Outdoor";"Sensor, left";40004;"°C";10;\r\n"Supply";"";40005;"°C";10;\r\n'
    )
    path = tmp_path / "a.csv"
    assert lines(path, content.encode("cp1252")) == [
        "Register list 1.0.9", "20260301", "Product: P100, P200", "Database: 8310",
        "| Title | Info | ID | Unit | Factor |",
        "| Outdoor | Sensor, left | 40004 | °C | 10 |",
        "| Supply |  | 40005 | °C | 10 |",
    ]  # fmt: skip
    assert [(w.kind.value, w.message) for w in read(path).warnings] == [
        ("detail", "the encoding is not declared; windows-1252 was assumed")
    ]


@pytest.mark.parametrize(
    ("encoding", "warnings"),
    [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("utf-16-le", 1), ("utf-16-be", 1),
     ("cp1252", 1)],
)  # fmt: skip
def test_encodings(tmp_path: Path, encoding: str, warnings: int) -> None:
    path = tmp_path / "a.csv"
    content = "Code;Range\nE 17;0–40 °C\nE 18;±5 µm\n".encode(encoding)
    assert lines(path, content) == ["| Code | Range |", "| E 17 | 0–40 °C |", "| E 18 | ±5 µm |"]
    assert len(read(path).warnings) == warnings


def test_rows_of_other_widths_keep_all_fields(tmp_path: Path) -> None:
    content = "Code,Meaning,Action\nE 17,Low oil\nE 18,Hot,Wait,more\nE 19\nE 20,Cold,Warm\n"
    assert lines(tmp_path / "a.csv", content) == [
        "| Code | Meaning | Action |  |", "| E 17 | Low oil |  |  |",
        "| E 18 | Hot | Wait | more |",
        "| E 19 |  |  |  |", "| E 20 | Cold | Warm |  |",
    ]  # fmt: skip


def test_a_table_without_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("E 17,Low oil,Stop\nE 18,Hot,Wait\nE 19,Cold,Warm\n")
    [passage] = split(read(path))
    assert passage.text == "E 17: Low oil, Stop. E 18: Hot, Wait. E 19: Cold, Warm."


def test_comments_and_empty_columns(tmp_path: Path) -> None:
    content = "# Torques of PX-204\n\nBolt,,Torque,,\nM8,,25,,\nM10,,49,,\n"
    assert [line.replace("\u00a0", " ") for line in lines(tmp_path / "a.csv", content)] == [
        "# Torques of PX-204", "| Bolt | Torque |", "| M8 | 25 |", "| M10 | 49 |"
    ]  # fmt: skip


def test_zero_bytes_and_open_quotation_marks_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert lines(path, b"Code,Nm\nM8,25\0\nM10,49\n")[1] == "| M8 | 25 |"
    assert [str(warning) for warning in read(path).warnings] == ["it holds zero bytes"]
    assert lines(path, 'Code,Meaning,Action\nE 17,"Low oil,x\nE 18,Hot,y\nE 19,Cold,z\n')[1:] == [
        '| E 17 | "Low oil | x |', "| E 18 | Hot | y |", "| E 19 | Cold | z |"
    ]  # fmt: skip
    assert [warning.kind.value for warning in read(path).warnings] == ["damaged"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and more", "office file or another archive"),
        (b"%PDF-1.7", "it is a PDF"),
        (bytes(range(1, 9)) * 50, "it is not text"),
        (b"a\n" + b",b" * 200, "more than 100 cells"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason):
        read(path)


def test_a_very_long_field_is_read(tmp_path: Path) -> None:
    content = f"Code,Meaning\nE 17,{'x' * 300_000}\nE 18,y\n"
    assert lines(tmp_path / "a.csv", content)[2] == "| E 18 | y |"
