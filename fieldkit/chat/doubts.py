"""What a technician is warned of under an answer, as plain lines."""

from __future__ import annotations

import re

from fieldkit.chat.store import StoredTurn
from fieldkit.core.citation import cited
from fieldkit.core.text import clean_line
from fieldkit.library.support import unsupported


def unsupported_in(kept: StoredTurn) -> tuple[str, ...]:
    """Return the numbers and codes of a kept answer that its cited pages do not hold.

    The last word of an answer that was cut off may be half a number, so it is not judged.
    """
    answer = kept.answer if kept.finish == "stop" else re.sub(r"\S+\Z", "", kept.answer)
    return unsupported(answer, kept.passages, kept.question)


def doubts(kept: StoredTurn) -> list[str]:
    """Return one line for each reason to look at the page before relying on the answer."""
    lines = []
    if figures := unsupported_in(kept):
        where = "cited pages" if cited(kept.answer, kept.passages) else "pages it was given"
        lines.append(f"Not in the {where}: {', '.join(map(clean_line, figures))}")
    issues = {
        f"{passage.document} rev {passage.revision}"
        if passage.revision
        else passage.document: passage.superseded_by
        for passage in cited(kept.answer, kept.passages)
        if passage.superseded_by
    }
    lines += [clean_line(f"{old} is superseded by {new}.") for old, new in issues.items()]
    return lines
