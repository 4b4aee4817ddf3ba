"""Signs of symbol fonts, fields, controls and formulas of Word documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import read
from tests.word_files import cell, field, p, r, row, table, text, warnings, write

SYMBOL = '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'


def sym(code: str, font: str = "Symbol") -> str:
    return r(f'<w:sym w:font="{font}" w:char="{code}"/>')


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["0.25 ", sym("F0B1"), " 0.01 mm"], "0.25 ± 0.01 mm"),
        (["p ", sym("F0A3"), " 5 bar, ", sym("F0B3"), " 3 bar"], "p ≤ 5 bar, ≥ 3 bar"),
        (["3 ", sym("F0B4"), " 4, 90", sym("F0B0"), "C"], "3 \u00d7 4, 90°C"),
        (["4.7 k", sym("F057"), ", 10 ", sym("F06D"), "m, ", sym("F044"), "p"],
         "4.7 kΩ, 10 µm, Δp"),
        ([sym("B0"), sym("b1")], "°±"),
        ([sym("F0E0", "Wingdings"), " next ", sym("F0FE", "Wingdings"), " done"], "→ next ☑ done"),
        ([sym("F0A8", "Wingdings"), sym("F0FC", "wingdings"), sym("F052", "Wingdings 2")], "☐✓☑"),
        ([sym("2610", "MS Gothic"), " open"], "☐ open"),
        (["85 ", r("\uf0b1", SYMBOL), " 5 Nm"], "85 ± 5 Nm"),
        (["20 ", r("mW", SYMBOL)], "20 µΩ"),
        (["20 ", r("m", '<w:rStyle w:val="Greek"/>'), "m"], "20 µm"),
        ([r("5 ± 1 °", SYMBOL)], "5 ± 1 °"),
        (["P", r("<w:noBreakHyphen/>"), "204", r("<w:softHyphen/>"), "X"], "P-204X"),
        (["20", r("<w:tab/>"), "Nm", r("<w:br/>"), "dry"], "20 Nm dry"),
        ([field(r"SYMBOL 177 \f \"Symbol\"".replace('\\"', '"'))], "±"),
        ([field(r"SYMBOL 0xE0 \f Wingdings \s 12")], "→"),
    ],
)  # fmt: skip
def test_signs_are_read_as_their_font_shows_them(
    tmp_path: Path, runs: list[str], expected: str
) -> None:
    styles = f'<w:style w:type="character" w:styleId="Greek"><w:rPr>{SYMBOL}</w:rPr></w:style>'
    path = write(tmp_path / "a.docx", p(*runs), parts={"styles": styles})
    assert text(path) == expected
    assert warnings(path) == []


@pytest.mark.parametrize("run", [sym("E123", "Logo"), sym("F0F0"), sym("zz"), r("\ue023"),
                                 r("\uf0b0")])  # fmt: skip
def test_signs_that_nobody_knows_leave_a_box_and_are_reported(tmp_path: Path, run: str) -> None:
    path = write(tmp_path / "a.docx", p("5 ", run, " 3"))
    assert text(path) == "5 □ 3"
    [(kind, _, message)] = warnings(path)
    assert kind == "left_out"
    assert message.startswith("signs that only a special font shows could not be read")


def form(kind: str, inner: str, *result: str) -> str:
    begin = f"<w:fldChar w:fldCharType='begin'><w:ffData>{inner}</w:ffData></w:fldChar>"
    return field(kind, *result).replace('<w:fldChar w:fldCharType="begin"/>', begin, 1)


BOX = "<w:checkBox><w:default w:val='{}'/>{}</w:checkBox>"
CHOICES = "".join(f"<w:listEntry w:val='{name}'/>" for name in ("VG 46", "VG 68", "VG 100"))


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (["See page ", field("PAGEREF _Toc1", r("12")), "."], "See page 12."),
        (["Torque ", field("= 80 + 5", r("85")), " Nm"], "Torque 85 Nm"),
        (['<w:fldSimple w:instr="REF x">' + r("Table 3") + "</w:fldSimple>", "."], "Table 3."),
        ([field(f"IF {field('MERGEFIELD a', r('95'))} = 1", r("85")), " Nm"], "85 Nm"),
        ([field("HYPERLINK x", r("one "), field("REF y", r("two"))), " three"], "one two three"),
        ([field("FORMTEXT", r("4711"))], "4711"),
        (["Fitted: ", form("FORMCHECKBOX", BOX.format(1, ""))], "Fitted: ☑"),
        (["Fitted: ", form("FORMCHECKBOX", BOX.format(1, "<w:checked w:val='0'/>"))], "Fitted: ☐"),
        (["Fitted: ", form("FORMCHECKBOX", BOX.format(0, "<w:checked/>"))], "Fitted: ☑"),
        ([form("FORMDROPDOWN", f"<w:ddList><w:result w:val='1'/>{CHOICES}</w:ddList>")], "VG 68"),
        ([form("FORMDROPDOWN", f"<w:ddList>{CHOICES}</w:ddList>")], "VG 46"),
        (["Torque 1", field(r"EQ \f(1,2)"), "inch"], "Torque 1 1/2 inch"),
        ([field('XE "Torque 99"'), "Torque 85"], "Torque 85"),
    ],
)  # fmt: skip
def test_fields_show_their_results_and_no_codes(
    tmp_path: Path, runs: list[str], expected: str
) -> None:
    path = write(tmp_path / "a.docx", p(*runs))
    assert text(path) == expected
    assert warnings(path) == []


def test_a_field_that_does_not_end_hides_nothing(tmp_path: Path) -> None:
    begin, end = (r(f'<w:fldChar w:fldCharType="{kind}"/>') for kind in ("begin", "end"))
    lost = f"<w:del>{end}</w:del>"
    path = write(tmp_path / "a.docx", p("One", begin, " two", lost), p(end, end, "Three"))
    assert text(path) == "One\n\nThree"
    assert "Three" in text(write(tmp_path / "b.docx", p("One", begin), p("Three")))


def test_a_field_over_paragraphs(tmp_path: Path) -> None:
    begin, separate, end = (
        r(f'<w:fldChar w:fldCharType="{kind}"/>') for kind in ("begin", "separate", "end")
    )
    code = r("<w:instrText>INCLUDETEXT x</w:instrText>")
    path = write(tmp_path / "a.docx", p("A", begin, code), p(separate, "B"), p("C", end))
    assert text(path) == "A\n\nB\n\nC"


def test_a_table_of_contents_is_left_out_by_its_field_too(tmp_path: Path) -> None:
    begin, separate, end = (
        r(f'<w:fldChar w:fldCharType="{kind}"/>') for kind in ("begin", "separate", "end")
    )
    code = r(r'<w:instrText>TOC \o "1-3"</w:instrText>')
    path = write(
        tmp_path / "a.docx", p("Contents"), p(begin, code, separate, "Torque 7"),
        p("Oil 85"), p(end), p("Text."),
    )  # fmt: skip
    assert text(path) == "Contents\n\nText."
    (warning,) = read(path).warnings
    assert (warning.kind, warning.page) == ("left_out", 0)
    assert warning.message.startswith("tables of contents")


@pytest.mark.parametrize(
    "name", ["toc 1", "Contents 2", "table of figures", "Index 1", "Figure Index 1", "index 3"]
)
def test_lines_of_contents_and_indexes_are_left_out_and_their_page_breaks_count(
    tmp_path: Path, name: str
) -> None:
    style = f'<w:style w:type="paragraph" w:styleId="c"><w:name w:val="{name}"/></w:style>'
    path = write(
        tmp_path / "a.docx", p("Front."), p("Torque 85", style="c"),
        p("Oil", r("<w:lastRenderedPageBreak/>"), " 12", style="c"), p("Text."),
        parts={"styles": style},
    )  # fmt: skip
    assert [(page.number, page.text) for page in read(path).pages] == [(1, "Front."), (2, "Text.")]


def test_an_equation_field_that_is_not_understood_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p("F = ", field(r"EQ \r(3;x+1)")))
    assert text(path) == "F ="
    assert warnings(path) == [
        ("left_out", 0, r'a formula that is not stored as text is left out: "EQ \r(3;x+1)"')
    ]


@pytest.mark.parametrize("code", ["AUTONUM", r"LISTNUM \l 2", "AUTONUMLGL"])
def test_numbers_that_only_word_computes_are_reported(tmp_path: Path, code: str) -> None:
    path = write(tmp_path / "a.docx", p(field(code), " Open V-1."))
    assert text(path) == "Open V-1."
    assert warnings(path) == [
        ("left_out", 0, f'a number that only Word computes is left out: "{code}"')
    ]


def test_content_controls(tmp_path: Path) -> None:
    box = "<w:sdtPr><w14:checkbox><w14:checked w14:val='1'/></w14:checkbox></w:sdtPr>"
    empty = "<w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
    path = write(
        tmp_path / "a.docx",
        p(f"<w:sdt>{box}<w:sdtContent>{r('☒')}</w:sdtContent></w:sdt>", " sealed"),
        p("Oil: ", f"<w:sdt>{empty}<w:sdtContent>{r('Choose an item.')}</w:sdtContent></w:sdt>"),
        f"<w:sdt>{empty}<w:sdtContent>{p('Click here.')}</w:sdtContent></w:sdt>",
        f"<w:sdt><w:sdtContent>{p('4.5 l')}</w:sdtContent></w:sdt>",
    )
    assert text(path) == "☒ sealed\n\nOil:\n\n4.5 l"


def test_ruby_text_follows_its_base(tmp_path: Path) -> None:
    inner = f"<w:rt>{r('toruku')}</w:rt><w:rubyBase>{r('締付')}</w:rubyBase>"
    ruby = f"<w:r><w:ruby>{inner}</w:ruby></w:r>"
    assert text(write(tmp_path / "a.docx", p(ruby, " 85 Nm"))) == "締付(toruku) 85 Nm"


def t(content: str) -> str:
    return f"<m:r><m:t>{content}</m:t></m:r>"


def m(name: str, **parts: str) -> str:
    props = "".join(f'<m:{k[1:]} m:val="{v}"/>' for k, v in parts.items() if k.startswith("_"))
    inner = "".join(f"<m:{k}>{v}</m:{k}>" for k, v in parts.items() if not k.startswith("_"))
    return f"<m:{name}><m:{name}Pr>{props}</m:{name}Pr>{inner}</m:{name}>"


def matrix(*rows: str) -> str:
    lines = ("".join(f"<m:e>{t(cell)}</m:e>" for cell in row) for row in rows)
    return f"<m:m>{''.join(f'<m:mr>{line}</m:mr>' for line in lines)}</m:m>"


def fraction(num: str, den: str) -> str:
    return m("f", num=t(num), den=t(den))


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        (fraction("1", "2"), "1/2"),
        (t("1") + fraction("1", "2"), "1 1/2"),
        (fraction("1", "2") + t("5"), "1/2 5"),
        (fraction("a+b", "2c"), "(a+b)/(2c)"),
        (t("F=") + fraction("p·A", "9.81"), "F=(p·A)/9.81"),
        (m("sSup", e=t("x"), sup=t("2")), "x²"),
        (m("sSup", e=t("10"), sup=t("\u22123")) + t(" bar"), "10⁻³ bar"),
        (t("2") + m("sSup", e=t("10"), sup=t("5")), "2 10⁵"),
        (m("sSup", e=t("x"), sup=t("n+1")), "x^(n+1)"),
        (m("sSup", e=t("a+b"), sup=t("2")), "(a+b)²"),
        (m("sSub", e=t("p"), sub=t("1")), "p₁"),
        (m("sSub", e=t("p"), sub=t("max")), "p_max"),
        (m("sSubSup", e=t("x"), sub=t("1"), sup=t("2")), "x₁²"),
        (m("rad", deg="", e=t("2·g·h")), "√(2·g·h)"),
        (m("rad", deg=t("3"), e=t("V")), "∛(V)"),
        (m("nary", _chr="∑", sub=t("i=1"), sup=t("n"), e=t("x")), "∑_(i=1)^(n) x"),
        (m("nary", sub=t("0"), sup=t("5"), e=t("f")), "∫_(0)^(5) f"),
        (m("d", e=t("a,b")), "(a,b)"),
        (m("d", _begChr="[", _endChr="]", e=t("1")), "[1]"),
        (t("a=") + m("d", _begChr="|", _endChr="|", e=t("x")), "a=|x|"),
        (m("func", fName=t("cos"), e=t("φ")), "cos(φ)"),
        (m("acc", _chr="\u0307", e=t("V")), "V˙"),
        (matrix("12", "34"), "[1, 2; 3, 4]"),
        (m("limLow", e=t("lim"), lim=t("x→0")), "lim_(x→0)"),
        (f"<m:eqArr><m:e>{t('a=1')}</m:e><m:e>{t('b=2')}</m:e></m:eqArr>", "a=1; b=2"),
        (m("box", e=fraction("3", "8")), "3/8"),
        ("<m:unheard><m:e>" + t("85 Nm") + "</m:e></m:unheard>", "85 Nm"),
        ("<m:r><w:rPr><w:strike/></w:rPr><m:t>95</m:t></m:r>" + t("72"), "72"),
    ],
)  # fmt: skip
def test_formulas_are_one_line(tmp_path: Path, math: str, expected: str) -> None:
    assert text(write(tmp_path / "a.docx", p(f"<m:oMath>{math}</m:oMath>"))) == expected


def test_formulas_beside_figures(tmp_path: Path) -> None:
    half = f"<m:oMath>{fraction('1', '2')}</m:oMath>"
    path = write(
        tmp_path / "a.docx",
        p("Pipe 1", half, "5 pieces, ", half, " inch"),
        f"<w:p><m:oMathPara><m:oMath>{t('a=1')}</m:oMath><m:oMath>{t('b=2')}</m:oMath></m:oMathPara></w:p>",
        table(row("Pipe", "Size"), row("A", cell(p("1", half)))),
    )
    assert text(path) == (
        "Pipe 1 1/2 5 pieces, 1/2 inch\n\na=1; b=2\n\n| Pipe | Size |\n|---|---|\n| A | 1 1/2 |"
    )
