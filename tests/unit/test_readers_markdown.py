"""Markdown of many tools: marks go, text and figures stay as they are written."""

# ruff: noqa: E501, ISC004, RUF001 - inputs are written as they occur
from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library.documents import Document, read
from fieldkit.library.passages import split


def markdown(folder: Path, content: str | bytes) -> Document:
    path = folder / "px204.md"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path)


def passage(folder: Path, content: str) -> str:
    """The text of all passages of ``content``, one behind the other."""
    return " | ".join(found.text for found in split(markdown(folder, content)))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("See [the list](a.md), *now*: **hot**, `T-5`.", "See the list, now: hot, T-5."),
        ("Screw M12*1.75*30 and M8*1.25*20.", "Screw M12*1.75*30 and M8*1.25*20."),
        ("Escaped M12\\*1.75 and P\\_204\\_x.", "Escaped M12*1.75 and P_204_x."),
        ("Tags P_204_x, __init and a 2**3 value.", "Tags P_204_x, __init and a 2**3 value."),
        ("Delete C:\\_old\\*.cfg and D:\\*.*", "Delete C:\\_old\\*.cfg and D:\\*.*"),
        ("On \\\\server\\_share\\x: **C:\\temp**", "On \\\\server\\_share\\x: C:\\temp"),
        ("Use *.cfg and *.ini files.", "Use *.cfg and *.ini files."),
        ("80 &deg;C &lt; 90&nbsp;&deg;C &#27;[31m", "80 °C < 90 °C [31m"),
        ("10&#150;15 Nm, &#128;25, maker&#146;s", "10–15 Nm, €25, maker’s"),
        ("<https://example.org/a> and ![Figure 3: pump](p.png)", "https://example.org/a and Figure 3: pump"),
        ("[Pump][p], [valve][] and [P-7].\n\n[p]: a.md\n[valve]: <b.md> \"t\"", "Pump, valve and [P-7]."),
        ("Terminal [1](24V) and [2](see page 4).", "Terminal [1](24V) and [2](see page 4)."),
        ("Set `a*b*c` and `` x`y ``.", "Set a*b*c and x`y."),
        ("Open <torque> and <5 bar>.", "Open <torque> and <5 bar>."),
        ("One\\\ntwo  \nthree.", "One two three."),
        ("Soft\u00adware, break<wbr>able<br>line", "Software, breakable line"),
        ("a <!-- one --> b <!-- two\nlines --> c", "a b c"),
        ("Unended <!-- stays 5 bar", "Unended <!-- stays 5 bar"),
    ],
)  # fmt: skip
def test_marks_go_and_text_stays(tmp_path: Path, content: str, text: str) -> None:
    assert passage(tmp_path, f"## X\n{content}") == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("- 40 °C", "- 40 °C"),
        ("Ambient:\n\n- 40 °C\n+ 80 °C", "Ambient: - 40 °C; + 80 °C"),
        ("+ 24 V\n\nat pin 4", "+ 24 V at pin 4"),
        ("> 5 bar\n\n> Mind the gap.", "> 5 bar Mind the gap."),
        ("# 8 screws\n\nare needed.", "# 8 screws are needed."),
        ("It was built in\n1986. The pump is old.", "It was built in 1986. The pump is old."),
        ("- -5 °C at least\n- Wait", "-5 °C at least Wait"),
        ("* 5 bar at 20 °C", "* 5 bar at 20 °C"),
        ("- 20 °C\n- 30 °C", "- 20 °C; - 30 °C"),
        ("- 2 bolts\n- 4 washers", "2 bolts 4 washers"),
        ("- Bolts\n- 40 mm spanner", "Bolts 40 mm spanner"),
    ],
)
def test_a_sign_before_a_value_is_no_mark(tmp_path: Path, content: str, text: str) -> None:
    assert passage(tmp_path, content) == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("10^-3^ mbar", "10⁻³ mbar"),
        ("H~2~O and CO~2~-free", "H₂O and CO₂-free"),
        ("85<sup>1</sup> Nm", "85 Nm ¹"),
        ("1<sup>1</sup>/<sub>2</sub> inch", "1 1/2 inch"),
        ("5 m<sup>2</sup>, x^2 and y^2", "5 m², x^2 and y^2"),
        ("~5 bar, ~10 bar", "~5 bar, ~10 bar"),
    ],
)
def test_raised_and_lowered(tmp_path: Path, content: str, text: str) -> None:
    assert passage(tmp_path, content) == text


@pytest.mark.parametrize(
    "crossed",
    [
        "~~95 Nm~~", "<del>95 Nm</del>", "<s>95 Nm</s>", "<strike>95 Nm</strike>", "~~**95** Nm~~",
        "<span style='text-decoration: line-through'>95 Nm</span>",
        "<span style=\"display:none\">95 Nm</span>",
    ],
)  # fmt: skip
def test_what_is_crossed_out_is_left_out_and_reported(tmp_path: Path, crossed: str) -> None:
    document = markdown(tmp_path, f"<!-- page 3 -->\nBonnet stud: {crossed} 72 Nm, <ins>dry</ins>.")
    assert document.pages[0].text == "Bonnet stud: 72 Nm, dry."
    [warning] = document.warnings
    assert (warning.kind, warning.page) == ("left_out", 3)
    assert warning.message == 'crossed-out or hidden text is left out: "95 Nm"'


