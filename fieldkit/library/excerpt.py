"""What of a passage a person is shown: the statement that answers, and what matters around it."""

from __future__ import annotations

import textwrap

from fieldkit.core.text import clean_line
from fieldkit.library.sentences import sentences

_SHORT = 300  # characters around a statement that are shown whole
_BEFORE = 120  # of a longer text, those before it
_ALONE = 400  # of a passage without a statement that answers
_NAMED = 60  # characters from the beginning of a row to the colon behind what names it
_CUT = "..."


def excerpt(text: str, quote: str) -> list[str]:
    """Return ``quote``, then what of its passage ``text`` stands around it, each as one line.

    ``quote`` is a substring of ``text`` or "". The second line is missing where there is nothing,
    and where the quote is a row of a table: the rows beside it are about other things. Where the
    quote stood between other words, these are parted by "[...]".
    """
    text, quote = clean_line(text), clean_line(quote)
    before, found, after = text.partition(quote) if quote else (text, "", "")
    if not found:
        return [_beginning(text, _ALONE)]
    before, after = before.strip(), after.strip()
    if _names(quote) and _is_table(text):
        rest = _to_next_row(after)
        return [f"{quote} {_beginning(rest, _SHORT)}" if rest else quote]
    if len(before) + len(after) > _SHORT:
        before = _end(before, _BEFORE)
        after = _beginning(after, _SHORT - len(before))
    around = " [...] ".join(filter(None, (before, after)))
    return [quote, around] if around else [quote]


def wrapped(line: str, width: int) -> str:
    """``line`` in lines of at most ``width`` columns, broken between words; 0: as it is."""
    if width <= 0:
        return line
    lines = textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def _names(statement: str) -> bool:
    """Whether ``statement`` begins as a row does: with what it is about, and a colon."""
    return 0 < statement.find(":", 0, _NAMED) < len(statement) - 1


def _is_table(text: str) -> bool:
    """Whether most of the text, and at least two of its statements, are rows."""
    found = list(sentences(text))
    rows = sum(map(_names, found))
    return rows > 1 and 2 * rows >= len(found)


def _to_next_row(text: str) -> str:
    """The beginning of ``text`` that still belongs to the row before it."""
    kept: list[str] = []
    for sentence in sentences(text):
        if _names(sentence):
            break
        kept.append(sentence)
    return " ".join(kept)


def _beginning(text: str, most: int) -> str:
    """``text`` up to a word, at most ``most`` characters."""
    if len(text) <= most:
        return text
    cut = text[:most].rpartition(" ")[0] or text[:most]
    return f"{cut} {_CUT}"


def _end(text: str, most: int) -> str:
    """The last statement of ``text``, from a word on where it has more than ``most`` characters."""
    if len(text) <= most:
        return text
    last = list(sentences(text))[-1].strip()
    if len(last) > most:
        last = last[-most:].partition(" ")[2] or last[-most:]
    return f"{_CUT} {last}"
