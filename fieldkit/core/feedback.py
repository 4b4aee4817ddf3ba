"""What is kept of an answer that a technician flagged as wrong: one record, and its JSON.

``docs/feedback.md`` is the contract. A record holds no name of a person or a machine, and of the
conversation only the one answer unless the technician adds the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fieldkit.core.citation import Passage, shown_page
from fieldkit.core.generation import Stats
from fieldkit.core.release import canonical

FORMAT = 1
KINDS = ("wrong_page", "wrong_fact", "should_have_answered", "dangerous", "other")
COMMENT_LENGTH = 2000  # characters
RECORD_BYTES = 1 << 20  # of one record's JSON in UTF-8
# A record is an age file in its ASCII armour: base64 of a little more than its JSON.
ARMOURED_BYTES = 3 * RECORD_BYTES // 2
BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----"
END = "-----END AGE ENCRYPTED FILE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A passage that the answer was given, and whether it cites it; ``sha256`` is of its text.

    ``page`` and ``pdf_page`` as in a ``Citation``. ``own``: of the technician's own documents;
    ``recognised``: read from a picture of the page.
    """

    document: str
    title: str
    revision: str
    page: int | str
    pdf_page: int | None
    heading: str
    text: str
    sha256: str
    cited: bool
    own: bool = False
    recognised: bool = False

    @classmethod
    def of(cls, passage: Passage, *, cited: bool) -> Given:
        """``passage`` as it stands in a record."""
        return cls(
            document=passage.document,
            title=passage.title,
            revision=passage.revision,
            page=shown_page(passage.page, passage.page_label),
            pdf_page=passage.page or None,
            heading=passage.heading,
            text=passage.text,
            sha256=hashlib.sha256(passage.text.encode("utf-8", "replace")).hexdigest(),
            cited=cited,
            own=passage.own,
            recognised=passage.recognised,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What gave the answer. ``release`` is the SHA-256 of release.json, "" outside a release."""

    assistant: str
    model: str
    quantization: str
    fieldkit: str
    release: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Another question of the conversation, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One flagged answer.

    ``id`` is random (32 hexadecimal digits), ``created`` when it was flagged (UTC, ISO 8601, to the
    second), ``kind`` one of ``KINDS``, ``finish`` as the history has it. ``conversation`` is what
    was asked besides, oldest first, if the technician added it.
    """

    id: str
    created: str
    kind: str
    comment: str
    question: str
    answer: str
    refused: bool
    finish: str
    passages: tuple[Given, ...]
    stats: Stats | None
    origin: Origin
    conversation: tuple[Exchange, ...] = ()

    def to_json(self) -> str:
        """The text that is encrypted."""
        return canonical({"fieldkit_feedback": FORMAT, **asdict(self)})


def given(passages: Sequence[Passage], cited: Sequence[Passage]) -> tuple[Given, ...]:
    """``passages`` in the order in which an answer numbers them, with what it ``cited``."""
    return tuple(Given.of(passage, cited=passage in cited) for passage in passages)
