"""Takes what a model thinks before it answers out of what it writes.

Reasoning models write their thoughts between marks: ``<think>`` of Qwen, DeepSeek and
Phi-4-reasoning, the channels of gpt-oss. A mark may come in pieces, and a thought may never end.
"""

from __future__ import annotations

import re

_PAIRS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[think]": "[/think]",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|channel|>analysis": "<|channel|>final<|message|>",
    "<|channel|>commentary": "<|channel|>final<|message|>",
}
# Marks that only separate, and are no part of an answer either.
_BARE = ("<|start|>assistant", "<|begin_of_solution|>", "<|end_of_solution|>")
_CLOSERS = frozenset(_PAIRS.values())
_MARKS = (*_PAIRS, *sorted(_CLOSERS), *_BARE)
_MARK = re.compile("|".join(map(re.escape, _MARKS)), re.IGNORECASE | re.ASCII)
_ENDS = {mark: re.compile(re.escape(mark), re.IGNORECASE | re.ASCII) for mark in _CLOSERS}
_PREFIXES = frozenset(mark[:length] for mark in _MARKS for length in range(1, len(mark)))
_LONGEST = max(map(len, _MARKS))


class Thoughts:
    """Lets an answer through piece by piece, without its thoughts.

    ``all_thought`` is whether everything that was let through before the last ``feed`` has turned
    out to be a thought: a template may open it, so that only its end is written.
    """

    def __init__(self) -> None:
        self.all_thought = False
        self._held = ""
        self._close = ""  # the mark that ends the thought, "" outside of one
        self._begun = False
        self._thought = False

    def feed(self, text: str) -> str:
        """Return the part of the answer that ``text`` makes certain; often empty."""
        self.all_thought = False
        self._held += text
        said = ""
        while (mark := self._next_mark()) is not None:
            name = mark.group().lower()
            said += "" if self._close else self._held[: mark.start()]
            self._held = self._held[mark.end() :]
            if self._close:
                self._close = ""
            elif name in _PAIRS:
                self._close, self._thought = _PAIRS[name], True
            elif name in _CLOSERS and not self._thought:
                self._thought = self.all_thought = True
                said, self._begun = "", False
        kept = self._may_begin_a_mark()
        said += "" if self._close else self._held[: len(self._held) - kept]
        self._held = self._held[len(self._held) - kept :]
        return self._say(said)

    def flush(self) -> str:
        """Return what is left when nothing follows."""
        rest, self._held = ("" if self._close else self._held), ""
        return self._say(rest)

    def _next_mark(self) -> re.Match[str] | None:
        """The next mark of what is held that counts: in a thought only its end."""
        return (_ENDS[self._close] if self._close else _MARK).search(self._held)

    def _may_begin_a_mark(self) -> int:
        """How many characters at the end of what is held may be the beginning of a mark."""
        tail = self._held[-_LONGEST + 1 :].lower()
        if len(tail) != len(self._held[-_LONGEST + 1 :]):  # a letter that has two in lower case
            return 0
        return next((len(tail) - at for at in range(len(tail)) if tail[at:] in _PREFIXES), 0)

    def _say(self, text: str) -> str:
        """``text``, without the white space that is left before the first word."""
        if not self._begun and self._thought:
            text = text.lstrip()
        self._begun = self._begun or bool(text.strip())
        return text


def without_thoughts(text: str) -> str:
    """Return the answer in the whole ``text``, without its thoughts; as ``Thoughts``."""
    thoughts = Thoughts()
    return thoughts.feed(text) + thoughts.flush()
