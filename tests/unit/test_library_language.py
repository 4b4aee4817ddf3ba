"""Stems, accents and stop words of the languages manuals are written in."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.language import Language, fold, language
from fieldkit.library.search import Library
from fieldkit.library.terms import points_back, terms


def library(folder: Path, code: str, *texts: str) -> Library:
    """A library in a language, one text a page."""
    path = folder / f"{code}.sqlite"
    manual = Document(
        document="X-1",
        title="X-1",
        revision="",
        date="",
        markdown=True,
        pages=tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1)),
    )
    build(path, [manual], language=code)
    return Library.open(path)


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [
        ("en", "tightened", "tightening"),
        ("de", "Schrauben", "Schraube"),
        ("de", "Ölwechsel", "Ölwechsels"),
        ("es", "válvulas", "válvula"),
        ("es", "operación", "operaciones"),
        ("fr", "serrages", "serrage"),
        ("fr", "vérifier", "vérifié"),
        ("no", "ventilene", "ventil"),
        ("nb", "pumpen", "pumper"),
        ("nn", "ventilar", "ventil"),
        ("pt", "válvulas", "válvula"),
        ("pt-BR", "parafusos", "parafuso"),
    ],
)
def test_forms_of_one_word_have_one_stem(code: str, one: str, other: str) -> None:
    spoken = language(code)
    assert spoken.stem(one) == spoken.stem(other)
    assert spoken.stem(one).isascii()


@pytest.mark.parametrize("code", ["en", "de", "es", "fr", "no", "pt", "xx"])
@pytest.mark.parametrize("word", ["p204", "M12x1", "15w40", "320"])
def test_what_holds_a_digit_stays_whole(code: str, word: str) -> None:
    assert language(code).stem(word) == word.lower()


def test_a_language_without_an_algorithm_keeps_its_words() -> None:
    assert language("xx").stem("Pumpen") == "pumpen"
    assert language("xx").stop_words == frozenset()


@pytest.mark.parametrize(
    ("word", "bare"), [("Størrelse", "storrelse"), ("öl", "ol"), ("Maß", "mass"), ("sœur", "soeur")]
)
def test_accents_are_folded(word: str, bare: str) -> None:
    assert fold(word) == bare


@pytest.mark.parametrize(
    ("code", "page", "question"),
    [
        ("de", "## Anzugsmomente\nDie Schrauben am Deckel: 45 Nm.", "Welche Schraube am Deckel?"),
        ("de", "## Wartung\nDas Öl der Pumpe wechseln.", "Wie wechsle ich das oel der Pumpe?"),
        ("es", "## Pares\nLos tornillos de la válvula: 45 Nm.", "¿El tornillo de la valvula?"),
        ("es", "## Arranque\nLa operación de la bomba.", "operaciones de bombas"),
        ("fr", "## Couples\nVérifier les boulons du couvercle.", "verifier le boulon du couvercle"),
        ("no", "## Smøring\nSmør pumpene hver uke.", "Hvordan smores pumpen?"),
        ("pt", "## Binários\nOs parafusos da válvula: 45 Nm.", "O parafuso das valvulas?"),
    ],
)
def test_a_question_finds_another_form_with_and_without_accents(
    code: str, page: str, question: str, tmp_path: Path
) -> None:
    with library(tmp_path, code, page, "## X\nNada nichts rien ingenting.") as opened:
        assert opened.language.code == code
        best = opened.search(question, floor=0)[0]
        assert best.page == 1
        assert best.text in page  # as it is written, not its stems


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("de", "Was bedeutet E 17 an der P-204?"),
        ("es", "¿Qué significa E 17 en la P-204?"),
        ("fr", "Que signifie E 17 sur la P-204 ?"),
        ("no", "Hva betyr E 17 på P-204?"),
        ("pt", "O que significa E 17 na P-204?"),
    ],
)
def test_stop_words_leave_the_codes(code: str, question: str) -> None:
    assert [term.text for term in terms(question, language(code))] == ["e17", "p204"]


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("de", "Und die Ablassschraube?"),
        ("es", "¿Y el tapón de drenaje?"),
        ("fr", "Et le bouchon de vidange ?"),
        ("no", "Hva med tappepluggen?"),
        ("pt", "E o bujão de dreno?"),
    ],
)
def test_openings_that_point_back(code: str, question: str) -> None:
    assert points_back(question, language(code))


def test_several_threads_may_ask_one_language() -> None:
    words = [f"{root}{end}" for root in ("tight", "pump", "oper") for end in ("s", "ing", "ated")]
    expected = [language("en").stem(word) for word in words]
    shared = Language("en")
    found: list[list[str]] = []

    def work() -> None:
        found.append([shared.stem(word) for word in words])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
