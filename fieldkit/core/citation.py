"""Passages of manuals, the citations that point at them, and the check of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from fieldkit.core.marks import marks, pointed_at

# What a model was trained to say, word for word; core/refusal.py says it as it is shown.
REFUSAL = "The manuals do not answer this."
NOTHING_FOUND = "I found nothing about this in the manuals."
NO_SURE_ANSWER = "I found no sure answer."
LOOK_FIRST = "Look first at [1]."
MAY_ANSWER = "The manuals may answer this on these pages."
NOT_SURE = "Not sure: check the page."
OWN = "added by you"
RECOGNISED = "read by OCR"
COPIED = "a copy of yours says the same"


class State(StrEnum):
    """Whether what was found answers the question; only ``NONE`` is refused."""

    ANSWERED = "answered"
    PERHAPS = "perhaps"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a manual.

    ``document`` is the short identity a technician knows (``PX-204``), ``page`` counts from 1 in
    the file and is 0 where the format has no pages, ``page_label`` is the number that is printed on
    it, where that is another. ``score`` is the search's (higher is better).
    ``superseded_by`` names what holds instead (``rev D``), "" where nothing does. ``own``: its
    document was added by the technician, not by the company; ``recognised``: the page is a scan
    that was read by OCR, which makes mistakes. ``quote`` is the sentence or table row of ``text``
    that answers best, verbatim, "" where none was looked for, and ``quote_score`` is how well:
    higher is better, comparable only for the same question. ``kind`` is "" for what answers,
    ``contents`` for a table of contents, ``index`` for a list of keywords with their pages,
    ``history`` for what changed between revisions. ``above`` are the headings above its own,
    outermost first, " > " between them.
    ``copied``: a document of the technician's own says the same, word for word.
    """

    document: str
    title: str
    revision: str
    page: int
    heading: str
    text: str
    score: float = 0.0
    superseded_by: str = ""
    own: bool = False
    recognised: bool = False
    page_label: str = ""
    quote: str = ""
    quote_score: float = 0.0
    kind: str = ""
    copied: bool = False
    above: str = ""

    @property
    def place(self) -> str:
        """``PX-204 rev C, p. 7 (PDF 9), Torque table``."""
        parts = [f"{self.document} rev {self.revision}" if self.revision else self.document]
        if self.page:
            parts.append(f"p. {printed_page(self)}")
        if self.heading:
            parts.append(self.heading)
        return ", ".join(parts)

    @property
    def label(self) -> str:
        """``notes, p. 2, added by you, read by OCR``: the place, and how far to trust it."""
        marks = ((self.own, OWN), (self.recognised, RECOGNISED), (self.copied, COPIED))
        return ", ".join([self.place, *(mark for holds, mark in marks if holds)])


@dataclass(frozen=True, slots=True)
class Finding:
    """What the manuals hold about a question: ``passages``, best first, and how sure that is.

    With ``State.NONE`` they are only the nearest ones. ``evidence`` says of each passage how much
    of the question it mentions, 0 to 1. ``missing`` are the codes and numbers of faults that were
    asked for and that no passage holds, as they were asked (``E 05``, ``error 22``); ``lacking``
    those of them that no manual of the library holds. ``languages`` are the codes of the manuals'
    own languages, most of them first, where the question is in none of them; else empty.
    """

    state: State
    passages: tuple[Passage, ...]
    evidence: tuple[float, ...] = ()
    missing: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    def with_lacking(self, codes: Sequence[str]) -> Finding:
        """Return this finding, of a library that holds none of the ``codes``."""
        missing = tuple(dict.fromkeys((*codes, *self.missing)))
        return replace(self, lacking=tuple(codes), missing=missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What ``ask --json`` reports for one cited passage.

    ``page`` is the number printed on it: a number, or text where it is printed otherwise (``ii``,
    ``2-3``); 0 where the format has no pages. ``pdf_page`` counts the pages of the file from 1.
    """

    document: str
    revision: str
    page: int | str
    pdf_page: int | None
    heading: str
    passage: str
    superseded_by: str = ""
    own: bool = False
    recognised: bool = False

    @classmethod
    def of(cls, passage: Passage) -> Citation:
        """The citation that points at ``passage``."""
        return cls(
            document=passage.document,
            revision=passage.revision,
            page=shown_page(passage.page, passage.page_label),
            pdf_page=passage.page or None,
            heading=passage.heading,
            passage=passage.text,
            superseded_by=passage.superseded_by,
            own=passage.own,
            recognised=passage.recognised,
        )


def printed_page(passage: Passage) -> str:
    """``7``, or ``2 (PDF 5)`` where the page that is the file's fifth is printed as 2."""
    label = passage.page_label
    return f"{label} (PDF {passage.page})" if label else str(passage.page)


def shown_page(page: int, label: str) -> int | str:
    """A page as JSON has it: the printed number, as a number where it is one."""
    return int(label) if label.isascii() and label.isdecimal() else label or page


def refused(answer: str) -> bool:
    """Whether the answer says that the manuals do not hold it, as the model says it or in words."""
    shown = answer.lstrip().startswith((NOTHING_FOUND, NO_SURE_ANSWER, MAY_ANSWER))
    return shown or REFUSAL.rstrip(".").lower() in answer.lower()


def cited(answer: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that the marks of an answer point at, in order of first mention.

    Marks are read in every spelling (core/marks.py); those that point at no passage are ignored.
    An answer that refuses cites nothing.
    """
    if refused(answer):
        return ()
    found = marks(answer, [passage.text for passage in passages])
    return tuple(passages[number - 1] for number in pointed_at(found, len(passages)))
