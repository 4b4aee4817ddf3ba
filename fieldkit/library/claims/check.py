"""Checks an answer claim by claim; see docs/answers.md for the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fieldkit.core.citation import Passage, refused
from fieldkit.core.claims import Checked, Claim, Kind, Remark
from fieldkit.library.sentences import sentences
from fieldkit.library.support import unsupported

_LAST_WORD = re.compile(r"\S+\Z")


def check(
    answer: str, passages: Sequence[Passage], question: str = "", *, complete: bool = True
) -> Checked:
    """Check what ``answer`` to ``question`` claims against the ``passages`` it was made from.

    ``complete`` is False while the answer is written and where it was cut off: its last word is
    then not judged. A refusal claims nothing. Never raises.
    """
    if refused(answer):
        return Checked(text=answer)
    judged = answer if complete else _LAST_WORD.sub("", answer)
    claims = []
    end = 0
    for line in judged.splitlines():
        for sentence in sentences(line):
            start = answer.index(sentence, end)
            end = start + len(sentence)
            remarks = tuple(
                Remark(kind=Kind.VALUE, start=start, end=end, said=figure)
                for figure in unsupported(sentence, passages, question)
            )
            claims.append(Claim(start=start, end=end, text=sentence, remarks=remarks))
    return Checked(text=answer, claims=tuple(claims))
