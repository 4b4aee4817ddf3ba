"""Dates and times under a number format (ECMA-376-1, 18.8.31 and 18.17.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from fieldkit.library.readers.format_code import Section, Token

_LAST_DAY = 2958465  # 9999-12-31
_DAYS_1904 = 1462
_MONTHS = {
    "en": ("January February March April May June July August September October November December"),
    "de": (
        "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November Dezember"
    ),
    "fr": (
        "janvier f\u00e9vrier mars avril mai juin "
        "juillet ao\u00fbt septembre octobre novembre d\u00e9cembre"
    ),
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
    "it": (
        "gennaio febbraio marzo aprile maggio giugno "
        "luglio agosto settembre ottobre novembre dicembre"
    ),
    "pt": (
        "janeiro fevereiro mar\u00e7o abril maio junho "
        "julho agosto setembro outubro novembro dezembro"
    ),
    "nl": (
        "januari februari maart april mei juni juli augustus september oktober november december"
    ),
}
_DAYS = {
    "en": ("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    "de": ("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
    "fr": ("lundi mardi mercredi jeudi vendredi samedi dimanche"),
    "es": ("lunes martes mi\u00e9rcoles jueves viernes s\u00e1bado domingo"),
    "it": ("luned\u00ec marted\u00ec mercoled\u00ec gioved\u00ec venerd\u00ec sabato domenica"),
    "pt": (
        "segunda-feira ter\u00e7a-feira quarta-feira quinta-feira sexta-feira s\u00e1bado domingo"
    ),
    "nl": ("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"),
}
_SHORT = {
    "de": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "fr": "janv. f\u00e9vr. mars avr. mai juin juil. ao\u00fbt sept. oct. nov. d\u00e9c.",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
}
_SHORT_DAYS = {"de": 2, "pt": 3, "nl": 2}
# The primary language of a Windows locale (its ten lower bits).
_LANGUAGES = {0x07: "de", 0x0C: "fr", 0x0A: "es", 0x10: "it", 0x16: "pt", 0x13: "nl"}
# Formats of the reader's own system: an ISO date and time are shown instead.
_SYSTEM_DATE = frozenset({"f800", "x-sysdate"})
_SYSTEM_TIME = frozenset({"f400", "x-systime"})


def date_shown(section: Section, value: float, *, from_1904: bool) -> str | None:
    """The serial number ``value`` as a date or time; None where there is no such date."""
    serial = Decimal(repr(value)) + (_DAYS_1904 if from_1904 else 0)
    if serial < 0 or serial >= _LAST_DAY + 1:
        return None
    tokens = _system(section)
    decimals = sum(1 for t in tokens if t.kind == "subsecond" and t.text == "0")
    days = int(serial)
    # Only what is shown is rounded: 23:59:59.9 is still the same day where no seconds are.
    shows_seconds = any(_counts(token) and token.text[0] in "sS" for token in tokens)
    unit = Decimal(1).scaleb(-decimals if shows_seconds else -3)
    seconds = ((serial - days) * 86400).quantize(unit, rounding=ROUND_HALF_UP)
    if seconds >= 86400:
        days, seconds = days + 1, seconds - 86400
    moment = _Moment(days, seconds, _language(section.locale), tokens)
    return "".join(moment.worded(index) for index in range(len(tokens)))


def _system(section: Section) -> Sequence[Token]:
    locale = section.locale.lower()
    if locale in _SYSTEM_DATE:
        return [Token("date", "yyyy"), Token("lit", "-"), Token("date", "mm"), Token("lit", "-"),
                Token("date", "dd")]  # fmt: skip
    if locale in _SYSTEM_TIME:
        return [Token("date", "hh"), Token("lit", ":"), Token("date", "mm"), Token("lit", ":"),
                Token("date", "ss")]  # fmt: skip
    return section.tokens


def _language(locale: str) -> str:
    """The language of ``407`` or ``de-DE``; English where its names are not known."""
    name = locale.partition("-")[0].lower()
    if name in _MONTHS:
        return name
    try:
        return _LANGUAGES.get(int(locale.partition(",")[0], 16) & 0x3FF, "en")
    except ValueError:
        return "en"


class _Moment:
    """One date and time under one list of tokens."""

    def __init__(self, days: int, seconds: Decimal, language: str, tokens: Sequence[Token]) -> None:
        self._days, self._seconds = days, seconds
        self._language, self._tokens = language, tokens
        self._whole = int(seconds)
        self._noon = any(token.kind == "ampm" for token in tokens)
        self._year, self._month, self._day = _calendar(days)

    def worded(self, index: int) -> str:
        """What the token at ``index`` shows."""
        token = self._tokens[index]
        if token.kind == "elapsed":
            return self._elapsed(token.text)
        if token.kind == "subsecond":
            return self._subsecond(index)
        if token.kind == "ampm":
            return token.text.split("/")[self._whole >= 43200]
        if token.kind != "date":
            return token.text
        letter, length = token.text[0].lower(), len(token.text)
        if letter == "m" and self._is_minutes(index):
            return f"{self._whole // 60 % 60:0{min(length, 2)}d}"
        return {"y": self._years, "m": self._months, "d": self._dates, "h": self._hours}.get(
            letter, self._second
        )(length)

    def _years(self, length: int) -> str:
        return f"{self._year % 100:02d}" if length < 3 else f"{self._year:04d}"

    def _months(self, length: int) -> str:
        if length < 3:
            return f"{self._month:0{length}d}"
        name = _MONTHS[self._language].split()[self._month - 1]
        if length == 3:
            short = _SHORT.get(self._language)
            return short.split()[self._month - 1] if short else name[:3]
        return name[:1] if length == 5 else name

    def _dates(self, length: int) -> str:
        if length < 3:
            return f"{self._day:0{length}d}"
        # Day 1 is a Sunday here: the year 1900 had no 29 February.
        name = _DAYS[self._language].split()[(self._days + 5) % 7]
        return name[: _SHORT_DAYS.get(self._language, 3)] if length == 3 else name

    def _hours(self, length: int) -> str:
        hours = self._whole // 3600
        if self._noon:
            hours = hours % 12 or 12
        return f"{hours:0{min(length, 2)}d}"

    def _second(self, length: int) -> str:
        return f"{self._whole % 60:0{min(length, 2)}d}"

    def _elapsed(self, text: str) -> str:
        total = self._days * 86400 + self._whole
        size = {"h": 3600, "m": 60, "s": 1}[text[0]]
        return f"{total // size:0{len(text)}d}"

    def _subsecond(self, index: int) -> str:
        if self._tokens[index].text == ".":
            return "."
        start = index
        while self._tokens[start].text != ".":
            start -= 1
        digits = f"{self._seconds % 1:f}".partition(".")[2]
        return digits[index - start - 1 : index - start] or "0"

    def _is_minutes(self, index: int) -> bool:
        """Behind hours or before seconds, whatever literals are between (18.8.31)."""
        before = next((t for t in reversed(self._tokens[:index]) if _counts(t)), None)
        behind = next((t for t in self._tokens[index + 1 :] if _counts(t)), None)
        return (before is not None and before.text[0] in "hH") or (
            behind is not None and behind.text[0] in "sS"
        )


def _counts(token: Token) -> bool:
    return token.kind in ("date", "elapsed")


def _calendar(days: int) -> tuple[int, int, int]:
    """Year, month and day of a serial number; 60 is the 29 February that 1900 did not have."""
    if days == 60:
        return 1900, 2, 29
    if days == 0:
        return 1900, 1, 0
    date = dt.date(1899, 12, 31 if days < 60 else 30) + dt.timedelta(days=days)
    return date.year, date.month, date.day
