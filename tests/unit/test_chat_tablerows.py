"""A passage that was a row of a table is shown as that row, and the row that answers stands out."""

from __future__ import annotations

import pytest

from fieldkit.chat.asked import Asked
from fieldkit.chat.pagetext import page_text
from fieldkit.chat.tablerows import Row, Rows, covers, lines_of, row_of, shown, tables
from fieldkit.chat.widgets.rowtable import RowTable

PAGE = """\
# Faults

Switch off first.

| Code | Meaning | Remedy |
|---|---|---|
| E 16 | Hot | Wait |
| E 17 | Low oil, below - 40 mm | Refill \\| check |
| E 18 | - | - |

| Part | Torque |
|---|---:|
| **Fluid end** |  |
| Stud M24 | 320 Nm |
| Cage | 85 Nm |
| **Power end** |  |
| **Lower row** |  |
| Stud M24 | 210 Nm |
"""
E16, E17 = (
    "E 16: Meaning Hot, Remedy Wait.",
    "E 17: Meaning Low oil, below - 40 mm, Remedy Refill | check.",
)
FLUID = "Fluid end, Stud M24: Torque 320 Nm."
POWER = "Power end, Lower row, Stud M24: Torque 210 Nm."


def found(passage: str, question: str = "", answer: str = "") -> list[tuple[str, bool]]:
    asks = Asked(question, "en") if question else None
    return [
        (row.cells[-1], row.answers)
        for table in shown(PAGE, passage, asks, answer)
        for row in table.rows
    ]


