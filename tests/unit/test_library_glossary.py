"""Trade words in other languages, and words that are written as one."""

from __future__ import annotations

import csv
import importlib.resources
from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldkit.library import glossary
from fieldkit.library.compounds import ending_with, parts
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.language import language
from fieldkit.library.search import Library
from fieldkit.library.stopwords import STOP_WORDS

ENGLISH = (
    "## Relief valve\nThe relief valve of the mud pump opens at 350 bar and is set with a spanner.",
    "## Oil change\nChange the gear oil every 500 hours and clean the strainer of the pump.",
    "## Hose clamps\nTighten the clamps of the suction hose with a torque of 18 Nm.",
    "## Fault codes\nE 17: the oil pressure is too low. Stop the engine and check the level.",
)
GERMAN = (
    "## Anzugsdrehmomente\nDas Anzugsdrehmoment der Schrauben am Deckel ist mit 45 Nm angegeben.",
    "## Meldungen\nDer Zustand 18 des Kessels heißt Fehlzündung; er wird am Display angezeigt.",
    "## Pumpen\nDie Umwälzpumpe und die Ladepumpe werden von der Regelung geschaltet.",
    "## Öl\nDas Öl ist alle 500 Stunden zu wechseln, und der Filter ist dabei zu ersetzen.",
)


def library(folder: Path, pages: Sequence[str], default: str, name: str = "library") -> Library:
    manual = Document(
        document="X-1",
        title="X-1",
        revision="",
        date="",
        markdown=True,
        pages=tuple(Page(number=number, text=text) for number, text in enumerate(pages, 1)),
    )
    build(folder / f"{name}.sqlite", [manual], language=default)
    return Library.open(folder / f"{name}.sqlite")


@pytest.fixture
def english(tmp_path: Path) -> Library:
    return library(tmp_path, ENGLISH, "en")


@pytest.fixture
def german(tmp_path: Path) -> Library:
    return library(tmp_path, GERMAN, "de", "german")


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("¿A qué presión abre la válvula de seguridad de la bomba de lodo?", 1),
        ("Ved hvilket trykk åpner sikkerhetsventilen på slampumpen?", 1),
        ("Bei welchem Druck öffnet das Sicherheitsventil der Schlammpumpe?", 1),
        ("A quelle pression s'ouvre la soupape de sécurité ?", 1),
        ("¿Cada cuánto se cambia el aceite de engranajes?", 2),
        ("Hvor ofte skal giroljen skiftes?", 2),
        ("Com que frequência se troca o óleo de engrenagens?", 2),
        ("Con quale coppia si serrano le fascette?", 3),
        ("Hvor hardt strammes klemmene på sugeslangen?", 3),
        ("¿Qué significa E 17?", 4),
        ("Wat betekent E 17 op de motor?", 4),
    ],
)
def test_a_question_in_another_language_finds_the_page(
    english: Library, question: str, page: int
) -> None:
    with english:
        assert english.find(question).passages[0].page == page


def test_what_another_language_calls_a_word_counts_less(english: Library) -> None:
    with english:
        abroad = {w.share for w in english.plan("¿Cómo se limpia el colador?") if w.match}
        own = {w.share for w in english.plan("How is the strainer cleaned?") if w.match}
    assert own == {1.0}
    assert abroad
    assert max(abroad) < 1.0


