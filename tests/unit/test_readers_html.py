"""Web pages: what is shown, and nothing else."""

# ruff: noqa: E501, ISC004, RUF001 - inputs are written as they occur
from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import read
from fieldkit.library.passages import split
from fieldkit.library.readers import html
from tests.manual_files import write_html

PAGE = (
    "# PX-204 mud pump\n\nWear gloves & goggles.\n\n## Torque\n\n"
    "| Bolt | Torque |\n|---|---|\n| M8 | 25 Nm |\n| M12x1.75 | 85 Nm |\n\n"
    "## Start\n\n1. Open V-1.\n2. Start.\n\n- Wait."
)


def body(folder: Path, content: str) -> Path:
    path = folder / "page.html"
    path.write_text(f"<html><body>{content}</body></html>", encoding="utf-8")
    return path


def passages(path: Path) -> list[tuple[str, str]]:
    return [(found.heading, found.text) for found in split(read(path))]


def test_headings_lists_and_tables_are_read_and_scripts_are_not(tmp_path: Path) -> None:
    path = write_html(
        tmp_path / "px204.html",
        [PAGE],
        title="PX-204",
        meta="<meta name='date' content='2026-03-01'><meta name='revision' content='C'>",
    )
    document = read(path)
    assert (document.document, document.title) == ("px204", "PX-204")
    assert (document.revision, document.date) == ("C", "2026-03-01")
    assert passages(path) == [
        ("PX-204 mud pump", "Wear gloves & goggles."),
        ("Torque", "M8: Torque 25 Nm. M12x1.75: Torque 85 Nm."),
        ("Start", "1. Open V-1. 2. Start. Wait."),
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>80&deg;C &lt; 90&#8239;&deg;C</p>", "80°C < 90 °C"),
        ("<p>P-<b>204</b>: <i>hot</i></p>", "P-204: hot"),
        ("<p>One<br>two</p><div>three</div>", "One two three"),
        ("<p>Seen<span hidden>unseen</span><i style='display: none'>x</i></p>", "Seen"),
        ("<dl><dt>Oil</dt><dd>8 l</dd><dt>Water</dt><dd>11 l</dd></dl>", "Oil: 8 l Water: 11 l"),
        ("<ol start='3'><li>Open.</li><li>Close.</li></ol>", "3. Open. 4. Close."),
        ("<ul><li>Pump<ul><li>P-204</li></ul></li></ul>", "Pump P-204"),
        ("<p>A<p>B <p>C", "A B C"),
        ("<textarea>set</textarea><noscript>no</noscript> here", "set here"),
        ("<p>a<wbr>b so&shy;ft</p>", "ab soft"),
        ("<p>20</p><p>Nm</p><span>20</span><span>Nm</span>", "20 Nm 20Nm"),
        ("<p>20 Nm<br>30 Nm</p>", "20 Nm; 30 Nm"),
        ("<details><summary>More</summary>Set 5 bar.</details>", "More Set 5 bar."),
        ("Stop. <q>Go</q> <ruby>漢<rt>kan</ruby>", "Stop. “Go” 漢(kan)"),
        ("<a><div>20</div>Nm</a>", "20 Nm"),
        ("<i style='display:block'>20</i><div style='display:inline'>Nm</div>", "20 Nm"),
        (
            "<img src=a alt='Pump P-204'><figcaption>Figure 2: pump</figcaption>",
            "Pump P-204 Figure 2: pump",
        ),
        ("<abbr title='no'>VG</abbr> <p title='no'>46</p>", "VG 46"),
        (
            "Set <input value='V-17'> <input type=checkbox checked>on <input type=radio>off "
            "<input type=hidden value=x> <select><option>A<option selected>B</select>",
            "Set V-17 [x] on [ ] off B",
        ),
        ("one</body></html><p>two", "one two"),
        ("- 40 &deg;C", "- 40 °C"),
        (
            "<p>M12*1.75*30, *.cfg, &amp;lt; [x](a/b), `c`</p>",
            "M12*1.75*30, *.cfg, &lt; [x](a/b), `c`",
        ),
        ("&#27;[31mred\x07", "[31mred"),
    ],
)
def test_what_a_page_shows_is_read(tmp_path: Path, content: str, text: str) -> None:
    assert passages(body(tmp_path, content)) == [("", text)]


