"""Tables of contents, keyword indexes, histories and running heads: marked, and ranked behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library import index
from fieldkit.library.contents import CONTENTS, HISTORY, INDEX, heading_kind, is_entry, kind_of
from fieldkit.library.documents import Document, Page
from fieldkit.library.passages import split
from fieldkit.library.search import Library

LED = "2.1 Lubrication .............. 5 2.2 Oil change .......... 7 2.3 Winter . . . . . - 9 -"
ROWS = ("1 Allgemein: 3.", "1.1 Datenkabel: 3.", "2 Commands: 5.", "2.1 Fehler: 6.", "3 Werte: 8.")
WORDS = (
    "Alarm 12 Axle 4, 7 Battery 14, 15 Bolts 33 Brake 20-22 Cable 8 Charger 14 Clutch 31 "
    "Drain 9 Drum 11"
)


def document(*pages: str) -> Document:
    return Document(
        document="PX-1",
        title="Pump",
        revision="",
        date="",
        pages=tuple(Page(number=n, text=text) for n, text in enumerate(pages, 1)),
        markdown=True,
    )


@pytest.mark.parametrize(
    ("units", "heading", "kind"),
    [
        ((LED,), "", CONTENTS),
        (ROWS, "", CONTENTS),
        (("Safety: 3.", "Use: 5.", "Care: 9.", "Parts: 12."), "Inhaltsverzeichnis", CONTENTS),
        (("Introduction........................",), "Table of contents", CONTENTS),
        ((WORDS,), "", INDEX),
        (("Rev B: Date 2021, Changes Added a relay.",), "8 Revision History", HISTORY),
        (("The drum holds 60 m of rope. See page 12.",), "Contents", ""),
        (("Size 10: 12.", "Size 20: 15.", "Size 30: 18.", "Size 40: 21."), "Torque", ""),
        (("E 17: Meaning Low oil, Action Fill up.", "E 18: Meaning Hot."), "Fault codes", ""),
        (("Press it ... then wait for 5 seconds until the lamp goes out, and go on.",), "", ""),
    ],
)
def test_what_only_points_at_pages_is_told_from_text(
    units: tuple[str, ...], heading: str, kind: str
) -> None:
    assert kind_of(units, heading) == kind


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Contents", CONTENTS),
        ("SOMMAIRE", CONTENTS),
        ("目 次", CONTENTS),
        ("1. Índice", CONTENTS),
        ("Stichwortverzeichnis", INDEX),
        ("Document history", HISTORY),
        ("Änderungshistorie", HISTORY),
        ("Contents of the tank", ""),
    ],
)
def test_titles_of_many_languages(heading: str, kind: str) -> None:
    assert heading_kind(heading) == kind


def test_an_entry_is_no_heading() -> None:
    assert is_entry("3. Reserva de Potência ........ 7")
    assert not is_entry("Press and hold ...")
    passages = split(document("# Índice\n\n## 3. Reserva .......... 7\n\n4. Limite ........ 8\n"))
    assert [(p.heading, p.kind) for p in passages] == [("Índice", CONTENTS)]


def test_the_title_of_the_contents_is_no_heading_of_what_follows() -> None:
    (contents, text) = split(document(f"# Contents\n\n{LED}\n", "The pump weighs 550 g.\n"))
    assert (contents.heading, contents.kind) == ("Contents", CONTENTS)
    assert (text.heading, text.kind) == ("", "")


def test_a_line_at_the_head_of_every_page_is_no_heading() -> None:
    pages = [f"# 3 Parameter\n\n## Group {n}\n\nValue {n}.\n\nMore of {n}.\n" for n in range(1, 3)]
    running = [
        "# Parameter 3\n\nRow 5.\n",
        "# 3 Parameter\n\nRow 6.\n",
        "# Parameter 3\n\nRow 7.\n",
    ]
    found = split(document(*pages, *running))
    assert [p.heading for p in found] == ["Group 1", "Group 2", "Group 2", "Group 2", "Group 2"]
    assert {p.above for p in found} == {"3 Parameter"}


def test_a_passage_knows_the_headings_above_its_own() -> None:
    (passage,) = split(document("# Pump\n\n## Lubrication\n\n### Oil change\n\nDrain it first.\n"))
    assert (passage.heading, passage.above) == ("Oil change", "Pump > Lubrication")


def test_a_page_ranks_before_the_contents_that_name_it(tmp_path: Path) -> None:
    pages = (
        f"# Contents\n\n{LED}\n",
        "# Hydraulics\n\n## Oil change\n\nDrain the hydraulic tank.\n",
        "# Lubrication\n\n## Oil change\n\nThe sump takes 4 l.\n",
    )
    index.build(tmp_path / "manuals.sqlite", [document(*pages)])
    with Library.open(tmp_path / "manuals.sqlite") as library:
        found = library.search("lubrication oil change", 3, floor=0.0)
        assert found[0].page == 3  # by words of all its headings
        assert CONTENTS in [passage.kind for passage in found[1:]]  # behind, and not left out
