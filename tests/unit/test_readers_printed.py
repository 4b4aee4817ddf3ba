"""Revision and date as they are printed on a first page."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.library.documents import read
from fieldkit.library.readers import printed
from fieldkit.library.readers.model import Kind
from tests.word_files import cell, p, row, table, write


@pytest.mark.parametrize(
    ("text", "revision"),
    [
        ("Rev. C", "C"),
        ("PX-204 mud pump, rev C", "C"),
        ("Revision: 3", "3"),
        ("Revision No. 12", "12"),
        ("| Revision | 2.1 |", "2.1"),
        ("Doc 4711 Rev B2 | 2026-03-01", "B2"),
        ("Issue 4", "4"),
        ("Manual - Issue 4", "4"),
        ("# Pump\n\nVersion 1.10", "1.10"),
        ("Ausgabe 5", "5"),
        ("Revisi\u00f3n B", "B"),
        ("Issue 4\nRev. C", "C"),
        ("Revision history", ""),
        ("revised edition", ""),
        ("Review 3", ""),
        ("We had an issue 4 times", ""),
        ("Rev. 2026-03-01", ""),
        ("Reverse 5 turns", ""),
        ("x" * 120 + " Rev. C", ""),
        ("", ""),
    ],
)
def test_a_revision_is_found_where_one_is_printed(text: str, revision: str) -> None:
    assert printed.revision(text) == revision


TABLE = "Rev Date Description\nA 2024-01-01 First\nB 2025-02-02 Second\nC 2026-03-01 Third"


@pytest.mark.parametrize(
    ("text", "revision"),
    [
        (TABLE, "C"),
        (
            "| Rev | Date | Text |\n|---|---|---|\n| B | 2026-03-01 | x |\n| A | 2024-01-01 | y |",
            "B",
        ),
        ("| Date | Revision | Changes |\n|---|---|---|\n| 25 August 2014 | A | Review |", "A"),
        ("Revision history\nRevision A 12 March 2024 first\nRevision B 1 May 2025 torque", "B"),
        ("\u00c4nderungsstand\nA 01.02.2024 Erstausgabe\nB 03.05.2025 Drehmomente", "B"),
        ("Rev. Datum \u00c4nderung\n00 01.02.2024 Erstausgabe\n01 03.05.2025 Neu", "01"),
        ("Indice Date Modification\nA 01/02/2024 Cr\u00e9ation\nB 15/10/2025 Couples", "B"),
        ("Revisi\u00f3n Fecha Descripci\u00f3n\n9 01/02/2024 Una\n10 15/10/2025 Otra", "10"),
        ("Version Date Changes\n1.9 2024-01-01 a\n1.10 2025-01-01 b", "1.10"),
        ("Description Date Rev\nFirst issue 2024-01-01 A\nTorques 2025-01-01 B", "B"),
        ("Rev Date Change\nP1 2023-01-01 Draft\nA 2024-01-01 Release\nAA 2025-01-01 New", "AA"),
        ("Revision A\nRevision B\nRevision C", "C"),
        (f"PX-204, Rev. C\n{TABLE}", "C"),
        ("PX-204, Rev. C\nReplaces Rev. B", "C"),
        ("Revision C\n1 Introduction\n2 Safety\n3 Torques", "C"),
        ("Indice : B", "B"),
        ("Ver\uff1a1.3", "1.3"),
    ],
)
def test_the_newest_revision_of_a_table(text: str, revision: str) -> None:
    assert printed.revision(text) == revision
    assert printed.unclear(text) == ""


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Rev Date Change\nA 2026-01-01 x\nB 2025-01-01 y", "A, B"),
        (f"PX-204, Rev. A\n{TABLE}", "A, B, C"),
        (f"PX-204, Rev. E\n{TABLE}", "E, A, B, C"),
    ],
)
def test_a_table_that_contradicts_itself_or_the_title(text: str, seen: str) -> None:
    assert printed.revision(text) == ""
    assert f"lists the revisions {seen}, and it is not clear" in printed.unclear(text)
    assert "_rev-C" in printed.unclear(text)


@pytest.mark.parametrize(
    "part", ["Rev. ", "Rev. \n", "Rev Date ", "Rev Date\n", "1 2024-01-01 ", "["]
)
def test_long_texts_take_no_time(part: str) -> None:
    text = part * 200_000
    assert printed.revision(text) in {"", "1"}
    assert printed.date(text) in {"", "2024-01-01"}
    printed.unclear(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-03-01", "2026-03-01"),
        ("Date: 2026-03-01, Rev. C", "2026-03-01"),
        ("2026-03", "2026-03"),
        ("1 March 2026", "2026-03-01"),
        ("1st of nothing, March 1, 2026", "2026-03-01"),
        ("March 2026", "2026-03"),
        ("01.03.2026", "2026-03-01"),
        ("1. M\u00e4rz 2026", "2026-03-01"),
        ("1 de marzo de 2026", "2026-03-01"),
        ("1 mars 2026", "2026-03-01"),
        ("12. desember 2025", "2025-12-12"),
        ("03/2026", "2026-03"),
        ("03/04/2026", ""),
        ("45.13.2026", ""),
        ("P-2026-03-01-7", ""),
        ("no date here", ""),
    ],
)
def test_a_date_is_found_and_an_ambiguous_one_left(text: str, date: str) -> None:
    assert printed.date(text) == date


@pytest.mark.parametrize(
    ("field", "date"),
    [
        ("D:20260301083000+01'00'", "2026-03-01"),
        ("2026-03-01T08:30:00Z", "2026-03-01"),
        ("1 March 2026", "2026-03-01"),
        ("D:19701399", ""),
        ("", ""),
    ],
)
def test_dates_of_metadata(field: str, date: str) -> None:
    assert printed.stamp(field) == date


UNCLEAR = "Rev Date Change\nA 2026-01-01 x\nB 2025-01-01 y\n"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.docx"])
def test_unclear_revisions_are_reported_for_each_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rows = [line.split() for line in UNCLEAR.splitlines()]
    if name.endswith("docx"):
        cells = "".join(row(*map(cell, texts)) for texts in rows)
        write(path, table(cells), p("Oil: 8 l"))
    elif name.endswith("html"):
        markup = "".join(f"<tr>{''.join(f'<td>{text}' for text in texts)}" for texts in rows)
        path.write_text(f"<table>{markup}</table><p>Oil: 8 l", "utf-8")
    else:
        path.write_text("\n\n".join([*UNCLEAR.splitlines(), "Oil: 8 l"]), "utf-8")
    [warning] = read(path).warnings
    assert warning.kind == Kind.DETAIL
    assert "lists the revisions A, B" in warning.message
    named = path.rename(path.with_stem("a_rev-B"))
    assert read(named).warnings == ()
