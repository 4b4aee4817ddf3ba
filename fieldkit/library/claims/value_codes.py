"""The codes, dates, clock times and versions of a text: ``E 17``, ``M36x3``, ``2024-05-01``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fieldkit.library.claims.unit_words import named_unit, unit_at
from fieldkit.library.claims.value_patterns import NUMBER
from fieldkit.library.language import fold
from fieldkit.library.terms import Found, found_codes

_MONTHS = (
    "january januar janvier enero januar janeiro gennaio januari jan",
    "february februar fevrier febrero februar fevereiro febbraio februari feb",
    "march marz mars marzo mars marco maart mar",
    "april avril abril aprile apr",
    "may mai mayo maio maggio mei maj",
    "june juni juin junio junho giugno jun",
    "july juli juillet julio julho luglio jul",
    "august aout agosto augustus augusti aug",
    "september septembre septiembre setembro settembre sep sept",
    "october oktober octobre octubre outubro ottobre oct okt",
    "november novembre noviembre novembro nov",
    "december dezember decembre diciembre desember dezembro dicembre dec dez",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NAMED_DAY = re.compile(
    r"\b(?P<d>\d{1,2})\.?[ ](?:de[ ])?(?P<m>[^\W\d_]{3,10})\.?,?[ ](?:de[ ])?(?P<y>\d{4})\b"
    r"|\b(?P<m2>[^\W\d_]{3,10})\.?[ ](?P<d2>\d{1,2}),?[ ](?P<y2>\d{4})\b"
)
_DAY = re.compile(
    r"(?<![\w.,/-])(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2\d{4})(?![\w/-]|\.\d)"
)
_CLOCK = re.compile(
    r"(?<![\w.,:])(?:(?P<h>\d{1,3}):(?P<m>\d{2})(?::(?P<s>\d{2}))?(?![\w:])"
    r"|(?P<h3>\d{1,2})(?=[ ]?[ap]\.?m\b)"
    r"|(?P<h2>\d{1,2})(?:h(?P<m2>[0-5]\d)(?!\w)|\.(?P<m3>[0-5]\d)(?=[ ]?Uhr)))"
    r"(?:[ ]?(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?<![\w.,-])(?:(?:version|release|firmware|v|ver|rev|revision)\.?[ ]?)"
    r"(?P<v>\d{1,4}(?:\.\d{1,6}){1,4})\b(?![.,]?\d)"
    r"|(?<![\w.,-])(?P<v3>\d{1,4}(?:\.\d{1,4}){2,4})(?![\w]|[.,]\d)",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
# Two numbers with a hyphen that are one name: 4711-0815.
_DIGITS = re.compile(r"(?<![\w.,/-])\d{2,12}(?:-\d{2,12}){1,4}(?![\w/]|[.,-]\d)")
_VG = re.compile(r"(?:iso)?vg(?=\d)")
# Capitals before a number that are words.
_WORDS_TEXT = (
    "AT TO OF IN BY IS ON OR AND THE FOR USE SET ALL MAX MIN NO NR IT AS AN IF DO BE ARE HAS NOT"
    " UM ZU DE LA EL LE ET UN ES AM PM MIT BEI AUF AUS VON BIS ALS DER DIE DAS LES DES DU POR CON"
    " LOS LAS OG PA FRA MED SUR PAR AU AUX ABS CA"
)
_WORDS = frozenset(_WORDS_TEXT.split())
_ARTICLE = re.compile(r"A \d+ (?=[a-z])")
_LOOSE = re.compile(
    r"\b(?:code|fault|error|alarm|valve|breaker|part|fehler|storung|störung|ventil|feil|falla|fallo"
    r"|defaut|défaut|erreur|valvula|válvula|vanne|alarma|feilkode|fehlercode|codigo|código|falha)"
    r"[ ](?P<code>[a-z]{1,3} \d{1,5})\b(?![.,]\d)",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_OIL = re.compile(r"(?<![\w.,])\d{1,2}W-?\d{2}(?!\w)", re.IGNORECASE)
_HEX = re.compile(r"(?<!\w)0x[0-9a-f]{1,16}(?!\w)", re.IGNORECASE)
_TIMES_ONLY = re.compile(r"[\d.,]+(?:[ ]*[x\u00d7][ ]*[\d.,]+)+")
# G 1/2, 7/8-14 UNF
_PIPE = re.compile(
    r"(?<!\w)(?:G|Rp?|Rc|NPT)[ ]?(?:\d{1,2}[ -])?\d{1,2}/\d{1,2}(?![\w/])"
    r"|(?<![\w.,])\d{1,2}(?:/\d{1,2})?-\d{1,2}[ ]?UN[A-Z]{1,2}(?!\w)"
)
_THREAD = re.compile(r"(?<!\w)M\d{1,3}[ ]?[x\u00d7][ ]?\d(?:[.,]\d{1,2})?(?![\w]|[.,]\d)")
_LISTED = re.compile(r"[A-Za-z]{1,4}-?[A-Za-z]{0,3}\d")
_ABBREVIATION = re.compile(r"[A-Za-z][a-z]+\.\d")  # approx.20
_TAIL_WORD = re.compile(r"(?:-[^\W\d_]{4,})+\Z")


@dataclass(frozen=True, slots=True)
class Coded:
    """A code from ``start`` to ``end`` of a normal text; ``text`` is what it is compared by.

    ``kind`` is ``code``, ``date``, ``clock time`` or ``version``.
    """

    start: int
    end: int
    text: str
    kind: str = "code"


def codes_of(text: str, language: str = "") -> Iterator[Coded]:
    """Yield the codes, dates, times and versions of a ``normal`` text; no two share a place."""
    taken: list[Coded] = []
    for found in _all(text, language):
        if all(found.end <= other.start or other.end <= found.start for other in taken[-8:]):
            taken.append(found)
    taken.sort(key=lambda found: found.start)
    end = 0
    for found in taken:
        if found.start >= end:
            yield found
            end = found.end


def _all(text: str, language: str) -> Iterator[Coded]:
    if any(char.isdigit() for char in text):
        found = [*_dates(text), *_times(text), *_versions(text), *_codes(text, language)]
        yield from sorted(found, key=lambda one: (one.start, -one.end))


def _dates(text: str) -> Iterator[Coded]:
    for match in _DAY.finditer(text):
        yield Coded(*match.span(), _sorted_numbers(re.findall(r"\d+", match[0])), "date")
    for match in _NAMED_DAY.finditer(text):
        month = _MONTH.get(fold(match["m"] or match["m2"]))
        if month is not None:
            day, year = match["d"] or match["d2"], match["y"] or match["y2"]
            yield Coded(*match.span(), _sorted_numbers([day, str(month), year]), "date")


def _sorted_numbers(numbers: list[str]) -> str:
    """Day and month are written in both orders."""
    return "-".join(map(str, sorted(map(int, numbers))))


def _times(text: str) -> Iterator[Coded]:
    for match in _CLOCK.finditer(text):
        hour = int(match["h"] or match["h2"] or match["h3"])
        minute = match["m"] or match["m2"] or match["m3"] or "00"
        if match["half"] is not None:
            hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
        code = f"{hour}:{minute}" + (f":{match['s']}" if match["s"] else "")
        yield Coded(*match.span(), code, "clock time")


def _versions(text: str) -> Iterator[Coded]:
    for match in _VERSION.finditer(text):
        number = match["v"] or match["v3"]
        if match["v"] is None and _THOUSANDS.fullmatch(number):
            continue
        if unit_at(text, match.end()) is None:
            yield Coded(*match.span(), number, "version")


def _codes(text: str, language: str) -> Iterator[Coded]:
    for match in _LOOSE.finditer(text):
        letters = match["code"].split()[0]
        if letters.upper() not in _WORDS and unit_at(text, match.end()) is None:
            yield Coded(*match.span("code"), _reduced(match["code"]))
    for match in itertools.chain(*(p.finditer(text) for p in (_OIL, _THREAD, _PIPE, _HEX))):
        yield Coded(*match.span(), _reduced(match[0]))
    for match in _DIGITS.finditer(text):
        if _is_no_range(match[0]) and unit_at(text, match.end()) is None:
            yield Coded(*match.span(), _reduced(match[0]))
    for found in found_codes(text):
        shown = _code_in(found, text, language)
        start = found.start
        for part in _listed(shown):
            yield Coded(start, start + len(part), _reduced(part))
            start += len(part) + 1


def _listed(shown: str) -> list[str]:
    """The codes of ``P-204/P-205``: each where all have letters first and digits, else one."""
    parts = shown.split("/")
    if len(parts) > 1 and all(_LISTED.match(part) for part in parts):
        return parts
    return [shown] if shown else []


def _is_no_range(written: str) -> bool:
    """Whether the numbers of ``4711-0815`` are one name: they do not rise, or have zeros first."""
    groups = written.split("-")
    return (
        len(groups) > 2
        or any(group[0] == "0" for group in groups)
        or any(int(b) <= int(a) for a, b in itertools.pairwise(groups))
    )


def _code_in(found: Found, text: str, language: str) -> str:
    """The part of ``found`` that is a code, "" where none is."""
    shown = found.shown
    end = found.start + len(shown)
    if found.spaced:
        return "" if _is_word(text, found.start, end, shown, language) else shown
    if shown[0].isdigit():
        return (
            ""
            if _TIMES_ONLY.fullmatch(shown) or _is_measure(text, found.start, end, language)
            else shown
        )
    if (tail := _TAIL_WORD.search(shown)) is not None:
        shown = shown[: tail.start()]
        return shown if any(char.isdigit() for char in shown) else ""
    if _word_and_number(shown) or _is_unit(shown) or _ABBREVIATION.match(shown):
        return ""
    return shown


def _is_unit(shown: str) -> bool:
    """Whether it is a unit with its power: ``cm3``; ``M3`` is a thread."""
    return shown[0].islower() and named_unit(shown) is not None


def _reduced(shown: str) -> str:
    code = _NOT_LETTERS.sub("", shown.lower().replace("\u00d7", "x"))
    return _VG.sub("iso", code)


def _word_and_number(shown: str) -> bool:
    """``Stufe-2``, ``and/or-3``: a word and a number, no code."""
    parts = re.split(r"[-/]", shown)
    return all(
        part.isdigit() or (part.isalpha() and len(part) > 4 and part[1:].islower())
        for part in parts
    )


def _is_word(text: str, start: int, end: int, shown: str, language: str) -> bool:
    """Whether capitals and a number are no code: "A 45 Nm bolt", "NO 3", "KG 12"."""
    letters = shown.split()[0]
    if letters in _WORDS or unit_at(text, end, language) is not None:
        return True
    if re.match(r"[.,]\d", text[end : end + 2]):
        return True
    if len(letters) > 1 and named_unit(letters) is not None:
        return True
    before = text[max(0, start - 3) : start].strip()
    begins = not before or before[-1] in ".!?:"
    return begins and _ARTICLE.match(text, start) is not None


def _is_measure(text: str, start: int, end: int, language: str) -> bool:
    """Whether what begins with digits is numbers with units: ``45Nm-60Nm``, ``4x``, ``3-way``."""
    at = start
    while at < end:
        number = NUMBER.match(text, at)
        if number is None:
            # Words behind a hyphen: 24V-DC, 3-way.
            return text[at:end].replace("-", "").replace("/", "").isalpha() and at > start
        at = number.end()
        if at >= end:
            return True
        found = unit_at(text, at, language)
        if found is not None:
            at = found[2]
            if at >= end:
                return True
        elif text[at] in "x\u00d7" and (at + 1 >= end or text[at + 1].isdigit()):
            at += 1
            continue
        if text[at] not in "-/":
            return False
        at += 1
    return True