def test_spans_rows_of_names_and_captions(tmp_path: Path) -> None:
    table = (
        "<table><caption>Table 2: torques</caption>"
        "<thead><tr><th rowspan=2>Bolt</th><th colspan=2>Torque</th></tr>"
        "<tr><th>dry</th><th>oiled</th></tr></thead>"
        "<tbody><tr><td>M8<td>25 Nm<td>21 Nm</tr></tbody></table>"
    )
    assert passages(body(tmp_path, table)) == [
        ("", "Table 2: torques M8: Torque dry 25 Nm, Torque oiled 21 Nm.")
    ]


def test_names_of_rows_are_not_names_of_columns(tmp_path: Path) -> None:
    table = "<table><tr><th>Oil</th><td>8 l</td></tr><tr><th>Water</th><td>11 l</td></tr></table>"
    assert passages(body(tmp_path, table)) == [("", "Oil: 8 l. Water: 11 l.")]


def test_a_table_that_places_things_is_no_table(tmp_path: Path) -> None:
    table = "<table><tr><td>menu</td><td><h2>Oil</h2><p>Use VG 220.</p></td></tr></table>"
    assert passages(body(tmp_path, table)) == [("", "menu"), ("Oil", "Use VG 220.")]


HEAD = "<tr><th>Bolt<th>Dry<th>Oiled</tr>"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (f"{HEAD}<tr><td colspan=3>Fluid end<tr><td>M24<td>320<td>300",
         "Fluid end, M24: Dry 320, Oiled 300."),
        (f"{HEAD}<tr><td>M8<td>25<td>21<tr><th>Power end<td><td><tr><td>M8<td>30<td>28",
         "M8: Dry 25, Oiled 21. Power end, M8: Dry 30, Oiled 28."),
        (f"{HEAD}<tr><td>M8<td colspan=2>25 Nm", "M8: Dry 25 Nm, Oiled 25 Nm."),
        (f"{HEAD}<tr><th>M8<td>25<td>20<br>21", "M8: Dry 25, Oiled 20; 21."),
        (f"<tfoot><tr><td colspan=3>All dry.</tfoot>{HEAD}<tr><td>M8<td>25<td>21",
         "M8: Dry 25, Oiled 21. All dry."),
        (f"<tr><td colspan=3>Cover{HEAD}<tr><td>M8<td>25<td>21", "Cover M8: Dry 25, Oiled 21."),
        (f"{HEAD}<tr><td>M8<td>25<td>21<tr><th>Nut<th>Angle<th><tr><td>N1<td>90°<td>",
         "M8: Dry 25, Oiled 21. N1: Angle 90°."),
        (f"{HEAD}<tr><td>M8<td>25<td>21{HEAD}<tr><td>M10<td>45<td>41",
         "M8: Dry 25, Oiled 21. M10: Dry 45, Oiled 41."),
        (f"{HEAD}<tr><td rowspan=2>M8<td>25<td>21<tr><td>26<td>22",
         "M8: Dry 25, Oiled 21. M8: Dry 26, Oiled 22."),
        ("<tr><td><td colspan=2>Torque<tr><td>Bolt<td>dry<td>oiled<tr><td>M8<td>25<td>21",
         "M8: Torque dry 25, Torque oiled 21."),
        ("<tr><td><th>dry<th>oiled<tr><th>M8<td>25<td>21", "M8: dry 25, oiled 21."),
        (f"{HEAD}<tr><td>ON|OFF<td>1<td><table><tr><td>a<td>b</table>", "ON|OFF: Dry 1, Oiled a, b."),
        (f"stray{HEAD}<tr><td>M8<td>25<td>21</tr><p>also</p>", "stray also M8: Dry 25, Oiled 21."),
    ],
)  # fmt: skip
def test_tables(tmp_path: Path, rows: str, text: str) -> None:
    assert passages(body(tmp_path, f"<table>{rows}</table>")) == [("", text)]


