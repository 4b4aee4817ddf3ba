"""The check of an answer: what is marked, why, and on which passage each claim rests."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fieldkit.core.citation import REFUSAL, Passage
from fieldkit.core.claims import Checked, Kind, Remark
from fieldkit.core.marks import with_marks
from fieldkit.library.claims.check import Checker, check

TORQUE = Passage(
    document="PX-204",
    title="PX-204 mud pump",
    revision="C",
    page=7,
    heading="Torque table",
    text="Use a calibrated torque wrench on the mud pump."
    " Fluid end studs: Thread M30x3.5, Torque 320 Nm."
    " Valve cover bolts: Thread M24x3, Torque 510 Nm."
    " Drain plug: Thread M22x1.5, Torque 60 Nm.",
)
LIMITS = replace(
    TORQUE,
    page=2,
    heading="Pump limits",
    text="The maximum discharge pressure of the mud pump is 345 bar."
    " The maximum pump speed is 120 strokes per minute."
    " The minimum pump speed is 25 strokes per minute."
    " The mud pump is 4.3 m long and 1.95 m wide.",
)
FAULTS = replace(
    TORQUE,
    page=9,
    heading="Fault codes",
    text="E 11: Meaning Low suction pressure, Action Check the charge pump."
    " E 14: Meaning High lube oil temperature, Action Clean the oil cooler."
    " E 19: Meaning Motor overload, Action Check the liner size.",
)
WASH = replace(
    TORQUE,
    page=5,
    heading="Liner wash",
    text="The liner wash tank holds 130 liters of water."
    " The liner wash flow is 38 liters per minute."
    " Replace the liner wash water every week.",
)
ALL = (TORQUE, LIMITS, FAULTS, WASH)


def _remarks(checked: Checked) -> list[Remark]:
    return [remark for claim in checked.claims for remark in claim.remarks]


def _marked(answer: str, question: str = "") -> list[tuple[Kind, str]]:
    return [(r.kind, answer[r.start : r.end]) for r in _remarks(check(answer, ALL, question))]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Torque of the valve cover bolts?", "510 Nm."),
        ("Torque of the valve cover bolts?", "You tighten the bolts of the valve cover to 510 Nm."),
        ("", "The fluid end studs get 320 Nm and the valve cover bolts 510 Nm."),
        ("", "The thread of the drain plug is M22 x 1.5."),
        ("Which pressure?", "The discharge pressure must not exceed 345 bar [2]."),
        ("How big is the pump?", "It is 4.3 m long and 1.95 m wide."),
        ("How fast?", "Between 25 and 120 strokes per minute."),
        (
            "What is E 14?",
            "E 14 means that the lube oil temperature is high. Clean the oil cooler.",
        ),
        ("", "1. Clean the oil cooler.\n2. Check the liner size."),
        ("", "See page 7 of PX-204, step 3, table 2: 320 Nm for the fluid end studs."),
        ("", "| Part | Torque |\n|---|---|\n| Fluid end studs | 320 Nm |\n| Drain plug | 60 Nm |"),
        ("Is 500 bar fine?", "No, the maximum discharge pressure is 345 bar, and not 500 bar."),
        ("", "Yes. As follows:"),
        ("", "Fluid end studs: Thread M30x3.5, Torque 320 Nm."),
        ("", "The manual does not say who may weld."),
    ],
)
def test_a_true_answer_is_not_marked(question: str, answer: str) -> None:
    assert _marked(answer, question) == []


@pytest.mark.parametrize(
    ("question", "answer", "kind", "said"),
    [
        ("", "The fluid end studs get 325 Nm.", Kind.VALUE, "325 Nm"),
        ("", "The fluid end studs get 320 lb-ft.", Kind.UNIT, "320 lb-ft"),
        ("", "The valve cover bolts get **320 Nm** [1].", Kind.BELONGS, "320 Nm"),
        ("Torque of the valve cover bolts?", "320 Nm.", Kind.BELONGS, "320 Nm"),
        ("", "The minimum pump speed is 120 strokes per minute.", Kind.BELONGS, "120 strokes"),
        ("", "The pump is 4.3 m wide and 1.95 m long.", Kind.BELONGS, "4.3 m"),
        ("", "The liner wash tank holds 38 liters.", Kind.VALUE, "38 liters"),
        ("", "The thread of the drain plug is M24x3.", Kind.BELONGS, "M24x3"),
        ("", "The thread of the drain plug is M22x2.", Kind.CODE, "M22x2"),
        ("", "| Part | Torque |\n|---|---|\n| Drain plug | 320 Nm |", Kind.BELONGS, "320 Nm"),
        ("What is E 14?", "Check the liner size.", Kind.BELONGS, "Check the liner size"),
        ("What is E 14?", "E 11: Low suction pressure.", Kind.OTHER_CODE, "E 11"),
        ("", "Disinfect the hoses with chlorine afterwards.", Kind.NO_SUPPORT, "Disinfect"),
        (
            "",
            "Replace the liner wash water every week, and paint the tank with zinc primer.",
            Kind.NO_SUPPORT,
            "paint the tank with zinc primer",
        ),
    ],
)
def test_a_wrong_answer_is_marked_where_it_is_wrong(
    question: str, answer: str, kind: Kind, said: str
) -> None:
    found = _marked(answer, question)
    assert any(each == kind and words.startswith(said) for each, words in found), found


def test_a_value_of_another_row_names_both_rows() -> None:
    answer = "The valve cover bolts get 320 Nm."
    (remark,) = _remarks(check(answer, ALL))
    assert (remark.manual, remark.subject, remark.owner, remark.passage) == (
        "510 Nm",
        "Valve cover bolts",
        "Fluid end studs",
        1,
    )
    assert remark.sentence() == (
        "The manual gives 510 Nm for Valve cover bolts; 320 Nm belongs to Fluid end studs."
    )


def test_what_the_row_of_a_code_has_is_said_where_another_row_is_given() -> None:
    (remark,) = _remarks(check("E 14 means low suction pressure.", ALL, "What is E 14?"))
    assert remark.kind == Kind.BELONGS
    assert (remark.subject, remark.owner) == ("E 14", "E 11")
    assert remark.manual == "High lube oil temperature"


def test_a_correct_conversion_is_noted_and_no_fault() -> None:
    checked = check("At most 345 bar (about 5,004 psi).", ALL, "Which discharge pressure?")
    assert [(r.kind, r.manual, r.said) for r in _remarks(checked)] == [
        (Kind.CONVERTED, "345 bar", "5,004 psi")
    ]
    assert not checked.flagged


def test_the_alignment_is_the_citation_whatever_the_model_wrote() -> None:
    answer = "The drain plug gets 60 Nm [4]. The liner wash tank holds 130 liters."
    checked = check(answer, ALL)
    assert [claim.passage for claim in checked.claims] == [1, 4]
    assert checked.claims[0].statement == "Drain plug: Thread M22x1.5, Torque 60 Nm."
    assert checked.cited == (1, 4)
    assert [(r.kind, r.passage, r.said) for r in _remarks(checked)] == [
        (Kind.OTHER_PAGE, 1, "60 Nm")
    ]
    assert with_marks(checked) == (
        "The drain plug gets 60 Nm [1]. The liner wash tank holds 130 liters [4]."
    )


def test_an_answer_is_replaced_where_its_first_value_is_wrong() -> None:
    question = "Torque of the valve cover bolts?"
    assert check("320 Nm.", ALL, question).replaced
    assert check("325 Nm. The thread is M24x3.", ALL, question).replaced
    assert not check("510 Nm. The thread is M22x3.", ALL, question).replaced
    assert not check("Paint the primer room with zinc.", ALL, question).replaced


def test_the_last_word_of_an_unfinished_answer_is_not_judged() -> None:
    assert not check("The fluid end studs get 32", ALL, complete=False).flagged
    assert check("The fluid end studs get 32", ALL).flagged
    assert not check("Paint the primer room with zinc", ALL, complete=False).flagged


def test_a_refusal_claims_nothing() -> None:
    assert check(f"{REFUSAL} 999 Nm", ALL) == Checked(text=f"{REFUSAL} 999 Nm")


def test_claims_that_have_not_changed_are_not_judged_again(monkeypatch: Any) -> None:
    checker = Checker(ALL, "Torque?")
    judged: list[str] = []
    judge = checker._judge

    def counted(piece: Any, *others: Any, **more: Any) -> Any:
        judged.append(piece.text)
        return judge(piece, *others, **more)

    monkeypatch.setattr(checker, "_judge", counted)
    answer = "The drain plug gets 60 Nm. The fluid end studs get 320 Nm. The tank is full."
    for end in range(1, len(answer) + 1):
        last = checker.check(answer[:end], complete=end == len(answer))
    assert last == check(answer, ALL, "Torque?")
    assert judged.count("The drain plug gets 60 Nm.") <= 2


@pytest.mark.parametrize(
    "answer",
    [
        "the pressure is high and " * 1_000,
        "12 bar, " * 2_000,
        "[1] " * 4_000,
        "| a | 12 Nm |\n" * 500,
        "\x00\ud800\u202e()[]{}*_`" * 300,
        "1" * 20_000,
        "1." * 9_000,
        "P-204/" * 3_000,
        "\u6cf5\u7684\u538b\u529b\u662f345\u5df4\u3002" * 300,
        "<b><i>" * 2_000,
    ],
)
def test_hostile_answers_are_checked(answer: str) -> None:
    checked = check(answer, ALL, "How high is the pressure?")
    assert checked.text == answer
    assert all(0 <= c.start <= c.end <= len(answer) for c in checked.claims)


def test_without_passages_nothing_is_claimed() -> None:
    assert check("The studs get 320 Nm.", ()).claims == ()


def test_two_manuals_that_contradict_each_other_both_support() -> None:
    old = replace(TORQUE, document="PX-204-B", text="Drain plug: Thread M22x1.5, Torque 55 Nm.")
    for torque in ("55 Nm", "60 Nm"):
        assert not check(f"The drain plug gets {torque}.", (TORQUE, old)).flagged


_SET = Path(__file__).parent.parent / "claim_sets" / "development_align.jsonl"


def test_the_planted_answers_that_the_check_was_made_with_stay_judged() -> None:
    """Of 68 wrong and 47 true ones; a change that misjudges more than three is a step back."""
    otherwise = []
    for line in _SET.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        passages = [
            Passage(title=passage["document"], revision="", **passage)
            for passage in item["passages"]
        ]
        flagged = check(item["answer"], passages, item["question"]).flagged
        if flagged != (item["label"] == "wrong"):
            otherwise.append(item["id"])
    assert len(otherwise) <= 3, otherwise


@pytest.mark.parametrize(
    ("said", "supported"),
    [
        ("Muster point B is behind the camp.", True),
        ("Muster point A is at the north gate.", True),
        ("Muster point B is at the north gate.", False),
        ("Muster point A is behind the camp.", False),
    ],
)
def test_a_thing_that_a_letter_names_is_not_another(said: str, supported: bool) -> None:
    text = "Muster point A is at the north gate. Muster point B is behind the camp. Walk upwind."
    checked = check(said, (replace(TORQUE, text=text),))
    assert checked.flagged is not supported
