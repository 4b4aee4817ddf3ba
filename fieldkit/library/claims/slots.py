"""Checks the values of a claim: whether the manuals give each for what the claim is about.

A value that no statement has is wrong. One that a statement has may belong to something else: the
row beside, the other column, another part. It is taken for wrong where a statement without it
speaks much more for the claim than all that have it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from fieldkit.core.claims import Kind, Remark
from fieldkit.library.claims.align import Evidence, Given, Said, Slot, shortened, subject_of
from fieldkit.library.claims.comparing_values import Likeness, Match, compare
from fieldkit.library.claims.content import terms
from fieldkit.library.claims.values import Value, ValueKind, read_values
from fieldkit.library.normal import placed
from fieldkit.library.numbers import joined, numbers

# By how much more a statement without the value has to speak for the claim, as a part of what a
# word tells that is in one statement alone; and another value of the same statement.
MARGIN, MARGIN_BESIDE, MARGIN_NEAR = 0.35, 0.2, 0.8
MARGIN_POSITIVE = 0.05
_OTHER_FAMILY = 4.0  # times the margin, for a code that begins with other letters
_BARE = 0.25  # what the same number without its unit is less worth
_BEGINNING = 12  # characters before a value with which a claim begins
_CONVERTED = frozenset({Likeness.CONVERTED, Likeness.ROUNDED})


@dataclass(frozen=True, slots=True)
class Values:
    """What was found of a claim's values: ``given`` are the statements that hold them."""

    remarks: tuple[Remark, ...]
    given: tuple[Given, ...]
    supported: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Fit:
    score: float
    given: Given
    slot: Slot
    match: Match | None = None