def test_the_text_of_a_drawing_is_reported(tmp_path: Path) -> None:
    document = read(body(tmp_path, "<p>Fig.</p><svg><text>85 Nm</text><path/></svg>"))
    assert [str(each) for each in document.warnings] == [
        'the text of a drawing is left out: "85 Nm"'
    ]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("<meta charset='windows-1252'>", "cp1252"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-1'>", "latin-1"),
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("<meta charset='utf-16'>", "utf-8"),
        ("<!-- <meta charset='utf-16le'> --><meta charset=\"koi8-r\">", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, head: str, encoding: str) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes(f"<html><head>{head}</head><body>Öl</body></html>".encode(encoding))
    assert passages(path) == [("", "Öl")]


@pytest.mark.parametrize("label", ["iso-8859-1", "ISO8859-1", "latin1", "ascii", "us-ascii", "l1"])
def test_old_labels_mean_windows_1252(tmp_path: Path, label: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(f"<meta charset='{label}'><p>10–15 Nm, maker’s, €25".encode("cp1252"))
    document = read(path)
    assert document.pages[0].text == "10–15 Nm, maker’s, €25"
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("content", "text", "told"),
    [
        ("<p>10–15 °C".encode("cp1252"), "10–15 °C", ["windows-1252 was assumed"]),
        (b"<meta charset='klingon'><p>x", "x", ["'klingon' is not known; it is read as utf-8"]),
        (b"<?xml version='1.0' encoding='windows-1251'?><p>\xcc\xe0\xf1\xeb\xee", "Масло", []),
        (b"<meta charset=utf-8><p>10 \xff Nm, \xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6", "10 \ufffd Nm, öööö",
         ["1 bytes are no character of utf-8"]),
        (b"<meta charset=utf-8><p>10&#150;15 Nm &#x96; &#0128; &#146;s \xc2\x96", "10–15 Nm – € ’s –", []),
    ],
)  # fmt: skip
def test_no_byte_is_lost(tmp_path: Path, content: bytes, text: str, told: list[str]) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(content)
    document = read(path)
    assert document.pages[0].text == text
    assert len(document.warnings) == len(told)
    assert all(part in str(each) for part, each in zip(told, document.warnings, strict=True))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("85<sup>1</sup> Nm, 12<sup>2)</sup> Nm", "85 Nm ¹, 12 Nm ²⁾"),
        ("10<sup>-3</sup> mbar, 2 x 10<sup>5</sup> Pa", "10⁻³ mbar, 2 x 10⁵ Pa"),
        ("1<sup>1</sup>/<sub>2</sub> or 1<sup>1</sup>&frasl;<sub>2</sub> inch", "1 1/2 or 1 1/2 inch"),
        ("H<sub>2</sub>O, 5 m<sup><b>2</b></sup>", "H₂O, 5 m²"),
        ("x<sup>2<sup>3</sup></sup>", "x^(2^3)"),
        ("85<span style='vertical-align: super'>1</span> Nm", "85 Nm ¹"),
        ("<style>.up{vertical-align:super}</style>85<i class=up>1</i> Nm", "85 Nm ¹"),
        ("end.<sup>[3]</sup> The next", "end.[3] The next"),
        ("<math><msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup></math> bar", "10⁻³ bar"),
        ("<math><mi>p</mi><mo>=</mo><mfrac><mrow><mi>F</mi><mo>+</mo><mi>G</mi></mrow><mi>A</mi></mfrac></math>",
         "p = (F + G)/A"),
        ("<math><msqrt><mi>x</mi></msqrt><mo>×</mo><msub><mi>H</mi><mn>2</mn></msub></math>", "√(x) × H₂"),
        ("<math><mn>1</mn><mfrac><mn>1</mn><mn>2</mn></mfrac></math> inch", "1 1/2 inch"),
        ("<math><semantics><mn>5</mn><annotation>no</annotation></semantics></math>", "5"),
        ("<math><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable></math>",
         "[1, 2; 3]"),
    ],
)  # fmt: skip
def test_raised_lowered_and_formulas(tmp_path: Path, content: str, text: str) -> None:
    assert read(body(tmp_path, content)).pages[0].text == text


