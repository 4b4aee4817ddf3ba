"""From tokens to the text that is shown: whole characters, sanitized, and never a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence

from fieldkit.core.text import clean


class Detokenizer:
    """Turns tokens into sanitized text as they come; each character is looked at a few times only.

    ``piece`` gives the bytes of a token. A character is never cut in two, and white space before
    the first word is left out. Text that may be the beginning of one of the ``stop`` strings is
    held back until the next tokens tell; once one is complete, ``stopped`` is true and neither it
    nor anything after it is shown.
    """

    def __init__(self, piece: Callable[[int], bytes], stop: Sequence[str] = ()) -> None:
        self._piece = piece
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(string for string in stop if string)
        self._begun = False
        self._held = ""
        self.stopped = False

    def feed(self, token: int) -> str:
        """The text that ``token`` makes certain; often empty."""
        return self._emit(self._decoder.decode(self._piece(token)))

    def flush(self) -> str:
        """What is left when no token follows."""
        text = self._emit(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return text if self.stopped else text + held

    def _emit(self, text: str) -> str:
        if self.stopped:
            return ""
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        text = clean(text)
        return self._hold(text) if self._stop else text

    def _hold(self, text: str) -> str:
        """Cut ``text`` before a stop string, or before what may become one."""
        text = self._held + text
        found = [(at + len(string), at) for string in self._stop if (at := text.find(string)) >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)[1]]  # of the string that is complete first
        keep = max(_overlap(text, string) for string in self._stop)
        shown = len(text) - keep
        self._held = text[shown:]
        return text[:shown]


def _overlap(text: str, string: str) -> int:
    """The length of the longest end of ``text`` that ``string`` begins with."""
    for length in range(min(len(text), len(string) - 1), 0, -1):
        if text.endswith(string[:length]):
            return length
    return 0
