"""How people ask, and how they spell, costs no page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.library.asking import without_asking
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.search import Library
from fieldkit.library.wording import worded


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("How do I start the pump, step by step?", "How do I start the pump, ?"),
        ("steps to start the pump", "start the pump"),
        ("Please can you tell me the procedure to start it slowly", "start it slowly"),
        ("Hi, I need to know the oil capacity. Thanks", ", the oil capacity."),
        ("was bedeutet E 17?", "E 17?"),
        ("Können Sie mir sagen, wie die Pumpe startet", ", wie die Pumpe startet"),
        ("dime el par de apriete", "el par de apriete"),
        ("pasos para cambiar el aceite", "cambiar el aceite"),
        ("Pouvez-vous m'expliquer le démarrage ?", "le démarrage ?"),
        ("kan du forklare alarmen", "alarmen"),
        ("o que significa a falha 12", "a falha 12"),
        ("leg uit: alarm 3", "leg uit: alarm 3"),
        ("crosshead guide for the pump", "crosshead guide for the pump"),
        ("step motor alignment", "step motor alignment"),
        ("procedure", "procedure"),
        ("the pump's oil won't drain", "the pump oil won drain"),
        ("VE.Direct", "VE.Direct"),
        ("please explain", "please explain"),
        ("", ""),
    ],
)
def test_what_only_asks_is_taken_out(question: str, left: str) -> None:
    assert " ".join(without_asking(question).split()) == left


PAGES = (
    "# Start\nStart the mud pump at 30 strokes. Set up the radio.",
    "# Order\nTighten the studs in three steps, step by step, by the procedure.",
    "# Ölwechsel\nDer Ölwechsel ist nach 100 Stunden fällig. The airfilter is blue.",
    "# Ink\nBlots on the log sheet are crossed out.",
    "# Cover\nThe valve cover bolts are greased.",
    *(f"# Unit {n}\nThe bolts of unit {n} are checked every day." for n in range(12)),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("wording") / "library.sqlite"
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(PAGES, 1))
    build(
        path, [Document(document="X", title="X", revision="", date="", markdown=True, pages=pages)]
    )
    with Library.open(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("start the mudpump", "start the mud pump"),
        ("radio setup", "radio set up"),
        ("air filter", "airfilter"),
        ("air-filter blue", "airfilter blue"),
        ("Oelwechsel", "olwechsel"),
        ("mud pump", "mud pump"),
        ("pumpmud", "pumpmud"),  # nowhere in this order
        ("blots", "blots"),
        ("waht is teh wieght", "what is the weight"),
        ("from the form", "from the form"),
        ("P-204 E17", "P-204 E17"),
    ],
)
def test_a_word_is_written_as_the_manuals_do(library: Library, typed: str, written: str) -> None:
    assert worded(typed, library._rows, lambda _word: False).text == written


def test_a_synonym_keeps_its_spelling(library: Library) -> None:
    assert worded("mudpump", library._rows, lambda word: word == "mudpump").text == "mudpump"


@pytest.mark.parametrize(
    "question",
    [
        "How do I start the mud pump, step by step?",
        "steps to start mud pump",
        "procedure to start the mudpump please",
        "can you tell me how to start the mud pump",
    ],
)
def test_words_of_asking_pull_no_page_up(library: Library, question: str) -> None:
    plain = library.ranked(library.plan("start mud pump"), 3)
    asked = library.ranked(library.plan(question), 3)
    assert [e.passage.page for e in asked] == [e.passage.page for e in plain]
    assert asked[0].evidence == plain[0].evidence


def test_a_rare_word_that_fits_nothing_else_may_be_misspelt(library: Library) -> None:
    (best, *_) = library.ranked(library.plan("valve cover blots"), 3)
    assert best.passage.heading == "Cover"
    assert best.evidence > 0.9
    (ink, *_) = library.ranked(library.plan("blots on the log sheet"), 3)
    assert ink.passage.heading == "Ink"
    assert ink.evidence == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("hinge of the door", "hinge of the door"),
        ("drift over temperature", "drift over temperature"),
        ("set up the door", "setup the door"),
    ],
)
def test_a_space_that_a_manual_lacks_joins_no_stop_word(
    tmp_path: Path, typed: str, written: str
) -> None:
    pages = (
        "# Door\nGrease the hinge ofthe door at overtemperature.",
        "# Setup\nThe setup is stored.",
        *(f"# Unit {n}\nThe temperature of unit {n} is read." for n in range(12)),
    )
    numbered = tuple(Page(number=number, text=text) for number, text in enumerate(pages, 1))
    document = Document(
        document="X", title="X", revision="", date="", markdown=True, pages=numbered
    )
    build(tmp_path / "index", [document])
    with Library.open(tmp_path / "index") as opened:
        assert worded(typed, opened._rows, lambda _: False).text == written
