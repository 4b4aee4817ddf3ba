"""The language that an answer should come in, and the note where it came in another."""

from __future__ import annotations

import pytest

from fieldkit.library.answer_language import instruction, other_language
from fieldkit.library.language import language
from fieldkit.library.language_votes import Languages

GERMAN = "Wie hoch ist das Drehmoment für die Schrauben am Deckel?"
SPANISH = "¿Cuál es el par de apriete de los pernos de la bomba?"
ENGLISH = "What torque do the bolts of the cover need?"


def asked(question: str, at_home: str = "en") -> str:
    languages = Languages(language(at_home), {at_home: 10})
    return instruction(question, languages.spoken(question), language(at_home))


@pytest.mark.parametrize(
    "question",
    [ENGLISH, "E 17", "torque valve cover", "", "no start", "P-204 / 3", "320 Nm de 5 bar", "on"],
)
def test_nothing_is_added_to_a_question_in_the_manuals_language(question: str) -> None:
    assert asked(question) == ""


def test_a_question_in_another_language_asks_for_it() -> None:
    assert asked(GERMAN) == "Answer in German."
    assert asked(SPANISH) == "Answer in Spanish."
    assert asked("ポンプのボルトの締め付けトルクは") == "Answer in Japanese."
    either = asked("Hvor ofte kommer det olje ut på pumpen?")
    assert either == "Answer in the language of the question."
    assert asked(ENGLISH, "de") == "Answer in English."
    assert asked(GERMAN, "de") == ""


def test_an_answer_in_another_language_is_noted() -> None:
    english = "The bolts of the cover are tightened to 51 Nm and checked after an hour."
    german = "Die Schrauben am Deckel werden mit 51 Nm angezogen und nach einer Stunde geprüft."
    assert other_language(GERMAN, english) == "en"
    assert other_language(ENGLISH, german) == "de"
    assert other_language(GERMAN, german) == ""
    assert other_language(ENGLISH, english) == ""


@pytest.mark.parametrize("answer", ["51 Nm [1].", "", "PX-204: 51 Nm", "Deckel 51 Nm", "x" * 9_000])
def test_an_answer_that_shows_no_language_is_not_noted(answer: str) -> None:
    assert other_language(GERMAN, answer) == ""
    assert other_language(ENGLISH, answer) == ""


@pytest.mark.parametrize("question", ["E 17", "torque fluid end studs", "pump start"])
def test_a_question_that_shows_no_language_may_be_answered_in_any(question: str) -> None:
    german = "Die Schrauben am Deckel werden mit 51 Nm angezogen und nach einer Stunde geprüft."
    assert other_language(question, german) == ""


def test_danish_and_norwegian_are_not_told_apart_where_they_share_their_words() -> None:
    question = "Hvor mye olje skal jeg fylle på pumpen?"
    danish = "Der skal 38 liter olie på pumpen, og den skal skiftes efter et år."
    assert other_language(question, danish) == ""
