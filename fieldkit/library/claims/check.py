"""Checks an answer claim by claim; see docs/answers.md for the rules.

A ``Checker`` reads the passages once; an answer that grows while it is written is checked again and
again, and claims that have not changed are not judged again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from fieldkit.core.citation import Passage, refused
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.marks import Mark, marks
from fieldkit.library.claims.align import Evidence, Given, Said, parts
from fieldkit.library.claims.asides import without_asides
from fieldkit.library.claims.cells import Cells
from fieldkit.library.claims.content import spoken_alone, spoken_in
from fieldkit.library.claims.coverage import claims_something, uncovered, unknown
from fieldkit.library.claims.meaning import differences
from fieldkit.library.claims.order import order_remarks
from fieldkit.library.claims.slots import ValueCheck, echoes
from fieldkit.library.claims.split import Piece, pieces
from fieldkit.library.claims.subject import other_subject
from fieldkit.library.claims.values import read_values
from fieldkit.library.judging import asked_codes
from fieldkit.library.language import Language
from fieldkit.library.linearised import ended

_LAST_WORD = re.compile(r"\S+\Z")
_MAIN = frozenset({Kind.VALUE, Kind.UNIT, Kind.BELONGS, Kind.CODE, Kind.OTHER_CODE})
_LETTERS_ONLY = re.compile(r"\d+\Z")
# Other statements that a claim is compared with: at most so many, and nearly as like it.
_BESIDES, _ALSO = 3, 0.6
_SHARED = 2  # words in common with which a claim surely is about a statement in another language
_BARE = 12  # characters of a "Yes." and the like
_REMEMBERED = 2_000
_LANGUAGE_FROM = 120  # characters of an answer that show its language


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was found of a piece; the places of ``remarks`` are in its text. ``main``: see above."""

    claim: bool
    given: Given | None = None
    remarks: tuple[Remark, ...] = ()
    values: bool = False
    words: frozenset[str] = frozenset()


