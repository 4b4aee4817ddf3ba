"""Raised and lowered marks, crossed-out, hidden and changed text of Word documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.word_files import (
    cell,
    p,
    passages,
    r,
    row,
    table,
    text,
    up,
    warnings,
    write,
)  # fmt: skip

STYLES = (
    '<w:style w:type="character" w:styleId="Sup"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    '</w:style><w:style w:type="character" w:styleId="SubSup"><w:basedOn w:val="Sup"/></w:style>'
    '<w:style w:type="character" w:styleId="Void"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Older"><w:basedOn w:val="Old"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Lower"><w:rPr><w:vertAlign w:val="subscript"/></w:rPr>'
    "</w:style>"
)
BASE = '<w:vertAlign w:val="baseline"/>'
DOWN = '<w:vertAlign w:val="subscript"/>'


def styled(name: str) -> str:
    return f'<w:rStyle w:val="{name}"/>'


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["85", up("1"), " Nm"], "85 Nm ¹"),
        (["85", r("1", styled("Sup")), " Nm"], "85 Nm ¹"),
        (["85", r("1", styled("SubSup")), " Nm"], "85 Nm ¹"),
        (["85", r("2)", '<w:position w:val="8"/>'), " Nm"], "85 Nm ²⁾"),
        (["85", r("1", styled("Sup") + BASE), " Nm"], "851 Nm"),
        (["10", up("-3"), " bar"], "10⁻³ bar"),
        (["2 x 10", up("\u2212"), up("5"), " Pa"], "2 x 10⁻⁵ Pa"),
        (["H", r("2", DOWN), "O and CO", r("2", '<w:position w:val="-6"/>')], "H₂O and CO₂"),
        (["1", up("1"), "/", r("2", DOWN), " inch"], "1 1/2 inch"),
        (["1", up("1 "), "/", r("2", DOWN), " inch"], "1 1/2 inch"),
        (["5 m² and 3 mm", up("2")], "5 m² and 3 mm²"),
        (["a whole line ", r("moved by two points", '<w:position w:val="4"/>')],
         "a whole line moved by two points"),
        (["12", r("0", '<w:position w:val="1"/>'), " Nm"], "120 Nm"),
        (["85¹⁾ Nm, 5 m²"], "85¹⁾ Nm, 5 m²"),
        ([up("1) Only for dry threads")], "1) Only for dry threads"),
        (["85", up("see the note below")], "85 see the note below"),
        (["0.5 l", up("*"), " of oil"], "0.5 l* of oil"),
    ],
)  # fmt: skip
def test_raised_and_lowered_marks_never_join_a_figure(
    tmp_path: Path, runs: list[str], expected: str
) -> None:
    path = write(tmp_path / "a.docx", p(*runs), parts={"styles": STYLES})
    assert text(path) == expected


def test_raised_marks_in_cells_and_headings(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx",
        table(row("Bolt", "Torque"), row("Stud", cell(p("85", up("1"), " Nm"))),
              row("Nut", cell(p("12", r("2)", styled("Sup"))), p("Nm")))),
        p("Areas in m", up("2"), style="b1"),
        parts={"styles": STYLES + '<w:style w:styleId="b1"><w:name w:val="heading 2"/></w:style>'},
    )  # fmt: skip
    assert text(path) == (
        "| Bolt | Torque |\n|---|---|\n| Stud | 85 Nm ¹ |\n| Nut | 12 ²⁾ Nm |\n\n## Areas in m²"
    )


@pytest.mark.parametrize(
    ("runs", "style", "expected", "quoted"),
    [
        ([r("95 Nm ", "<w:strike/>"), "72 Nm"], "", "72 Nm", "crossed-out text is left out"),
        ([r("95 Nm ", "<w:dstrike/>"), "72 Nm"], "", "72 Nm", "crossed-out text is left out"),
        ([r("95 Nm ", styled("Void")), "72 Nm"], "", "72 Nm", "crossed-out text is left out"),
        ([r("95 Nm "), r("72 Nm", '<w:strike w:val="0"/>')], "Old", "72 Nm", "crossed-out"),
        ([r("95 Nm "), r("72 Nm", '<w:strike w:val="false"/>')], "Older", "72 Nm", "crossed-out"),
        (["M8: 5 x ", r("95 Nm", "<w:strike/>"), "72 Nm"], "", "M8: 5 x 72 Nm", "crossed-out"),
        (["M8", r("95 Nm", "<w:strike/>"), "72 Nm"], "", "M8 72 Nm", "crossed-out"),
        (["M8", r("95 ", "<w:strike/>"), r("Nm", "<w:strike/>"), "72"], "", "M8 72", "crossed"),
        ([r("95 Nm ", "<w:vanish/>"), "72 Nm"], "", "72 Nm", "hidden text is left out"),
        ([r("95 Nm ", "<w:webHidden/>"), "72 Nm"], "", "72 Nm", "hidden text is left out"),
        ([r("95 Nm ", "<w:specVanish/>"), "72 Nm"], "", "72 Nm", "hidden text is left out"),
        ([r("95 Nm ", styled("Secret")), "72 Nm"], "", "72 Nm", "hidden text is left out"),
    ],
)
def test_crossed_out_and_hidden_text_is_left_out_and_quoted(
    tmp_path: Path, runs: list[str], style: str, expected: str, quoted: str
) -> None:
    path = write(tmp_path / "a.docx", p(*runs, style=style), parts={"styles": STYLES})
    assert text(path) == expected
    [(kind, page, message)] = warnings(path)
    assert (kind, page) == ("left_out", 0)
    assert message.startswith(quoted)
    assert message.endswith(': "95 Nm"')


@pytest.mark.parametrize("off", ["0", "false", "off"])
def test_what_is_switched_off_is_read(tmp_path: Path, off: str) -> None:
    path = write(
        tmp_path / "a.docx",
        p(r("72 Nm ", f'<w:strike w:val="{off}"/><w:vanish w:val="{off}"/>'),
          r("and more", f'{styled("Void")}<w:strike w:val="{off}"/>')),
        p(r("Struck by two styles is not struck.", styled("Void")), style="Old"),
        parts={"styles": STYLES},
    )  # fmt: skip
    assert text(path) == "72 Nm and more\n\nStruck by two styles is not struck."
    assert warnings(path) == []


def test_each_page_is_named_with_a_few_words(tmp_path: Path) -> None:
    turned = r('<w:br w:type="page"/>')
    struck = [p(r(f"{number} Nm", "<w:strike/>")) for number in range(95, 101)]
    path = write(
        tmp_path / "a.docx", p("One."), struck[0], p(turned), p("Two."), *struck[1:], p(turned),
        table(row("Bolt", "Nm"), row("M8", cell(p(r("very " * 30, "<w:vanish/>"), "25")))),
    )  # fmt: skip
    assert warnings(path) == [
        ("left_out", 1, 'crossed-out text is left out: "95 Nm"'),
        ("left_out", 2, 'crossed-out text is left out: "96 Nm", "97 Nm", "98 Nm" and more'),
        ("left_out", 3, 'hidden text is left out: "very very very very very very very very …"'),
    ]


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        (p(r("95 Nm", '<w:color w:val="FFFFFF"/>')), True),
        (p(r("95 Nm", styled("White"))), True),
        (p(r("95 Nm", styled("White") + '<w:color w:val="auto"/>')), False),
        (p(r("95 Nm", styled("White") + '<w:shd w:fill="000000"/>')), False),
        (p(r("95 Nm", styled("White") + '<w:highlight w:val="red"/>')), False),
        (p(r("95 Nm", styled("White")), props='<w:shd w:fill="000000"/>'), False),
        (table(row(cell(p(r("95 Nm", styled("White")))))), False),
    ],
)
def test_white_text_on_paper_is_read_and_reported(
    tmp_path: Path, body: str, reported: bool
) -> None:
    white = '<w:style w:styleId="White"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>'
    path = write(tmp_path / "a.docx", body, parts={"styles": white})
    assert text(path) == "95 Nm"
    message = 'white text is read, which the page may not show: "95 Nm"'
    assert warnings(path) == ([("detail", 0, message)] if reported else [])


CHANGED = (
    "the document holds changes that nobody accepted or rejected: inserted text is read, deleted "
    "text is left out; accept or reject them in Word"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("Use ", "<w:del><w:r><w:delText>95</w:delText></w:r></w:del>", "72 Nm."), "Use 72 Nm."),
        (p("Use ", "<w:ins><w:r><w:t>72</w:t></w:r></w:ins>", " Nm."), "Use 72 Nm."),
        (p("<w:moveFrom><w:r><w:t>Gone</w:t></w:r></w:moveFrom>", "Kept"), "Kept"),
        (p("Kept ", "<w:moveTo><w:r><w:t>come</w:t></w:r></w:moveTo>"), "Kept come"),
        (p("<w:ins><w:del><w:r><w:delText>9</w:delText></w:r></w:del></w:ins>", "Kept"), "Kept"),
        (p("Torque", props="<w:rPr><w:del/></w:rPr>") + p("85 Nm."), "Torque 85 Nm."),
        (p("Torque", props="<w:rPr><w:moveFrom/></w:rPr>") + p("85 Nm."), "Torque 85 Nm."),
        (p("End", props="<w:rPr><w:del/></w:rPr>"), "End"),
        (p("New.", props="<w:rPr><w:ins/></w:rPr>") + p("Old."), "New.\n\nOld."),
        (table(row("Bolt", "Nm"), row("M8", "95", props="<w:del/>"), row("M8", "72")),
         "| Bolt | Nm |\n|---|---|\n| M8 | 72 |"),
        (table(row("Bolt", "Nm"), row("M8", "72", props="<w:ins/>")),
         "| Bolt | Nm |\n|---|---|\n| M8 | 72 |"),
    ],
)  # fmt: skip
def test_changes_nobody_accepted_are_read_as_if_accepted(
    tmp_path: Path, body: str, expected: str
) -> None:
    path = write(tmp_path / "a.docx", body)
    assert text(path) == expected
    assert warnings(path) == [("detail", 0, CHANGED)]


def test_old_properties_of_a_change_do_not_count(tmp_path: Path) -> None:
    old = "<w:rPrChange><w:rPr><w:strike/><w:vanish/></w:rPr></w:rPrChange>"
    path = write(tmp_path / "a.docx", p(r("72 Nm", old)))
    assert (text(path), warnings(path)) == ("72 Nm", [])


def test_a_hidden_row_is_left_out(tmp_path: Path) -> None:
    rows = row("Bolt", "Nm"), row("M8", "95", props="<w:hidden/>"), row("M8", "72")
    path = write(tmp_path / "a.docx", table(*rows))
    assert passages(path) == [("", "M8: Nm 72.")]
    assert warnings(path) == [("left_out", 0, 'hidden rows of a table are left out: "M8 95"')]
