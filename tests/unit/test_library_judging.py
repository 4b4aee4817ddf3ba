"""Answered, perhaps, none: what was found as an answer to what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.chat.doubts import doubts, missing_in
from fieldkit.chat.store import StoredTurn
from fieldkit.core.citation import REFUSAL, Passage, State
from fieldkit.core.languages import manuals_are_in
from fieldkit.library.calibrated import LIMITS, MODEL
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.judging import (
    NAMES,
    Certainty,
    Limits,
    Model,
    Signs,
    asked_codes,
    missing_codes,
)
from fieldkit.library.language import language
from fieldkit.library.language_votes import foreign
from fieldkit.library.search import Library
from tests.question_sets import sets
from tests.unit.test_chat_files import kept

LONG_E17 = "The driller panel shows E 17 on the mud pump, what is wrong and how do I fix it?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("judging") / "library.sqlite"
    build(path, sets.demo().documents)
    with Library.open(path) as opened:
        yield opened


def test_two_limits_part_three_states() -> None:
    limits = Limits(perhaps=0.2, answered=0.6)
    states = [limits.state(value) for value in (0.0, 0.19, 0.2, 0.59, 0.6, 1.0)]
    assert states == [State.NONE] * 2 + [State.PERHAPS] * 2 + [State.ANSWERED] * 2


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
@pytest.mark.parametrize(
    ("least", "most"),
    [(State.PERHAPS, State.PERHAPS), (State.ANSWERED, State.ANSWERED), (State.NONE, State.NONE)],
)
def test_what_codes_allow_bounds_the_state(value: float, least: State, most: State) -> None:
    certainty = Certainty(value, least, most)
    assert certainty.state(Limits(perhaps=0.3, answered=0.7)) is least


def test_a_model_is_surer_the_more_speaks_for_an_answer() -> None:
    model = Model(-1.0, {"evidence": 2.0, "strange": -3.0})
    nothing = dict.fromkeys(NAMES, 0.0)
    base = model.certainty(Signs(**nothing))
    assert base == pytest.approx(0.2689, abs=1e-4)
    assert model.certainty(Signs(**{**nothing, "evidence": 1.0})) > base
    assert model.certainty(Signs(**{**nothing, "strange": 1.0})) < base
    assert set(MODEL.weights) <= set(NAMES)
    assert 0.0 < LIMITS.perhaps < LIMITS.answered < 1.0


@pytest.mark.parametrize(
    "question",
    [
        LONG_E17,
        "E 17",
        "e17?",
        "Der Bohrstand zeigt E 17, was ist kaputt und wie repariere ich das?",
        "La pantalla muestra E 17 en la bomba, ¿qué le pasa y cómo lo arreglo?",
        "Panelet viser E-17, hva er galt?",
    ],
)
def test_a_code_that_a_row_is_about_is_the_answer_in_any_sentence(
    library: Library, question: str
) -> None:
    found = library.find(question)
    assert found.state is State.ANSWERED
    assert "E 17" in found.passages[0].text
    assert found.missing == ()


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What does fault code E 44 mean on the mud pump?", ("E 44",)),
        ("E-44 and E 17 on the panel", ("E-44",)),
        ("Where do I order part P-999 for the generator?", ("P-999",)),
    ],
)
def test_a_code_that_no_manual_holds_is_never_answered_by_another(
    library: Library, question: str, missing: tuple[str, ...]
) -> None:
    found = library.find(question)
    assert found.state is not State.ANSWERED
    assert found.missing == missing


def test_a_question_about_nothing_here_is_refused(library: Library) -> None:
    found = library.find("Zebra paragliding quicksilver?")
    assert (found.state, found.passages, found.missing) == (State.NONE, (), ())


@pytest.mark.parametrize(
    "question",
    [
        "Who won the football match last night?",
        "How do I reset the wifi password in the camp?",
        "what is the weather in Oslo",
        "How do I cook rice for ten people?",
        "Where can I buy new work boots?",
    ],
)
def test_what_is_mostly_in_no_manual_is_refused(library: Library, question: str) -> None:
    assert library.find(question).state is State.NONE


@pytest.mark.parametrize(
    "question",
    [
        "mud pump wifi password football",  # a product that the manuals are about
        "E 17 football helicopter weather",  # a code that they hold
        "torqe of the fluid end stds",  # misspelt, and one passage holds it all
    ],
)
def test_strange_words_beside_what_the_manuals_have_are_not_refused(
    library: Library, question: str
) -> None:
    assert library.find(question).state is not State.NONE


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("mud pump E 05 how do I fix it?", State.PERHAPS),
        ("generator E 05 how do I fix it?", State.ANSWERED),
        ("E 05 how do I fix it?", State.ANSWERED),
        ("torque for the glow plugs of the mud pump", State.PERHAPS),
    ],
)
def test_what_another_product_has_than_the_one_that_is_named_is_no_sure_answer(
    library: Library, question: str, state: State
) -> None:
    assert library.find(question).state is state


def test_codes_of_parts_and_faults_are_read_as_typed() -> None:
    assert asked_codes("e17 and P-204 at 12V, 45 Nm") == {"e17": "e17", "p204": "P-204"}
    passage = Passage(
        document="PX-204", title="Pump", revision="", page=1, heading="Fault E 17", text="Hot."
    )
    assert missing_codes("E17, px204 or E 05?", [passage]) == {"e05": "E 05"}


def test_an_answer_about_another_code_is_told() -> None:
    turn = turn_about("E05 on the generator", "E 02: High coolant temperature [1].")
    assert doubts(turn) == ["Asked about E05; the answer speaks of E 02."]
    assert missing_in(turn) == ()
    assert doubts(turn_about("E 05 on the generator", "E 05: Low oil [1].")) == []


def test_a_code_that_no_page_holds_is_told_of_a_refusal_too() -> None:
    turn = turn_about("What is E 77?", REFUSAL)
    assert doubts(turn) == ["None of these pages names E 77."]
    assert missing_in(turn) == ("E 77",)


def test_a_page_that_may_not_answer_and_the_manuals_languages_are_told() -> None:
    turn = turn_about(
        "Que es E 05?", "E 05: Low oil [1].", state=State.PERHAPS, languages=("en", "de")
    )
    assert doubts(turn) == [
        "Not sure: check the page.",
        "The manuals are in English and German.",
    ]


def turn_about(
    question: str,
    answer: str,
    state: State | None = State.ANSWERED,
    languages: tuple[str, ...] = (),
) -> StoredTurn:
    from dataclasses import replace

    rows = "E 02: High coolant temperature\nE 05: Low oil"
    passage = Passage(
        document="GX-30", title="Generator", revision="", page=3, heading="Faults", text=rows
    )
    turn = kept(question, answer, passages=(passage,))
    return replace(turn, state=state, languages=languages)


def test_the_languages_of_the_manuals_are_told_to_who_asks_in_another() -> None:
    counts = {"en": 40, "de": 60, "zh": 1}
    assert foreign(language("es"), counts) == ("de", "en", "zh")
    assert foreign(language("de"), counts) == foreign(language("de"), {}) == ()
    assert foreign(language("nb"), {"no": 3}) == ()
    assert manuals_are_in(("de", "en", "zh")) == ("The manuals are in German, English and Chinese.")
    assert manuals_are_in(("en",)) == "The manuals are in English."
    assert manuals_are_in(()) == ""


def test_a_question_in_another_language_gets_the_nearest_pages_and_is_told(tmp_path: Path) -> None:
    text = (
        "The oil pump is driven by the motor. Check the level of the oil every day, and fill it"
        " up where it is below the mark. The valve opens at 12 bar and closes again when the"
        " pressure is below that. Do not open the cover while the pump is running."
    )
    pages = (Page(number=1, text=f"# Oil pump\n{text}"),)
    document = Document(
        document="A-1", title="Pump", revision="", date="", pages=pages, markdown=True
    )
    build(tmp_path / "a.sqlite", [document])
    with Library.open(tmp_path / "a.sqlite") as library:
        assert library.find("¿Con qué frecuencia se revisa el aceite de la bomba motor?").languages
        assert library.find("How often is the oil checked?").languages == ()
