"""Figures of an answer that its pages do not hold are marked, however they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fieldkit.core.citation import REFUSAL, Passage
from fieldkit.core.claims import Kind
from fieldkit.library.claims.check import check

_OF_VALUES = (Kind.VALUE, Kind.UNIT, Kind.CODE)


def unsupported(answer: str, passages: list[Passage], question: str = "") -> tuple[str, ...]:
    """The figures of ``answer`` that are marked, each once."""
    claims = check(answer, passages, question).claims
    return tuple(
        dict.fromkeys(
            answer[fault.start : fault.end]
            for claim in claims
            for fault in claim.faults
            if fault.kind in _OF_VALUES
        )
    )


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


def test_what_another_passage_than_the_cited_one_holds_is_noted_with_its_number() -> None:
    right = check("The hose clamps get 18 Nm [2].", [PASSAGE, OTHER])
    wrong = check("The hose clamps get 18 Nm [1].", [PASSAGE, OTHER])
    assert [remark.kind for claim in right.claims for remark in claim.remarks] == []
    assert [remark.kind for claim in wrong.claims for remark in claim.remarks] == [Kind.OTHER_PAGE]
    assert wrong.claims[0].remarks[0].passage == 2
    assert wrong.claims[0].remarks[0].said == "18 Nm"
    assert not wrong.flagged
    assert wrong.cited == (2,)


def test_an_answer_that_cites_nothing_is_compared_with_all_it_was_given() -> None:
    assert unsupported("18 Nm and 19 Nm", [PASSAGE, OTHER]) == ("19 Nm",)


def test_what_the_question_says_may_be_repeated() -> None:
    answer = "For 500 hours P-999 is not listed [1]."
    assert unsupported(answer, [PASSAGE], "P-999 after 500 hours?") == ()


def test_a_citation_mark_is_no_number() -> None:
    assert unsupported("Studs [1][1], see [1].", [PASSAGE]) == ()


TYPESET = replace(
    PASSAGE,
    text="Torque 10\u201315 Nm, studs 85\u00b9 Nm, nuts 90 Nm \u00b2. H\u2082S at 10 ppm."
    " V\u201117 shut, 1\u00bd inch, 10\u207b\u00b3 Pa, 5 m\u00b2. Kit 4711 0815, belt 47110816."
    " Step \u2460.",
)


@pytest.mark.parametrize(
    "answer",
    [
        "Torque 10-15 Nm [1].",
        "Torque 10\u201415 Nm.",
        "85 Nm for the studs, 90 Nm for the nuts.",
        "The studs need 85\u00b9 Nm and the nuts 90 Nm \u00b2.",
        "The H2S alarm sounds at 10 ppm.",
        "Shut V-17, or V\u201017.",
        "A pipe of 1 1/2 inch or 1\u00bd inch.",
        "10^-3 Pa or 10\u207b\u00b3 Pa",
        "5 m2 or 5 m\u00b2",
        "Kit 47110815 or 4711-0815, belt 4711 0816.",
    ],
)
def test_typographic_signs_are_the_plain_ones(answer: str) -> None:
    assert unsupported(answer, [TYPESET]) == ()


@pytest.mark.parametrize(
    ("answer", "marked"),
    [
        ("The studs need 851 Nm.", ("851 Nm",)),
        ("902 Nm", ("902 Nm",)),
        ("11/2 inch", ("11", "2 inch")),
        ("Kit 47110817", ("47110817",)),
        ("V\u201118 is shut.", ("V\u201118",)),
        ("10\u201316 Nm", ("10\u201316 Nm",)),
        ("It takes 16\u00bd inch", ("16\u00bd inch",)),
    ],
)
def test_a_wrong_figure_is_marked_as_the_answer_writes_it(
    answer: str, marked: tuple[str, ...]
) -> None:
    assert unsupported(answer, [TYPESET]) == marked


@pytest.mark.parametrize("note", ["\u00b9", "\u00b2", "\u2460", "\u00b9\u207e"])
def test_the_mark_of_a_note_is_no_figure(note: str) -> None:
    plain = replace(PASSAGE, text=f"Studs: 85 Nm{note}", page=0, document="D", revision="")
    assert unsupported(f"85 Nm {note}", [plain]) == ()
    assert unsupported("Use 7 or 1 bar.", [plain]) == ("7", "1 bar")
