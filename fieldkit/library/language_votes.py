"""The language of a text, detected by its stop words: quick, and enough for a question.

Each stop word is a vote for the languages that have it, shared among them: "and" is English alone,
"de" is a word of half a dozen. The script shows the language of text without spaces.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from fieldkit.library import unspaced
from fieldkit.library.language import WORD, Language, language
from fieldkit.library.normal import normal
from fieldkit.library.stopwords import STOP_WORDS

# First and last characters of scripts, and the language that is meant where a text is written so.
_SCRIPTS = (
    ("\u3041", "\u30ff", "ja"),  # hiragana and katakana
    ("\uac00", "\ud7a3", "ko"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u0e80", "\u0eff", "lo"),
    ("\u1780", "\u17ff", "km"),
    ("\u1000", "\u109f", "my"),
)
_CHINESE = "zh"
WITHOUT_SPACES = frozenset({_CHINESE, *(code for _, _, code in _SCRIPTS)})
"""The languages that ``by_script`` knows."""
_WHOLE = 360360  # can be divided by all numbers to 15
# Of the characters of a Japanese text that are written without spaces, so many are kana.
_KANA = 0.05


def votes(words: Iterable[str]) -> dict[str, float]:
    """Return how many different ``words`` are stop words of each language, in lower case.

    A word of n languages counts 1/n for each. Languages without any are not in the result.
    """
    having = _having()
    found: dict[str, int] = {}  # whole numbers: their sum does not depend on the order
    for word in having.keys() & set(words):
        codes = having[word]
        for code in codes:
            found[code] = found.get(code, 0) + _WHOLE // len(codes)
    return {code: count / _WHOLE for code, count in found.items()}


def by_script(text: str) -> str:
    """Return the language of a ``text`` that is mostly written without spaces, else ""."""
    if not unspaced.holds(text):
        return ""
    letters = sum(map(str.isalpha, text))
    without = sum(len(piece) for piece, alone in unspaced.pieces(text) if alone)
    if without * 3 < letters:  # a character says as much as a few letters
        return ""
    counts = {code: sum(first <= char <= last for char in text) for first, last, code in _SCRIPTS}
    code, most = max(counts.items(), key=lambda item: item[1])
    least = without * (_KANA if code == "ja" else 0.5)
    return code if most > least else _CHINESE


class Languages:
    """The languages of a library, and the one to take where a question shows none.

    ``counts`` are the passages of each code; ``default`` counts where there are none.
    """

    def __init__(self, default: Language, counts: Mapping[str, int]) -> None:
        self.default = default
        ordered = sorted(counts, key=lambda code: (-counts[code], code))
        self.known: Sequence[Language] = tuple(map(language, ordered)) or (default,)

    def spoken(self, question: str) -> Language:
        """Return the language of ``question``: of any that is known, not of the library's alone."""
        return self._spoken(question) or self.default

    def weighed(self, question: str) -> Sequence[Language]:
        """Return the languages by whose lists of words ``question`` is read.

        That is its own; where it shows none, those of the library.
        """
        spoken = self._spoken(question)
        return (spoken,) if spoken else tuple(dict.fromkeys((self.default, *self.known)))

    def stems(self, word: str) -> tuple[str, ...]:
        """Return the stems that ``word`` has in the languages of the library, each once."""
        return tuple(dict.fromkeys(spoken.stem(word) for spoken in self.known))

    def candidates(self, question: str) -> Sequence[Language]:
        """Return the languages that ``question`` may be in, as likely as each other; () for any."""
        text = normal(question)
        if code := by_script(text):
            return (language(code),)
        found = votes(WORD.findall(text.lower()))
        most = max(found.values(), default=0.0)
        best = [code for code, count in found.items() if count >= most - 1e-9]
        order = [*(known.spoken for known in (self.default, *self.known)), *STOP_WORDS]
        return [language(code) for code in sorted(best, key=order.index)]

    def _spoken(self, question: str) -> Language | None:
        return next(iter(self.candidates(question)), None)


def foreign(spoken: Language, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return the codes of the languages of a library, most first, where ``spoken`` is none of them.

    Empty where it is one, and where the library knows none.
    """
    ordered = sorted(counts, key=lambda code: (-counts[code], code))
    known = {language(code).spoken for code in ordered}
    return () if spoken.spoken in known else tuple(ordered)


@functools.cache
def _having() -> dict[str, tuple[str, ...]]:
    """The languages that have a word as a stop word, with and without its accents.

    A single Latin letter is none: it may be the unit of 5 °C.
    """
    found: dict[str, list[str]] = {}
    for code in STOP_WORDS:
        for word in language(code).stop_words:
            if len(word) > 1 or word > "z":
                found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}
