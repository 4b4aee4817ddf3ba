"""The content words of a claim and of the passages, and which of them mean the same.

A word is compared by its stem. Words mean the same that have one stem, that the glossary of trade
words gives for each other, or that one word was made from: ``tight`` and ``tighten``; and in
languages that write words as one ``Drehmoment`` and ``Anzugsdrehmoment``.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from fieldkit.library import glossary, unspaced
from fieldkit.library.compounds import joins
from fieldkit.library.language import WORD, Language, fold, language
from fieldkit.library.language_votes import by_script, votes
from fieldkit.library.normal import normal, placed

_TOKEN = re.compile(
    r"(?P<code>(?<![\w.,-])(?:[A-Z]{1,3} \d{1,5}(?![\w.,]\d|\w)"
    r"|[A-Za-z]{1,5}[-.]?\d[A-Za-z0-9]{0,20}(?:[-./][A-Za-z0-9]{1,20}){0,6}))"
    r"|(?P<number>\d+(?:[ ',.]\d{3}(?!\d))*(?:[.,]\d+)?)"
    r"|(?P<word>[^\W\d_]+)"
)
_GROUPS = re.compile(r"[ ',.](?=\d{3}(?!\d))")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_EVERYDAY = 0.5  # the weight of a word that people use about everything
_COMMON = 5  # letters that two words made from one have in common, at least
_PART = 0.7  # and this part of the longer
_JOINED = 4  # letters of a word that another ends or begins with
# Votes of stop words that show another language than the expected one, and the part of them with
# which that one is as likely.
_VOTES, _AGREES = 1.01, 0.5
_SHOWN = 0.6  # votes that show a language where there are none for the passages' own
_REMEMBERED = 20_000

# How a bound is worded, by language, as regular expressions without accents: the word it means.
_BOUNDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("maximum", r"at most|up to|(?:not|never) (?:exceed|go above|be above)|no more than"),
        ("minimum", r"at least|no less than|not less than"),
    ),
    "de": (
        ("maximal", r"hochstens|bis zu|nicht (?:uberschreiten|uber)|hochste[nrs]?|grosste[nrs]?"),
        ("minimal", r"mindestens|wenigstens|niedrigste[nrs]?|kleinste[nrs]?|mindest\w+"),
    ),
    "es": (
        ("maximo", r"como maximo|hasta|no (?:debe )?(?:exceder|superar|supere|exceda)|a lo sumo"),
        ("minimo", r"como minimo|al menos|por lo menos"),
    ),
    "fr": (
        ("maximum", r"au plus|jusqu|(?:pas|jamais) depasser|maximal\w*|au maximum"),
        ("minimum", r"au moins|minimal\w*|au minimum"),
    ),
    "no": (
        ("maksimal", r"hoyst|opptil|inntil|ikke overstige|maks|maksimum|hoyeste|storste"),
        ("minimal", r"minst|minimum|laveste"),
    ),
    "pt": (
        ("maximo", r"no maximo|ate|nao (?:deve )?(?:exceder|ultrapassar)"),
        ("minimo", r"no minimo|pelo menos|ao menos"),
    ),
}


class Term(NamedTuple):
    """A content word, number or code at ``start`` to ``end`` of a text; ``weight`` 0 to 1.

    The bound of a value (``at most``) stands for ``maximum`` or ``minimum``, with the weight 0.
    """

    start: int
    end: int
    stem: str
    weight: float
    figure: bool


def spoken_in(text: str, default: Language) -> Language:
    """The language that ``text`` is in; ``default`` where that is not clear."""
    plain = normal(text[:2_000])
    if code := by_script(plain):
        return language(code)
    found = votes(WORD.findall(plain.lower()))
    most = max(found.values(), default=0.0)
    if most < _VOTES or found.get(default.spoken, 0.0) >= most * _AGREES:
        return default
    best = [code for code, count in found.items() if count >= most - 1e-9]
    return language(best[0]) if len(best) == 1 else default


def spoken_alone(text: str, default: Language) -> Language | None:
    """The language that ``text`` shows by itself; None where it shows none, or several alike."""
    plain = normal(text[:2_000])
    if code := by_script(plain):
        return language(code)
    found = votes(WORD.findall(plain.lower()))
    ordered = sorted(found.items(), key=lambda item: -item[1])
    if not ordered or ordered[0][1] < _SHOWN:
        return None
    own = found.get(default.spoken, 0.0)
    if own >= ordered[0][1] * _AGREES:
        return default
    if len(ordered) > 1 and ordered[1][1] > ordered[0][1] * _AGREES and own:
        return None
    return language(ordered[0][0])


def terms(text: str, spoken: Language) -> list[Term]:
    """The content of ``text`` in reading order, numbers and codes in one spelling."""
    if unspaced.holds(text):
        plain = normal(text)
        return [
            Term(0, len(text), fold(word), 1.0, word[0].isdigit())
            for part, alone in unspaced.pieces(plain)
            for word in (unspaced.pairs(part) if alone else WORD.findall(part))
        ]
    plain, places = placed(text, notes=False)
    found = list(_bounds(plain, places, spoken))
    bounded = [(term.start, term.end) for term in found]
    for match in _TOKEN.finditer(plain):
        stem, weight = _read(match, spoken)
        if stem and not any(start <= places[match.start()] < end for start, end in bounded):
            start, end = places[match.start()], places[match.end() - 1] + 1
            found.append(Term(start, end, stem, weight, match["word"] is None))
    return sorted(found)


def _read(match: re.Match[str], spoken: Language) -> tuple[str, float]:
    """The stem of a token and its weight; "" for a word that carries no content."""
    if match["code"]:
        return _NO_LETTER.sub("", match[0].lower()), 1.0
    if match["number"]:
        return _GROUPS.sub("", match[0]).replace(",", "."), 1.0
    lower = match[0].lower()
    if len(lower) == 1 or lower in spoken.stop_words or fold(lower) in spoken.stop_words:
        return "", 0.0
    stem = spoken.stem(lower)
    return stem, _EVERYDAY if stem in spoken.everyday else 1.0


def _bounds(plain: str, places: Sequence[int], spoken: Language) -> Iterable[Term]:
    folded = plain.lower() if plain.isascii() else "".join(fold(c)[:1] or c for c in plain)
    for stem, pattern in _patterns(spoken.spoken):
        for match in pattern.finditer(folded):
            yield Term(places[match.start()], places[match.end() - 1] + 1, stem, 0.0, False)


@functools.cache
def _patterns(code: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    spoken = language(code)
    return tuple(
        (spoken.stem(word), re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"))
        for word, pattern in _BOUNDS.get(code, ())
    )


class Vocabulary:
    """The words of the passages: how much each tells, and which of them a word means.

    ``statements`` are the stems of each statement.
    """

    def __init__(self, statements: Sequence[frozenset[str]], spoken: Language) -> None:
        self._spoken = spoken
        self._count = max(len(statements), 1)
        self._frequency: dict[str, int] = {}
        for stems in statements:
            for stem in stems:
                self._frequency[stem] = self._frequency.get(stem, 0) + 1
        self._same: dict[tuple[str, str], frozenset[str]] = {}
        self._also: dict[str, dict[str, frozenset[str]]] = {}

    @property
    def most(self) -> float:
        """What a word tells that is in one statement, or in none."""
        return math.log((self._count + 1) / 1.5) + 0.2

    def tells(self, stem: str) -> float:
        """How much a word tells: its inverse document frequency among the statements."""
        frequency = self._frequency.get(stem, 0)
        return math.log((self._count + 1) / (max(frequency, 1) + 0.5)) + 0.2

    def known(self, stem: str) -> bool:
        """Whether the passages have a word with this stem."""
        return stem in self._frequency

    def same(self, stem: str, spoken: Language) -> frozenset[str]:
        """The stems of the passages that mean what ``stem`` of the language ``spoken`` means."""
        key = (stem, spoken.spoken)
        found = self._same.get(key)
        if found is None:
            if len(self._same) >= _REMEMBERED:
                self._same.clear()
            found = self._same[key] = self._look_up(stem, spoken)
        return found

    def _look_up(self, stem: str, spoken: Language) -> frozenset[str]:
        others = {stem, *glossary.alike(stem, spoken), *self._also_of(spoken).get(stem, ())}
        if spoken.spoken != self._spoken.spoken:
            others.update(glossary.counterparts(stem, (spoken,), (self._spoken,)))
        found = {part for other in others for part in other.split(" ") if part in self._frequency}
        if stem not in self._frequency and stem.isalpha():
            compounds = joins(spoken)
            found |= {v for v in self._frequency if related(stem, v, compounds=compounds)}
        elif stem.isalpha() and joins(spoken):
            found |= {v for v in self._frequency if related(stem, v, compounds=True)}
        return frozenset(found)

    def _also_of(self, spoken: Language) -> dict[str, frozenset[str]]:
        found = self._also.get(spoken.spoken)
        if found is None:
            both: dict[str, set[str]] = {}
            for word, others in spoken.also.items():
                for other in others:
                    both.setdefault(spoken.stem(word), set()).add(spoken.stem(other))
            found = {stem: frozenset(others) for stem, others in both.items()}
            self._also[spoken.spoken] = found
        return found


def related(one: str, other: str, *, compounds: bool) -> bool:
    """Whether one word was made from the other, as far as their letters show it."""
    short, long = sorted((one, other), key=len)
    if not other.isalpha() or len(short) < _JOINED:
        return False
    if compounds and (long.endswith(short) or long.startswith(short)):
        return True
    if len(short) < _COMMON:
        return False
    common = next((n for n in range(len(short)) if short[n] != long[n]), len(short))
    return common >= _COMMON and (common == len(short) or common >= _PART * len(long))