class Checker:
    """Checks answers to one ``question`` against the ``passages`` they are made from.

    ``language`` is the code of the library's language, for passages too short to show theirs. Not
    for several threads at once.
    """

    def __init__(
        self, passages: Sequence[Passage], question: str = "", *, language: str = "en"
    ) -> None:
        self._evidence = Evidence(passages, question, language)
        self._texts = [passage.text for passage in passages]
        self._values = ValueCheck(self._evidence)
        self._cells = Cells(self._evidence)
        self._codes = asked_codes(question)
        self._question = question
        self._known: dict[tuple[object, ...], _Judged] = {}

    def check(self, answer: str, *, complete: bool = True) -> Checked:
        """Check ``answer``; see ``check``."""
        if refused(answer):
            return Checked(text=answer)
        found = marks(answer, self._texts)
        places = tuple((mark.start, mark.end) for mark in found)
        judged = answer if complete else _LAST_WORD.sub("", answer)
        claims, main = self._claims(judged, found, complete=complete)
        wrong = main is not None and _is_wrong(claims[main], self._evidence.language.code)
        wrong = wrong or (bool(claims) and _is_forbidden(claims[0]))
        return Checked(text=answer, claims=tuple(claims), replaced=wrong, marks=places)

    def _claims(
        self, answer: str, found: Sequence[Mark], *, complete: bool
    ) -> tuple[list[Claim], int | None]:
        """The claims of ``answer``, and the number of the one that answers the question."""
        evidence = self._evidence
        spoken = spoken_alone(answer, evidence.language)
        if spoken is None:
            asked = self._question if len(answer) < _LANGUAGE_FROM else ""
            spoken = spoken_in(f"{answer} {asked}", evidence.language)
        claims: list[Claim] = []
        with_values: list[int] = []
        before: frozenset[str] = frozenset()
        answered = False
        for piece in pieces(answer, [mark for mark in found if mark.end <= len(answer)]):
            partly = piece.last and not complete
            judged = self._judged(piece, spoken, before, partly=partly, first=not answered)
            if not judged.claim:
                continue
            before = judged.words
            answered = answered or len(judged.words) > 1
            if judged.values:
                with_values.append(len(claims))
            claims.append(self._claim(piece, judged))
        claims = self._in_order(claims, spoken)
        claims = self._about_other_codes(answer, claims)
        claims = self._about_other_rows(answer, claims, spoken)
        return claims, (with_values[0] if with_values else None)

    def _judged(
        self,
        piece: Piece,
        spoken: Language,
        before: frozenset[str],
        *,
        partly: bool,
        first: bool,
    ) -> _Judged:
        key = (piece.text, piece.cites, spoken.code, before, partly, first)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._judge(
                piece, spoken, before, partly=partly, first=first
            )
        return known

    def _judge(
        self,
        piece: Piece,
        spoken: Language,
        before: frozenset[str],
        *,
        partly: bool,
        first: bool,
    ) -> _Judged:
        evidence = self._evidence
        said = evidence.said(piece.text, spoken)
        if not evidence.given:
            return _Judged(claim=False)
        if not claims_something(piece.text, said):
            return self._judge_bare(piece.text, said)
        own = bool(said.slots) and not all(echoes(s.value, evidence) for s in said.slots)
        if same := evidence.verbatim(piece.text):
            note = tuple(self._other_page(piece, said, same, ()))
            return _Judged(claim=True, given=same, remarks=note, values=own, words=said.words)
        rows = self._cells.named(said, before)
        values = self._values.judge(piece.text, said, before, piece.cites, rows)
        given = self._rests_on(said, before, values.given)
        remarks = [*values.remarks]
        if given is not None and not partly:
            found = self._differences(piece.text, said, given, before)
            remarks += [r for r in found if not self._is_of_question(r, said, values.supported)]
            missing = uncovered(piece.text, said, given, evidence, values.supported, first=first)
            remarks += [r for r in missing if not _overlaps(r, remarks)]
            if not any(remark.kind.is_fault for remark in remarks):
                other = other_subject(piece.text, said, given, evidence, before)
                other = other or self._cells.other_section(piece.text, said, given)
                remarks += [other] if other else []
            of_cells = self._cells.remarks(piece.text, said, before)
            remarks += [r for r in of_cells if not _overlaps(r, remarks)]
            if any(r.kind == Kind.NO_SUPPORT and r.start == r.end for r in remarks):
                given = None
        elif not partly and unknown(said, evidence) and not remarks:
            remarks.append(Remark(kind=Kind.NO_SUPPORT))
        remarks += self._other_page(piece, said, given, remarks)
        remarks = [
            replace(r, passage=r.passage or (given.passage if given else 0)) for r in remarks
        ]
        return _Judged(
            claim=True, given=given, remarks=tuple(remarks), values=own, words=said.words
        )

    def _judge_bare(self, text: str, said: Said) -> _Judged:
        """Judge a "Yes." or "No." by what the question asks; all else of a word is no claim."""
        if not self._question or len(text) > _BARE:
            return _Judged(claim=False)
        given = self._rests_on(said, frozenset(), ())
        if given is None:
            return _Judged(claim=False)
        found = differences(text, given.text, said.spoken.code, self._question)
        remarks = tuple(replace(remark, passage=given.passage) for remark in found)
        return _Judged(claim=bool(remarks), given=given, remarks=remarks)

    def _rests_on(self, said: Said, before: frozenset[str], held: Sequence[Given]) -> Given | None:
        """The statement that a claim rests on: rather one that holds its values."""
        evidence = self._evidence
        best: Given | None = None
        most = 0.0
        for given in evidence.given:
            score = evidence.likeness(said, given, before)
            score += evidence.words.most * held.count(given)
            if score > most:
                best, most = given, score
        return best

    def _differences(
        self, text: str, said: Said, given: Given, before: frozenset[str]
    ) -> Iterator[Remark]:
        """Where the claim turns or softens what the statements say that its parts rest on."""
        rests = {given.text: given}
        text = without_asides(text, [slot.value for slot in said.slots])
        pieces_of = list(parts(text, [slot.value for slot in said.slots]))
        for start, end in pieces_of if len(pieces_of) > 1 else ():
            other = self._best_for(text[start:end], said.spoken, given, before)
            rests.setdefault(other.text, other)
        for other in self._also_like(said, given, before):
            rests.setdefault(other.text, other)
        statement = " ".join(ended(one) for one in rests)
        meant = {
            term.stem: stems
            for term, stems in zip(said.terms, said.meant, strict=True)
            if not term.figure
        }
        sure = len(given.words & said.words) >= _SHARED
        found = differences(
            text, statement, said.spoken.code, self._question, sure=sure, meant=meant
        )
        for remark in found:
            manual = next((one for one in rests if remark.manual.rstrip(".") in one), given.text)
            yield replace(remark, manual=manual, passage=rests[manual].passage)

    def _also_like(self, said: Said, given: Given, before: frozenset[str]) -> Iterator[Given]:
        """The statements of the same passage that are nearly as like the claim as ``given``."""
        evidence = self._evidence
        least = _ALSO * evidence.likeness(said, given, before)
        scored = [
            (evidence.likeness(said, other, before), -other.number, other)
            for other in evidence.given
            if other.passage == given.passage
            and other is not given
            and len(other.words & said.words) > 1
        ]
        near = sorted((one for one in scored if one[0] >= least), key=lambda one: one[:2])
        for _, _, other in reversed(near[-_BESIDES:]):
            yield other

    def _is_of_question(
        self, remark: Remark, said: Said, supported: Collection[tuple[int, int]]
    ) -> bool:
        """Whether a remark is about a value of the question alone: "no, not 500 bar"."""
        return any(
            remark.start <= slot.value.start < remark.end
            and (slot.value.start, slot.value.end) not in supported
            and echoes(slot.value, self._evidence)
            for slot in said.slots
        )

    def _best_for(self, part: str, spoken: Language, given: Given, before: frozenset[str]) -> Given:
        """The statement that ``part`` of a claim rests on; ``given`` unless another has more."""
        evidence = self._evidence
        said = evidence.said(part, spoken)
        best, most = given, evidence.likeness(said, given, before) + 0.5
        for other in evidence.given:
            score = evidence.likeness(said, other, before)
            if score > most:
                best, most = other, score
        return best

    def _other_page(
        self, piece: Piece, said: Said, given: Given | None, remarks: Sequence[Remark]
    ) -> Iterator[Remark]:
        """Says so where another passage than the one that is cited holds the claim."""
        count = len(self._texts)
        cites = [number for number in piece.cites if 1 <= number <= count]
        if given is None or not cites or given.passage in cites:
            return
        if any(remark.kind.is_fault for remark in remarks):
            return
        words = frozenset(given.words)
        for other in self._evidence.given:
            if other.passage in cites and len(words & other.words) >= 0.7 * len(words):
                return
        value = next((slot.value for slot in said.slots), None)
        start, end = (value.start, value.end) if value else (0, len(piece.text.rstrip(" .")))
        yield Remark(
            kind=Kind.OTHER_PAGE,
            start=start,
            end=end,
            said=piece.text[start:end],
            passage=given.passage,
        )

    def _claim(self, piece: Piece, judged: _Judged) -> Claim:
        remarks = []
        for remark in judged.remarks:
            start, end = piece.span(remark.start, remark.end)
            remarks.append(replace(remark, start=start, end=end))
        given = judged.given
        return Claim(
            start=piece.start,
            end=piece.end,
            text=piece.text,
            passage=given.passage if given else 0,
            statement=given.text if given else "",
            remarks=tuple(remarks),
        )

    def _in_order(self, claims: list[Claim], spoken: Language) -> list[Claim]:
        """The claims, with what is said of those that are in another order than the manual's."""
        if not claims:
            return claims
        by_passage: dict[int, list[int]] = {}
        for number, claim in enumerate(claims):
            if claim.passage:
                by_passage.setdefault(claim.passage, []).append(number)
        for passage, numbers in by_passage.items():
            some = [claims[number] for number in numbers]
            for place, remark in order_remarks(some, self._texts[passage - 1], spoken.code):
                claim = claims[numbers[place]]
                added = replace(remark, passage=passage)
                claims[numbers[place]] = replace(claim, remarks=(*claim.remarks, added))
        return claims

    def _about_other_codes(self, answer: str, claims: list[Claim]) -> list[Claim]:
        """The claims, with what is said where a code was asked for and they speak of another."""
        if not self._codes or not claims:
            return claims
        said = asked_codes(answer)
        for code, shown in self._codes.items():
            others = {
                each: written
                for each, written in said.items()
                if each not in self._codes and _family(each) == _family(code)
            }
            if code in said or not others:
                continue
            for number, claim in enumerate(claims):
                own = [w for each, w in others.items() if each in asked_codes(claim.text)]
                if own:
                    at = answer.find(own[0], claim.start, claim.end)
                    start, end = (at, at + len(own[0])) if at >= 0 else (claim.start, claim.end)
                    remark = Remark(
                        kind=Kind.OTHER_CODE, start=start, end=end, said=own[0], manual=shown
                    )
                    claims[number] = replace(claim, remarks=(remark, *claim.remarks))
                    break
        return claims

    def _about_other_rows(self, answer: str, claims: list[Claim], spoken: Language) -> list[Claim]:
        """The claims, with what is said where the question names a row and they name another."""
        if not claims or not self._evidence.asked or not all(c.supported for c in claims):
            return claims
        whole = self._evidence.said(answer, spoken)
        for number, claim in enumerate(claims):
            said = self._evidence.said(claim.text, spoken)
            remark = self._cells.asked(whole, claim.text, said)
            if remark is not None:
                remark = replace(remark, start=claim.start, end=claim.end)
                claims[number] = replace(claim, remarks=(remark, *claim.remarks))
                break
        return claims