class ValueCheck:
    """Checks values against the ``evidence``."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._places = [(given, slot) for given in evidence.given for slot in given.slots]
        names = "\n".join(
            f"{p.document} {p.title} {p.revision} {p.heading} {p.above}" for p in evidence.passages
        )
        self._values_of_names = tuple(read_values(names[:4_000], evidence.language.code))
        texts = "\n".join(given.text for given in evidence.given)
        self._keys: dict[Given, frozenset[str]] = {}
        self._long = frozenset(joined(placed(texts, notes=False)[0]))

    def judge(
        self,
        text: str,
        said: Said,
        before: frozenset[str],
        cites: Sequence[int],
        rows: Collection[Given] = (),
    ) -> Values:
        """Check the values of the claim ``text``; ``cites`` are the numbers that its marks name.

        ``rows`` are those that the claim or the question names.
        """
        remarks: list[Remark] = []
        given: list[Given] = []
        supported: set[tuple[int, int]] = set()
        for slot in said.slots:
            value = slot.value
            if of_key := _in_key(value, said, rows):
                given.append(of_key)
                supported.add((value.start, value.end))
                continue
            best, rival = self._best(slot, said, before, cites, rows)
            if best is None:
                if ends := self._ends(slot, said, before, cites):
                    given += ends
                    supported.add((value.start, value.end))
                elif not self._may_be_none(value, rival) and not self._is_elsewhere(text, value):
                    remarks.append(self._wrong(text, slot, said, before, rival))
            elif rival is not None and not _is_unclear(best, rival):
                remarks.append(self._belongs(text, slot, best, rival))
            else:
                given.append(best.given)
                supported.add((value.start, value.end))
                if best.match is not None and best.match.alike in _CONVERTED:
                    remarks.append(_converted(text, slot, best))
        remarks = [r for r in remarks if not _is_said_twice(r, said, supported)]
        belong = [remark for remark in remarks if remark.kind is Kind.BELONGS]
        if len(belong) > 1:  # what the question says is not what is wrong
            echoed = {r for r in belong if self._is_asked(r, said)}
            if len(echoed) < len(belong):
                remarks = [remark for remark in remarks if remark not in echoed]
        return Values(tuple(remarks), tuple(given), frozenset(supported))

    def _ends(
        self, slot: Slot, said: Said, before: frozenset[str], cites: Sequence[int]
    ) -> list[Given]:
        """The statements that give the two ends of a range, where one has each; else none."""
        found = []
        for end in slot.value.ends if slot.value.is_range else ():
            best, rival = self._best(replace(slot, value=end), said, before, cites)
            if best is None or rival is not None:
                return []
            found.append(best.given)
        return found

    def _best(
        self,
        slot: Slot,
        said: Said,
        before: frozenset[str],
        cites: Sequence[int],
        rows: Collection[Given] = (),
    ) -> tuple[_Fit | None, _Fit | None]:
        """The place with the value that fits best; and another that the claim is rather about.

        Where no place has the value, the second is what it may have meant.
        """
        evidence = self._evidence
        best: _Fit | None = None
        rivals: list[_Fit] = []
        own = self._of_rows(rows)
        named = any(supporting(slot.value, place.value) for _, place in own)
        # Where a row that is named has the value, no other row matters.
        places = own if named else self._places
        for given, place in places:
            match = supporting(slot.value, place.value)
            if match is None and (
                not comparable(slot.value, place.value) or _has_end(slot.value, place.value)
            ):
                continue
            score = evidence.fit(slot, said, given, place, before)
            if match is not None and match.alike is Likeness.BARE:
                score -= _BARE * evidence.words.most
            if given.passage in cites:
                score += 0.05
            if match is None:
                rivals.append(_Fit(score, given, place))
            elif best is None or score > best.score:
                best = _Fit(score, given, place, match)
        if best is not None and own:
            other = self._of_named(slot, said, best, rivals, rows)
            if other is not None:
                return best, other
        if best is not None:
            rivals = [
                rival
                for rival in rivals
                if self._is_ahead(slot, said, best, rival)
                and self._is_meant(slot, said, best, rival, before)
            ]
        return best, max(rivals, key=lambda fit: fit.score, default=None)

    def _of_rows(self, rows: Collection[Given]) -> list[tuple[Given, Slot]]:
        """The places of values in ``rows``, less those in their keys."""
        return [
            (given, place)
            for given, place in self._places
            if given in rows and place.value.end > len(given.key)
        ]

    def _of_named(
        self,
        slot: Slot,
        said: Said,
        best: _Fit,
        rivals: Sequence[_Fit],
        rows: Collection[Given],
    ) -> _Fit | None:
        """The other value that a row has which the claim names; where it names not ``best``'s row.

        ``best`` is the row with the value.
        """
        given, value = best.given, slot.value
        if given in rows or not given.key or best.slot.value.end <= len(given.key) or value.weak:
            return None
        if echoes(value, self._evidence) or any(
            other is not slot and comparable(other.value, value) for other in said.slots
        ):
            return None
        key = self._key_words(given)
        others = [
            fit
            for fit in rivals
            if fit.given in rows
            and fit.given.key != given.key
            and fit.slot.value.end > len(fit.given.key)
            and _one_family(value, fit.slot.value)
            and not (key - self._key_words(fit.given)) & said.words
        ]
        return max(others, key=lambda fit: fit.score, default=None)

    def _key_words(self, given: Given) -> frozenset[str]:
        found = self._keys.get(given)
        if found is None:
            found = self._keys[given] = frozenset(
                term.stem for term in terms(given.key, given.spoken)
            )
        return found

    def _is_ahead(self, slot: Slot, said: Said, best: _Fit, rival: _Fit) -> bool:
        """Whether the claim is about the rival: what has another value than the claim gives."""
        evidence = self._evidence
        tells = evidence.words.most
        if best.given is rival.given:
            if not _one_family(best.slot.value, rival.slot.value) or any(
                # One part of the claim has both values: nothing shows which is which.
                other is not slot
                and other.near == slot.near
                and supporting(other.value, rival.slot.value)
                for other in said.slots
            ):
                return False
            margin = MARGIN_NEAR if rival.slot.value.code else MARGIN_BESIDE
            return evidence.beside(slot, rival.slot, best.slot) > margin * tells
        alike = _one_family(slot.value, rival.slot.value)
        margin = MARGIN if alike else MARGIN * _OTHER_FAMILY
        ahead = rival.score - best.score
        # What the claim says itself counts more than what the question says.
        near = evidence.nearer(slot, rival.slot, best.slot)
        decides = alike and not echoes(slot.value, evidence)
        if ahead <= margin * tells and not (decides and ahead > 0 and near > MARGIN_NEAR * tells):
            return False
        # What the claim says of the rival itself, with its value, it does not say here.
        taken = any(
            other is not slot and supporting(other.value, rival.slot.value) for other in said.slots
        )
        return not taken or near > MARGIN * tells

    def _is_meant(
        self, slot: Slot, said: Said, best: _Fit, rival: _Fit, before: frozenset[str]
    ) -> bool:
        """Whether words of the claim or the question speak for the rival, not only less against it.

        Numbers without a unit are of one kind where their columns share a name.
        """
        if best.given is rival.given:
            return True
        evidence = self._evidence
        value = rival.slot.value
        if value.unit is None and not value.code and best.given.key and rival.given.key:
            columns = best.slot.near - self._key_words(best.given)
            if columns and not columns & rival.slot.near:
                return False
        ahead = evidence.fit(slot, said, rival.given, rival.slot, before, missing=0.0)
        ahead -= evidence.fit(slot, said, best.given, best.slot, before, missing=0.0)
        foreign = said.spoken.spoken != rival.given.spoken.spoken
        return (
            ahead
            > (2 * MARGIN if foreign and not value.code else MARGIN_POSITIVE) * evidence.words.most
        )

    def _is_asked(self, remark: Remark, said: Said) -> bool:
        return any(
            echoes(slot.value, self._evidence)
            for slot in said.slots
            if slot.value.start <= remark.start < slot.value.end
            or remark.start <= slot.value.end <= remark.start + 4
        )

    def _may_be_none(self, value: Value, nearest: _Fit | None) -> bool:
        """Whether words like "a minute" give no value; "one hour" does, beside another one."""
        if not value.weak:
            return False
        near = nearest is not None and nearest.score > 1.2 * self._evidence.words.most
        said = value.text.lower()
        return not (near and said.startswith("one ") and said != "one time")

    def _is_elsewhere(self, text: str, value: Value) -> bool:
        """Whether the question says it, a document or a heading is named so, or it is grouped."""
        if echoes(value, self._evidence):
            return True
        if any(_names(value, other) for other in self._values_of_names):
            return True
        plain, places = placed(text, notes=False)
        return any(
            number.joined in self._long
            and places[number.start] < value.end
            and value.start < places[number.end]
            for number in (numbers(plain) if value.unit is None else ())
        )

    def _wrong(
        self, text: str, slot: Slot, said: Said, before: frozenset[str], nearest: _Fit | None
    ) -> Remark:
        """The remark on a value that no statement gives; ``nearest`` is what it may have meant."""
        value = slot.value
        kind = Kind.CODE if value.kind is ValueKind.CODE else Kind.VALUE
        evidence = self._evidence
        same = [
            _Fit(evidence.fit(slot, said, given, place, before), given, place)
            for given, place in (self._places if kind is Kind.VALUE else ())
            if other_unit(value, place.value)
        ]
        unit = max(same, key=lambda fit: fit.score, default=None)
        least = nearest.score - MARGIN * evidence.words.most if nearest else 0.0
        if unit is not None and (nearest is None or unit.score >= least):
            kind, nearest = Kind.UNIT, unit
        return Remark(
            kind=kind,
            start=value.start,
            end=value.end,
            said=text[value.start : value.end],
            manual=_shown(nearest) if nearest else "",
            passage=nearest.given.passage if nearest else 0,
        )

    def _belongs(self, text: str, slot: Slot, best: _Fit, rival: _Fit) -> Remark:
        """The remark on a value of something else; on what a row's key does not have."""
        value = slot.value
        own, other = best.given, rival.given
        keyed = own.key and other.key and best.slot.value.end <= len(own.key)
        if keyed and (echoes(value, self._evidence) or value.start < _BEGINNING):
            start, end = _beside(text, value)
            return Remark(
                kind=Kind.BELONGS,
                start=start,
                end=end,
                said=text[start:end],
                manual=_behind_key(own),
                subject=shortened(own.key),
                owner=shortened(other.key),
                passage=own.passage,
            )
        return Remark(
            kind=Kind.BELONGS,
            start=value.start,
            end=value.end,
            said=text[value.start : value.end],
            manual=_shown(rival),
            subject=_behind_key(other) if keyed else subject_of(other, rival.slot, own),
            owner=_behind_key(own) if keyed else subject_of(own, best.slot, other),
            passage=other.passage,
        )


