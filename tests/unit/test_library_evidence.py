"""How likely a passage answers a question, and what search makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from fieldkit.library import everyday, index, quantities, stopwords
from fieldkit.library.calibrated import CURVE, FLOOR, SHARES
from fieldkit.library.evidence import Place, Shares, evidence
from fieldkit.library.query import Wanted
from fieldkit.library.search import Library
from tests import calibrate
from tests.question_sets import sets
from tests.question_sets.sets import QuestionSet

HALF = Shares(everyday=0.5, unit=0.5)


def wanted(weight: float = 1.0, **facts: object) -> Wanted:
    return Wanted("x", 1, weight, **facts)  # type: ignore[arg-type]  # what a test says of it


def test_what_mentions_all_is_certain_and_what_mentions_nothing_is_not() -> None:
    assert evidence([(wanted(), Place.WORD)], HALF) == 1.0
    assert evidence([(wanted(), Place.NOWHERE)], HALF) == 0.0
    assert evidence([], HALF) == 0.0


def test_a_strange_word_in_a_small_library_does_not_outweigh_all_others() -> None:
    mentioned = [(wanted(1.0), Place.WORD), (wanted(9.0), Place.NOWHERE)]
    assert evidence(mentioned, HALF) == pytest.approx(0.25)


def test_a_strange_code_weighs_its_whole_stress() -> None:
    mentioned = [(wanted(1.0), Place.WORD), (wanted(6.0, stress=6.0), Place.NOWHERE)]
    assert evidence(mentioned, HALF) == pytest.approx(1 / 7)


def test_everyday_words_count_little_whether_they_are_there_or_not() -> None:
    small = wanted(1.0, everyday=True)
    assert evidence([(wanted(), Place.WORD), (small, Place.NOWHERE)], HALF) == pytest.approx(2 / 3)
    assert evidence([(wanted(), Place.NOWHERE), (small, Place.WORD)], HALF) == pytest.approx(1 / 3)


def test_figures_of_a_quantity_count_in_part_for_its_name() -> None:
    assert evidence([(wanted(), Place.UNIT)], HALF) == 0.5


@pytest.mark.parametrize(
    ("word", "language", "text", "held"),
    [
        ("torque", "en", "Piston nut: 1150 Nm.", True),
        ("tight", "en", "Piston nut: 1150Nm.", True),
        ("torque", "en", "Piston nut: M39x3.", False),
        ("hot", "en", "Heat it to 500 °C.", True),
        ("hot", "en", "Part C.", False),
        ("pressure", "en", "Close it at seven bar.", True),
        ("pressure", "en", "The barrel is 3 m high.", False),
        ("heavy", "en", "1800 kg at most", True),
        ("Drehmoment", "de", "Deckel 38 Nm", True),
        ("presión", "es", "La bomba da 12 bar.", True),
        ("presion", "es", "La bomba da 12 bar.", True),
        ("strainer", "en", "12 bar, 45 Nm, 3 kg", False),
    ],
)
def test_a_quantity_is_known_by_its_units(word: str, language: str, text: str, held: bool) -> None:
    assert quantities.held(quantities.named(word, language), text) is held


def test_a_number_that_no_manual_has_names_something_unless_it_measures(tmp_path: Path) -> None:
    index.build(tmp_path / "library.sqlite", sets.demo().documents)
    with Library.open(tmp_path / "library.sqlite") as library:
        measured = library.evidence("Do the fluid end studs need 777 Nm?")
        named = library.evidence("Do the fluid end studs have number 777?")
        assert named < library.floor <= measured
    assert quantities.measured("lift 2.5 t to 4.7 m at 20 °C, see page 12") == {
        *("2", "5", "4", "7", "20")
    }


@pytest.mark.parametrize("code", sorted(stopwords.STOP_WORDS))
def test_every_language_has_everyday_words_and_quantities(code: str) -> None:
    assert len(everyday.EVERYDAY[code]) > 50
    words = {
        "da": "tryk", "de": "Druck", "en": "pressure", "es": "presión", "fi": "paine",
        "fr": "pression", "it": "pressione", "nl": "druk", "no": "trykk", "pt": "pressão",
        "ro": "presiune", "ru": "давление", "sv": "tryck",
    }  # fmt: skip
    assert quantities.named(words[code], code) == {"pressure"}


def test_the_default_is_the_cheapest_floor_of_its_curve() -> None:
    assert FLOOR in {floor for floor, _, _ in CURVE}
    assert 0 < SHARES.everyday <= 1
    for (_, *before), (_, *after) in pairwise(CURVE):
        assert before[0] <= after[0]
        assert before[1] <= after[1]


@pytest.fixture(params=["demo", "yard"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> QuestionSet:
    return sets.demo() if request.param == "demo" else sets.yard(tmp_path)


@pytest.fixture
def library(asked: QuestionSet, tmp_path: Path) -> Iterator[Library]:
    index.build(tmp_path / "library.sqlite", asked.documents)
    with Library.open(tmp_path / "library.sqlite") as opened:
        yield opened


def test_search_alone_refuses_what_no_page_answers_and_little_else(
    asked: QuestionSet, library: Library
) -> None:
    refused = {q.text for q in asked.questions if not library.search(q.text)}
    answerable = [q.text for q in asked.questions if q.answer]
    unanswerable = [q.text for q in asked.questions if not q.answer]
    assert len(refused.intersection(unanswerable)) >= 0.9 * len(unanswerable)
    assert len(refused.intersection(answerable)) <= 0.05 * len(answerable)


def test_the_right_page_is_among_three_and_mostly_first(
    asked: QuestionSet, library: Library
) -> None:
    ranks = []
    for question in (q for q in asked.questions if q.answer):
        found = [(p.document, p.page) for p in library.search(question.text, 3)]
        here = (question.document, question.page)
        ranks.append(found.index(here) + 1 if here in found else 0)
    assert sum(rank > 0 for rank in ranks) >= 0.95 * len(ranks)
    assert ranks.count(1) >= 0.9 * len(ranks)
    assert sum(1 / rank for rank in ranks if rank) >= 0.93 * len(ranks)  # mean reciprocal rank


def test_the_evidence_of_a_question_is_what_the_floor_is_held_against(library: Library) -> None:
    for question in ("What torque do the bolts need?", "Who won?", "zebra"):
        assert bool(library.search(question)) is (library.evidence(question) >= library.floor)


def test_what_is_taken_away_is_asked_of_a_library_without_it(asked: QuestionSet) -> None:
    parts = list(asked.without_answers())
    assert sum(len(part.questions) for part in parts) == sum(
        bool(q.answer) for q in asked.questions
    )
    pages = sum(len(document.pages) for document in asked.documents)
    assert all(sum(len(d.pages) for d in part.documents) < pages for part in parts)


@pytest.mark.slow
def test_the_default_is_what_the_calibration_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["calibrate", "--check"])
    assert calibrate.main() == 0
