"""The passages that an answer rests on."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.core.citation import Passage, cited, refused
from fieldkit.core.claims import Checked


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
