"""What the check of an answer reports: its claims, and where each differs from the manuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fieldkit.core.text import clean_line

Translate = Callable[[str], str]


class Kind(StrEnum):
    """What a remark is about. ``CONVERTED`` and ``OTHER_PAGE`` are notes, all others are faults."""

    VALUE = "value"
    UNIT = "unit"
    BELONGS = "belongs"
    CODE = "code"
    OTHER_CODE = "other code"
    NEGATION = "negation"
    MODALITY = "modality"
    CONDITION = "condition"
    ORDER = "order"
    NO_SUPPORT = "no support"
    CONVERTED = "converted"
    OTHER_PAGE = "other page"

    @property
    def is_fault(self) -> bool:
        """Whether a claim with such a remark is not supported."""
        return self not in (Kind.CONVERTED, Kind.OTHER_PAGE)


# What a technician reads; the names in braces are those of a Remark's fields.
SENTENCES: Mapping[Kind, str] = {
    Kind.VALUE: "The manual gives {manual}, not {said}.",
    Kind.UNIT: "The manual gives {manual}, not {said}.",
    Kind.BELONGS: "The manual gives {manual} for {subject}; {said} belongs to {owner}.",
    Kind.CODE: "The manual names {manual}, not {said}.",
    Kind.OTHER_CODE: "Asked about {manual}; the answer speaks of {said}.",
    Kind.NEGATION: "The manual says the opposite: {manual}",
    Kind.MODALITY: "The manual is stricter or less strict: {manual}",
    Kind.CONDITION: "The manual sets another condition: {manual}",
    Kind.ORDER: "The manual gives these steps in another order: {manual}",
    Kind.NO_SUPPORT: "Not from the manuals.",
    Kind.CONVERTED: "{manual} = {said}, converted.",
    Kind.OTHER_PAGE: "{said} is in [{passage}], not in the page that the answer cites.",
}
# Where the parts of a sentence above are not known, this shorter one holds.
SHORT_SENTENCES: Mapping[Kind, str] = {
    Kind.VALUE: "{said} is not in the pages.",
    Kind.UNIT: "{said} is not in the pages.",
    Kind.BELONGS: "{said} belongs to {owner}.",
    Kind.CODE: "{said} is not in the pages.",
    Kind.NEGATION: "The manual says the opposite.",
    Kind.MODALITY: "The manual is stricter or less strict.",
    Kind.CONDITION: "The manual sets another condition.",
    Kind.ORDER: "The manual gives these steps in another order.",
}

_PARTS = ("said", "manual", "subject", "owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to know about a claim.

    ``start`` and ``end`` are the place in the answer's text that it is about (equal: the whole
    claim), and ``said`` the words there. ``manual`` is what the manual has instead, verbatim.
    ``subject`` is what the claim speaks of and ``owner`` what ``said`` belongs to in the manual
    (``BELONGS``). ``passage`` is the number of the passage that holds this, from 1; 0: none.
    """

    kind: Kind
    start: int = 0
    end: int = 0
    said: str = ""
    manual: str = ""
    subject: str = ""
    owner: str = ""
    passage: int = 0

    def sentence(self, translate: Translate = str) -> str:
        """Return the remark as one sentence, in the language of ``translate``."""
        template = SENTENCES[self.kind]
        if self.kind is Kind.BELONGS and self.manual:
            if not self.owner or self.owner in (self.said, self.subject):
                template = SENTENCES[Kind.VALUE]
            elif self.subject == self.manual:
                template = SHORT_SENTENCES[self.kind]
        if any(f"{{{part}}}" in template and not getattr(self, part) for part in _PARTS):
            template = SHORT_SENTENCES.get(self.kind, template)
        return clean_line(
            translate(template).format(
                said=self.said,
                manual=self.manual,
                subject=self.subject,
                owner=self.owner,
                passage=self.passage,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of an answer: ``text[start:end]`` of the answer, without marks in ``text``.

    ``passage`` is the number of the passage it rests on, from 1 (0: none), and ``statement`` the
    sentence or table row of that passage, verbatim.
    """

    start: int
    end: int
    text: str
    passage: int = 0
    statement: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def faults(self) -> tuple[Remark, ...]:
        """The remarks that say where the claim differs from the manuals."""
        return tuple(remark for remark in self.remarks if remark.kind.is_fault)

    @property
    def supported(self) -> bool:
        """Whether the manuals say what the claim says, as far as that was checked."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """Return what ``ask --json`` reports; ``passage`` counts from 1, null where there is none.

        ``reason`` is a sentence for a person, "" for a supported claim without a remark.
        """
        remarks = self.faults or self.remarks
        return {
            "text": clean_line(self.text),
            "passage": self.passage or None,
            "supported": self.supported,
            "reason": " ".join(remark.sentence() for remark in remarks),
            "kind": str(remarks[0].kind) if remarks else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An answer's ``text`` and its ``claims`` in reading order; a text without claims has none.

    ``replaced``: its main value is wrong, so the quote is shown in its place. ``marks`` are the
    places in ``text`` of the citation marks that the model wrote.
    """

    text: str
    claims: tuple[Claim, ...] = ()
    replaced: bool = False
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether any claim is not supported."""
        return not all(claim.supported for claim in self.claims)

    @property
    def cited(self) -> tuple[int, ...]:
        """The numbers of the passages that claims rest on, from 1, in order of mention."""
        return tuple(dict.fromkeys(claim.passage for claim in self.claims if claim.passage))
