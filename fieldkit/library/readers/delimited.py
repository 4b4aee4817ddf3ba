"""Tables as text: values separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.model import Document, unreadable
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.sheet import Meter, lay_out
from fieldkit.library.readers.text import decoded

_SEPARATORS = ",;\t|"
_SAMPLE = 50  # lines


def read_csv(path: Path) -> Document:
    """Read a table, its names in the first row."""
    text = decoded(path)
    pages = Pages()
    try:
        lay_out(pages, _rows(text), Meter())
    except (csv.Error, TooLarge) as error:
        raise unreadable(path, f"not a table of a manual: {error}") from error
    name = clean_line(path.stem)
    head = "\n".join(text.splitlines()[:5])
    return Document(
        document=name,
        title=name,
        revision=printed.revision(head),
        date="",  # dates in a table's first rows are values as likely as not
        pages=pages.finish(),
        markdown=True,
    )


def _rows(text: str) -> Iterator[list[str]]:
    lines = [line for line in text.splitlines()[:_SAMPLE] if line.strip()]
    return csv.reader(io.StringIO(text, newline=""), delimiter=_separator(lines), strict=False)


def _separator(lines: list[str]) -> str:
    """The character that splits most lines into equally many; a comma where none does."""
    best, found = 0, ","
    for separator in _SEPARATORS:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        usual = max(set(widths), key=widths.count, default=1)
        score = widths.count(usual) if usual > 1 else 0
        if score > best:
            best, found = score, separator
    return found
