"""Revision and date as they are printed on a first page."""

from __future__ import annotations

import pytest

from fieldkit.library.readers import printed


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
