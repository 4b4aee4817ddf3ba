"""The marks of an answer are read in every spelling; what a manual prints in brackets is none."""

from __future__ import annotations

import pytest

from fieldkit.core.citation import Passage, cited
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.marks import marks, pointed_at, with_marks


@pytest.mark.parametrize(
    ("mark", "numbers"),
    [
        ("[1]", (1,)),
        ("[1, 2]", (1, 2)),
        ("[1,3]", (1, 3)),
        ("[1; 2]", (1, 2)),
        ("[1 and 3]", (1, 3)),
        ("[1-3]", (1, 2, 3)),
        ("[1\u20133]", (1, 2, 3)),
        ("[1\u20133, 5]", (1, 2, 3, 5)),
        ("[1][2]", (1, 2)),
        ("[[2]]", (2,)),
        ("\u30101\u3011", (1,)),
        ("\u30102\u2020source\u3011", (2,)),
        ("[Source 1]", (1,)),
        ("[source: 2]", (2,)),
        ("(Source 1)", (1,)),
        ("(Sources 1, 2)", (1, 2)),
        ("[Source 1, Source 3]", (1, 3)),
        ("[Quelle 2]", (2,)),
        ("[fuente 2]", (2,)),
        ("[^1]", (1,)),
        ("[#2]", (2,)),
        ("[1 p. 1]", (1,)),
        ("[2, page 14]", (2,)),
        ("[42]", (42,)),
    ],
)
def test_a_mark_in_any_spelling(mark: str, numbers: tuple[int, ...]) -> None:
    answer = f"Tighten to 85 Nm {mark}."
    found = marks(answer)
    assert tuple(n for each in found for n in each.numbers) == numbers
    assert found[0].start == answer.index(mark)
    assert found[-1].end == answer.index(mark) + len(mark)


@pytest.mark.parametrize("text", ["[x]", "[1", "1]", "(1)", "[100]", "[]", "[5 mm]", "x = y[i]"])
def test_what_is_no_mark(text: str) -> None:
    assert marks(f"Tighten {text} well.") == ()


def test_a_range_goes_up_and_a_mark_may_point_nowhere() -> None:
    assert pointed_at(marks("One [3-1] two [7]."), 3) == (3, 1)
    assert pointed_at(marks("One [9]."), 3) == ()


PRINTED = ("Undo the four bolts [2] and take off the cover [3]. Remove screws [4] [5].", "A ring.")


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("Undo the four bolts [2] and take off the cover [3] [1].", (1,)),
        ("Undo the bolts [2].", ()),
        ("Remove each screw [4].", ()),
        ("Remove the screws [4][5] [1].", (1,)),
        ("It is a ring [2].", (2,)),
        ("Take off the cover [1].", (1,)),
        ("Undo the bolts [2, 3].", (2, 3)),
    ],
)
def test_a_number_that_the_manual_prints_is_no_mark(answer: str, numbers: tuple[int, ...]) -> None:
    assert tuple(n for each in marks(answer, PRINTED) for n in each.numbers) == numbers


def test_the_passages_that_any_spelling_cites() -> None:
    passages = tuple(
        Passage(document=name, title=name, revision="", page=1, heading="", text=f"{name}: 85 Nm.")
        for name in ("A-1", "B-2", "C-3")
    )
    assert cited("85 Nm \u30103\u3011, then [Source 1] and [9].", passages) == (
        passages[2],
        passages[0],
    )


def test_hostile_brackets_end() -> None:
    assert marks("[" * 50_000 + " 1" * 50_000) == ()
    assert marks("[1" + ",1" * 50_000) == ()


def test_marks_by_alignment_replace_those_of_the_model() -> None:
    text = "Open V-14 [3]. Wait 9 minutes [1]. It is **red**."
    first, second, third = 14, 34, len(text)
    checked = Checked(
        text=text,
        claims=(
            Claim(start=0, end=first, text="Open V-14.", passage=1),
            Claim(
                start=15,
                end=second,
                text="Wait 9 minutes.",
                passage=1,
                remarks=(Remark(kind=Kind.VALUE, start=20, end=29, said="9 minutes"),),
            ),
            Claim(start=35, end=third, text="It is red.", passage=2),
        ),
        marks=((10, 13), (30, 33)),
    )
    assert with_marks(checked) == "Open V-14 [1]. Wait 9 minutes. It is **red** [2]."


def test_an_answer_without_claims_keeps_its_words() -> None:
    assert with_marks(Checked(text="As follows [1]:", marks=((11, 14),))) == "As follows:"
