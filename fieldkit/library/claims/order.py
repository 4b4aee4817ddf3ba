"""Where the steps of an answer come in another order than the manual's."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.core.claims import Claim, Remark


def order_remarks(
    claims: Sequence[Claim], passage_text: str, language: str
) -> list[tuple[int, Remark]]:
    """The claims (by their place in ``claims``) that give steps in another order than the text."""
    del claims, passage_text, language
    return []
