"""The page numbers as they are printed: from the PDF's page labels, else from headers and footers.

What is printed counts as page numbers only where it counts pages: it goes up by one from page to
page over most of the document, and is alone in its line, behind a word for "page", or apart from
the rest of its line. A chapter's pages begin at 1 again ("2-1" after "1-9").
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from fieldkit.core.text import clean_line

# A line of a header (True) or footer (False): its cells from left to right.
Margin = tuple[bool, Sequence[str]]

_LENGTH = 20  # of a label
_MOST = 0.5  # of the pages
_RUN = 3  # pages that are counted without a gap in between
_GAP = 3  # pages without a number within a run
_FIRST = 2  # the number of a chapter's or a preface's first page is at most this
_LONGEST = 120  # characters of a header
_CELLS = 12  # of the margins of one page that are looked at
_WORDS = (
    r"(?:page|pages|pag|p\u00e1g|p\u00e1gina|pagina|seite|side|sida|sivu|strona|str|strana|oldal|sayfa"
    r"|blatt|bl|s|p|\u0441\u0442\u0440|\u0441\u0442\u0440\u0430\u043d\u0438\u0446\u0430|\u03c3\u03b5\u03bb\u03af\u03b4\u03b1"
    r"|\u7b2c|\u0e2b\u0e19\u0e49\u0e32)"
)
_OF = r"(?:of|von|de|sur|av|af|van|di|z|ze|z\u0142|/|\|)"
_NUMBER = r"(?P<label>\d{1,4}|[ivxlc]{1,8}|[IVXLC]{1,8}|(?:\d{1,2}|[A-Z])\s?[-\u2013]\s?\d{1,3})"
_ALONE = re.compile(
    rf"[-\u2013\u2014|\[(<\u2022\s]{{0,4}}{_NUMBER}[-\u2013\u2014|\])>\u2022.\s]{{0,4}}"
)
_SAID = re.compile(
    rf"(?i:(?:^|.*\s|.*[|,;\u00b7\u2022]){_WORDS})(?:[.:]\s?|\s|(?<=\u7b2c)){_NUMBER}"
    rf"(?:\s*(?i:{_OF})\s*\d{{1,4}})?"
    r"\s*(?:(?:\u9875|\u30da\u30fc\u30b8|\u9801)(?:\s*\u5171\s*\d{1,4}\s*\u9875)?)?"
    r"(?:\s*[|,;\u00b7\u2022].*|\s[\u2013-]\s.*)?"
)
_OF_TOTAL = re.compile(r"(?P<label>\d{1,4})\s?(?:/|of|von|de|sur|av)\s?\d{1,4}")
_APART = re.compile(
    rf"(?:{_NUMBER}\s*[|\u00b7\u2022].{{1,80}}|.{{1,80}}[|\u00b7\u2022]\s*(?P<last>\d{{1,4}}))"
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _Count(NamedTuple):
    """A number that a page may have: of the chapter or the kind ``series``, and where it is."""

    series: str
    value: int
    place: str

    @property
    def label(self) -> str:
        if self.series == "roman":
            return _roman(self.value)
        if self.series == "ROMAN":
            return _roman(self.value).upper()
        return f"{self.series}{self.value}"


def labels(said: Sequence[str], margins: Sequence[Sequence[Margin]]) -> list[str]:
    """The printed number of each page, "" where it is the page's own or not known.

    ``said``: the PDF's page labels; ``margins``: for each page the lines of its header and footer.
    """
    clean = [clean_line(label)[:_LENGTH] for label in said]
    numbers = [str(number) for number in range(1, len(clean) + 1)]
    if any(clean) and clean != numbers:
        found = clean
    else:
        found = _printed([_counts(lines) for lines in margins])
    # A label that several pages have says of none which it is.
    often = Counter(found)
    return [
        label if often[label] == 1 and label != number else ""
        for label, number in zip(found, numbers, strict=True)
    ]


def is_number(text: str, label: str) -> bool:
    """Whether a line of a header or footer is nothing but the page's printed number."""
    count = _count(text.strip(), "")
    return count is not None and count.label == label


def _counts(lines: Iterable[Margin]) -> list[_Count]:
    """What may be the number of a page in its header and footer."""
    found: list[_Count] = []
    for top, cells in lines:
        texts = dict.fromkeys((" ".join(cells), *cells[:_CELLS], *cells[-1:]))
        place = "top" if top else "bottom"
        counts = (_count(text.strip(), place) for text in texts if len(text) <= _LONGEST)
        found += filter(None, counts)
        if len(found) > _CELLS:
            break
    return found


def _count(text: str, place: str) -> _Count | None:
    for pattern in (_OF_TOTAL, _ALONE, _SAID, _APART):
        if match := pattern.fullmatch(text):
            groups = match.groupdict()
            return _read(groups.get("label") or groups.get("last") or "", place)
    return None


def _read(label: str, place: str) -> _Count | None:
    label = re.sub(r"\s?[-\u2013]\s?", "-", label)
    if label.isdecimal():
        return _Count("", int(label), place)
    chapter, dash, number = label.rpartition("-")
    if dash:
        return _Count(f"{chapter}-", int(number), place)
    value = _from_roman(label.lower())
    if not value:
        return None
    return _Count("roman" if label.islower() else "ROMAN", value, place)


def _printed(pages: Sequence[Sequence[_Count]]) -> list[str]:
    """The labels that count pages, or none at all where they do so on too few of them."""
    chains: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for index, counts in enumerate(pages):
        for series, value, place in dict.fromkeys(counts):
            chains[series, value - index, place].append(index)
    found = [""] * len(pages)
    size = [0] * len(pages)
    for (series, offset, _), indexes in chains.items():
        for run in _runs(indexes):
            if not _counts_pages(series, offset, run):
                continue
            for index in range(run[0], run[-1] + 1):
                if len(run) > size[index]:
                    size[index] = len(run)
                    found[index] = _Count(series, index + offset, "").label
    enough = sum(map(bool, found)) > _MOST * len(pages)
    return found if enough and len(pages) >= _RUN else [""] * len(pages)


def _runs(indexes: Sequence[int]) -> Iterator[list[int]]:
    """Pages that are counted on, parted where too many in between have no number."""
    run: list[int] = []
    for index in indexes:
        if run and index - run[-1] > _GAP + 1:
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _counts_pages(series: str, offset: int, run: Sequence[int]) -> bool:
    first = run[0] + offset
    if first < 1:
        return False
    if series:  # a chapter or a preface may be short, and begins at 1
        return first <= _FIRST
    return len(run) >= _RUN


def _from_roman(text: str) -> int:
    """The number that ``text`` in small letters is, 0 where it is none as it is written."""
    values = [_ROMAN[letter] for letter in text]
    total = sum(
        -value if value < max(values[index:], default=0) else value
        for index, value in enumerate(values)
    )
    return total if 0 < total < 100 and _roman(total) == text else 0


def _roman(number: int) -> str:
    tens = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc")
    ones = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return "c" * (number // 100) + tens[number % 100 // 10] + ones[number % 10]