def _is_said_twice(remark: Remark, said: Said, supported: Collection[tuple[int, int]]) -> bool:
    """Whether a fault is about a value that the claim has converted: "15000 ms (15 s)"."""
    if not remark.kind.is_fault:
        return False
    values = [slot.value for slot in said.slots]
    own = next((value for value in values if value.start == remark.start), None)
    for other in values if own else ():
        if own is None or (other.start, other.end) not in supported or other is own:
            continue
        match = compare(own, other)
        if match is not None and match.alike in _CONVERTED:
            return True
    return False


def _is_unclear(best: _Fit, rival: _Fit) -> bool:
    """Whether nothing names what one of two values of a statement is of, and not the other."""
    return best.given is rival.given and subject_of(
        best.given, best.slot, rival.given
    ) == subject_of(rival.given, rival.slot, best.given)


def _has_end(value: Value, rival: Value) -> bool:
    """Whether a range that is said begins or ends with a value of the manual."""
    return value.is_range and any(not {*end.low}.isdisjoint(rival.low) for end in value.ends)


def _in_key(value: Value, said: Said, rows: Collection[Given]) -> Given | None:
    """The row that the claim names and that has ``value`` in its key."""
    for given in rows:
        for place in given.slots:
            if place.value.end <= len(given.key) and supporting(value, place.value):
                key = place.near | place.own
                if len(key & said.words) * 2 > len(key):
                    return given
    return None