def test_tables_of_a_page_with_their_groups() -> None:
    faults, torques = tables(PAGE)
    assert faults.names == ("Code", "Meaning", "Remedy")
    assert faults.rows[1] == Row(("E 17", "Low oil, below - 40 mm", "Refill | check"))
    assert faults.rows[2].cells == ("E 18", "-", "-"), "a row of dashes is no rule"
    assert [row.groups for row in torques.rows] == [
        ("Fluid end",), ("Fluid end",), ("Power end", "Lower row"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("passage", "rows"),
    [
        (E17, [("Refill | check", True)]),
        (
            "Code E 17: Meaning Low oil, below - 40 mm, Remedy Refill | check.",
            [("Refill | check", True)],
        ),
        (FLUID, [("320 Nm", True)]),
        (POWER, [("210 Nm", True)]),
        ("Switch off first.", []),
        ("E 17 is serious.", []),
        (f"Switch off first. {E16} {E17}", [("Wait", False), ("Refill | check", False)]),
    ],
)
def test_rows_are_found_by_what_the_passage_says(
    passage: str, rows: list[tuple[str, bool]]
) -> None:
    assert found(passage) == rows


def test_a_row_that_was_cut_in_two_sentences_is_found() -> None:
    assert found("E 17: Meaning Low oil, below - 40 mm. E 17: Remedy Refill | check.") == [
        ("Refill | check", True)
    ]


@pytest.mark.parametrize(
    ("question", "answer", "answering"),
    [
        ("What does E 17 mean?", "", ["Refill | check"]),
        ("What now?", "Low oil, below - 40 mm: refill [1].", ["Refill | check"]),
        ("It is hot", "", ["Wait"]),
        ("What does E 16 mean?", "Hot [1].", ["Wait"]),
    ],
)
def test_the_row_that_answers_is_told_by_question_and_answer(
    question: str, answer: str, answering: list[str]
) -> None:
    rows = found(f"{E16} {E17}", question, answer)
    assert [cell for cell, answers in rows if answers] == answering


def test_rows_are_told_with_the_names_of_their_columns() -> None:
    assert lines_of(shown(PAGE, E17, None, "")) == [
        "    Code: E 17", "    Meaning: Low oil, below - 40 mm", "    Remedy: Refill | check",
    ]  # fmt: skip
    assert lines_of(shown(PAGE, POWER, None, "")) == [
        "    Power end, Lower row", "    Part: Stud M24", "    Torque: 210 Nm",
    ]  # fmt: skip


def test_a_passage_of_rows_alone_needs_no_text_beside_them() -> None:
    assert covers(shown(PAGE, f"{E16} {E17}", None, ""), f"{E16} {E17}")
    assert not covers(shown(PAGE, E16, None, ""), f"Switch off first. {E16}")
    assert not covers((), "")


def drawn(rows: Rows, width: int) -> list[str]:
    return [line.plain.rstrip() for line in RowTable(rows, "[1]")._lines(width)]


def test_a_row_is_drawn_below_names_and_group() -> None:
    (table,) = shown(PAGE, FLUID, None, "")
    assert drawn(table, 40) == [
        "[1] Fluid end",
        " Part     │ Torque",
        "──────────┼────────",
        " Stud M24 │ 320 Nm",
    ]
    (table,) = shown(PAGE, f"{FLUID} {POWER}", None, "")
    assert drawn(table, 40) == [
        "[1]",
        " Part                 │ Torque",
        "──────────────────────┼────────",
        " Fluid end            │",
        " Stud M24             │ 320 Nm",
        " Power end, Lower row │",
        " Stud M24             │ 210 Nm",
    ]
    (table,) = shown(PAGE, E17, None, "")
    assert drawn(table, 18)[:2] == ["[1]", "Code: E 17"], "row by row where it is narrow"


def test_the_row_that_answers_stands_out_without_colours() -> None:
    (table,) = shown(PAGE, f"{E16} {E17}", Asked("E 17", "en"), "")
    styles = {
        str(span.style)
        for line in RowTable(table)._lines(60)
        for span in line.spans
        if "Low oil" in line.plain[span.start : span.end]
    }
    assert "bold underline" in styles


def test_a_page_shows_signs_as_they_are_and_only_names_apart() -> None:
    page = "M12*1.75*30 and *5*\n#\u00a08 screws\n- 40\n| E 14 |\n\n" + PAGE
    text = page_text(page, "").text
    assert "M12*1.75*30 and *5*\n#\u00a08 screws\n- 40\n| E 14 |" in text
    assert "E 17  Low oil, below - 40 mm  Refill | check\nE 18  -" in text
    assert "Fluid end\nStud M24   320 Nm" in text


@pytest.mark.parametrize("size", [2000, 4000])
def test_long_pages_of_signs_are_laid_out(size: int) -> None:
    for sign in ("- ", "# ", "| ", "|-|", "*a", "<!--"):
        assert page_text(sign * size, "x").text
        assert list(tables(f"{sign * size}\n" * 2)) is not None
    rows = "".join(f"| {n} | a b c |\n" for n in range(size))
    assert len(shown(f"| N | T |\n|---|---|\n{rows}", "7: T a b c.", None, "")[0].rows) == 1


def test_a_statement_is_one_row_of_its_page_with_all_names() -> None:
    found_rows = tuple(tables(PAGE))
    assert row_of(found_rows, E16) == (("Code", "E 16"), ("Meaning", "Hot"), ("Remedy", "Wait"))
    assert row_of(found_rows, FLUID) == (("Part", "Fluid end, Stud M24"), ("Torque", "320 Nm"))
    assert row_of(found_rows, POWER) == (
        ("Part", "Power end, Lower row, Stud M24"),
        ("Torque", "210 Nm"),
    )


@pytest.mark.parametrize(
    "statement", ["", "E 16: Meaning Hot.", f"{E16} {FLUID}", "Switch off first.", "E 99: Hot."]
)
def test_what_is_not_one_row_alone_is_none(statement: str) -> None:
    assert row_of(tuple(tables(PAGE)), statement) == ()


def test_two_equal_rows_are_none_alone() -> None:
    page = "| A | B |\n|---|---|\n| x | 5 |\n| x | 5 |\n"
    assert row_of(tuple(tables(page)), "x: B 5.") == ()
