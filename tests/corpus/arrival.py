"""How many digits and codes of an independent extraction arrive in what a reader returns."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

_GROUP = re.compile(r"\d+")
# Letters and digits in one word, perhaps with separators: P-204, M12x1.75, 0xA07F.
_CODE = re.compile(r"(?=[^\W_]*[A-Za-z])(?=[\w./-]*\d)[^\W_]+(?:[-./_][^\W_]+)*")
_JOINED = 2  # from so many digits on a group may be written as two: 851 is 85 with a note


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Counts of digits and codes; ``lost`` are the first groups that did not arrive."""

    digits: int
    digits_arrived: int
    codes: int
    codes_arrived: int
    lost: tuple[str, ...] = ()


def arrival(theirs: str, ours: str, *, beside: str = "") -> Arrival:
    """Compare one page, or a document without pages.

    Digits are counted in groups: each occurrence of ``204`` must have one of ours. A group that is
    not there may be there in two parts (a note's mark or a power joins it in other programs' text).
    ``beside``: what may hold what is missing: the page's printed number, the surplus of the pages
    before and after it (a row that the end of a page cuts is read on one of them).
    """
    theirs, ours = _comparable(theirs), _comparable(ours)
    available = Counter(_GROUP.findall(ours)) + Counter(_GROUP.findall(beside))
    stream = "".join(_GROUP.findall(ours))
    digits = arrived = 0
    lost: list[str] = []
    for group, count in Counter(_GROUP.findall(theirs)).items():
        digits += len(group) * count
        have = min(count, available[group])
        if have < count and len(group) >= _JOINED:
            have = min(count, max(have, stream.count(group)))
        arrived += len(group) * have
        lost += [group] * (count - have)
    squeezed = _squeezed(f"{ours} {beside}")
    codes = Counter(_squeezed(code) for code in _CODE.findall(theirs))
    missing = [code for code, count in codes.items() if squeezed.count(code) < count]
    return Arrival(
        digits=digits,
        digits_arrived=arrived,
        codes=sum(codes.values()),
        codes_arrived=sum(min(n, squeezed.count(code)) for code, n in codes.items()),
        lost=tuple(dict.fromkeys([*lost, *missing]))[:12],
    )


def surplus(theirs: str, ours: str) -> str:
    """The digit groups of ``ours`` that ``theirs`` does not have, with spaces between."""
    more = Counter(_GROUP.findall(_comparable(ours)))
    more -= Counter(_GROUP.findall(_comparable(theirs)))
    return " ".join(more.elements())


def _comparable(text: str) -> str:
    """``text`` by compatibility with plain hyphens, raised digits apart from those before them."""
    apart = re.sub(r"(?<=\d)(?=[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089])", " ", text)
    return re.sub(r"[\u00ad\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", apart))


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
