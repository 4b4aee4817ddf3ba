"""The sentence for "not in the manuals" on its way from the model to the reader.

The model was trained to say it in English, word for word, so it is protocol: it is kept as the
model said it, and translated only where it is shown.
"""

from __future__ import annotations

from fieldkit.chat import i18n
from fieldkit.chat.wording import in_words
from fieldkit.core.citation import REFUSAL


class InWords:
    """The beginning of an answer that streams, held back while it may become the sentence."""

    def __init__(self) -> None:
        self._held = ""
        self._may_be = i18n.current() != i18n.SOURCE

    def add(self, text: str) -> str:
        """Take the next piece; returns what can be shown now."""
        if not self._may_be:
            return text
        self._held += text
        if REFUSAL.lower().startswith(self._held.lstrip().lower()):
            return ""
        self._may_be = False
        return self.rest()

    def rest(self) -> str:
        """What is held back; for the end of the answer."""
        held, self._held = self._held, ""
        return in_words(held)
