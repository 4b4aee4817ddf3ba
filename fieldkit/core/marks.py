"""The marks with which an answer cites its passages, in every spelling that models use.

``[1]``, ``[1, 2]``, ``[1-3]``, ``【1】``, ``[^1]``, ``[Source 1]``, ``(Source 1)``. A manual prints
numbers in brackets, too: the parts of a figure, "remove screw [2]". Where an answer repeats such a
number behind the word that the manual has before it, that is no mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.core.claims import Checked

_NAME = (
    r"(?:sources?|src|refs?|references?|passages?|docs?|documents?|excerpts?|citations?"
    r"|quellen?|fuentes?|kilder?|fontes?|pasajes?|trechos?|extraits?|avsnitt)"
)
_JOINT = r"(?:[,;&/+\u2010-\u2015-]|and|und|et|y|e|og)"
_NUMBERS = rf"\d{{1,2}}(?: ?{_JOINT} ?(?:{_NAME} ?)?[#^]?\d{{1,2}}){{0,11}}"
_PAGE = r"(?:[,;:]? ?(?:pp?|pages?|s|seite|side|p\u00e1g(?:ina)?)\.? ?\w{1,6})"
_MARK = re.compile(
    rf"\[{{1,2}} ?[\^#]?(?:{_NAME}\.?:? ?#?)?(?P<plain>{_NUMBERS}){_PAGE}? ?\]{{1,2}}"
    rf"|\u3010 ?(?:{_NAME}:? ?#?)?(?P<wide>{_NUMBERS})(?:\u2020[^\u3011\n]{{0,80}})? ?\u3011"
    rf"|\( ?{_NAME}\.?:? ?#?(?P<named>{_NUMBERS}){_PAGE}? ?\)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,2}) ?[\u2010-\u2015-] ?(?=(\d{1,2}))")
_CALLOUT = re.compile(r"\[(\d{1,2})\]")
_BRACKETS_BEHIND = re.compile(r"(?:[ \t]*\[\d{1,2}\])*[ \t]*\Z")
_WORD_BEHIND = re.compile(r"([^\W_]+)[^\w\n]{0,3}\Z")
_LOOKED_AT = 120  # characters before a bracket
_ALIKE = 4  # letters that two forms of a word have in common: screw, screws
_STOPS = frozenset(".!?:;\u3002\uff01\uff1f")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that is ``text[start:end]`` of an answer; ``numbers`` of passages, from 1, as written.

    A number that is no passage's makes it point nowhere.
    """

    start: int
    end: int
    numbers: tuple[int, ...]


def marks(answer: str, texts: Sequence[str] = ()) -> tuple[Mark, ...]:
    """Return the marks of ``answer``, in order; ``texts`` are those of the passages.

    What a passage prints itself is none where the answer repeats it behind the same word.
    """
    printed = _printed(texts)
    return tuple(
        Mark(match.start(), match.end(), _numbers(match))
        for match in _MARK.finditer(answer)
        if not (printed and _is_printed(answer, match, printed))
    )


def pointed_at(found: Sequence[Mark], count: int) -> tuple[int, ...]:
    """The numbers of the ``count`` passages that marks point at, in order of first mention."""
    numbers = dict.fromkeys(number for mark in found for number in mark.numbers)
    return tuple(number for number in numbers if 1 <= number <= count)


def with_marks(checked: Checked) -> str:
    """Return the answer with a mark behind each supported claim, that of the passage it rests on.

    The marks that the model wrote are left out. A claim that is not supported gets none.
    """
    text = checked.text
    edits = [(start, end, "") for start, end in checked.marks]
    for claim in checked.claims:
        if claim.passage and claim.supported:
            place = _before_stop(text, claim.start, claim.end)
            edits.append((place, place, f"[{claim.passage}]"))
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        if start < at:
            continue
        parts.append(text[at:start])
        last = parts[-1][-1:] if parts[-1] else next((p[-1] for p in parts[::-1] if p), "")
        if new:
            parts.append(new if last.isspace() or not last else f" {new}")
        elif last in {" ", "\t"} and not text[end : end + 1].isalnum():
            parts[-1] = parts[-1].rstrip(" \t")
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _before_stop(text: str, start: int, end: int) -> int:
    """Where in a claim its mark belongs: before the stop that ends it."""
    while end > start and (text[end - 1] in _STOPS or text[end - 1].isspace()):
        end -= 1
    return end


def _numbers(match: re.Match[str]) -> tuple[int, ...]:
    written = match["plain"] or match["wide"] or match["named"]
    found: dict[int, None] = {}
    spans = {int(m.start(1)): (int(m[1]), int(m[2])) for m in _RANGE.finditer(written)}
    for number in re.finditer(r"\d+", written):
        first, last = spans.get(number.start(), (int(number[0]), 0))
        found |= dict.fromkeys(range(first, last) if first < last else (first,))
    return tuple(found)


def _printed(texts: Sequence[str]) -> dict[str, set[str]]:
    """The numbers in brackets that ``texts`` print, and the words before each."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for match in _CALLOUT.finditer(text):
            if word := _word_before(text, match.start()):
                found.setdefault(match[1], set()).add(word)
    return found


def _is_printed(answer: str, match: re.Match[str], printed: dict[str, set[str]]) -> bool:
    callout = _CALLOUT.fullmatch(match[0])
    if callout is None:
        return False
    word = _word_before(answer, match.start())
    return any(_alike(word, other) for other in printed.get(callout[1], ()))


def _word_before(text: str, end: int) -> str:
    """The word before ``end``, in lower case, with other brackets between left out."""
    before = text[max(0, end - _LOOKED_AT) : end]
    brackets = _BRACKETS_BEHIND.search(before)
    bare = before[: brackets.start()] if brackets else before
    word = _WORD_BEHIND.search(bare)
    return word[1].lower() if word else ""


def _alike(one: str, other: str) -> bool:
    common = min(len(one), len(other))
    return one == other or (common >= _ALIKE and one[:common] == other[:common])
