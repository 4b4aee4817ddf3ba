"""Automatic numbers of Word's lists and headings, as Word shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.word_files import (
    cell,
    in_list,
    item,
    p,
    passages,
    r,
    row,
    table,
    text,
    warnings,
    write,
)  # fmt: skip


def level(
    depth: int, shape: str = "decimal", shown: str = "", *, start: int = 1, more: str = ""
) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{shape}"/>{more}'
        f'<w:lvlText w:val="{shown or f"%{depth + 1}."}"/></w:lvl>'
    )


def lists(*levels: str, more: str = "", nums: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="0">{more}{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{nums}'
    )


def written(path: Path, numbering: str, *body: str, styles: str = "") -> Path:
    return write(path, *body, parts={"numbering": numbering, "styles": styles})


@pytest.mark.parametrize(
    ("shape", "shown", "start", "expected"),
    [
        ("decimal", "%1.", 1, ["1. A", "2. B"]),
        ("decimal", "%1)", 1, ["- 1) A", "- 2) B"]),
        ("decimal", "(%1)", 3, ["- (3) A", "- (4) B"]),
        ("decimal", "Step %1:", 4, ["- Step 4: A", "- Step 5: B"]),
        ("decimalZero", "%1.", 9, ["09. A", "10. B"]),
        ("lowerLetter", "%1)", 26, ["- z) A", "- aa) B"]),
        ("upperLetter", "%1.", 1, ["- A. A", "- B. B"]),
        ("lowerRoman", "%1.", 3, ["- iii. A", "- iv. B"]),
        ("upperRoman", "%1.", 9, ["- IX. A", "- X. B"]),
        ("ordinal", "%1", 12, ["- 12th A", "- 13th B"]),
        ("decimalEnclosedCircle", "%1", 1, ["- ① A", "- ② B"]),
        ("numberInDash", "%1", 1, ["- -\xa01 - A", "- -\xa02 - B"]),
        ("russianLower", "%1)", 1, ["- а) A", "- б) B"]),  # noqa: RUF001
        ("bullet", "\uf0b7", 1, ["- A", "- B"]),
        ("bullet", "o", 1, ["- A", "- B"]),
        ("bullet", "\u2610", 1, ["- ☐ A", "- ☐ B"]),
        ("none", "Note:", 1, ["- Note: A", "- Note: B"]),
        ("none", " ", 1, ["A", "", "B"]),
        ("decimal", "%1.", 0, ["0. A", "1. B"]),
    ],
)
def test_a_number_is_shown_in_its_format(
    tmp_path: Path, shape: str, shown: str, start: int, expected: list[str]
) -> None:
    numbering = lists(level(0, shape, shown, start=start))
    assert text(written(tmp_path / "a.docx", numbering, item("A"), item("B"))) == "\n".join(
        expected
    )


def test_a_number_of_the_files_own_format(tmp_path: Path) -> None:
    own = (
        '<w:lvl w:ilvl="0"><w:start w:val="9"/><mc:AlternateContent><mc:Choice Requires="w14">'
        '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback>'
        '<w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="E%1"/>'
        "</w:lvl>"
    )
    assert (
        text(written(tmp_path / "a.docx", lists(own), item("A"), item("B"))) == "- E009 A\n- E010 B"
    )


def test_an_unknown_format_is_shown_in_digits_and_reported(tmp_path: Path) -> None:
    path = written(tmp_path / "a.docx", lists(level(0, "klingon")), item("A"))
    assert text(path) == "1. A"
    assert warnings(path) == [
        ("detail", 0, 'list numbers of an unknown format are shown as digits: "klingon"')
    ]


def test_levels_count_below_each_other_and_begin_again(tmp_path: Path) -> None:
    numbering = lists(level(0), level(1, "decimal", "%1.%2"), level(2, "lowerLetter", "%3)"))
    body = [item("A"), item("B", 1, 1), item("C", 1, 2), item("D", 1, 2), item("E", 1, 1),
            item("F", 1, 2), item("G"), item("H", 1, 1)]  # fmt: skip
    assert text(written(tmp_path / "a.docx", numbering, *body)) == (
        "1. A\n- 1.1 B\n- a) C\n- b) D\n- 1.2 E\n- a) F\n2. G\n- 2.1 H"
    )


@pytest.mark.parametrize(
    ("restart", "expected"),
    [("", ["1", "2", "1"]), ("0", ["1", "2", "3"]), ("1", ["1", "2", "1"])],
)
def test_a_level_begins_again_only_where_it_says(
    tmp_path: Path, restart: str, expected: list[str]
) -> None:
    more = f'<w:lvlRestart w:val="{restart}"/>' if restart else ""
    numbering = lists(level(0, "upperLetter"), level(1, "decimal", "%2)", more=more))
    body = [item("x"), item("y", 1, 1), item("y", 1, 1), item("x"), item("y", 1, 1)]
    found = text(written(tmp_path / "a.docx", numbering, *body)).split("\n")
    assert found == [
        "- A. x", f"- {expected[0]}) y", f"- {expected[1]}) y", "- B. x", f"- {expected[2]}) y",
    ]  # fmt: skip


def test_lists_of_one_definition_count_on_unless_one_starts_anew(tmp_path: Path) -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{}"/></w:lvlOverride>'
    nums = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="0"/>{over}</w:num>'
        for number, over in ((2, ""), (3, start.format(1)), (4, start.format(10)))
    )
    body = [item("a", 1), item("b", 2), item("c", 3), item("d", 3), item("e", 4), item("f", 4)]
    assert text(written(tmp_path / "a.docx", lists(level(0), nums=nums), *body)) == (
        "1. a\n2. b\n1. c\n2. d\n10. e\n11. f"
    )


def test_a_list_overrides_a_level(tmp_path: Path) -> None:
    over = f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1)")}</w:lvlOverride>'
    nums = f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{over}</w:num>'
    path = written(tmp_path / "a.docx", lists(level(0), nums=nums), item("a", 2), item("b", 2))
    assert text(path) == "- I) a\n- II) b"


def test_legal_numbers_are_digits(tmp_path: Path) -> None:
    numbering = lists(
        level(0, "upperRoman"), level(1, "decimal", "%1.%2"),
        level(2, "decimal", "%1.%2.%3", more="<w:isLgl/>"),
    )  # fmt: skip
    body = [item("a"), item("b"), item("c", 1, 1), item("d", 1, 2)]
    assert text(written(tmp_path / "a.docx", numbering, *body)) == (
        "- I. a\n- II. b\n- II.1 c\n- 2.1.1 d"
    )


def heading(identity: str, name: str, props: str = "", based: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based}"/><w:pPr>{props}</w:pPr></w:style>'
    )


def test_headings_are_numbered_by_their_styles(tmp_path: Path) -> None:
    styles = (
        heading("b1", "heading 1", '<w:numPr><w:numId w:val="1"/></w:numPr>')
        + heading("b2", "heading 2", in_list(1, 1))
        + heading("b3", "heading 3", '<w:numPr><w:ilvl w:val="2"/></w:numPr>', "b1")
        + heading("x", "Anhang", "", "b2")
    )
    numbering = lists(
        level(0, "decimal", "%1", more='<w:pStyle w:val="b1"/>'),
        level(1, "decimal", "%1.%2", more='<w:pStyle w:val="b2"/>'),
        level(2, "decimal", "%1.%2.%3"),
    )
    path = written(
        tmp_path / "a.docx", numbering,
        p("General", style="b1"), p("Work", style="b1"), p("Loosening", style="b2"),
        p("Tightening", style="b2"), p("Crosswise, in two steps.", style="b3"),
        p("Own", style="x"),
        p("No number", style="b2", props=in_list(0)), p("Text."), styles=styles,
    )  # fmt: skip
    assert text(path).split("\n\n") == [
        "# 1 General", "# 2 Work", "## 2.1 Loosening", "## 2.2 Tightening",
        "### 2.2.1 Crosswise, in two steps.", "## 2.3 Own", "## No number", "Text.",
    ]  # fmt: skip


def test_a_list_style_leads_to_its_levels(tmp_path: Path) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="5">{level(0, "lowerLetter", "%1)")}'
        '<w:styleLink w:val="Steps"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="6"><w:numStyleLink w:val="Steps"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="6"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num>'
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="Steps"><w:pPr><w:numPr><w:numId w:val="2"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    path = written(tmp_path / "a.docx", numbering, item("A"), item("B"), styles=styles)
    assert text(path) == "- a) A\n- b) B"
    path = written(
        tmp_path / "b.docx", numbering.replace('<w:styleLink w:val="Steps"/>', ""), item("A"),
        styles=styles,
    )  # fmt: skip
    assert text(path) == "- a) A"


def test_rows_numbered_by_word_keep_their_numbers(tmp_path: Path) -> None:
    number = cell(p(props=in_list(1)))
    path = written(
        tmp_path / "a.docx", lists(level(0)),
        table(row("No.", "Step", "Nm"), row(number, "Loosen", "5"), row(number, "Tighten", "9")),
        item("Go on."),
    )  # fmt: skip
    assert text(path) == (
        "| No. | Step | Nm |\n|---|---|---|\n| 1. | Loosen | 5 |\n| 2. | Tighten | 9 |\n\n3. Go on."
    )


def test_bullets_in_a_cell_stay_apart(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.docx", lists(level(0, "bullet", "\uf0b7")),
        table(row("Fault", "Cause"), row("E 17", cell(item("Low oil"), item("Hot oil")))),
    )  # fmt: skip
    assert "• Low oil • Hot oil" in text(path)


def test_hidden_and_deleted_paragraphs_do_not_count(tmp_path: Path) -> None:
    hidden = p(r("x", "<w:vanish/>"), props=in_list(1) + "<w:rPr><w:vanish/></w:rPr>")
    deleted = p("<w:del><w:r><w:delText>x</w:delText></w:r></w:del>",
                props=in_list(1) + "<w:rPr><w:del/></w:rPr>")  # fmt: skip
    path = written(tmp_path / "a.docx", lists(level(0)), item("A"), hidden, deleted, item("B"))
    assert text(path) == "1. A\n2. B"


def test_the_number_of_a_bold_step_stays_with_it(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.docx", lists(level(0, "lowerLetter", "%1)")),
        p(r("Tighten to 85 Nm", "<w:b/>"), props=in_list(1)), p("Crosswise."),
    )  # fmt: skip
    assert passages(path) == [("", "a) Tighten to 85 Nm Crosswise.")]


@pytest.mark.parametrize("numbering", ["", "<w:num w:numId='1'/>", lists()])
def test_numbers_of_lists_that_are_not_defined(tmp_path: Path, numbering: str) -> None:
    path = written(tmp_path / "a.docx", numbering, item("A"), item("B"))
    assert [line.removeprefix("- ") for line in text(path).split("\n") if line] == ["A", "B"]


def test_absurd_numbers_are_bounded(tmp_path: Path) -> None:
    for shape in ("lowerRoman", "lowerLetter", "decimalEnclosedCircle", "chineseCounting"):
        numbering = lists(level(0, shape, "%1", start=999_999))
        assert len(text(written(tmp_path / f"{shape}.docx", numbering, item("A")))) < 100
