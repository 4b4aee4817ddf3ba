"""A page on screens of any width: wrapped, in columns, and with the passage told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fieldkit.chat.asked import Asked
from fieldkit.chat.pagelayout import Row, lay_out
from fieldkit.chat.pagetext import PageText, page_text

PAGE = """\
# Torque values
Use a calibrated wrench on the mud pump.

| Part | Thread | Torque |
|---|---|---|
| Fluid end studs | M30x3.5 | 320 Nm |
| Damper flange bolts, lower row | M27x3 | 740 Nm |

1. Tighten the studs in a cross pattern, in three steps.
"""


def texts(rows: tuple[Row, ...]) -> list[str]:
    return [row.text for row in rows]


def marked(rows: tuple[Row, ...]) -> list[str]:
    return [row.text for row in rows if row.marked]


def test_where_there_is_room_a_table_is_columns() -> None:
    rows = texts(lay_out(page_text(PAGE, ""), 80))
    assert "Part                            Thread   Torque" in rows
    assert "Fluid end studs                 M30x3.5  320 Nm" in rows


def test_in_a_narrow_pane_the_cells_are_wrapped_and_rows_stay_rows() -> None:
    rows = texts(lay_out(page_text(PAGE, ""), 34))
    at = rows.index("Fluid end studs    M30x3.5  320 Nm")
    assert rows[at + 1 : at + 3] == ["Damper flange      M27x3    740 Nm", "bolts, lower row"]


def test_in_the_narrowest_each_row_is_told_by_the_names_of_its_columns() -> None:
    rows = texts(lay_out(page_text(PAGE, ""), 24))
    at = rows.index("Fluid end studs")
    assert rows[at + 1 : at + 3] == ["  Thread: M30x3.5", "  Torque: 320 Nm"]
    assert "Part" not in rows


def test_an_item_hangs_below_its_number() -> None:
    rows = texts(lay_out(page_text(PAGE, ""), 40))
    at = rows.index("1. Tighten the studs in a cross pattern,")
    assert rows[at + 1] == "   in three steps."


@pytest.mark.parametrize("width", [20, 34, 80])
def test_the_row_of_a_passage_is_marked_however_it_is_laid_out(width: int) -> None:
    page = page_text(PAGE, "Fluid end studs: Thread M30x3.5, Torque 320 Nm.", "Torque values")
    found = " ".join(marked(lay_out(page, width)))
    assert "320 Nm" in found
    assert "740 Nm" not in found


def test_a_passage_over_several_rows_is_marked_on_each_of_them() -> None:
    page = page_text(PAGE, "Tighten the studs in a cross pattern, in three steps.")
    rows = lay_out(page, 30)
    assert marked(rows) == ["1. Tighten the studs in a", "   cross pattern, in three", "   steps."]
    for row in rows:
        for start, end, kind in row.spans:
            assert kind != "mark" or row.text[start:end] in row.text.removeprefix("1. ").lstrip()


def test_words_of_the_question_are_told_apart_within_the_passage_only() -> None:
    page = page_text(PAGE, "Tighten the studs in a cross pattern, in three steps.")
    terms = Asked("How are studs tightened on the pump?", "en")
    rows = lay_out(page, 80, terms)
    found = [row.text[a:b] for row in rows for a, b, kind in row.spans if kind == "term"]
    assert found == ["Tighten", "studs"]


def test_codes_are_found_however_they_are_written() -> None:
    asked = Asked("what does e17 mean for the P-231?", "en")
    text = "Fault E 17: change P 231 at once. E 18 is harmless."
    assert [text[a:b] for a, b in asked(text)] == ["E 17", "P 231"]


@given(
    st.text(alphabet="ab 1.|-*#\n\t漢e\u0301👍", max_size=200),
    st.integers(10, 60),
    st.text(alphabet="ab 1.漢", max_size=20),
)
def test_no_row_is_wider_than_there_is_room(text: str, width: int, passage: str) -> None:
    page = page_text(text, passage)
    rows = lay_out(page, width, Asked("a b 1", "en"))
    assert all(cell_len(row.text) <= width for row in rows)
    for row in rows:
        for start, end, _ in row.spans:
            assert 0 <= start <= end <= len(row.text)


@given(st.text(alphabet="ab 1.-*#\n漢", max_size=200), st.integers(10, 60))
def test_no_word_is_lost(text: str, width: int) -> None:
    page = page_text(text, "")
    rows = lay_out(page, width)
    assert "".join("".join(texts(rows)).split()) == "".join(page.text.split())


def test_a_page_of_nothing() -> None:
    empty = PageText(text="", headings=(), marks=(), rows=())
    assert texts(lay_out(empty, 20)) == [""]
    assert texts(lay_out(page_text("", "x"), 20)) == [""]
