"""What the check of an answer adds to its text on the screen: highlights, labels, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from fieldkit.chat.i18n import N_, _
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.core.text import clean, clean_line

NOT_FROM_MANUALS = N_("not from the manuals")
FAULT_SIGN = "! "
NOTE_SIGN = "= "
_LEFT_OUT = 20  # characters of the text that may not be shown, and a tenth of it
_LAST = " \t\r\n|*_`.,:;!?…"  # what follows the last word of a claim


class Style(StrEnum):
    """How a part of the text is set; the names are those of the widget's component classes."""

    WRONG = "answer--wrong"
    UNSURE = "answer--unsure"
    LABEL = "answer--label"
    CITED = "answer--cited"


@dataclass(frozen=True, slots=True)
class Marking:
    """Places are characters of the text, each tuple in their order.

    ``words`` are (start, end, style); ``labels`` are (place, text, style), set into the text there;
    ``notes`` are (place, text): lines below the paragraph that holds the place.
    """

    words: tuple[tuple[int, int, Style], ...] = ()
    labels: tuple[tuple[int, str, Style], ...] = ()
    notes: tuple[tuple[int, str], ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.words or self.labels or self.notes)

    def part(self, start: int, end: int) -> Marking:
        """What belongs to the characters from ``start`` up to ``end``, counted from ``start``."""
        if not self.any:
            return self
        words = tuple(
            (max(0, first - start), min(last, end) - start, style)
            for first, last, style in self.words
            if first < end and last > start
        )
        labels = tuple(
            (at - start, text, style) for at, text, style in self.labels if start <= at < end
        )
        notes = tuple((at - start, text) for at, text in self.notes if start <= at < end)
        return Marking(words, labels, notes)


NOTHING = Marking()


def marking(checked: Checked | None, shown: str) -> Marking:
    """The marking of ``shown``, the text on the screen: ``checked.text`` sanitized, or more of it.

    Marks that point at nothing may be left out of it. Where the two differ otherwise nothing is
    highlighted, and all notes come at the end.
    """
    if checked is None or not checked.claims:
        return Marking()
    text = clean(checked.text)
    places = _places(text, shown)
    if places is None:
        return Marking(notes=tuple((len(shown), note) for note in remarks_of(checked)))

    same = text == checked.text
    kept = [] if same else [0, *accumulate(len(clean(character)) for character in checked.text)]

    def place(at: int) -> int:
        at = min(max(at, 0), len(checked.text))
        return places[at if same else kept[at]]

    words, labels, notes = [], [], []
    claims = checked.claims
    for number, claim in enumerate(claims):
        following = claims[number + 1].start if number + 1 < len(claims) else len(checked.text)
        end = claim.start + len(checked.text[claim.start : claim.end].rstrip(_LAST))
        words += [(place(a), place(b), style) for a, b, style in _words(claim, end)]
        cites = any(claim.start <= start < following for start, _end in checked.marks)
        labels += [(place(end), label, style) for label, style in _labels(claim, cites=cites)]
        notes += [(place(max(claim.start, end - 1)), note) for note in _notes(claim)]
    return Marking(tuple(sorted(words)), tuple(sorted(labels)), tuple(dict.fromkeys(sorted(notes))))


def _places(text: str, shown: str) -> Sequence[int] | None:
    """For each place in ``text`` and its end that in ``shown``; None where they differ."""
    left = len(text) - len(text.lstrip())
    if shown.startswith(text.strip()):
        return [max(0, min(at - left, len(shown))) for at in range(len(text) + 1)]
    places = []
    at = 0
    for character in text:
        places.append(at)
        at += shown[at : at + 1] == character
    most = min(_LEFT_OUT + len(text) // 10, len(text) // 2)
    return [*places, at] if len(text) - at <= most else None


def _words(claim: Claim, end: int) -> Iterator[tuple[int, int, Style]]:
    """The words of a claim that are not supported; the whole claim where no words are named."""
    for remark in claim.faults:
        if remark.kind is Kind.NO_SUPPORT:
            continue
        whole = remark.end <= remark.start or remark.end - remark.start >= end - claim.start
        if whole:
            yield claim.start, end, Style.UNSURE
        else:
            yield remark.start, remark.end, Style.WRONG


def _labels(claim: Claim, *, cites: bool) -> Iterator[tuple[str, Style]]:
    """The passage that a claim rests on where it ``cites`` none, or that it rests on none."""
    if not any(map(str.isalpha, claim.text)):
        return  # the number of an item whose words are still to come
    if any(remark.kind is Kind.NO_SUPPORT for remark in claim.remarks):
        yield f" ({_(NOT_FROM_MANUALS)})", Style.LABEL
    elif claim.supported and claim.passage and not cites:
        yield f" [{claim.passage}]", Style.CITED


def _notes(claim: Claim) -> Iterator[str]:
    for remark in claim.remarks:
        if note := _note(remark):
            yield note


def _note(remark: Remark) -> str:
    if remark.kind is Kind.NO_SUPPORT:
        return ""
    sign = FAULT_SIGN if remark.kind.is_fault else NOTE_SIGN
    return f"{sign}{clean_line(remark.sentence(_))}"


def remarks_of(checked: Checked | None) -> tuple[str, ...]:
    """Each note of the check once, without places, a fault with its sign."""
    claims = checked.claims if checked else ()
    return tuple(dict.fromkeys(note for claim in claims for note in _notes(claim)))
