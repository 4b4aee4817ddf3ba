"""What a technician is warned of under an answer, as plain lines."""

from __future__ import annotations

import re

from fieldkit.chat.i18n import _
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.wording import issue
from fieldkit.core.citation import cited
from fieldkit.core.text import clean_line


def unsupported_in(kept: StoredTurn) -> tuple[str, ...]:
    """Return the numbers and codes of a kept answer that its cited pages do not hold.

    The last word of an answer that was cut off may be half a number, so it is not judged.
    """
    from fieldkit.library.support import unsupported  # when there is an answer, not before

    answer = kept.answer if kept.finish == "stop" else re.sub(r"\S+\Z", "", kept.answer)
    return unsupported(answer, kept.passages, kept.question)


def doubts(kept: StoredTurn) -> list[str]:
    """Return one line for each reason to look at the page before relying on the answer."""
    lines = []
    if figures := unsupported_in(kept):
        told = (
            _("Not in the cited pages: {figures}")
            if cited(kept.answer, kept.passages)
            else _("Not in the pages it was given: {figures}")
        )
        lines.append(told.format(figures=", ".join(map(clean_line, figures))))
    issues = {
        issue(passage): passage.superseded_by
        for passage in cited(kept.answer, kept.passages)
        if passage.superseded_by
    }
    told = _("{old} is superseded by {new}.")
    lines += [clean_line(told.format(old=old, new=new)) for old, new in issues.items()]
    return lines
