"""Word documents of other programs: parts by relationship, Strict Open XML, encodings."""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from tests.word_files import RELATIONSHIPS, in_list, names, p, r, text, up, write

FOOTNOTE = (
    '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:id="7"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t> Below 3 bar.</w:t></w:r></w:p>'
    "</w:footnote>"
)
NOTED = p("Open the valve", r('<w:footnoteReference w:id="7"/>'), r("."))
STYLES = '<w:style w:type="paragraph" w:styleId="b1"><w:name w:val="heading 1"/></w:style>'
NUMBERING = (
    '<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="4"/>'
    '<w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="3"/></w:num>'
)


@pytest.mark.parametrize(
    ("main", "target"),
    [
        ("word/document.xml", "word/document.xml"),
        ("word/document2.xml", "/word/document2.xml"),
        ("word/document2.xml", "./word/document2.xml"),
        ("docs/Main Part.xml", "docs/Main%20Part.xml"),
        ("content/main.xml", "CONTENT/Main.xml"),
    ],
)
def test_parts_are_found_by_their_relationships(tmp_path: Path, main: str, target: str) -> None:
    path = write(
        tmp_path / "a.docx",
        p("Valves", style="b1"),
        NOTED,
        p("Close it.", props=in_list(1)),
        main=main,
        target=target,
        parts={"styles": STYLES, "numbering": NUMBERING, "footnotes": FOOTNOTE},
    )
    assert text(path) == ("# Valves\n\nOpen the valve ¹⁾. (Note 1: Below 3 bar.)\n\n- D) Close it.")


def test_a_relationship_leads_to_a_part_of_any_name(tmp_path: Path) -> None:
    main = f"<w:document {names()}><w:body>{p('Valves', style='b1')}</w:body></w:document>"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId1" Type="{office}/{{}}" Target="{{}}"/>'
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, inner in (
            ("_rels/.rels", link.format("officeDocument", "/body/x.xml")),
            ("body/_rels/x.xml.rels", link.format("styles", "../looks/y.xml")),
        ):
            archive.writestr(name, f"<Relationships {RELATIONSHIPS}>{inner}</Relationships>")
        archive.writestr("body/x.xml", main)
        archive.writestr("looks/y.xml", f"<w:styles {names()}>{STYLES}</w:styles>")
    assert read(path).title == "Valves"


@pytest.mark.parametrize("main", ["word/document.xml", "word/document2.xml"])
def test_strict_open_xml_is_read_as_the_usual_one(tmp_path: Path, main: str) -> None:
    path = write(
        tmp_path / "a.docx",
        p("Valves", style="b1"),
        NOTED,
        p("85", up("1"), " Nm, ", "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num>"
          "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"),
        p("Old.", props='<w:rPr><w:strike w:val="true"/></w:rPr>'),
        p(r("Older.", '<w:strike w:val="true"/>')),
        main=main,
        strict=True,
        parts={"styles": STYLES, "footnotes": FOOTNOTE},
    )  # fmt: skip
    assert text(path) == (
        "# Valves\n\nOpen the valve ¹⁾. (Note 1: Below 3 bar.)\n\n85 Nm ¹, 1/2\n\nOld."
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_xml_in_every_legal_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.docx", p("85 Nm ± 5 °C, Überdruck"), encoding=encoding)
    assert text(path) == "85 Nm ± 5 °C, Überdruck"


def test_utf16_in_either_byte_order(tmp_path: Path) -> None:
    main = f"<?xml version='1.0' encoding='UTF-16'?><w:document {names()}><w:body>{p('4 Ω')}"
    main += "</w:body></w:document>"
    for order, mark in (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)):
        parts = {"word/document.xml": mark + main.encode(order)}
        assert text(write(tmp_path / f"{order}.docx", parts=parts)) == "4 Ω"


def test_parts_that_are_missing_leave_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        body = p("Tighten to 85 Nm.", style="b1", props=in_list(9)) + NOTED
        archive.writestr(
            "word/document.xml", f"<w:document {names()}><w:body>{body}</w:body></w:document>"
        )
    document = read(path)
    assert document.pages[0].text == "- Tighten to 85 Nm.\n\nOpen the valve ¹⁾."
    assert [str(warning) for warning in document.warnings] == [
        "a note that the text refers to is missing in the file"
    ]


def test_a_bulky_directory_of_backslashes_is_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p("Some text."))
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w") as target:
        for name, data in parts.items():
            target.writestr(name.replace("/", "\\"), data)
    assert text(path) == "Some text."


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            OLE + b"x" * 5000 + "EncryptedPackage".encode("utf-16-le"),
            "it is encrypted; save it without",
        ),
        (
            OLE + b"x" * 1048560 + "EncryptedPackage".encode("utf-16-le"),
            "it is encrypted; save it without",
        ),
        (
            OLE + b"x" * 900 + "WordDocument".encode("utf-16-le") + b"x" * 99,
            r"a Word document of before 2007 \(\.doc\)",
        ),
        (OLE + "Workbook".encode("utf-16-le"), "an Excel workbook of before 2007"),
        (b"{\\rtf1 text}", "it is in Rich Text Format; save it as"),
        (b"%PDF-1.7 x", r"it is a PDF; name it \.pdf"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><w:wordDocument/>", "XML that is not packed"),
        (b"<!DOCTYPE html><html>", r"a web page; name it \.html"),
    ],
    ids=["encrypted", "encrypted far in", "doc", "xls", "rtf", "pdf", "xml", "web page"],
)
def test_other_formats_of_that_name_are_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason):
        read(path)


@pytest.mark.parametrize(
    ("main", "root", "reason"),
    [
        ("xl/workbook.xml", "w:workbook", r"an Excel workbook; name it \.xlsx"),
        ("ppt/presentation.xml", "w:presentation", "a PowerPoint presentation"),
        ("word/document.xml", "w:styles", "holds no w:document"),
    ],
)
def test_other_office_files_are_named(tmp_path: Path, main: str, root: str, reason: str) -> None:
    parts = {main: f"<{root} {names()}/>".encode()}
    with pytest.raises(InvalidInput, match=reason):
        read(write(tmp_path / "a.docx", main=main, parts=parts))


def test_open_document_text_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(InvalidInput, match="an OpenDocument file"):
        read(tmp_path / "a.docx")


def test_a_relationship_to_a_part_that_is_not_there_names_it(tmp_path: Path) -> None:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    link = f'<Relationship Id="a" Type="{office}" Target="word/gone.xml"/>'
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("_rels/.rels", f"<Relationships {RELATIONSHIPS}>{link}</Relationships>")
    with pytest.raises(InvalidInput, match=r"it has no word/gone\.xml"):
        read(tmp_path / "a.docx")