def test_crossed_out_in_tables_headings_and_items(tmp_path: Path) -> None:
    document = markdown(
        tmp_path,
        "## Oil ~~VG 32~~ VG 46\n- ~~8 l~~ 11 l\n\n| A | B |\n|---|---|\n| x | ~~1~~ 2 |\n",
    )
    [found] = split(document)
    assert (found.heading, found.text) == ("Oil VG 46", "11 l x: B 2.")
    assert len(document.warnings) == 3


ROWS = "Head bolt: Dry 85 Nm, Oiled 72 Nm. Sump bolt: Dry 25 Nm, Oiled 21 Nm."


@pytest.mark.parametrize(
    "table",
    [
        "Bolt | Dry | Oiled\n--- | --- | ---\nHead bolt | 85 Nm | 72 Nm\nSump bolt | 25 Nm | 21 Nm",
        "|Bolt|Dry|Oiled|\n|:-|:-:|-:|\n|Head bolt|85 Nm|72 Nm|\n|Sump bolt|25 Nm|21 Nm|",
        "| Bolt | Dry | Oiled\n|---|---|---\n| Head bolt | 85 Nm | 72 Nm\n| Sump bolt | 25 Nm | 21 Nm",
        "<table><tr><th>Bolt</th><th>Dry</th><th>Oiled</th></tr>\n<tr><td>Head bolt<td>85 Nm<td>72 Nm"
        "\n\n<tr><td>Sump bolt<td>25 Nm<td>21 Nm</table>",
        "+-----------+-------+-------+\n| Bolt      | Dry   | Oiled |\n+===========+=======+=======+\n"
        "| Head      | 85 Nm | 72 Nm |\n| bolt      |       |       |\n"
        "+-----------+-------+-------+\n| Sump bolt | 25 Nm | 21 Nm |\n+-----------+-------+-------+",
        "  Bolt        Dry   Oiled\n---------- ------  ------\nHead bolt   85 Nm  72 Nm\n"
        "Sump bolt   25 Nm  21 Nm",
        "--------------------------\nBolt        Dry    Oiled\n---------- ------ --------\n"
        "Head        85 Nm  72 Nm\nbolt\n\nSump bolt   25 Nm  21 Nm\n--------------------------",
    ],
    ids=["bare", "aligned", "open", "html", "grid", "simple", "multiline"],
)  # fmt: skip
def test_tables_of_other_tools(tmp_path: Path, table: str) -> None:
    assert passage(tmp_path, f"# Torques\n{table}\n\nDone.") == f"{ROWS} Done."


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("| 4 | ON\\|OFF |", "Pin 4: Level ON|OFF."),
        ("| 4 | `0|1` |", "Pin 4: Level 0|1."),
        ("| A | x | extra |", "A: Level x, extra."),
        ("| B |", "B."),
        ("| C | 20<br>30 |", "C: Level 20; 30."),
        ("| C | low<br/>oil |", "C: Level low oil."),
        ("| C \\* | **y** |", "C *: Level y."),
    ],
)
def test_cells(tmp_path: Path, row: str, text: str) -> None:
    assert passage(tmp_path, f"| Pin | Level |\n|---|---|\n{row}\n") == text


def test_a_bold_row_names_the_rows_below_it(tmp_path: Path) -> None:
    table = (
        "| Bolt | Torque |\n|---|---|\n| **Fluid end** | |\n| Stud M24 | 320 Nm |\n"
        "| **Power end** | |\n| Stud M24 | 450 Nm |\n"
    )
    assert passage(tmp_path, table) == (
        "Fluid end, Stud M24: Torque 320 Nm. Power end, Stud M24: Torque 450 Nm."
    )


