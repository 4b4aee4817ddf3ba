"""Checks what a claim without a wrong value is about: the row, the part, the state it names.

A claim may join what one statement says with the name of another: the remedy of one fault with the
code of the next, "drain the power end" where the manual drains the fluid end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fieldkit.core.claims import Kind, Remark
from fieldkit.library.claims.align import Evidence, Given, Said, shortened
from fieldkit.library.claims.content import Term, terms

_LETTER = re.compile(r"(?<=[a-z] )[A-Z](?![\w'])")
_LETTER_ALONE = re.compile(r"[A-Z]")
_BEGINNING = 4  # words of a sentence that name what it is about


def other_subject(
    text: str, said: Said, given: Given, evidence: Evidence, before: frozenset[str]
) -> Remark | None:
    """The remark on a claim ``text`` that is from ``given`` but names something else, or None."""
    if said.spoken.spoken != given.spoken.spoken:
        return None
    if given.key:
        return _other_key(text, said, given, evidence, before)
    return _other_word(text, said, given, evidence) or _mixed(text, given, evidence)


def _mixed(text: str, given: Given, evidence: Evidence) -> Remark | None:
    """A claim that names the thing of another sentence by its letter and goes on as ``given``.

    "Point B is at the north gate", where point A is there and point B is elsewhere. Other words
    than letters were tried: they marked more true claims than wrong ones.
    """
    claim, here = _named_words(text, given), _named_words(given.text, given)
    added, dropped = [w for w in claim if w not in here], [w for w in here if w not in claim]
    if not added or not dropped or dropped[0] not in here[:_BEGINNING]:
        return None
    if dropped[0] in evidence.asked or not all(_LETTER_ALONE.fullmatch(w) for w in added):
        return None
    for other in evidence.given:
        if other is given or other.passage != given.passage or other.key:
            continue
        there = _named_words(other.text, other)
        begins = set(added) <= set(there[:_BEGINNING]) and dropped[0] not in there
        only_here = [word for word in claim if word in here and word not in there]
        only_there = [word for word in there if word not in here and word not in claim]
        if begins and len(only_here) > len(added) and only_there:
            start, end = _from(text, only_here, given), len(text.rstrip(" ."))
            manual = other.text[_from(other.text, only_there, other) :]
            return Remark(
                kind=Kind.BELONGS,
                start=start,
                end=end,
                said=text[start:end],
                manual=shortened(manual),
                passage=other.passage,
            )
    return None


def _from(text: str, stems: Sequence[str], given: Given) -> int:
    """Where the first of ``stems`` is in ``text``; 0 where none is."""
    return next((t.start for t in terms(text, given.spoken) if t.stem in stems), 0)


def _named_words(text: str, given: Given) -> list[str]:
    """The stems of ``text`` in reading order; a letter that names a thing, ``point B``, is one."""
    found = [(t.start, t.stem) for t in terms(text, given.spoken) if t.weight > 0]
    found += [(match.start(), match[0]) for match in _LETTER.finditer(text)]
    return [stem for _, stem in sorted(found)]


def _other_key(
    text: str, said: Said, given: Given, evidence: Evidence, before: frozenset[str]
) -> Remark | None:
    """A claim that is from one row, where the claim or the question names the key of another."""
    own = _of_key(given)
    named = said.words | evidence.asked | before
    ways = (said.words, evidence.asked, before)
    tells = evidence.words.tells
    for other in evidence.given:
        if not other.key or other is given or other.passage != given.passage:
            continue
        theirs = _of_key(other)
        missing, there = own - theirs, theirs - own
        if not there or not missing or missing & named:
            continue
        if not any(there <= way for way in ways) or not any(w[-1:].isdigit() for w in there):
            continue
        here = said.words & (given.words - own - other.words)
        of_other = said.words & (other.words - theirs - given.words)
        if sum(map(tells, here)) - sum(map(tells, of_other)) > 0.5 * evidence.words.most:
            end = len(text.rstrip(" ."))
            return Remark(
                kind=Kind.BELONGS,
                start=0,
                end=end,
                said=text[:end],
                manual=shortened(other.text[len(other.key) :].strip(" :;.")),
                subject=shortened(other.key),
                owner=shortened(given.key),
                passage=other.passage,
            )
    return None


def _of_key(given: Given) -> frozenset[str]:
    return frozenset(term.stem for term in terms(given.key, given.spoken))


def _other_word(text: str, said: Said, given: Given, evidence: Evidence) -> Remark | None:
    """A claim with another word than ``given`` beside the same one: ``power end``, ``fluid end``.

    The word has to be another statement's, and no word of the question.
    """
    theirs = [t for t in terms(given.text, given.spoken) if not t.figure and t.weight >= 1]
    beside = [(a, b) for a, b in pairwise(theirs) if b.start - a.end == 1]
    after = {a.stem: b for a, b in beside}
    ahead = {b.stem: a for a, b in beside}
    near = given.words | given.around
    for (one, meant), (other, meant_by_other) in pairwise(_words(said)):
        if other.start - one.end > 1:
            continue
        for word, stems, there in (
            (other, meant_by_other, [after[s] for s in meant & after.keys()]),
            (one, meant, [ahead[s] for s in meant_by_other & ahead.keys()]),
        ):
            if not stems or stems & (near | evidence.asked) or word.weight < 1:
                continue
            swapped = [t for t in there if t.stem not in said.words]
            owner = next((g for g in evidence.given if stems & g.words), None)
            if swapped and owner is not None:
                start, end = one.start, other.end
                return Remark(
                    kind=Kind.BELONGS,
                    start=start,
                    end=end,
                    said=text[start:end],
                    manual=given.text[swapped[0].start : swapped[0].end],
                    subject=shortened(given.key or given.text),
                    owner=shortened(owner.key or owner.text),
                    passage=given.passage,
                )
    return None


def _words(said: Said) -> Iterator[tuple[Term, frozenset[str]]]:
    for term, meant in zip(said.terms, said.meant, strict=True):
        if not term.figure and term.weight > 0:
            yield term, meant
