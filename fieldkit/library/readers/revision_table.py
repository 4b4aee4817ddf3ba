"""The newest revision of a table of revisions, as title pages have one.

Such a table names the revision and the date or what changed; its rows begin or end with a
revision. Lists of "Revision A", "Revision B" without a header count too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fieldkit.library.revisions import Issue, superseding

VALUE = r"(?:[A-Z]{1,2}\d{0,2}|\d{1,3}(?:\.\d{1,3}){0,2}[A-Za-z]?)"
_ROWS = 40  # of a table that are looked at
_OTHERS = 4  # lines of a description that goes on
# "Rev", "Revision", "Version", "Issue" and so on in the languages of manuals.
REVISION_WORDS = (
    r"rev|revision|revisi\u00f3n|r\u00e9vision|revis\u00e3o|revisjon|revisione|revisie|version"
    r"|versi\u00f3n|vers\u00e3o|versjon|versione|versie|ver|issue|edition|edici\u00f3n|\u00e9dition"
    r"|edi\u00e7\u00e3o|edizione|ausgabe|auflage|utgave|indice|index|\u00e4nderungsstand"
    r"|revisionsstand|stand"
)
_OTHER_WORDS = (
    r"date|datum|fecha|data|dato|description|beschreibung|descripci\u00f3n|descri\u00e7\u00e3o"
    r"|beskrivelse|descrizione|omschrijving|\u00e4nderung(?:en)?|changes?|change description"
    r"|modifications?|modificaciones|cambios?|altera\u00e7(?:\u00e3o|\u00f5es)|endring(?:er)?"
    r"|author|autor|auteur|autore|remarks?|bemerkung(?:en)?|observations?|reason|grund|motif"
    r"|objet|details?|notes?|comments?|erstellt|gepr\u00fcft|approved|checked|history"
)
_HEADER = re.compile(
    rf"(?i)(?:\S+ ){{0,8}}?(?:{REVISION_WORDS})\.?(?: (?:no|nr|n\u00b0|number))?\.?(?: |$)"
)
_NAMED = re.compile(rf"(?i)(?<!\w)(?:{_OTHER_WORDS})(?!\w)")
_HISTORY = re.compile(
    r"(?i)(?:\d+(?:\.\d+)* )?(?:(?:revision|change|document|version)s? (?:history|log|record|list)"
    r"|history of (?:changes|revisions)|record of (?:changes|revisions)|list of revisions"
    r"|\u00e4nderungs(?:historie|verzeichnis|index|\u00fcbersicht|nachweis|stand)"
    r"|revisions(?:historie|verlauf|stand|\u00fcbersicht|verzeichnis)|versions(?:historie|verlauf)"
    r"|historique des (?:r\u00e9visions|modifications|versions|indices)|indices? de r\u00e9vision"
    r"|suivi des modifications|historial de (?:revisiones|cambios|versiones)|control de cambios"
    r"|hist\u00f3rico d[ea]s? (?:revis\u00f5es|altera\u00e7\u00f5es|vers\u00f5es)"
    r"|revisjonshistorikk"
    r"|endringslogg|versjonshistorikk|cronologia delle revisioni|revisiegeschiedenis):?"
)
_DATE = re.compile(
    r"\d{4}-\d\d(?:-\d\d)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}/\d{4}"
    r"|(?:\d{1,2}(?:st|nd|rd|th|\.)? )?(?:de )?[^\W\d_]{3,10}\.?,? (?:de )?(?:\d{1,2}, )?"
    r"(?:19|20)\d\d"
)
_WORD = rf"(?:(?i:{REVISION_WORDS})\.?[ :]{{0,3}})?"
_BEGINS = re.compile(rf"{_WORD}[Vv]?(?P<value>{VALUE})(?=\s|$|[:,;])")
_ENDS = re.compile(rf"(?:^|\s)(?P<value>{VALUE})$")
_STATED = re.compile(
    rf"(?i:rev|revision|revisi\u00f3n|r\u00e9vision|revis\u00e3o|revisjon)\.?[ :]{{0,3}}"
    rf"(?P<value>{VALUE})(?=\s|$|[:,;])"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A revision, its date (ISO 8601 or ""), and the line that prints them."""

    value: str
    date: str
    line: str


def rows(lines: Sequence[str], date: Callable[[str], str]) -> list[Row]:
    """The revisions listed in ``lines``, none where there is no such table.

    ``date`` finds the date of a line.
    """
    for index, line in enumerate(lines):
        header = _is_header(line)
        if not header and not _HISTORY.fullmatch(line):
            continue
        found = _rows(lines[index + 1 : index + 1 + _ROWS], date, last=_ends_with_word(line))
        if found:
            return found
    stated = [line for line in lines if _STATED.match(line)]
    values = {match["value"] for line in stated if (match := _STATED.match(line))}
    return _rows(stated, date, last=False) if len(values) > 1 else []


def newest(found: Sequence[Row]) -> str:
    """The newest revision of ``found``; "" where its order and its dates contradict each other."""
    issues = [Issue("", row.value, row.date) for row in found]
    by_value = _newest([Issue("", issue.revision) for issue in issues])
    dated = [issue for issue in issues if issue.date]
    if len(dated) < len(issues) or len({issue.date for issue in dated}) < len({*issues}):
        return by_value
    latest = max(dated, key=lambda issue: issue.date)
    same_kind = len({issue.revision[:1].isdigit() for issue in issues}) == 1
    # Letters until the first release and numbers after it are ordered by their dates alone.
    return latest.revision if latest.revision == by_value or not same_kind else ""


def _newest(issues: Sequence[Issue]) -> str:
    held = [issue for issue, by in zip(issues, superseding(issues), strict=True) if by is None]
    return held[0].revision if len({issue.revision for issue in held}) == 1 else ""


def _is_header(line: str) -> bool:
    """Whether ``line`` names the columns of such a table."""
    return bool(_HEADER.match(line)) and bool(_NAMED.search(line)) and not re.search(r"\d", line)


def _ends_with_word(line: str) -> bool:
    return bool(re.search(rf"(?i)(?<!\w)(?:{REVISION_WORDS})\.?$", line)) and " " in line


def _rows(lines: Sequence[str], date: Callable[[str], str], *, last: bool) -> list[Row]:
    found: list[Row] = []
    others = 0
    for line in lines:
        row = _row(line, date, last=last)
        if row is not None:
            found.append(row)
            others = 0
        elif not _is_header(line):
            others += 1
            if others > _OTHERS:
                break
    return found


def _row(line: str, date: Callable[[str], str], *, last: bool) -> Row | None:
    match = _DATE.search(line)
    # What is before the date, or behind it: "C 2026-03-01 Third" and "2026-03-01 C Third".
    rest = " ".join((line[: match.start()] + " " + line[match.end() :]).split()) if match else line
    value = (_ENDS.search(rest) if last else None) or _BEGINS.match(rest)
    if value is None:
        return None
    # "1 Introduction" is a heading.
    sure = match or "." in value["value"] or value["value"].isalpha() or value.start("value")
    return Row(value["value"], date(line), line) if sure else None