def check(
    answer: str, passages: Sequence[Passage], question: str = "", *, complete: bool = True
) -> Checked:
    """Check what ``answer`` to ``question`` claims against the ``passages`` it was made from.

    ``complete`` is False while the answer is written and where it was cut off: its last word is
    then not judged, and of its last claim only the values. A refusal claims nothing. Never raises.
    """
    return Checker(passages, question).check(answer, complete=complete)


def _is_wrong(claim: Claim, code: str) -> bool:
    """Whether the value a claim is about is wrong, not a bare number beside one with a unit."""
    faults = [remark for remark in claim.faults if remark.kind in _MAIN]
    if not faults:
        return False
    values = [value for value in read_values(claim.text, code) if value.unit or value.code]
    said = {remark.said for remark in faults}
    right = [value for value in values if not any(value.text in each for each in said)]
    bare = all(each[:1].isalpha() or each.isdigit() for each in said)
    return not (right and bare and not any(value.text in each for value in values for each in said))


def _is_forbidden(claim: Claim) -> bool:
    """Whether the first claim says the opposite of the manual, which may be a danger."""
    return any(remark.kind is Kind.NEGATION for remark in claim.faults)


def _family(code: str) -> str:
    return _LETTERS_ONLY.sub("", code)


def _overlaps(remark: Remark, others: Sequence[Remark]) -> bool:
    """Whether another fault is about the same words already."""
    if remark.start == remark.end:
        return any(other.kind.is_fault for other in others)
    return any(
        other.kind.is_fault
        and (other.start == other.end or (other.start < remark.end and remark.start < other.end))
        for other in others
    )
