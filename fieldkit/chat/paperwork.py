"""Puts what was said into files that a person takes along; what both front ends offer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fieldkit.chat import export, outfile
from fieldkit.chat.i18n import _
from fieldkit.chat.session import Session
from fieldkit.core.release import Assistant
from fieldkit.errors import UsageProblem

SHIFT = timedelta(hours=12)


def _now() -> datetime:
    return datetime.now(UTC)


class Paperwork:
    """Writes exports; ``documents`` is the folder for a file that is named without one.

    Both methods take the name a person typed ("": one that is not used yet) and return the file's
    path. They raise UsageProblem when there is nothing to write, AlreadyThere when the file exists
    and may not be replaced, NotWritten and DiskFull.
    """

    def __init__(
        self,
        assistant: Assistant,
        session: Session,
        documents: Path,
        *,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._assistant = assistant
        self._session = session
        self._documents = documents
        self._clock = clock

    def export(self, name: str = "", *, replace: bool = False) -> Path:
        """Write the conversation on the screen as Markdown."""
        turns = tuple(self._session.turns)
        if not turns:
            raise UsageProblem(_("nothing was asked yet"), hint=_("Ask something, then export it."))
        now, title = self._clock(), self._session.title
        assistant = self._assistant
        text = export.conversation(
            turns,
            title=title,
            assistant=assistant.name,
            model=f"{assistant.model_name} {assistant.quantization}",
            now=now,
        )
        return self._write(name, f"{title} {now.astimezone():%Y-%m-%d}", text, replace=replace)

    def handover(self, name: str = "", *, replace: bool = False) -> Path:
        """Write the sheet for the next shift: what was asked in the last ``SHIFT``."""
        now = self._clock()
        start = now - SHIFT
        turns = self._session.since(start)
        if not turns:
            raise UsageProblem(
                _("nothing was asked in the last 12 hours"),
                hint=_("There is nothing to hand over."),
            )
        text = export.handover(turns, assistant=self._assistant.name, start=start, now=now)
        usual = f"{_('Handover')} {now.astimezone():%Y-%m-%d %H%M}"
        return self._write(name, usual, text, replace=replace)

    def _write(self, name: str, usual: str, text: str, *, replace: bool) -> Path:
        path = outfile.chosen(name, self._documents, usual)
        outfile.write(path, text, replace=replace)
        return path
