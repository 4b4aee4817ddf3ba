"""Hostile Word documents end soon, within bounds, in text or in a reason."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.readers import docx, docx_table
from tests.word_files import cell, field, names, p, r, row, table, text, write

NOTES = f'<w:footnote w:id="2">{p("Only below 3 bar.")}</w:footnote>'
NOTE = r('<w:footnoteReference w:id="2"/>')


@pytest.mark.parametrize(
    "nest",
    [
        lambda inner: f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>",
        lambda inner: table(row("A", "B", cell(inner))),
        lambda inner: f"<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>",
        lambda inner: p(r(f"<w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict>")),
        lambda inner: p(f"<w:smartTag>{inner}</w:smartTag>"),
        lambda inner: p(f"<m:oMath><m:e>{inner}</m:e></m:oMath>"),
        lambda inner: p(f"<w:fldSimple w:instr='REF x'>{inner}</w:fldSimple>"),
    ],
)
@pytest.mark.parametrize("depth", [20, 80, 400])
def test_nesting_ends(tmp_path: Path, nest: Callable[[str], str], depth: int) -> None:
    inner = p("Core")
    for _ in range(depth):
        inner = nest(inner)
    path = write(tmp_path / "a.docx", inner, p("End."))
    try:
        assert text(path).endswith("End.")
    except InvalidInput as error:
        assert re.search("damaged|nested too deeply", error.message)  # noqa: PT017


def test_a_note_that_many_places_refer_to_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", *[p("See", NOTE)] * 500, parts={"footnotes": NOTES})
    assert text(path).count("Only below 3 bar") == 1
    assert text(path).count("See ¹⁾") == 500


def test_repeated_text_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_table, "TEXT_BYTES", 10_000)
    monkeypatch.setattr(docx, "TEXT_BYTES", 10_000)
    start = cell("x" * 500, props='<w:vMerge w:val="restart"/>')
    more = row(cell(props="<w:vMerge/>"), "1")
    with pytest.raises(InvalidInput, match="merged cells of a table hold too much text"):
        read(write(tmp_path / "a.docx", table(row(start, "1"), *[more] * 30)))
    turned = row(cell(p(r("<w:lastRenderedPageBreak/>"), "M8")), "1", "2")
    with pytest.raises(InvalidInput, match="repeated on each page"):
        read(write(tmp_path / "b.docx", table(
            row("Name " * 100, "B", "C", props="<w:tblHeader/>"), *[turned] * 30)))  # fmt: skip


@pytest.mark.parametrize(
    "piece",
    [
        p("Word ", r("1", '<w:vertAlign w:val="superscript"/>'), r("x", "<w:strike/>")),
        p(field("REF x", r("one"))),
        p(r('<w:fldChar w:fldCharType="begin"/>')),
        p("See", NOTE),
        p(r("Bold", "<w:b/>")) + p() * 3,
        p("<m:oMath><m:r><m:t>1</m:t></m:r></m:oMath>" * 20),
        p("Deleted", props="<w:rPr><w:del/></w:rPr>"),
        table(row("A", "B"), row("1", "2")),
    ],
)
def test_time_grows_with_length_alone(tmp_path: Path, piece: str) -> None:
    def seconds(times: int) -> float:
        path = write(tmp_path / "a.docx", piece * times, p("End."), parts={"footnotes": NOTES})
        begin = time.process_time()
        read(path)
        return time.process_time() - begin

    seconds(10)
    assert seconds(1_000) < 40 * max(seconds(100), 0.02)


def test_damage_within_the_xml_is_read_or_reported(tmp_path: Path) -> None:
    body = p("See", NOTE) + table(row("A", "B"), row(cell(p("1", NOTE)), "2")) + p(
        field("REF x", r("one")), "<m:oMath><m:f><m:num/><m:den/></m:f></m:oMath>"
    )  # fmt: skip
    whole = f"<w:document {names()}><w:body>{body}</w:body></w:document>"
    tags = re.findall(r"</?w:\w+[^>]*>", whole)
    chance = random.Random(7)
    read_of = 0
    for number in range(150):
        damaged = whole
        for _ in range(3):
            damaged = damaged.replace(chance.choice(tags), chance.choice(["", "<w:x/>", "<w:p/>"]))
        path = write(
            tmp_path / f"{number}.docx",
            parts={"word/document.xml": damaged.encode(), "footnotes": NOTES},
        )
        try:
            read_of += bool(read(path).pages)
        except InvalidInput as error:
            assert str(path) in error.message  # noqa: PT017
    assert read_of


def test_odd_values_of_attributes_are_taken_as_none(tmp_path: Path) -> None:
    odd = "9" * 400
    props = (
        f'<w:numPr><w:ilvl w:val="{odd}"/><w:numId w:val="{odd}"/></w:numPr>'
        f'<w:outlineLvl w:val="{odd}"/><w:pStyle w:val=""/>'
    )
    marks = (
        f'<w:position w:val="{odd}"/><w:vertAlign w:val="{odd}"/><w:strike w:val="0"/>'
        '<w:rFonts w:ascii=""/>'
    )
    wide = cell("A", props=f'<w:gridSpan w:val="{odd}"/><w:vMerge w:val="{odd}"/>')
    path = write(
        tmp_path / "a.docx", p(r("Text", marks), props=props),
        table(row(wide, "B", props=f'<w:gridBefore w:val="-1"/><w:gridAfter w:val="{odd}"/>')),
        p(r(f'<w:sym w:font="Symbol" w:char="{odd}"/>'), r('<w:footnoteReference w:id="x"/>')),
    )  # fmt: skip
    assert "Text" in text(path)
