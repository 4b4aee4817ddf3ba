"""Revision and date as they are printed on a manual's first page.

Only short lines count: a title block, a header, a line under the title; prose talks of dates and
revisions of other things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.library.readers import revision_table
from fieldkit.library.readers.model import Kind, ReadingWarning

_LINES = 60
_LONGEST = 100
_CELLS = 1_000  # of a line with the marks and blanks of a table
_TEXT = 100_000
_MARKS = re.compile(r"^[#\s|*>-]+|[|*]+")

_VALUE = rf"[vV]?(?P<value>{revision_table.VALUE})(?![\w/-]|\.\d)"
_NUMBER = r"\s*[.:\uff1a]?\s*(?i:no|nr|number)?\s*[.:#]?\s*"
_REVISION = re.compile(
    rf"\b(?i:rev|revision|revisi\u00f3n|r\u00e9vision|revis\u00e3o|revisjon){_NUMBER}{_VALUE}"
)
# These words mean other things in the middle of a line.
_ISSUE = re.compile(
    r"(?:^|[,;:|(/\u00b7\u2013\u2014-])\s*(?i:issue|edition|version|ver|ausgabe|auflage|indice|\u00e4nderungsstand|revisionsstand|edici\u00f3n|versi\u00f3n"
    rf"|\u00e9dition|utgave|versjon|edi\u00e7\u00e3o|vers\u00e3o){_NUMBER}{_VALUE}"
)

# As the name of a file ends.
_NAMED_REVISION = re.compile(r"[\s_.-]rev(?:ision)?[\s_.-]*[A-Za-z0-9.]{1,9}\Z", re.IGNORECASE)

# What such a line names is not this document's revision.
_OLDER = re.compile(
    r"(?i)\b(?:replaces|supersedes|superseded|ersetzt|remplace|annule et remplace|sustituye"
    r"|substitui|erstatter|sostituisce|vervangt)\b"
)

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan enero ene janv janvier januar janeiro",
            "feb febrero f\u00e9vr f\u00e9vrier februar fev fevereiro",
            "mar marzo mars m\u00e4rz mrz mar\u00e7o",
            "apr abril abr avr avril",
            "may mai mayo maio",
            "jun junio juin juni junho",
            "jul julio juil juillet juli julho",
            "aug agosto ago ao\u00fbt",
            "sep sept septiembre septembre setembro set",
            "oct octubre octobre okt oktober outubro out",
            "nov noviembre novembre novembro",
            "dec diciembre dic d\u00e9c d\u00e9cembre dez dezember des desember dezembro",
        ),
        1,
    )
    for name in names.split()
}
_ENGLISH = "january february march april may june july august september october november december"
_MONTHS |= {name: number for number, name in enumerate(_ENGLISH.split(), 1)}
_MONTH = rf"(?P<name>(?i:{'|'.join(sorted(_MONTHS, key=len, reverse=True))}))\.?"
_DATES = (
    re.compile(rf"\b{_YEAR}-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?![\d-])"),
    re.compile(rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.)?[ -](?:de )?{_MONTH}[ -](?:de )?{_YEAR}\b"),
    re.compile(rf"\b{_MONTH} (?P<day>[0-3]?\d)(?:st|nd|rd|th)?,? {_YEAR}\b"),
    re.compile(rf"\b(?P<day>[0-3]?\d)\.\s?(?P<month>[01]?\d)\.\s?{_YEAR}\b"),
    re.compile(rf"\b{_MONTH} (?:de )?{_YEAR}\b"),
    re.compile(rf"(?<![\d/])(?P<month>0?[1-9]|1[0-2])/{_YEAR}\b"),
)


def revision(text: str) -> str:
    """The revision printed in ``text``: ``C`` of ``Rev. C``, ``4`` of ``Issue 4``; "" if none.

    Of a table of revisions it is the newest; "" where ``unclear`` says why none is sure.
    """
    found, listed = _revisions(text)
    if not listed:
        return found
    newest = revision_table.newest(listed)
    return newest if newest and found in {"", newest} else ""


def unclear(text: str) -> str:
    """Why no revision is taken from ``text`` although it prints some, and what to do; else ""."""
    found, listed = _revisions(text)
    if not listed or revision(text):
        return ""
    values = ", ".join(dict.fromkeys([*([found] if found else []), *(row.value for row in listed)]))
    return (
        f"its first page lists the revisions {values}, and it is not clear which one this is; name "
        "it in the file's name (_rev-C) or in the document's properties"
    )


def doubts(text: str, path: Path, stated: str = "") -> tuple[ReadingWarning, ...]:
    """A warning where ``unclear`` has one and neither ``stated`` nor the name of ``path`` decides.

    ``stated`` is the revision of a property, a ``meta`` or the front matter.
    """
    if stated or _NAMED_REVISION.search(path.stem):
        return ()
    message = unclear(text)
    return (ReadingWarning(kind=Kind.DETAIL, message=message),) if message else ()


def _revisions(text: str) -> tuple[str, list[revision_table.Row]]:
    """The revision that ``text`` states of itself, and those that it lists in a table."""
    lines = [line for line in _lines(text) if not _OLDER.search(line)]
    listed = revision_table.rows(lines, date)
    # A row of the table says nothing of the document.
    rows = {row.line for row in listed}
    others = [line for line in lines if line not in rows]
    for pattern in (_REVISION, _ISSUE):
        for line in others:
            if match := pattern.search(line):
                return match["value"], listed
    return "", listed


def date(text: str) -> str:
    """The first date printed in ``text``, ISO 8601, to the month where no day is; "" if none.

    Dates with slashes and a day are left: 03/04/2026 is March to some and April to others.
    """
    for line in _lines(text):
        found = (match for pattern in _DATES if (match := pattern.search(line)))
        for match in sorted(found, key=lambda match: (match.start(), -match.end())):
            if iso := _iso(match.groupdict()):
                return iso
    return ""


def stamp(text: str) -> str:
    """The date of a metadata field: ISO 8601, or PDF's ``D:20260301``; "" if it is neither."""
    match = re.match(r"\s*(?:D:)?((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])", text)
    return "-".join(match.groups()) if match else date(text)


def _lines(text: str) -> Iterable[str]:
    for line in text[:_TEXT].splitlines()[:_LINES]:
        if len(line) > _CELLS:
            continue
        plain = clean_line(_MARKS.sub(" ", line))
        if 0 < len(plain) <= _LONGEST:
            yield plain


def _iso(parts: dict[str, str | None]) -> str:
    name = parts.get("name")
    month = _MONTHS[name.lower()] if name else int(parts.get("month") or 0)
    day = int(parts.get("day") or 0)
    if not 1 <= month <= 12 or day > 31:
        return ""
    return f"{parts['year']}-{month:02}" + (f"-{day:02}" if day else "")
