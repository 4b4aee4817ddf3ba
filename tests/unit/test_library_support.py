"""Figures of an answer that its pages do not hold are found, however they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldkit.core.citation import REFUSAL, Passage
from fieldkit.library.support import unsupported

PASSAGE = Passage(
    document="PX-204",
    title="PX-204 mud pump",
    revision="C",
    page=7,
    heading="Torque table",
    text="Studs: 320 Nm, M24x3. Tighten in two rounds with P-204. Code E 17 after 1,200 hours."
    " Oil 15W-40, clearance 0.5 mm, from -5 °C.",
)
OTHER = replace(PASSAGE, page=8, text="Hose clamps: 18 Nm.")


@pytest.mark.parametrize(
    "answer",
    [
        "Tighten the studs to 320 Nm [1].",
        "320Nm",
        "**320** Nm",
        "Two rounds, that is 2 rounds [1].",
        "After 1200 h, 1 200 hours or 1.200 h.",
        "0,5 mm, .5 mm and 0.50 mm",
        "Part p204, code e17 or E-17",
        "The thread is M24 x 3.",
        "M24 studs",
        "It is code 17 on page 7 of PX-204 rev C.",
        "1. Close the valve.\n2. Open it.\n   3) Wait.",
        "A 320 Nm stud",
        "Oil 15W-40 at -5 °C",
        "No figures at all.",
        "",
        f"{REFUSAL} 99 Nm",
    ],
)
def test_what_the_pages_hold_is_supported(answer: str) -> None:
    assert unsupported(answer, [PASSAGE]) == ()


@pytest.mark.parametrize(
    ("answer", "marked"),
    [
        ("Tighten the studs to 45 Nm [1].", ("45 Nm",)),
        ("45Nm", ("45Nm",)),
        ("3.20 Nm, then 3200 Nm", ("3.20 Nm", "3200 Nm")),
        ("Fit P-205 when E 18 shows.", ("P-205", "E 18")),
        ("204 Nm", ("204 Nm",)),  # the digits of a part number measure nothing
        ("7 bar", ("7 bar",)),  # nor does the page
        ("M24x2", ("M24x2",)),
        ("20W-40", ("20W-40",)),
        ("45 Nm, I repeat: 45 Nm", ("45 Nm",)),
        ("A 321 Nm stud", ("321 Nm",)),
        ("Wait 8 days, then 36 h.", ("8 days", "36 h")),
    ],
)
def test_what_no_page_holds_is_marked_as_it_stands(answer: str, marked: tuple[str, ...]) -> None:
    assert unsupported(answer, [PASSAGE]) == marked


def test_only_cited_passages_support() -> None:
    assert unsupported("18 Nm [2]", [PASSAGE, OTHER]) == ()
    assert unsupported("18 Nm [1]", [PASSAGE, OTHER]) == ("18 Nm",)


def test_an_answer_that_cites_nothing_is_held_against_all_it_was_given() -> None:
    assert unsupported("18 Nm and 19 Nm", [PASSAGE, OTHER]) == ("19 Nm",)


def test_what_the_question_says_may_be_repeated() -> None:
    answer = "For 500 hours P-999 is not listed [1]."
    assert unsupported(answer, [PASSAGE], "P-999 after 500 hours?") == ()


def test_a_citation_mark_is_no_number() -> None:
    assert unsupported("Studs [1][1], see [1].", [PASSAGE]) == ()
