"""Tables as text: values separated by commas, semicolons, tabs, bars, colons or spaces."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.encoding import Undecodable, decoded_text
from fieldkit.library.readers.foreign import foreign
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.meter import Meter
from fieldkit.library.readers.model import (
    CELLS,
    TEXT_BYTES,
    Document,
    Kind,
    ReadingWarning,
    content,
    unreadable,
)
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.sheet import lay_out, plain_lines

_SEPARATORS = "\t;,|:"  # the earlier wins where two split equally well
_SAMPLE = 200  # lines
_FIELDS = 5 * CELLS  # with those that are empty
_LINE = 10_000  # characters of a line that is looked at
_STATED = re.compile(r"sep=(.)\Z", re.IGNORECASE)
_SPACES = re.compile(r" {2,}|\t+")
# Between figures a comma is as likely of a decimal, and a colon of a time.
_IN_FIGURES = re.compile(r"(?<=\d)[,:](?=\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialect:
    """``escaped``: a quote within quotes has a backslash before it instead of being doubled."""

    separator: str
    quote: str = '"'
    escaped: bool = False


def read_csv(path: Path) -> Document:
    """Read a table of any dialect; lines above its names are text. Raises InvalidInput."""
    data = content(path, TEXT_BYTES)
    if reason := foreign(path):
        raise unreadable(path, reason)
    if data.startswith(b"PK\x03\x04"):
        raise unreadable(path, "it is an office file or another archive; name a workbook .xlsx")
    try:
        found = decoded_text(data)
    except Undecodable as error:
        raise unreadable(path, str(error)) from error
    text = found.text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    notes = list(found.warnings)
    if "\0" in found.text:
        notes.append(ReadingWarning(kind=Kind.DETAIL, message="it holds zero bytes"))
    pages = Pages()
    try:
        rows, closed = _rows(text)
        lay_out(pages, list(plain_lines(rows, Meter())))
    except (csv.Error, TooLarge) as error:
        raise unreadable(path, f"not a table of a manual: {error}") from error
    if not closed:
        message = (
            "a quotation mark is not closed; fields are split without regard to quotation marks"
        )
        notes.append(ReadingWarning(kind=Kind.DAMAGED, message=message))
    name = clean_line(path.stem)
    head = "\n".join(text.splitlines()[:5])
    return Document(
        document=name,
        title=name,
        revision=printed.revision(head),
        date="",  # dates in a table's first rows are values as likely as not
        pages=pages.finish(),
        markdown=True,
        warnings=(*notes, *printed.doubts(head, path)),
    )


def _rows(text: str) -> tuple[list[list[str]], bool]:
    """The fields of each row, and whether all quotation marks are closed.

    Raises csv.Error for a field that is too long.
    """
    first, _, rest = text.partition("\n")
    stated = _STATED.match(first.strip("\ufeff \r").removeprefix('"').removesuffix('"'))
    if stated:
        text = rest
    lines = [line[:_LINE] for line in text.split("\n", _SAMPLE)[:_SAMPLE] if line.strip()]
    dialect = _dialect(lines, stated[1] if stated else "")
    if dialect.separator == " ":
        return [_SPACES.split(line.strip()) for line in text.split("\n")], True
    rows = _split(text, dialect, csv.QUOTE_MINIMAL)
    if not rows or "\n" not in "".join(rows[-1]):
        return rows, True
    if text.rstrip(f" \n{dialect.separator}").endswith(dialect.quote):
        return rows, True
    return _split(text, dialect, csv.QUOTE_NONE), False


def _split(text: str, dialect: _Dialect, quoting: Literal[0, 3]) -> list[list[str]]:
    csv.field_size_limit(TEXT_BYTES)  # the text is no longer, so no field is
    found: list[list[str]] = []
    fields = 0
    for row in csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        doublequote=not dialect.escaped,
        escapechar="\\" if dialect.escaped else None,
        skipinitialspace=True,
        quoting=quoting,
        strict=False,
    ):
        fields += len(row) + 1
        if fields > _FIELDS:
            raise TooLarge(f"it has more than {_FIELDS} fields")
        found.append(row)
    return found


def _dialect(lines: Sequence[str], stated: str) -> _Dialect:
    """The dialect of ``lines``; ``stated`` is the separator of a line ``sep=;``, or ""."""
    separator = stated or _separator(lines)
    near = re.escape(separator)
    text = "\n".join(lines)
    singles = len(re.findall(rf"(?m)(?:^|{near}) ?'[^'\n]*'(?= ?(?:{near}|$))", text))
    doubles = len(re.findall(rf'(?m)(?:^|{near}) ?"', text))
    return _Dialect(
        separator=separator,
        quote="'" if singles > doubles and singles > 1 else '"',
        escaped='\\"' in text and '""' not in text,
    )


def _separator(lines: Sequence[str]) -> str:
    """The character that splits most lines into equally many fields; a comma where none does."""
    best, found = 0.0, ","
    for separator in _SEPARATORS:
        score = _score(_widths(lines, separator))
        if separator in ",:":
            plain = [_IN_FIGURES.sub("", line) for line in lines]
            score = min(score, _score(_widths(plain, separator)) + 0.01)
        if separator == ":":
            score /= 4  # a colon ends words as well
        if score > best:
            best, found = score, separator
    if best < len(lines) * 0.3:
        widths = [len(_SPACES.split(line.strip())) for line in lines]
        if _score(widths) >= max(len(lines) * 0.6, 2):
            return " "
    return found


def _widths(lines: Sequence[str], separator: str) -> list[int]:
    return [len(row) for row in csv.reader(lines, delimiter=separator) if row]


def _score(widths: Sequence[int]) -> float:
    """How many lines have the usual number of fields, two or more; a wider split is better."""
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 0
    usual, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    near = sum(many for width, many in counts.items() if abs(width - usual) == 1)
    return count + near / 2 + min(usual, 20) / 100
