"""Where the words of a question stand in a text, for the eye of who reads the page."""

from __future__ import annotations

import re

from fieldkit.library.language import WORD, language
from fieldkit.library.language_votes import Languages
from fieldkit.library.normal import placed
from fieldkit.library.terms import found_codes, terms


class Asked:
    """What a question asks for: its codes, and its words whatever their endings.

    ``spoken`` is the code of the assistant's language, which counts beside the question's own.
    """

    def __init__(self, question: str, spoken: str) -> None:
        own = Languages(language(spoken), {}).spoken(question)
        self._languages = Languages(own, {own.spoken: 2, language(spoken).spoken: 1})
        wanted = terms(question, own)
        self._codes = {code for term in wanted for code in (term.text, *term.forms) if term.code}
        words = [word for term in wanted if not term.code for word in (term.text, *term.also)]
        words += [group for term in wanted for group in (term.text, *term.groups) if term.groups]
        pairs = [re.escape(term.text) for term in wanted if term.pair]
        self._pairs = re.compile("|".join(pairs)) if pairs else None
        self._stems = {stem for word in words for stem in self._languages.stems(word)}

    def __call__(self, text: str) -> list[tuple[int, int]]:
        """Return the character ranges of ``text`` that the question names."""
        plain, places = placed(text)
        codes = [
            (found.start, found.start + len(found.shown))
            for found in found_codes(plain)
            if found.text in self._codes
        ]
        words = [
            match.span()
            for match in WORD.finditer(plain)
            if not self._stems.isdisjoint(self._languages.stems(match[0]))
        ]
        pairs = [match.span() for match in self._pairs.finditer(plain)] if self._pairs else []
        return sorted({(places[start], places[end]) for start, end in (*codes, *words, *pairs)})
