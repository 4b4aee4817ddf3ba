"""The language of a document and of its passages, detected when they are indexed.

A document's language is detected once, from a sample of it: naive Bayes over character
n-grams (N. Shuyo, "Language Detection Library for Java", 2010, as the langdetect package has it).
Passages are held against it by their stop words, which costs next to nothing, and looked at by the
detector only where those are of another language.
"""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Sequence
from typing import Any

from fieldkit.library.language import WORD, language
from fieldkit.library.language_votes import WITHOUT_SPACES, by_script, votes

# The languages that are distinguished: those that have stems here, and their neighbours.
CODES = ("da", "de", "en", "es", "fi", "fr", "it", "nl", "no", "pt", "ro", "ru", "sv")
# Words of a document that its language is detected by, from places all over it.
_SAMPLE = 160
_PLACES = 24
# Characters of a passage that are looked at. Words in capitals do not: they are abbreviations.
_BEGINNING = 600
# Letters that a document needs for its language to be detected, and a passage for one of its own.
_LETTERS = 60
_LETTERS_OF_PART = 100
_SURE = 0.9
# A passage is looked at where the document's language has less than this part of the most votes.
_AGREES = 0.6
_VOTES = 1.0
# Samples of n-grams that the detector draws, 7 by its own default.
_TRIALS = 4
# Below so many letters the detector and the stop words have to agree.
_MANY_LETTERS = 400


def language_of_document(texts: Sequence[str], default: str) -> str:
    """Return the code of the language of most of ``texts``, ``default`` where it is not certain.

    ``texts`` are the ``normal`` texts of a document's passages.
    """
    step = max(len(texts) // _PLACES, 1)
    some = texts[::step]
    if code := by_script(" ".join(text[:500] for text in some)):
        return code
    each = max(_SAMPLE // max(len(some), 1), 1)
    words = [word for text in some for word in _words(text)[:each]]
    letters = sum(map(len, words))
    if letters < _LETTERS:
        return default
    found, sure = _detected(" ".join(words))
    counts = votes(word for text in some for word in WORD.findall(text[:_BEGINNING]))
    if letters < _MANY_LETTERS and counts.get(found, 0.0) < max(counts.values(), default=1.0):
        return default
    return found if sure >= _SURE else default


def languages_of_passages(texts: Sequence[str], of_document: str, default: str) -> list[str]:
    """Return the code of the language of each of ``texts``, the passages of one page.

    What says too little has the language of the page, and that the one ``of_document``; but what is
    written with spaces among Chinese, Thai and the like has ``default``.
    """
    began = [text[:_BEGINNING] for text in texts]
    counted = [votes(WORD.findall(text)) for text in began]
    together: dict[str, float] = {}
    for counts in counted:
        for code, count in counts.items():
            together[code] = together.get(code, 0.0) + count
    of_page = _of_part(" ".join(began), together, of_document, default)
    return [
        _of_part(text, counts, of_page, default)
        for text, counts in zip(began, counted, strict=True)
    ]


def _of_part(text: str, counts: dict[str, float], around: str, default: str) -> str:
    """The language of ``text`` with the votes ``counts``; ``around`` unless it is another's."""
    if code := by_script(text):
        return code
    if around in WITHOUT_SPACES:
        around = default
    most = max(counts.values(), default=0.0)
    spoken = language(around).spoken
    if most < _VOTES or counts.get(spoken, 0.0) >= most * _AGREES:
        return around
    words = _words(text)
    if sum(map(len, words)) < _LETTERS_OF_PART:
        return around
    found, sure = _detected(" ".join(words[:_SAMPLE]))
    agrees = counts.get(found, 0.0) >= most * _AGREES
    return found if agrees and sure >= _SURE else around


def _words(text: str) -> list[str]:
    """The words of ``text`` that are likely to be of a language; in capitals are abbreviations."""
    found = WORD.findall(text)
    return [word for word in found if len(word) > 1 and word.isalpha() and not word.isupper()]


def _detected(text: str) -> tuple[str, float]:
    """The most likely language of ``text`` and its probability; ("", 0) where nothing is known."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory().create()
    detector.n_trial = _TRIALS
    detector.append(text)
    try:
        likely = detector.get_probabilities()
    except LangDetectException:  # no letter of it occurs in any of the languages
        return "", 0.0
    return (likely[0].lang, likely[0].prob) if likely else ("", 0.0)


@functools.cache
def _factory() -> Any:
    """The detector's profiles of ``CODES``; its samples are drawn from one seed."""
    from langdetect.detector_factory import DetectorFactory

    factory = DetectorFactory()
    factory.seed = 0
    profiles = importlib.resources.files("langdetect") / "profiles"
    factory.load_json_profile([(profiles / code).read_text(encoding="utf-8") for code in CODES])
    return factory