def _behind_key(given: Given) -> str:
    """What a row says of its key."""
    return shortened(given.text[len(given.key) :].strip(" :;."))


def _beside(text: str, value: Value) -> tuple[int, int]:
    """What a claim says of ``value``: the longer of the parts before and behind it."""
    behind = value.end + len(text[value.end :]) - len(text[value.end :].lstrip(" :,;-"))
    stop = len(text.rstrip(" ."))
    before = len(text[: value.start].rstrip())
    return (behind, stop) if stop - behind >= before else (0, before)


def echoes(value: Value, evidence: Evidence) -> bool:
    """Whether the question has the value."""
    return any(_names(value, asked) for asked in evidence.asked_values)


def _names(said: Value, given: Value) -> bool:
    """Whether a value is said outside the statements; a bare number is none with a unit."""
    match = supporting(said, given)
    return match is not None and (match.alike is not Likeness.BARE or said.unit is None)


def _converted(text: str, slot: Slot, best: _Fit) -> Remark:
    return Remark(
        kind=Kind.CONVERTED,
        start=slot.value.start,
        end=slot.value.end,
        said=text[slot.value.start : slot.value.end],
        manual=_shown(best),
        passage=best.given.passage,
    )


def _shown(fit: _Fit) -> str:
    return fit.given.text[fit.slot.value.start : fit.slot.value.end]


def family(code: str) -> str:
    """The letters that a code begins with: ``e`` of ``e17``."""
    match = re.match(r"[a-z]*", code.lower())
    return match[0] if match else ""


def comparable(one: Value, other: Value) -> bool:
    """Whether two values could stand for each other: of one quantity, or codes of one family."""
    if one.kind is not other.kind:
        return False
    if one.kind is ValueKind.CODE:
        return True
    if one.unit is None or other.unit is None:
        return one.unit is other.unit
    return one.unit.quantity == other.unit.quantity


def _one_family(one: Value, other: Value) -> bool:
    """Whether two values are no codes, or codes that begin with the same letters."""
    return not (one.code and other.code) or family(one.code) == family(other.code)


def supporting(said: Value, given: Value) -> Match | None:
    """How ``given`` is what was ``said``; None where it is not."""
    match = compare(said, given)
    return match if match is not None and match.supports else None


def other_unit(said: Value, given: Value) -> bool:
    """Whether two values have the same number in units of which one is wrong."""
    match = compare(said, given)
    return match is not None and match.alike is Likeness.UNIT