@pytest.mark.parametrize(
    ("content", "page"),
    [
        ("Oil\n===\nA.\n\nDrain\n-----\nB.", "# Oil\nA.\n\n## Drain\nB."),
        ("## Oil ##\nText", "## Oil\nText"),
        ("#Heading no", "#Heading no"),
        ("3. a\n4. b\n", "3. a\n4. b"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        ("1) a\n2) b\n   more", "1) a\n2) b more"),
        ("- a\n  - b\n    - c", "- a\n- b\n- c"),
        ("- [x] done\n- [ ] open", "- [x] done\n- [ ] open"),
        ("Oil\n: 8 l\n: VG 46\n\nWater\n: 11 l", "Oil: 8 l\n\nOil: VG 46\n\nWater: 11 l"),
        ("~~~ text\nkeep *this* | that\n~~~", "keep *this* | that"),
        ("```\na\n```\nb", "a\n\nb"),
        ("text\n\n    set  x *= 2\n\nend", "text\n\nset  x *= 2\n\nend"),
        ("a\n\n***\n\nb", "a\n\nb"),
        ("> **Warning:** hot.\n> Wait.", "Warning: hot.\nWait."),
        ("> | A | B |\n> |---|---|\n> | x | 1 |", "| A | B |\n|---|---|\n| x | 1 |"),
        ("> ```\n> > a\n> ```\n> b", "a\n\nb"),
        ("```\n> a\n```\nb", ">\u00a0a\n\nb"),
    ],
)
def test_blocks(tmp_path: Path, content: str, page: str) -> None:
    assert markdown(tmp_path, content).pages[0].text == page


def test_code_is_not_read_as_marks(tmp_path: Path) -> None:
    [found] = split(markdown(tmp_path, "## A\n```\n# 5 x\n- 40 °C\n| a |\n<!-- b -->\n```\nEnd."))
    assert found.heading == "A"
    assert found.text == "# 5 x; - 40 °C | a | <!-- b --> End."


def test_notes_are_beside_their_text(tmp_path: Path) -> None:
    content = (
        "Torque 85[^1] Nm.\n\nNext.[^dry]\n\n| A | B |\n|---|---|\n| x | 1[^1] |\n\n"
        "[^1]: Dry threads\n    only.\n[^dry]: No oil.\n[^9]: Unused.\n"
    )
    assert passage(tmp_path, content) == (
        "Torque 85 Nm ¹. ¹ Dry threads only. Next.^(dry) ^(dry) No oil. x: B 1 ¹. "
        "¹ Dry threads only. ⁹ Unused."
    )


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ("---\ndocument: PX-1\ntitle: 'It''s a pump'\nrevision: \"C\"\ndate: 2026-03-01\n---\n",
         ("PX-1", "It's a pump", "C", "2026-03-01")),
        ("\ufeff---\r\ndocument: PX-1\r\ntags:\r\n  - a\r\n  - b\r\n...\r\n", ("PX-1", "H", "", "")),
        ("+++\ndocument = \"PX-1\"\nrevision = \"D\"\ndate = 2026-03-01\n+++\n",
         ("PX-1", "H", "D", "2026-03-01")),
        ("---\nTitle: A # note\nrevision: [1, 2]\n---\n", ("px204", "A", "1, 2", "")),
        ("---\n\nText with: no key line\n\n---\n", ("px204", "H", "", "")),
    ],
)  # fmt: skip
def test_front_matter(tmp_path: Path, front: str, found: tuple[str, str, str, str]) -> None:
    document = markdown(tmp_path, f"{front}# H\nText.\n")
    assert (document.document, document.title, document.revision, document.date) == found
    assert document.pages[0].text.endswith("# H\nText.")


def test_a_rule_at_the_beginning_hides_nothing(tmp_path: Path) -> None:
    document = markdown(tmp_path, "---\nOpen the valve.\n\n---\nClose it.\n")
    assert "Open the valve." in document.pages[0].text


@pytest.mark.parametrize(
    ("content", "text", "told"),
    [
        ("0–40 °C, maker’s".encode("cp1252"), "0–40 °C, maker’s", "windows-1252 was assumed"),
        ("\ufeffÖl 8 l".encode(), "Öl 8 l", ""),
        ("Öl 8 l".encode("utf-16"), "Öl 8 l", ""),
        (b"a\xc3\xb6b \xc3\xbc \xc3\xa4 \xc3\x9f 10 \xff Nm", "aöb ü ä ß 10 \ufffd Nm", "1 bytes are no character"),
        ("10\u009615 Nm".encode(), "10–15 Nm", ""),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, content: bytes, text: str, told: str) -> None:
    document = markdown(tmp_path, content)
    assert document.pages[0].text == text
    messages = [warning.message for warning in document.warnings]
    assert len(messages) == bool(told)
    assert all(told in message for message in messages)


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ" + bytes(range(1, 32)) * 50, "it is not text"),
        (b"text \0 more text, and so on", "it holds NUL bytes; it is not text"),
        (b"", "it holds no text"),
    ],
)
def test_what_is_no_text(tmp_path: Path, suffix: str, content: bytes, reason: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=reason):
        read(path)


def test_pages_and_line_ends(tmp_path: Path) -> None:
    document = markdown(tmp_path, "A.\r\nB.\fC.\r<!-- page 7 -->\nD.")
    assert [(page.number, page.text) for page in document.pages] == [
        (1, "A.\nB."), (2, "C."), (7, "D."),
    ]  # fmt: skip


def test_a_page_mark_in_code_marks_no_page(tmp_path: Path) -> None:
    document = markdown(tmp_path, "# A\n```\n<!-- page 1 -->\n# B\n```\n# C\nText.")
    assert [(page.number, page.text) for page in document.pages] == [
        (0, "# A\n\n<!-- page 1 -->\n#\u00a0B\n\n# C\nText.")
    ]


def test_html_blocks_are_read_as_web_pages(tmp_path: Path) -> None:
    content = (
        "# A\n<details><summary>More</summary>\n<p>Set <b>5</b> bar.</p></details>\n\nEnd *here*."
    )
    assert passage(tmp_path, content) == "More Set 5 bar. End here."
