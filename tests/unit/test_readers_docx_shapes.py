"""Text boxes, shapes, diagrams, embedded objects, headers and footers of Word documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import read
from tests.word_files import cell, field, p, passages, r, row, table, text, warnings, write


def box(*body: str) -> str:
    return f"<w:txbxContent>{''.join(body)}</w:txbxContent>"


def wps(*body: str) -> str:
    return r(
        "<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>"
        f"{box(*body)}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )


def vml(*body: str) -> str:
    return r(f"<w:pict><v:shape><v:textbox>{box(*body)}</v:textbox></v:shape></w:pict>")


def either(choice: str, fallback: str) -> str:
    return r(
        f"<mc:AlternateContent><mc:Choice Requires='wps'>{choice}</mc:Choice>"
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent>"
    )


@pytest.mark.parametrize(
    "shape",
    [
        wps(p("Max. 16 bar")),
        vml(p("Max. 16 bar")),
        either(wps(p("Max. 16 bar")), vml(p("Max. 16 bar"))),
        either(wps(p("Max. 16 bar")), vml(p("Max. 10 bar"))),
        either("<w:drawing/>", vml(p("Max. 16 bar"))),
        either(wps(p()), vml(p("Max. 16 bar"))),
        r("<w:drawing><wp:anchor><a:txBody><a:p><a:r><a:t>Max. 16 </a:t></a:r><a:r><a:t>bar</a:t>"
          "</a:r></a:p></a:txBody></wp:anchor></w:drawing>"),
    ],
)  # fmt: skip
def test_the_text_of_a_shape_is_read_once_behind_its_paragraph(tmp_path: Path, shape: str) -> None:
    path = write(tmp_path / "a.docx", p("Vessel", shape, " V-1"), p("Next."))
    assert text(path) == "Vessel V-1\n\nMax. 16 bar\n\nNext."
    path = write(
        tmp_path / "b.docx",
        table(row("Part", "No.", "Limit"), row("Vessel", "V-1", cell(p("See", shape)))),
    )
    assert passages(path) == [("", "Vessel: No. V-1, Limit See Max. 16 bar.")]


def test_a_box_holds_tables_and_lists(tmp_path: Path) -> None:
    inner = table(row("Bolt", "Nm"), row("M8", "25"))
    assert text(write(tmp_path / "a.docx", p("Torque:", wps(p("Dry"), inner)))) == (
        "Torque:\n\nDry\n\n| Bolt | Nm |\n|---|---|\n| M8 | 25 |"
    )


def test_alternatives_between_paragraphs_are_read_once(tmp_path: Path) -> None:
    both = (
        f"<mc:AlternateContent><mc:Choice Requires='x'>{p('85 Nm')}</mc:Choice>"
        f"<mc:Fallback>{p('95 Nm')}</mc:Fallback></mc:AlternateContent>"
    )
    assert text(write(tmp_path / "a.docx", both, p("End."))) == "85 Nm\n\nEnd."


def test_the_text_of_a_diagram_is_read(tmp_path: Path) -> None:
    point = "<dgm:pt{}><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    points = "".join(
        point.format(kind, words)
        for kind, words in (("", "Open V-1"), (' type="parTrans"', "x"), ("", "Start M-2"))
    )
    drawing = r(
        "<w:drawing><wp:inline><a:graphic><a:graphicData><dgm:relIds r:dm='diagramData1'/>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    path = write(
        tmp_path / "a.docx", p(drawing), parts={"diagramData1": f"<dgm:ptLst>{points}</dgm:ptLst>"}
    )
    assert text(path) == "Open V-1\n\nStart M-2"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (p(r('<w:object><o:OLEObject ProgID="Visio.Drawing.11"/></w:object>')),
         'an embedded object is left out: "Visio.Drawing.11"'),
        (p(r('<w:object><o:OLEObject ProgID="Equation.3"/></w:object>')),
         'a formula that is not stored as text is left out: "Equation.3"'),
        ('<w:altChunk r:id="x"/>', 'an embedded object is left out: "a document in another file"'),
        ('<w:subDoc r:id="x"/>', 'an embedded object is left out: "a document in another file"'),
        (p(r("<w:drawing><wp:inline><a:graphic><a:graphicData><c:chart r:id='x'/></a:graphicData>"
             "</a:graphic></wp:inline></w:drawing>")),
         "a chart is left out; add its values as a table"),
        (p(either("<w:drawing><c:chart r:id='x'/></w:drawing>", vml(p("Cannot be shown.")))),
         "a chart is left out; add its values as a table"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_reported(tmp_path: Path, body: str, message: str) -> None:
    path = write(tmp_path / "a.docx", p("One."), p(r('<w:br w:type="page"/>')), body, p("Two."))
    assert text(path) == "One.\n\nTwo."
    assert warnings(path) == [("left_out", 2, message)]


def test_a_page_that_is_a_picture_is_named(tmp_path: Path) -> None:
    turn = p(r('<w:br w:type="page"/>'))
    picture = p(r("<w:drawing><wp:inline><a:blip r:embed='x'/></wp:inline></w:drawing>"))
    path = write(tmp_path / "a.docx", p("One."), picture, turn, picture, turn, p("Three."))
    assert warnings(path) == [("no_text", 2, "the page is a picture without text")]
    assert read(path).unread == (2,)


def test_pictures_in_the_line_keep_words_apart(tmp_path: Path) -> None:
    picture = r("<w:drawing><wp:inline><a:blip r:embed='x'/></wp:inline></w:drawing>")
    assert (
        text(write(tmp_path / "a.docx", p("Module 1", picture, "2 screws"))) == "Module 1 2 screws"
    )


def test_captions_are_found_with_their_numbers(tmp_path: Path) -> None:
    caption = p("Figure ", field(r"SEQ Figure \* ARABIC", r("3")), ": Oil filter 4711", style="cap")
    path = write(
        tmp_path / "a.docx", caption, p("Change it."),
        parts={"styles": '<w:style w:styleId="cap"><w:name w:val="caption"/><w:rPr><w:b/></w:rPr>'
                         "</w:style>"},
    )  # fmt: skip
    assert passages(path) == [("", "Figure 3: Oil filter 4711 Change it.")]


def section(*kinds: str, more: str = "") -> str:
    links = "".join(
        f'<w:{part.rstrip("0123456789")}Reference w:type="{kind}" r:id="{part}"/>'
        for part, kind in (pair.split("=") for pair in kinds)
    )
    return f"<w:sectPr>{links}{more}</w:sectPr>"


def test_pages_carry_the_numbers_that_are_printed_on_them(tmp_path: Path) -> None:
    roman = section("footer1=default", more='<w:pgNumType w:fmt="lowerRoman"/>')
    digits = section("footer1=default", more='<w:pgNumType w:start="1"/>')
    turn = p(r('<w:br w:type="page"/>'))
    body = (p("Preface."), turn, p("More.", props=roman), p("One."), turn, p("Two."), digits)
    path = write(tmp_path / "a.docx", *body, parts={"footer1": p(field("PAGE", r("1")))})
    assert [(page.number, page.label) for page in read(path).pages] == [
        (1, "i"), (2, "ii"), (3, "1"), (4, "2"),
    ]  # fmt: skip
    path = write(tmp_path / "b.docx", *body, parts={"footer1": p("No number")})
    assert {page.label for page in read(path).pages} == {""}


@pytest.mark.parametrize(
    ("kind", "expected"), [("continuous", [(1, ""), (2, "")]), ("nextPage", [(1, "7"), (2, "8")])]
)
def test_a_section_may_begin_with_another_number(
    tmp_path: Path, kind: str, expected: list[tuple[int, str]]
) -> None:
    first = section("footer1=default", more='<w:pgNumType w:start="7"/>' * (kind == "nextPage"))
    last = section("footer1=default", more=f'<w:type w:val="{kind}"/>')
    body = [p("One.", props=first), p("Two."), last]
    if kind == "continuous":
        body.insert(1, p(r('<w:br w:type="page"/>')))
    path = write(tmp_path / "a.docx", *body, parts={"footer1": p(field("PAGE", r("1")))})
    assert [(page.number, page.label) for page in read(path).pages] == expected


def test_a_large_first_letter_is_part_of_its_word(tmp_path: Path) -> None:
    letter = p("T", props='<w:framePr w:dropCap="drop" w:lines="3"/>')
    path = write(tmp_path / "a.docx", letter, p("ighten to 85 Nm."), p("Next."))
    assert text(path) == "Tighten to 85 Nm.\n\nNext."


HEADER = {"header1": p("Doc. no. 4711-22"), "header2": p("Doc. no. 4700-01 Rev. B")}


def test_a_document_number_that_only_the_header_has_is_read_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.docx", p("Tighten to 85 Nm."), section("header1=default", "footer1=default"),
        parts=HEADER | {"footer1": p("Page ", field("PAGE", r("3")), " of ",
                                     field("NUMPAGES", r("12"))) + p("Tighten to 85 Nm.")
                            + p(wps(p("Page ", field("PAGE", r("1777")))), "-2")},
    )  # fmt: skip
    assert text(path) == "Doc. no. 4711-22\n\nTighten to 85 Nm."
    assert read(path).revision == ""


@pytest.mark.parametrize(
    ("kinds", "more", "settings", "expected"),
    [
        (["header2=first"], "", "", ""),
        (["header2=first"], "<w:titlePg/>", "", "B"),
        (["header2=even"], "<w:titlePg/>", "", ""),
        (["header2=even"], "", "<w:evenAndOddHeaders/>", "B"),
        (["header2=default"], "", "", "B"),
    ],
)
def test_headers_that_are_not_shown_do_not_count(
    tmp_path: Path, kinds: list[str], more: str, settings: str, expected: str
) -> None:
    path = write(
        tmp_path / "a.docx", p("Text."), section(*kinds, more=more),
        parts=HEADER | {"settings": settings},
    )  # fmt: skip
    assert read(path).revision == expected
    assert ("4700-01" in text(path)) == bool(expected)


def test_the_cells_of_a_header_are_read_together(tmp_path: Path) -> None:
    head = table(row("Document", "PX-204-M"), row("Revision", cell(p(r("A ", "<w:strike/>"), "C"))))
    path = write(
        tmp_path / "a.docx", p("Text."), section("header1=default"), parts={"header1": head}
    )
    assert text(path).startswith("Document: PX-204-M")
    assert read(path).revision == "C"
