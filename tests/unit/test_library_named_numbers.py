"""Numbers that name things: how questions ask for them, and what an index holds of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fieldkit.core.citation import Passage
from fieldkit.library import index
from fieldkit.library.documents import Document, Page
from fieldkit.library.language import language
from fieldkit.library.named_numbers import Named, asked, keys
from fieldkit.library.quantities import measured
from fieldkit.library.search import Library

ALARMS = """# Alarms

| Alarm code | Meaning |
|---|---|
| 1 | The hard limit was reached. |
| 2 | The target is beyond the travel of the machine. |
| 3 | Reset while in motion. |
"""
ERRORS = """# Errors

| Error code | Meaning |
|---|---|
| 2 | The number has a bad format. |
| 21 | Two commands want the same axis while an alarm is pending. |
| 22 | The feed rate is not set. |
"""
OTHERS = """# Carriage

Two screws of 2 mm hold the carriage. Travel 2 machines apart. Stop 2 minutes.
"""
BOILER = """# Werte

## Texte für Kesselzustand

| ID | Beschreibung |
|---|---|
| 17 | Heizen |
| 18 | Fehlzündung |

## Texte für Fehlerpuffer

| ID | Beschreibung |
|---|---|
| 18 | Saugzug dreht sich nicht |
| 42 | Fühler fehlerhaft |
"""


def manual(name: str, text: str) -> Document:
    return Document(
        document=name,
        title=name,
        revision="",
        date="",
        pages=(Page(number=1, text=text),),
        markdown=True,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = tmp_path_factory.mktemp("numbers") / "manuals.sqlite"
    texts = {"alarms": ALARMS, "errors": ERRORS, "carriage": OTHERS, "boiler": BOILER}
    index.build(path, [manual(name, text) for name, text in texts.items()])
    return Library.open(path)


def first(library: Library, question: str) -> Passage:
    return library.search(question, 3, floor=0.0)[0]


@pytest.mark.parametrize(
    ("question", "code", "expected"),
    [
        ("CNC stops with alarm 2, what happened?", "en", [Named("2", "alarm", "alarm")]),
        ("what is error no. 22?", "en", [Named("22", "error", "error")]),
        ("the 22 error again", "en", [Named("22", "error", "error")]),
        ("Die Steuerung meldet die Nummer 42", "de", [Named("42", "", "")]),
        (
            "Was bedeutet Kesselzustand 18 beim Start?",
            "de",
            [Named("18", "kesselzustand", "state")],
        ),
        ("Fehler Nr. 12", "de", [Named("12", "fehler", "error")]),
        ("Erreur n° 12 sur l'écran", "fr", [Named("12", "erreur", "error")]),
        ("Que peça é o número 183?", "pt", [Named("183", "", "")]),
        ("terminal 15 voltage", "en", [Named("15", "terminal", "terminal")]),
        ("报警代码22是什么", "zh", [Named("22", "", "")]),
        ("below 9.5 volts after 48 hours", "en", []),
        ("in 3 of 4 cases", "en", []),
    ],
)
def test_a_number_beside_a_noun_names_something(
    question: str, code: str, expected: Sequence[Named]
) -> None:
    stop_words = language(code).stop_words
    assert list(asked(question, stop_words, measured(question))) == expected


def test_rows_items_and_steps_have_keys() -> None:
    found = keys("ID 55: Sensor. Status: 1 - OK 2 - Cold. 4. Open it at 12:30, 10 - 20 mm.", "", "")
    assert {"key55", "key1", "key2", "key4", "keystate1"} <= set(found)
    assert not {"key12", "key10", "key20"} & set(found)


def test_a_row_is_bound_to_the_nouns_above_it() -> None:
    assert "keykesselzustand18" in keys("ID 18: Fehlzündung.", "Texte für Kesselzustand")
    assert "keyerror7" in keys("7: Low oil.", "", "grbl error codes")


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("CNC stops with alarm 2, what happened?", "beyond the travel"),
        ("what is error 2?", "bad format"),
        ("error no. 22 on the display", "feed rate"),
        ("Was bedeutet Kesselzustand 18?", "Fehlzündung"),
        ("Fehler 18 am Kessel", "Saugzug"),
        ("Kessel zeigt Störung 42", "Fühler fehlerhaft"),
    ],
)
def test_the_row_of_the_number_is_found_and_quoted(
    library: Library, question: str, quote: str
) -> None:
    passage = first(library, question)
    assert quote in passage.quote
    assert passage.quote in passage.text


def test_a_number_missing_from_its_list_is_a_code_that_no_manual_has(library: Library) -> None:
    (strange,) = [term for term in library.plan("what does alarm 21 mean?") if term.number]
    assert strange.code
    assert not strange.match


def test_a_number_of_no_list_asks_for_nothing_that_is_missing(library: Library) -> None:
    assert not any(term.code for term in library.plan("tighten screw 77"))
