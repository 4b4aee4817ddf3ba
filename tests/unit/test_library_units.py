"""The unit that an answer is wanted in is distinguished from words that are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.search import Library
from fieldkit.library.units import asked_in
from tests import unit_names


@pytest.mark.parametrize(
    ("question", "unit", "quantity"),
    [
        ("torque for the manifold nuts in lb-ft", "lb-ft", "torque"),
        ("how many ft-lb for the piston nut", "ft-lb", "torque"),
        ("torque in ft. lbs. for the head", "ft. lbs", "torque"),
        ("torque of the studs in Newton meters?", "Newton meters", "torque"),
        ("relief valve in psi", "psi", "pressure"),
        ("presión de la válvula en bar", "bar", "pressure"),
        ("Druck umgerechnet in kPa", "kPa", "pressure"),
        ("presión en libras por pulgada cuadrada", "libras por pulgada cuadrada", "pressure"),
        ("Anzugsmoment in Newtonmeter", "Newtonmeter", "torque"),
        ("quel couple en N·m", "N·m", "torque"),
        ("what is the height in feet?", "feet", "length"),
        ("vekten i kg", "kg", "mass"),
        ("capacidade em litros", "litros", "volume"),
        ("hoeveel liter?", "", ""),  # nothing else is asked
        ("how many hours between the oil changes", "hours", "time"),
    ],
)
def test_the_unit_of_the_answer_is_no_word_to_look_for(
    question: str, unit: str, quantity: str
) -> None:
    asked = asked_in(question)
    assert asked.units == ((unit,) if unit else ())
    assert asked.quantities == ({quantity} if quantity else frozenset())
    assert len(asked.rest) == len(question)
    assert not unit or unit not in asked.rest


@pytest.mark.parametrize(
    "question",
    [
        "clutch in second gear",
        "how do I get in",
        "leak in foot valve",
        "stored in bar racks",
        "water in the fuel",
        "in psi",
        "¿?",
        "",
    ],
)
def test_other_words_stay(question: str) -> None:
    assert asked_in(question).rest == question
    assert asked_in(question).units == ()


def test_the_names_are_those_of_the_unicode_cldr() -> None:
    assert unit_names.FILE.read_text(encoding="utf-8") == unit_names.written()


PAGES = (
    "# Studs\nThe exhaust manifold nuts are tightened to 45 Nm.",
    "# Relief\nThe relief valve opens at 350 bar.",
    "# Fuel\nThe exhaust manifold has two nuts and a gasket. Relief of the valve is checked.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("units") / "library.sqlite"
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(PAGES, 1))
    build(
        path, [Document(document="X", title="X", revision="", date="", markdown=True, pages=pages)]
    )
    with Library.open(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("plain", "converted"),
    [
        ("torque of the exhaust manifold nuts", "torque of the exhaust manifold nuts in lb-ft"),
        ("pressure of the relief valve", "pressure of the relief valve in psi"),
    ],
)
def test_a_unit_changes_neither_what_is_found_nor_its_evidence(
    library: Library, plain: str, converted: str
) -> None:
    def found(question: str) -> list[tuple[int, float]]:
        ranked = library.ranked(library.plan(question), 3)
        return [(entry.passage.page, entry.evidence) for entry in ranked]

    assert found(plain) == found(converted)


def test_a_unit_alone_says_which_quantity_is_asked_for(library: Library) -> None:
    (best, *_) = library.ranked(library.plan("exhaust manifold nuts in lb-ft"), 3)
    assert best.passage.page == 1
    assert best.evidence == pytest.approx(1.0)