@pytest.mark.parametrize(
    "crossed",
    [
        "<del>95 Nm</del>", "<s>95 Nm</s>", "<strike><b>95</b> Nm</strike>",
        "<span style='text-decoration:line-through'>95 Nm</span>",
        "<span style='color: red; text-decoration-line: underline line-through'>95 Nm</span>",
        "<span class='a old b'>95 Nm</span>",
        "<span class=box><b>95 Nm</b></span>",
        "<b id=gone>95 Nm</b>",
        "<span style='display: none !important'>95 Nm</span>",
        "<span style='visibility: hidden'>95 Nm</span>",
        "<span hidden>95 Nm</span>",
        "<dialog>95 Nm</dialog>",
    ],
)  # fmt: skip
def test_what_is_crossed_out_or_hidden_is_reported(tmp_path: Path, crossed: str) -> None:
    style = (
        "<style>/* .new {display:none} */ .old { text-decoration: line-through } "
        "@media print { p { display: none } } #gone, .x:hover { display:none }"
        ".box > b { text-decoration: line-through red }</style>"
    )
    document = read(body(tmp_path, f"{style}<p>Stud: {crossed} 72 Nm <ins class=new>dry</ins></p>"))
    assert document.pages[0].text.replace("\n\n", " ") == "Stud: 72 Nm dry"
    [warning] = document.warnings
    assert str(warning) == 'crossed-out or hidden text is left out: "95 Nm"'
    assert warning.kind == "left_out"


def test_what_is_visible_inside_the_invisible_is_read(tmp_path: Path) -> None:
    content = "<div style='visibility:hidden'>no <b style='visibility:visible'>yes</b></div>"
    assert read(body(tmp_path, content)).pages[0].text == "yes"


def test_a_crossed_out_row_and_cell(tmp_path: Path) -> None:
    table = (
        "<style>tr.void td {text-decoration: line-through}</style>"
        "<table><tr><th>Bolt<th>Torque<tr class=void><td>M8<td>20 Nm<tr><td>M8<td><del>24</del> 25 Nm"
        "<tr style='display:none'><td>M10<td>1 Nm</table>"
    )
    assert passages(body(tmp_path, table)) == [("", "M8: Torque 25 Nm.")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<ol type=a start=2><li>Open<li>Close</ol>", "b. Open\nc. Close"),
        ("<ol type=I><li>Open<li value=4>Close</ol>", "I. Open\nIV. Close"),
        ("<ol reversed><li>Open<li>Close</ol>", "2. Open\n1. Close"),
        ("<ol style='list-style-type: lower-roman'><li>Open<li>Close</ol>", "i. Open\nii. Close"),
        ("<ul style='list-style: upper-alpha inside'><li>Open<li>Close</ul>", "A. Open\nB. Close"),
        ("<ol><li>Open<ol type=a><li>V-1</ol><li>Close</ol>", "1. Open\na. V-1\n\n2. Close"),
        ("<ul><li>40 °C<li>- 40 °C</ul>", "- 40 °C\n- -\u00a040 °C"),
    ],
)
def test_numbers_of_lists(tmp_path: Path, content: str, text: str) -> None:
    assert read(body(tmp_path, content)).pages[0].text == text


def test_several_terms_and_definitions(tmp_path: Path) -> None:
    content = "<dl><dt>Oil</dt><dt>Fluid<dd>8 l<dd>VG 46<dt>Water<dd>11 l</dl>"
    assert passages(body(tmp_path, content)) == [
        ("", "Oil, Fluid: 8 l Oil, Fluid: VG 46 Water: 11 l")
    ]


def test_lines_of_a_listing_stay_apart(tmp_path: Path) -> None:
    document = read(body(tmp_path, "<pre># set 5\nE 17  Low oil\nE 18  Hot oil</pre>"))
    assert document.pages[0].text == "#\u00a0set 5\nE 17  Low oil\nE 18  Hot oil"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bytes(range(1, 32)) * 20, "it is not text"),
        (b"", "holds no text"),
        (b"<html><body><script>x</script></body></html>", "holds no text"),
    ],
)
def test_a_page_that_cannot_be_read(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.html"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason) as raised:
        read(path)
    assert str(path) in raised.value.message


def test_a_page_of_too_many_tags_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "MARKUP", 100)
    with pytest.raises(InvalidInput, match="more than 100 tags; split it"):
        read(body(tmp_path, "<p>" * 101))


def test_deep_nesting_ends(tmp_path: Path) -> None:
    path = body(tmp_path, "<div>" * 100_000 + "deep")
    with pytest.raises(InvalidInput, match="nested too deeply"):
        read(path)
