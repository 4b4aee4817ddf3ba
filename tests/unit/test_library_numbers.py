"""Part numbers of digits, codes and figures are found however they are grouped and written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit.core.citation import State
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.numbers import joined
from fieldkit.library.search import Library
from fieldkit.library.terms import codes, terms

TEXTS = (
    "The gate is at the north side of the yard.",
    "The seal kit has part number 4711 0815.",
    "Order the belt as 47110816.",
    "Filter 4711-0817 fits, and relay 4711.0818 is a spare.",
    "The fuse is no. 0004719.",
    "Sensor 12 345 678 is fitted.",
    "Torque 85 72 Nm, dry and oiled.",
    "The clutch is PN 2233-4455, the coil PN22334466.",
    "Overhaul after 10 000 hours.",
    "Both 4711 0900 4711 0901 are in the set.",
    "Display E\u00a017 means low oil.",
    "Error E\u201118 means hot.",
    "F.21: no flow. Alarm A\u201322: overload.",
    "The H\u2082S alarm sounds at 10 ppm.",
    "Viscosity 10\u207b\u00b3 Pa s.",
    "Pipe of 1\u00bd inch.",
    "Bolts M12 \u00d7 1,75 and M16\u00d72.",
    "Plate 8 with 85\u00b9 holes.",
    "# Fuel\n\nFigure 3: Fuel filter\n\nSee Figure 4.",
    "See Figure 3 for the fuel filter, and clean the fuel filter.",
    "Abb. 4 Kraftstofffilter",
    "Fig. 2\u20131 Hydraulic circuit",
    "Tabelle 7: Anzugsmomente",
    "See table 7 for the torque.",
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("numbers") / "library.sqlite"
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(TEXTS, 1))
    build(path, [Document(
        document="D", title="D", revision="", date="", markdown=True, pages=pages
    )])  # fmt: skip
    with Library.open(path) as opened:
        yield opened


def found(library: Library, question: str) -> list[str]:
    return [TEXTS[passage.page - 1] for passage in library.search(question)]


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("4711 0815", "The seal kit"),
        ("47110815", "The seal kit"),
        ("4711-0815", "The seal kit"),
        ("4711.0815", "The seal kit"),
        ("seal kit 4711\u00a00815", "The seal kit"),
        ("4711 0816", "Order the belt"),
        ("4711\u20110816", "Order the belt"),
        ("47110817", "Filter"),
        ("4711 0818", "Filter"),
        ("0004719", "The fuse"),
        ("12345678", "Sensor"),
        ("12-345-678", "Sensor"),
        ("12\u202f345\u202f678", "Sensor"),
        ("PN 2233 4455", "The clutch"),
        ("PN-2233-4455", "The clutch"),
        ("PN22334455", "The clutch"),
        ("22334455", "The clutch"),
        ("PN 2233 4466", "The clutch"),
        ("10000 hours", "Overhaul"),
        ("47110900", "Both"),
        ("4711 0901", "Both"),
    ],
)
def test_a_number_is_found_in_any_grouping(library: Library, question: str, start: str) -> None:
    (page, *_) = found(library, question)
    assert page.startswith(start)


@pytest.mark.parametrize(
    "question", ["8572", "4719", "part 99887766", "4711 9999", "90047", "15000", "12345"]
)
def test_a_number_that_is_in_no_manual_is_never_answered(library: Library, question: str) -> None:
    assert library.find(question).state is not State.ANSWERED


@pytest.mark.parametrize("question", ["8572", "4719", "90047", "15000", "12345"])
def test_a_number_that_is_in_no_manual_is_refused_alone(library: Library, question: str) -> None:
    assert found(library, question) == []


@pytest.mark.parametrize(
    ("question", "start"),
    [
        *((spelling, "Display") for spelling in ("E 17", "E17", "E-17", "E.17", "e17", "e 17")),
        *((spelling, "Error") for spelling in ("E 18", "E\u201018", "E\u201418", "e18")),
        ("F 21", "F.21"),
        ("A22", "F.21"),
        ("H2S alarm", "The H"),
        ("H\u2082S", "The H"),
        ("10-3 Pa", "Viscosity"),
        ("10\u207b\u00b3", "Viscosity"),
        ("1 1/2 inch pipe", "Pipe"),
        ("1\u00bd inch pipe", "Pipe"),
        ("M12x1.75", "Bolts"),
        ("M12 x 1,75", "Bolts"),
        ("M16 x 2", "Bolts"),
    ],
)
def test_codes_and_signs_are_found_however_they_are_written(
    library: Library, question: str, start: str
) -> None:
    (page, *_) = found(library, question)
    assert page.startswith(start)


@pytest.mark.parametrize("question", ["851", "11/2"])
def test_marks_and_fractions_make_no_other_number(library: Library, question: str) -> None:
    assert "851" not in codes(TEXTS[17])
    assert not any("1\u00bd" in page or "85\u00b9" in page for page in found(library, question))


@pytest.mark.parametrize("question", ["851 holes in plates", "11/2 inch"])
def test_the_words_beside_another_number_do_not_answer(library: Library, question: str) -> None:
    assert library.find(question).state is not State.ANSWERED


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("figure 3 fuel filter", "# Fuel"),
        ("fig 3", "# Fuel"),
        ("Fig. 3", "# Fuel"),
        ("Abbildung 3", "# Fuel"),
        ("Abbildung 4", "Abb. 4"),
        ("What does figure 4 show?", "Abb. 4"),
        ("figure 2-1", "Fig. 2"),
        ("Fig. 2.1", "Fig. 2"),
        ("Tabelle 7", "Tabelle 7"),
        ("table 7", "Tabelle 7"),
        ("Tab. 7", "Tabelle 7"),
    ],
)
def test_a_caption_is_found_before_what_mentions_it(
    library: Library, question: str, start: str
) -> None:
    (page, *_) = found(library, question)
    assert page.startswith(start)


@pytest.mark.parametrize("question", ["figure 9", "Abb. 31", "table 3"])
def test_a_figure_that_is_not_there_is_refused(library: Library, question: str) -> None:
    assert found(library, question) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("4711 0815", ["47110815"]),
        ("4711-0815", ["47110815"]),
        ("4711.0815", ["47110815"]),
        ("0004711", ["0004711"]),
        ("12 345 678", ["12345678"]),
        ("PN 4711 0815", ["47110815", "pn47110815"]),
        ("No.4711 0815", ["47110815"]),
        ("Art.-Nr. 12.345.678", ["12345678"]),
        ("(4711-0815)", ["47110815"]),
        ("part 4711 0815.", ["47110815"]),
        ("12.345 mm", []),
        (".5000 1234", []),
        ("85 72", []),
        ("85, 7200, 4711", []),
        ("4711: 0815", []),
        ("4711\n0815", []),
        ("4711 | 0815", []),
        ("1234.5 mm", []),
        ("version 1.2.3", []),
        ("P-204", []),
        ("1000 2000 3000 4000 5000 6000 7000", []),  # a row of a table
    ],
)
def test_only_neighbours_are_joined(text: str, numbers: list[str]) -> None:
    assert list(joined(text)) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("4711.0815.03", ["4711081503"]),
        ("06.12.345", ["0612345"]),
        ("12.5 or 4711.5", []),
        ("1.2.3", []),
    ],
)
def test_two_full_stops_are_no_decimal_points(text: str, numbers: list[str]) -> None:
    assert list(joined(text)) == numbers


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("3RT1024 1AP00", "order number"),
        ("6ES7214-1AG40-0XB0", "controller"),
        ("6ES7214 1AG40 0XB0", "controller"),
        ("PN 7711 X", "relay"),
        ("PN7722Y", "belt"),
        ("PN 7722-Y", "belt"),
        ("XK-2040 ZB-1200", "Both"),  # not one code: each of them
    ],
)
def test_a_code_is_found_in_any_grouping(tmp_path: Path, question: str, expected: str) -> None:
    texts = [
        "The order number is 3RT1024-1AP00.",
        "The controller is 6ES7 214-1AG40-0XB0.",
        "The relay is PN-7711-X.",
        "The belt is PN 7722 Y.",
        "Both are there, XK-2040 and ZB-1200.",
        "Valve V-17 5 bar.",
    ]
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1))
    manual = Document(document="M", title="M", revision="", date="", pages=pages)
    build(tmp_path / "index", [manual])
    with Library.open(tmp_path / "index") as library:
        assert expected in library.search(question, 1)[0].text
        assert library.search("V-175") == ()


def test_codes_that_a_hyphen_joins_are_found_one_by_one() -> None:
    assert {"eb100be1", "eb100", "be1"} <= set(codes("EB100-BE1 current"))
    assert "be1" not in codes("EB100-current-BE1-x")


@pytest.mark.parametrize(
    ("written", "groups"),
    [("O2-Gehalt", ("o2", "gehalt")), ("M12-Schraube", ("m12", "schraube")), ("P-204", ())],
)
def test_a_code_that_a_hyphen_joins_to_a_word_has_parts(
    written: str, groups: tuple[str, ...]
) -> None:
    (term,) = (term for term in terms(written) if term.code)
    assert term.groups == groups
