"""The languages of a question, and what its words are called in those of the library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Self

from fieldkit.library import compounds, glossary
from fieldkit.library.language import Language, fold, language, words
from fieldkit.library.language_votes import Languages
from fieldkit.library.normal import normal
from fieldkit.library.quantities import named

_MOST_WORDS = 400  # of a question that names of several words are looked for in


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of the languages of a question.

    ``own`` is the one it is most likely in, ``likely`` are all that it may be in; by the words of
    ``weighed`` it is read. ``known`` are those of the library, and ``at_home`` says that one of
    them may be the question's.
    """

    own: Language
    likely: Sequence[Language]
    weighed: Sequence[Language]
    known: Sequence[Language]
    at_home: bool

    @classmethod
    def of(cls, question: str, languages: Languages) -> Self:
        """Tell the languages of ``question`` to a library of ``languages``.

        One that shows none may be in any language that the glossary knows and the library has not.
        """
        at_home = {each.spoken for each in languages.known}
        likely = languages.candidates(question) or [
            language(code) for code in glossary.codes() if code not in at_home
        ]
        return cls(
            own=languages.spoken(question),
            likely=likely,
            weighed=languages.weighed(question),
            known=languages.known,
            at_home=any(each.spoken in at_home for each in likely),
        )

    def everyday(self, word: str) -> bool:
        """Whether people use ``word`` about everything."""
        return any(spoken.stem(word) in spoken.everyday for spoken in self.weighed)

    def quantities(self, word: str) -> frozenset[str]:
        """The quantities that ``word`` may name."""
        return frozenset[str]().union(*(named(word, spoken.spoken) for spoken in self.weighed))

    def abroad(self, word: str) -> tuple[str, ...]:
        """The stems of what ``word`` is called in the languages of the library."""
        found: dict[str, None] = {}
        plain = fold(word)
        for own in self.likely:
            if not glossary.may_name([plain], own):
                continue
            found |= dict.fromkeys(glossary.counterparts(own.stem(word), [own], self.known))
        return tuple(found)

    def alike(self, word: str) -> tuple[str, ...]:
        """The stems of what else ``word`` is called in its own language, if the library has it."""
        if self.own.spoken not in {each.spoken for each in self.known}:
            return ()
        return glossary.alike(self.own.stem(word), self.own)

    def phrases_abroad(self, question: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield names of several words in ``question``, and what the library's languages call them.

        Both are stems; the longest names of a language come first.
        """
        found = words(normal(question))[:_MOST_WORDS]
        pairs = list(pairwise(map(fold, found)))
        for own in self.likely:
            if not any(glossary.may_name(pair, own) for pair in pairs):
                continue
            stems = list(map(own.stem, found))
            for size in range(glossary.longest(own), 1, -1):
                for at in range(len(stems) - size + 1):
                    phrase = " ".join(stems[at : at + size])
                    if others := glossary.counterparts(phrase, [own], self.known):
                        yield phrase, others

    def parts_abroad(self, word: str) -> list[tuple[str, ...]]:
        """What the parts of ``word``, if it is written as one, are called in those languages."""
        known = partial(glossary.known, spoken=self.own)
        return [
            glossary.counterparts(part, [self.own], self.known)
            for part in compounds.parts(word, self.own, known)
        ]
