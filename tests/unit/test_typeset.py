"""Answers set as lines: every kind of block, at widths from a narrow window to a wide one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldkit.chat.answer_markdown import parser
from fieldkit.chat.widgets.typeset import Row, Typeset

TABLE = "| Joint | Torque |\n|---|---:|\n| Fluid end stud | 320 Nm |\n| Cage | 85 Nm |"
WHOLE = (
    "# Torque\n\nTighten the studs of the **fluid end** to `320 Nm`,\nthen *check* [1].\n\n"
    "1. Close the valve\n2. Bleed the line\n   - slowly\n\n> Never alone.\n\n"
    f"```\nE 17  low oil\n```\n\n{TABLE}\n\n---\n\nDone."
)


def rows(text: str, width: int = 40) -> list[Row]:
    typeset = Typeset(parser())
    typeset.update(text)
    return typeset.rows(width)


def lines(text: str, width: int = 40) -> list[str]:
    return [row.content.plain.rstrip() for row in rows(text, width)]


def styles(text: str) -> dict[str, str]:
    """Style -> the text that has it."""
    return {
        str(span.style): row.content.plain[span.start : span.end]
        for row in rows(text)
        for span in row.content.spans
    }


def test_every_kind_of_block() -> None:
    assert lines(WHOLE) == [
        "Torque", "",
        "Tighten the studs of the fluid end to", "320 Nm,", "then check [1].", "",
        " 1. Close the valve", " 2. Bleed the line", "    - slowly", "",
        "> Never alone.", "",
        " E 17  low oil", "",
        " Joint          │ Torque",
        "────────────────┼────────",
        " Fluid end stud │ 320 Nm",
        " Cage           │  85 Nm", "",
        "---", "",
        "Done.", "",
    ]  # fmt: skip


def test_emphasis_is_shown_by_style() -> None:
    assert styles("a **bold** *slanted* ~~not gone~~ `code`") == {
        ".answer--strong": "bold",
        ".answer--em": "slanted",
        ".answer--code": "code",
    }


def test_what_goes_on_below_is_indented_like_its_beginning() -> None:
    assert lines("- Tighten all studs crosswise\n  and again\n- Log it", 20) == [
        "- Tighten all studs", "  crosswise", "  and again", "- Log it", "",
    ]  # fmt: skip
    first, second, *_ = rows("- Tighten all studs crosswise", 20)
    assert (first.margin, first.continues) == (0, False)  # the sign is text, too
    assert (second.margin, second.continues) == (2, True)


def test_numbers_of_a_list_stand_below_each_other() -> None:
    text = "\n".join(f"{number}. step" for number in range(9, 12))
    assert lines(text) == ["  9. step", " 10. step", " 11. step", ""]


def test_a_line_of_code_keeps_its_spaces_and_goes_on_below() -> None:
    assert lines("```\nif x:\n    stop the pump\n```", 12) == [
        " if x:", "     stop t", " he pump", "",
    ]  # fmt: skip


def test_a_code_block_that_is_not_finished_is_one_already() -> None:
    assert lines("```\nE 17") == [" E 17", ""]


def test_cells_are_broken_where_the_table_would_be_too_wide() -> None:
    text = "| Fault | Meaning |\n|---|---|\n| E 17 | Oil pressure is too low |\n| E 18 | Hot |"
    assert lines(text, 22) == [
        " Fault │ Meaning",
        "───────┼──────────────",
        " E 17  │ Oil pressure",
        "       │ is too low",
        "───────┼──────────────",
        " E 18  │ Hot",
        "",
    ]


def test_a_table_with_more_columns_than_room_is_told_field_by_field() -> None:
    text = "| Joint | Torque | Tool |\n|---|---|---|\n| Stud | 320 Nm | wrench |\n| Cage | 85 | - |"
    assert lines(text, 18) == [
        "Joint: Stud", "Torque: 320 Nm", "Tool: wrench", "",
        "Joint: Cage", "Torque: 85", "Tool: -", "",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [8, 20, 60, 120])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    wide = WHOLE + "\n\n" + "Überdruckventil" * 9 + "\n\n" + "高圧" * 40
    assert all(row.content.cell_length <= width for row in rows(wide, width))


def test_another_width_sets_the_same_text_anew() -> None:
    typeset = Typeset(parser())
    typeset.update(WHOLE)
    narrow, wide = len(typeset.rows(20)), len(typeset.rows(80))
    assert narrow > wide
    assert len(typeset.rows(20)) == narrow


PIECES = (
    "Plain words", "- item", "  - below it", "1. first", "> quote", "```", "| A | B |", "|---|---|",
    "| 1 | 2 |", "# Head", "", "    code", "***", "* * x", "~~~", "> - both", "***bold", "&amp; x",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.lists(st.integers(1, 4), max_size=14))
def test_what_comes_piece_by_piece_is_set_like_the_whole(
    pieces: list[str], sizes: list[int]
) -> None:
    text = [f"{piece}\n" for piece in pieces]
    typeset = Typeset(parser())
    at = 0
    for size in itertools.chain(sizes, itertools.repeat(3)):
        if at >= len(text):
            break
        typeset.append("".join(text[at : at + size]))
        typeset.rows(30)
        at += size
    whole = "".join(text)
    assert typeset.source == whole
    assert [row.content.plain for row in typeset.rows(30)] == [
        row.content.plain for row in rows(whole, 30)
    ]
