"""The passages that an answer rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.core.citation import Passage, cited, refused
from fieldkit.core.claims import Checked
from fieldkit.core.marks import with_marks

_MARK = re.compile(r"[ \t]?\[(\d{1,2})\](?!\()")
_BEGUN = re.compile(r"[ \t]?(?:\[\d{0,2}\]?)?\Z")


def cited_in(
    answer: str, checked: Checked | None, passages: Sequence[Passage]
) -> tuple[Passage, ...]:
    """Return the ``passages`` that ``answer`` rests on, in order of mention; a refusal on none.

    They are those that its claims were found in, or where no claim was, those that its marks name.
    """
    if refused(answer):
        return ()
    numbers = checked.cited if checked else ()
    found = tuple(passages[number - 1] for number in numbers if 1 <= number <= len(passages))
    return found or cited(answer, passages)


def with_right_marks(answer: str, checked: Checked | None, passages: Sequence[Passage]) -> str:
    """Return ``answer`` with the marks of the passages that its claims were found in.

    Where none was found the marks of the model stay, less those that point at no passage.
    """
    if checked is not None and checked.text == answer and checked.cited:
        return with_marks(checked)
    return without_dangling(answer, passages)


def without_dangling(answer: str, passages: Sequence[Passage]) -> str:
    """Return ``answer`` without the marks that point at none of the ``passages``.

    A number in brackets that a passage prints itself stays.
    """

    def kept(mark: re.Match[str]) -> str:
        points = 1 <= int(mark[1]) <= len(passages)
        printed = f"[{mark[1]}]"
        return mark[0] if points or any(printed in each.text for each in passages) else ""

    return _MARK.sub(kept, answer)


class Undangled:
    """The words of an answer as they come, less marks that point at none of the ``passages``."""

    def __init__(self) -> None:
        self.passages: Sequence[Passage] = ()
        self._held = ""

    def add(self, piece: str) -> str:
        """Take the next piece; returns what can be shown now."""
        text = self._held + piece
        begun = _BEGUN.search(text)
        at = begun.start() if begun else len(text)
        shown, self._held = text[:at], text[at:]
        return without_dangling(shown, self.passages)

    def rest(self) -> str:
        """What is held back; for the end of the answer."""
        held, self._held = self._held, ""
        return without_dangling(held, self.passages)
