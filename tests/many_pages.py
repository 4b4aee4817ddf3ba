"""Ten thousand pages that nobody wrote: words as rare as a language's, part numbers, headings.

Everything is drawn from one seed. Word frequencies follow Zipf's law, so the index and its searches
meet common and rare words as in real manuals; each manual has words of its own.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from fieldkit.library.documents import Document, Page

_CONSONANTS = (*"bcdfghjklmnprstvw", "st", "tr", "pl", "gr")
_VOWELS = (*"aeiou", "ea", "io")
_ENDINGS = ("", "", "s", "ed", "ing")
_STOP_WORDS = ("the", "of", "and", "to", "in", "is", "a", "for", "with", "on", "be", "at", "by")
_VOCABULARY = 12_000
_PAGES_EACH = 100


@dataclass(frozen=True, slots=True)
class ManyPages:
    """The manuals, and questions as people type them: plain, common, misspelt, long."""

    documents: tuple[Document, ...]
    questions: tuple[str, ...]

    @property
    def text_bytes(self) -> int:
        """The size of all pages as text."""
        return sum(len(p.text.encode()) for d in self.documents for p in d.pages)


def many_pages(pages: int, questions: int, seed: int = 3) -> ManyPages:
    """Draw at least ``pages`` pages in manuals of a hundred, and ``questions`` about them."""
    writer = _Writer(seed)
    documents = tuple(writer.manual(n) for n in range(-(-pages // _PAGES_EACH)))
    return ManyPages(documents, tuple(writer.questions(documents, questions)))


class _Writer:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        words = dict.fromkeys(self._word() for _ in range(_VOCABULARY))
        self._words = list(words)
        weights = (1 / (rank + 10) for rank in range(len(self._words)))
        self._weights = list(itertools.accumulate(weights))

    def _word(self) -> str:
        choice = self._random.choice
        syllables = (choice(_CONSONANTS) + choice(_VOWELS) for _ in range(choice((1, 2, 2, 3, 3))))
        return "".join(syllables) + choice("nrtlsk")

    def manual(self, number: int) -> Document:
        """A manual of a hundred pages with three sections each."""
        own = self._random.sample(self._words, 40)
        pages = tuple(
            Page(number=page, text="\n\n".join(self._section(own) for _ in range(3)))
            for page in range(1, _PAGES_EACH + 1)
        )
        name = f"MX-{100 + number}"
        return Document(
            document=name,
            title=f"{name} {own[0]} {own[1]}, manual",
            revision="A",
            date="",
            pages=pages,
            markdown=True,
        )

    def _section(self, own: list[str]) -> str:
        heading = f"{self._random.choice(own).capitalize()} {self._random.choice(self._words)}"
        sentences = (self._sentence(own) for _ in range(self._random.randint(6, 10)))
        return f"## {heading}\n\n{' '.join(sentences)}"

    def _sentence(self, own: list[str]) -> str:
        length = self._random.randint(8, 18)
        drawn = self._random.choices(self._words, cum_weights=self._weights, k=length)
        words = [self._as_written(word, own) for word in drawn]
        return f"{' '.join(words).capitalize()}."

    def _as_written(self, word: str, own: list[str]) -> str:
        kind = self._random.random()
        if kind < 0.38:
            return self._random.choice(_STOP_WORDS)
        if kind < 0.46:
            return self._random.choice(own)
        if kind < 0.48:
            return f"{self._random.choice('PQER')}-{self._random.randint(100, 9999)}"
        if kind < 0.51:
            return str(self._random.randint(1, 999))
        return word + self._random.choice(_ENDINGS)

    def questions(self, documents: tuple[Document, ...], count: int) -> Iterator[str]:
        """A third plain; the others about a machine, of common words, misspelt or very long."""
        choose = self._random
        for _ in range(count):
            document = choose.choice(documents)
            text = choose.choice(document.pages).text.split("\n\n")[1]
            words = [w for w in text.rstrip(".").split() if w.lower() not in _STOP_WORDS]
            some = choose.sample(words, min(len(words), choose.randint(3, 8)))
            kind = choose.random()
            if kind < 0.3:
                yield f"what is the {' '.join(some)} of the {document.title.split(',')[0]}"
            elif kind < 0.5:
                yield " ".join(choose.sample(self._words[:30], choose.randint(2, 6)))
            elif kind < 0.6:
                yield " ".join([_misspelt(some[0]), *some[1:4]])
            elif kind < 0.65:
                yield " ".join(words[:60])
            else:
                yield " ".join(some)


def _misspelt(word: str) -> str:
    """``word`` with two letters swapped."""
    return word[:2] + word[3:4] + word[2:3] + word[4:]