@pytest.mark.parametrize("question", ["How do I change the oil of the pump?", "spanner", "E 17"])
def test_a_question_in_the_manuals_own_language_is_not_translated(
    english: Library, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with english:
        before = english.plan(question)
        monkeypatch.setattr(glossary, "counterparts", lambda *_: ())
        assert english.plan(question) == before


def test_the_glossary_is_whole() -> None:
    file = importlib.resources.files("fieldkit.library") / "glossary.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) > 250
    assert set(rows[0]) <= set(STOP_WORDS)
    assert all(len(row) == len(rows[0]) and all(map(str.strip, row)) for row in rows)
    assert len({tuple(row) for row in rows}) == len(rows)
    # A name without a stem would stand for every word that has none.
    assert all(
        language(code).stems(name)
        for concept in glossary.concepts()
        for code, names in concept.items()
        for name in names
    )


def test_names_are_known_in_all_forms() -> None:
    english, spanish = language("en"), language("es")
    stems = " ".join(spanish.stems("bombas de lodo"))
    assert glossary.counterparts(stems, [spanish], [english]) == ("mud pump",)
    assert glossary.counterparts("pump", [english], [english]) == ()
    assert glossary.counterparts("xyz", [spanish], [english]) == ()


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("Welches Drehmoment haben die Schrauben?", 1),
        ("Was bedeutet Kesselzustand 18?", 2),
        ("Welche Pumpe schaltet die Regelung?", 3),
        ("Wann ist Ölwechsel?", 4),
    ],
)
def test_words_written_as_one_are_found_by_their_parts_and_in_longer_ones(
    german: Library, question: str, page: int
) -> None:
    with german:
        assert german.find(question).passages[0].page == page


def test_a_word_itself_comes_before_its_parts(tmp_path: Path) -> None:
    pages = ("## A\nDer Zustand des Kessels ist gut.", "## B\nDer Kesselzustand wird angezeigt.")
    with library(tmp_path, pages, "de") as opened:
        assert [p.page for p in opened.find("Welcher Kesselzustand?").passages] == [2, 1]


@pytest.mark.parametrize(
    ("word", "code", "words", "expected"),
    [
        ("Kesselzustand", "de", "kessel zustand", ("kessel", "zustand")),
        ("Betriebsstunden", "de", "betrieb stunde", ("betrieb", "stund")),
        ("Ölwechsel", "de", "öl wechsel", ("ol", "wechsel")),
        ("oljetrykk", "no", "olje trykk", ("olj", "trykk")),
        ("waterpomp", "nl", "water pomp", ("water", "pomp")),
        ("öljynpaine", "fi", "öljy paine", ("oljy", "paine")),
        ("Kesselzustand", "de", "kessel", ()),  # one part alone says little
        ("waterpump", "en", "water pump", ()),
        ("E17", "de", "e 17", ()),
        ("", "de", "kessel", ()),
    ],
)
def test_a_word_is_parted_into_words_that_are_known(
    word: str, code: str, words: str, expected: tuple[str, ...]
) -> None:
    spoken = language(code)
    known = {spoken.stem(each) for each in words.split()}
    assert parts(word, spoken, known.intersection) == expected


def test_longer_words_are_those_that_end_alike(german: Library) -> None:
    with german:
        assert ending_with("pump", german._rows) == ()  # too short to tell
        stem = language("de").stem("Drehmoment")
        assert ending_with(stem, german._rows) == (language("de").stem("Anzugsdrehmoment"),)
        assert ending_with("99999", german._rows) == ()


def test_a_word_that_no_manual_holds_is_found_by_another_of_its_language(english: Library) -> None:
    with english:
        (wrench,) = english.plan("wrench")
        assert 0 < wrench.share < 1
        assert english.find("which wrench?").passages[0].page == 1


def test_what_is_seldom_said_is_found_by_other_words_too(tmp_path: Path) -> None:
    pages = (
        "## Hatch\nOpen the hatch with the wrench.",
        "## Cover\nOpen the cover with the spanner.",
        *(f"## Unit {n}\nOpen unit {n} by hand." for n in range(140)),
    )
    with library(tmp_path, pages, "en") as opened:
        own, *_, either = opened.plan("open with a wrench")
        rare = next(term for term in opened.plan("open with a wrench") if term.passages == 1)
        found = [passage.page for passage in opened.find("open with the wrench", 2).passages]
        assert own.passages > 100
        assert either.passages == 2
        assert rare.weight > either.weight
        assert found == [1, 2]


def test_a_concept_is_called_otherwise_in_one_language_alone() -> None:
    assert "spanner" in glossary.alike("wrench", language("en"))
    assert "wrench" not in glossary.alike("wrench", language("en"))
    assert glossary.alike("zebra", language("en")) == ()
