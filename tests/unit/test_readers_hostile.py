"""Damaged and hostile files end in a message that names them, soon and within bounds."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.readers import archive, model
from tests.manual_files import write_docx, write_html, write_pdf, write_xlsx

DOCUMENT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
    + f"]>{DOCUMENT}<w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
)


def packed(path: Path, **parts: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/") + ".xml", content)
    return path


def refused(path: Path, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as raised:
        read(path)
    assert str(path) in raised.value.message
    assert "\x1b" not in raised.value.message


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a sound office file"),
        (b"PK\x03\x04 cut", "not a sound office file"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, "encrypted, or of a format before 2007"),
    ],
)
def test_what_is_no_office_file(tmp_path: Path, suffix: str, content: bytes, reason: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    refused(path, reason)


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    refused(packed(tmp_path / "a.docx", readme="<x/>"), "not a Word document")
    refused(packed(tmp_path / "a.xlsx", readme="<x/>"), "not a sound workbook")


def test_entities_are_refused_before_they_grow(tmp_path: Path) -> None:
    refused(packed(tmp_path / "a.docx", word__document=LAUGHS), "declares a document type")
    book = write_xlsx(tmp_path / "a.xlsx", {"A": [["x"]]})
    with zipfile.ZipFile(book, "a") as target:
        target.writestr("xl/extra.xml", LAUGHS)
    refused(book, "declares a document type")


def test_a_part_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.docx", word__document=b"<x>" + b" " * (model.TEXT_BYTES + 1))
    assert path.stat().st_size < 1 << 20
    refused(path, "unpacks to more than 32 MiB")


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.docx", word__document=b"<x>" + b" " * 100_000)
    data = path.read_bytes()
    true = (100_003).to_bytes(4, "little")
    path.write_bytes(data.replace(true, (50).to_bytes(4, "little")))
    refused(path, "is damaged")


def test_many_parts_and_many_tags_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_ENTRIES", 5)
    refused(packed(tmp_path / "a.docx", **{f"p{n}": "<x/>" for n in range(6)}), "holds 6 parts")
    monkeypatch.setattr(archive, "MARKUP", 100)
    refused(packed(tmp_path / "b.docx", word__document="<a>" * 101), "more than 100 tags")


def test_xml_in_another_encoding_cannot_slip_by(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.docx", word__document=LAUGHS.encode("utf-16"))
    refused(path, "declares a document type")


def test_damaged_xml_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.docx", word__document=DOCUMENT + "<w:body>")
    refused(path, r"word/document\.xml is damaged")


def test_deeply_nested_paragraphs_end(tmp_path: Path) -> None:
    inner = "<w:sdt><w:sdtContent>" * 5_000
    path = packed(tmp_path / "a.docx", word__document=f"{DOCUMENT}<w:body>{inner}")
    refused(path, "damaged")


def test_styles_that_inherit_in_a_circle_end(tmp_path: Path) -> None:
    style = '<w:style w:styleId="{}"><w:basedOn w:val="{}"/></w:style>'
    path = packed(
        tmp_path / "a.docx",
        word__document=DOCUMENT
        + '<w:body><w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>Text</w:t></w:r></w:p>'
        "</w:body></w:document>",
        word__styles=DOCUMENT.replace("document ", "styles ")
        + style.format("A", "B")
        + style.format("B", "A")
        + "</w:styles>",
    )
    assert read(path).pages[0].text == "Text"


def test_escape_sequences_do_not_come_through_any_format(tmp_path: Path) -> None:
    page = "# Red\n\nA \u202e\u009b31m text of this."
    for path in (
        write_docx(tmp_path / "a.docx", [page], title="T\u202e\u009b"),
        write_html(tmp_path / "a.html", [page], title="T\u202e\u009b"),
        write_xlsx(tmp_path / "a.xlsx", {"S\u202e": [["A \u202e\u009b31m text of this."]]}),
    ):
        document = read(path)
        whole = document.title + "".join(page.text for page in document.pages)
        assert not set(whole) & {"\x1b", "\u202e", "\u009b"}
        assert "text of this" in whole


def _told(path: Path) -> str:
    """What is said of ``path``, "" when it is read."""
    try:
        return "" if read(path).pages else "nothing"
    except InvalidInput as error:
        return error.message


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_pdf(path, ["# One\n\nText of this page.", "More."]),
        lambda path: write_docx(path, ["# One\n\nText of this page.", "More."]),
        lambda path: write_xlsx(path, {"A": [["Bolt", "Nm"], ["M8", 25]]}),
    ],
    ids=["pdf", "docx", "xlsx"],
)
def test_damage_anywhere_is_read_or_told(
    tmp_path: Path, write: Callable[[Path], Path], request: pytest.FixtureRequest
) -> None:
    suffix = request.node.callspec.id
    whole = write(tmp_path / f"whole.{suffix}").read_bytes()
    chance = random.Random(7)
    path = tmp_path / f"damaged.{suffix}"
    told = 0
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 5, 50))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        path.write_bytes(data)
        told += str(path) in _told(path)
    assert told
