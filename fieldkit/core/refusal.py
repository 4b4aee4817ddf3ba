"""The sentence for "not in the manuals" on its way from the model to the reader, and back.

The model was trained to say it in English, word for word (``REFUSAL``), so it is protocol: it is
kept as the model said it, and put into other words only where it is shown. For that the manuals do
not answer is more than a program that searched them can know.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fieldkit.core.citation import (
    LOOK_FIRST,
    MAY_ANSWER,
    NO_SURE_ANSWER,
    NOT_SURE,
    NOTHING_FOUND,
    REFUSAL,
    State,
)

_REFUSAL = re.compile(re.escape(REFUSAL.rstrip(".")) + r"\.?", re.IGNORECASE)

Translate = Callable[[str], str]


def in_words(answer: str, state: State | None, pages: int, translate: Translate = str) -> str:
    """``answer`` as it is shown: the model's sentence for a refusal gives way to ours.

    ``state`` is that of what was found, None where that is not known any more; ``pages`` is how
    many are shown with the answer.
    """
    if state is State.NONE:
        parts = [NOTHING_FOUND]
    elif state is State.PERHAPS and pages:
        parts = [MAY_ANSWER]
    else:
        parts = [NO_SURE_ANSWER, LOOK_FIRST] if pages else [NO_SURE_ANSWER]
    said = " ".join(map(translate, parts))
    return _REFUSAL.sub(lambda _: said, answer)


def as_said(shown: str) -> str:
    """What the model said, of an answer as ``in_words`` and the mark ``NOT_SURE`` show it."""
    for beginning in (f"{NO_SURE_ANSWER} {LOOK_FIRST}", NO_SURE_ANSWER, NOTHING_FOUND, MAY_ANSWER):
        if shown.startswith(beginning):
            return f"{REFUSAL}{shown.removeprefix(beginning)}"
    return shown.removesuffix(NOT_SURE).rstrip() if shown.endswith(NOT_SURE) else shown


class InWords:
    """The beginning of an answer that streams, held back while it may become the sentence.

    ``state`` and ``pages`` are of what was found, as soon as that is known.
    """

    def __init__(self, translate: Translate = str) -> None:
        self._held = ""
        self._may_be = True
        self._translate = translate
        self.state: State | None = None
        self.pages = 1

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
        return in_words(held, self.state, self.pages, self._translate)
