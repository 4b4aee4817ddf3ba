"""From an answer on the screen to the record that IT will read, and what the technician is shown.

What is shown is made from the record itself, field by field, so nothing is kept that was not seen.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fieldkit import __version__
from fieldkit.chat.feedback_box import Counts
from fieldkit.chat.i18n import N_, _, ngettext
from fieldkit.chat.store import StoredTurn
from fieldkit.core.citation import refused
from fieldkit.core.feedback import COMMENT_LENGTH, KINDS, Exchange, Origin, Record, given
from fieldkit.core.release import RELEASE_FILE, Assistant
from fieldkit.core.text import clean, clean_line

KIND_NAMES: dict[str, str] = {
    "wrong_page": N_("Wrong page"),
    "wrong_fact": N_("Wrong fact"),
    "should_have_answered": N_("Should have answered"),
    "dangerous": N_("Dangerous"),
    "other": N_("Something else"),
}
# What may be typed after /wrong for each, besides the translated name.
_WORDS = {
    "page": "wrong_page",
    "fact": "wrong_fact",
    "unanswered": "should_have_answered",
    "dangerous": "dangerous",
    "other": "other",
}
_LABELS: dict[str, str] = {
    "kind": N_("What is wrong"),
    "comment": N_("Comment"),
    "question": N_("Question"),
    "answer": N_("Answer"),
    "refused": N_("It refused"),
    "finish": N_("How it ended"),
    "passages": N_("Passage"),
    "stats": N_("Figures"),
    "origin": N_("Given by"),
    "conversation": N_("Also asked"),
    "created": N_("Time (UTC)"),
    "id": N_("Number of the report"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was answered and may be flagged: ``turn``, and the ``others`` of its conversation."""

    turn: StoredTurn
    others: tuple[StoredTurn, ...]
    origin: Origin
    id: str
    created: str

    def record(self, kind: str, comment: str = "", *, conversation: bool = False) -> Record:
        """The record of this answer; ``conversation`` adds the rest of it."""
        assert kind in KINDS
        turn = self.turn
        others = self.others if conversation else ()
        return Record(
            id=self.id,
            created=self.created,
            kind=kind,
            comment=clean(comment).strip()[:COMMENT_LENGTH],
            question=turn.question,
            answer=turn.answer,
            refused=refused(turn.answer),
            finish=turn.finish,
            passages=given(turn.passages, turn.cited),
            stats=turn.stats,
            origin=self.origin,
            conversation=tuple(Exchange(question=o.question, answer=o.answer) for o in others),
        )


def _now() -> datetime:
    return datetime.now(UTC)


def draft(
    turn: StoredTurn,
    turns: Sequence[StoredTurn],
    origin: Origin,
    *,
    clock: Callable[[], datetime] = _now,
) -> Draft:
    """What may be said about ``turn``, one of the ``turns`` of a conversation."""
    return Draft(
        turn=turn,
        others=tuple(other for other in turns if other.id != turn.id),
        origin=origin,
        id=os.urandom(16).hex(),
        created=clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def origin_of(assistant: Assistant, release_dir: Path | None) -> Origin:
    """What answers here, and which release it is; outside a release that is left open."""
    identity = version = ""
    if release_dir is not None:
        try:
            content = (release_dir / RELEASE_FILE).read_bytes()
            version = str(json.loads(content)["version"])
            identity = hashlib.sha256(content).hexdigest()
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            identity = version = ""
    return Origin(
        assistant=assistant.name,
        model=assistant.model_name,
        quantization=assistant.quantization,
        fieldkit=__version__,
        release=identity,
        version=version,
    )


def usual_kind(turn: StoredTurn) -> str:
    """What is most likely wrong with an answer."""
    return "should_have_answered" if refused(turn.answer) or not turn.answer else KINDS[0]


def read_what(text: str) -> tuple[str, str]:
    """The kind and the comment that are typed after the command; "" for what is not said."""
    first, _space, rest = text.strip().partition(" ")
    kind = _WORDS.get(first.casefold().rstrip(":,"), "")
    return (kind, rest.strip()) if kind else ("", text.strip())


def shown(record: Record) -> str:
    """Everything in ``record``, for the eyes of who flags it: plain sanitized lines."""
    data = json.loads(record.to_json())
    lines: list[str] = []
    for name, label in _LABELS.items():
        lines += _lines(_(label), name, data[name])
    return "\n".join(lines)


def told(counts: Counts) -> str:
    """What is in the box, as sentences."""
    waiting = ngettext(
        "{count} report waits for IT.", "{count} reports wait for IT.", counts.waiting
    ).format(count=counts.waiting)
    if not counts.handed:
        return waiting
    handed = ngettext(
        "{count} was handed over and is kept.",
        "{count} were handed over and are kept.",
        counts.handed,
    ).format(count=counts.handed)
    return f"{waiting} {handed}"


def _lines(label: str, name: str, value: Any) -> Iterator[str]:
    if name == "kind":
        yield f"{label}: {_(KIND_NAMES[value])}"
    elif name == "passages":
        for number, passage in enumerate(value, 1):
            marks = [_(name) for key, name in _MARKS.items() if passage[key]]
            mark = "".join(f", {name}" for name in marks)
            where = _facts({key: passage[key] for key in _PLACE})
            yield f"{label} [{number}]{mark}: {where}"
            yield clean(passage["text"]).strip()
    elif name == "conversation":
        for exchange in value:
            yield f"{label}: {clean(exchange['question'])}"
            yield clean(exchange["answer"]).strip()
    elif isinstance(value, Mapping):
        yield f"{label}: {_facts(value)}"
    else:
        yield f"{label}: {_word(value)}"


_MARKS = {"cited": N_("cited"), "own": N_("own document"), "recognised": N_("by OCR")}
_PLACE = ("document", "title", "revision", "page", "pdf_page", "heading", "sha256")


def _facts(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {clean_line(_word(value))}" for key, value in values.items())


def _word(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else clean(str(value)).strip()
