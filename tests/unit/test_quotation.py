"""The quote in plain lines, and the marks of an answer."""

from __future__ import annotations

import pytest

from fieldkit.chat.quotation import quote_lines
from fieldkit.core.citation import State
from fieldkit.core.cited import Undangled, cited_in, with_right_marks
from fieldkit.core.claims import Checked, Claim
from fieldkit.core.quote import Quote
from tests.fakes import CLAMPS, SAFETY, TORQUE

PASSAGES = (TORQUE, CLAMPS)
PLACE = "PX-204 rev C, p. 7, Torque table"


def test_a_sentence_is_quoted_with_its_value_marked() -> None:
    quote = Quote(text="Fluid end studs:\n320 Nm.", passage=1, marked=((17, 23),))
    assert quote_lines(quote, PASSAGES) == [
        f"The manual says ({PLACE}):",
        "    Fluid end studs: *320 Nm*.",
    ]
    assert quote_lines(quote, PASSAGES, State.PERHAPS)[0] == f"Perhaps ({PLACE}):"


def test_a_row_is_quoted_column_by_column() -> None:
    quote = Quote(
        text="E 17 | Low lube oil pressure | Stop the pump",
        passage=2,
        marked=((0, 4),),
        row=(("Code", "E 17"), ("Meaning", "Low lube oil pressure"), ("", "Stop the pump")),
        converted="2 bar = 29 psi, converted",
    )
    assert quote_lines(quote, PASSAGES)[1:] == [
        "    Code: *E 17*",
        "    Meaning: Low lube oil pressure",
        "    Stop the pump",
        "    2 bar = 29 psi, converted",
    ]


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ((), "a 1 b 2"),
        (((2, 3), (6, 7)), "a *1* b *2*"),
        (((6, 7), (2, 3)), "a *1* b *2*"),
        (((0, 5), (2, 3)), "*a 1 b* 2"),
        (((2, 99), (3, 3), (5, 2)), "a 1 b 2"),
    ],
)
def test_odd_places_lose_no_character(marked: tuple[tuple[int, int], ...], shown: str) -> None:
    quote = Quote(text="a 1 b 2", passage=1, marked=marked)
    assert quote_lines(quote, PASSAGES)[1] == f"    {shown}"


@pytest.mark.parametrize("quote", [None, Quote(text="a", passage=3), Quote(text="a", passage=0)])
def test_what_is_from_no_page_is_not_quoted(quote: Quote | None) -> None:
    assert quote_lines(quote, PASSAGES) == []


def test_control_characters_do_not_reach_the_terminal() -> None:
    quote = Quote(text="a\x1b[2Jb", passage=1, row=(("c\x1b", "d\x9b1"),), converted="\u202ex")
    assert not {"\x1b", "\x9b", "\u202e", "\n"} & set("".join(quote_lines(quote, PASSAGES)))


def stream(text: str, size: int) -> str:
    marks = Undangled()
    marks.passages = PASSAGES
    shown = "".join(marks.add(text[at : at + size]) for at in range(0, len(text), size))
    return shown + marks.rest()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("320 Nm [1].", "320 Nm [1]."),
        ("320 Nm [7].", "320 Nm."),
        ("320 Nm [2][3] and [0] so", "320 Nm [2] and so"),
        ("a[12]b [ x [1", "ab [ x [1"),
        ("ends with space ", "ends with space "),
        ("[9]", ""),
    ],
)
def test_marks_of_no_page_do_not_show(said: str, shown: str, size: int) -> None:
    assert stream(said, size) == shown


def test_a_number_that_the_manual_prints_stays() -> None:
    from dataclasses import replace

    marks = Undangled()
    marks.passages = (replace(SAFETY, text="Turn screw [7] out."),)
    assert marks.add("Turn screw [7] out [8].") == "Turn screw [7] out."


def test_the_marks_are_those_of_the_pages_that_hold_the_claims() -> None:
    said = "The clamps get 18 Nm [1]."
    claim = Claim(start=0, end=len(said), text="The clamps get 18 Nm.", passage=2)
    checked = Checked(text=said, claims=(claim,), marks=((21, 24),))
    assert with_right_marks(said, checked, PASSAGES) == "The clamps get 18 Nm [2]."
    assert cited_in(said, checked, PASSAGES) == (CLAMPS,)
    assert cited_in(said, None, PASSAGES) == (TORQUE,)
    assert cited_in(said, Checked(text=said), PASSAGES) == (TORQUE,)
    assert with_right_marks("It is so [5].", Checked(text="It is so [5]."), PASSAGES) == "It is so."
