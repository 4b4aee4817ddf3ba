"""What both front ends do with flagged answers: draft, keep, count, hand over, forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from fieldkit.chat import flagging, outfile
from fieldkit.chat.feedback_box import CollectsNone, Counts, FeedbackBox
from fieldkit.chat.i18n import _, ngettext
from fieldkit.chat.store import StoredTurn
from fieldkit.core.feedback import Origin, Record
from fieldkit.errors import UsageProblem

SUFFIX = ".age"


def _now() -> datetime:
    return datetime.now(UTC)


ORDERS = ("export", "again", "delete")


def read_order(text: str) -> tuple[str, str]:
    """What is typed after /feedback: one of ``ORDERS`` or "", and the file's name.

    Raises UsageProblem for anything else.
    """
    word, _space, rest = text.strip().partition(" ")
    order, rest = word.casefold(), rest.strip()
    if (order and order not in ORDERS) or (order == "delete" and rest):
        raise UsageProblem(
            _("there is no such thing to do with reports"),
            hint=_(
                "Type /feedback, /feedback export [FILE], /feedback again [FILE] or"
                " /feedback delete."
            ),
        )
    return order, rest


class Reports:
    """The reports of this account over its ``box``; ``documents`` is where files go by default.

    ``origin`` looks up what answers here, when it is needed.

    Methods raise what the box raises.
    """

    def __init__(
        self,
        box: FeedbackBox,
        origin: Callable[[], Origin],
        documents: Path,
        *,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._box = box
        self._origin = origin
        self._documents = documents
        self._clock = clock

    def draft(self, turn: StoredTurn, turns: Sequence[StoredTurn]) -> flagging.Draft:
        """Begin a report about ``turn`` of the conversation ``turns``; raises CollectsNone."""
        if not self._box.collects:
            raise CollectsNone
        return flagging.draft(turn, turns, self._origin(), clock=self._clock)

    def keep(self, record: Record) -> str:
        """Keep a report; returns what to tell."""
        self._box.put(record)
        return _("Kept, encrypted for IT.") + f" {flagging.told(self._box.counts())}"

    def counts(self) -> Counts:
        """How many wait, and how many are kept besides."""
        return self._box.counts()

    def waiting(self) -> str:
        """What is there, and what can be done with it."""
        counts = self._box.counts()
        if not self._box.collects and not counts.waiting and not counts.handed:
            raise CollectsNone
        hint = _("/feedback export writes one file for the stick.") if counts.waiting else ""
        kept = _("/feedback delete deletes what was handed over.") if counts.handed else ""
        return " ".join(part for part in (flagging.told(counts), hint, kept) if part)

    def export(self, name: str = "", *, again: bool = False, replace: bool = False) -> Path:
        """Write the file for the stick; the reports in it are marked as handed over."""
        usual = _("Feedback {time}").format(time=f"{self._clock().astimezone():%Y-%m-%d %H%M}")
        path = outfile.chosen(name, self._documents, usual, suffix=SUFFIX)
        self._box.export(path, again=again, replace=replace)
        return path

    def forget_handed(self) -> str:
        """Delete what was handed over; returns what to tell."""
        count = self._box.forget_handed()
        return ngettext("{count} report deleted.", "{count} reports deleted.", count).format(
            count=count
        )
