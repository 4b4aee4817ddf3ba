"""Markdown: CommonMark, GitHub's tables, and what other tools add, as pages of ``readers.pages``.

Where a mark of Markdown may be the sign of a value, it stays: ``- 40 °C``, ``+ 24 V``, ``> 5 bar``,
``# 8 screws``.
"""

from __future__ import annotations

import re
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.front_matter import front_matter
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.html import fragment
from fieldkit.library.readers.html_shown import BREAK, one_line
from fieldkit.library.readers.markdown_inline import Inline
from fieldkit.library.readers.markdown_lines import (
    Definitions,
    definitions,
    shielded,
    uncommented,
    unquoted,
)
from fieldkit.library.readers.markdown_lists import Items, list_item
from fieldkit.library.readers.markdown_tables import Found, drawn_table, pipe_table, spaced_table
from fieldkit.library.readers.model import (
    Document,
    ReadingWarning,
    unreadable,
)
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.scripts import raised, resolved
from fieldkit.library.readers.text import sheets, text_of
from fieldkit.library.readers.warned import left_out

_FENCE = re.compile(r"[ \t]*+(`{3,}+(?=[^`]*+$)|~{3,}+)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]++(.*))?")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_ATTRIBUTES = re.compile(r"\{[#.][^{}]{0,200}\}[ \t]*$")
# "# 8 screws" counts screws; "# 8 Maintenance" is a heading.
_COUNTED = re.compile(r"\d[\d.,]*+ [^\W\d_A-Z]", re.UNICODE)
_SETEXT = re.compile(r" {0,3}(=++|-{2,}+)[ \t]*+")
_INDENTED = re.compile(r"(?: {4}|\t)")
_TERM = re.compile(r"[ ]{0,3}:[ \t]++(?=\S)")
_HTML = re.compile(
    r" {0,3}<(?P<tag>table|div|p|ul|ol|dl|details|figure|section|article|center|blockquote|form"
    r"|pre|h[1-6]|script|style|textarea|math|svg|picture)(?=[\s/>]|$)",
    re.IGNORECASE,
)
_TITLE_LINES = 3
_UNCLOSED = 20  # elements of a page that nothing ends, which costs a look at all its lines


def read_markdown(path: Path) -> Document:
    """Read Markdown with or without front matter (document, title, revision, date)."""
    text, warnings = text_of(path)
    front, unused, text = front_matter(text)
    found = sheets(shielded(text))
    defined = definitions([sheet for _, sheet in found])
    pages = Pages()
    title = ""
    reported = [*warnings, *unused]
    try:
        for number, sheet in found:
            pages.turn_to(number)
            reading = _Sheet(pages, defined)
            reading.read(sheet)
            title = title or reading.title
            reported += left_out(reading.inline.left_out, number)
            reported += reading.warnings
    except TooLarge as error:
        raise unreadable(path, str(error)) from error
    finished = pages.finish()
    first = finished[0].text if finished else ""
    reported += printed.doubts(first, path, front.get("revision", ""))
    return Document(
        document=front.get("document") or clean_line(path.stem),
        title=front.get("title") or title or clean_line(path.stem),
        revision=front.get("revision") or printed.revision(first),
        date=front.get("date") or printed.date(first),
        pages=finished,
        markdown=True,
        warnings=tuple(reported),
    )


class _Sheet:
    """Reads the blocks of one page; ``title`` is its first heading."""

    def __init__(self, pages: Pages, defined: Definitions) -> None:
        self.title = ""
        self.warnings: list[ReadingWarning] = []
        self.inline = Inline(notes=defined.notes, references=defined.references)
        self._pages = pages
        self._defined = defined
        self._paragraph: list[str] = []
        self._items = Items()
        self._blank = True
        self._unclosed = 0
        self._no_html_before = 0
        self._rule = False  # a whole line of hyphens is before the paragraph

    def read(self, sheet: str) -> None:
        """Read the text of the page."""
        lines = unquoted(uncommented(sheet.split("\n")))
        index = 0
        while index < len(lines):
            index = self._block(lines, index)
        self._flush()
        for label in self._defined.unused_of(sheet):
            self._note(label)

    def _block(self, lines: list[str], index: int) -> int:
        """Read what begins at ``lines[index]``; returns where the next begins."""
        raw = lines[index]
        if fence := _FENCE.match(raw):
            return self._code(lines, index, fence[1])
        if not raw.strip():
            self._flush()
            self._blank = True
            self._rule = False
            return index + 1
        if (end := self._defined.end_of(raw, lines, index)) > index:
            return end
        for read in (self._html, self._table, self._heading, self._underlined, self._indented):
            if (end := read(lines, index)) > index:
                self._blank = False
                return end
        self._line(lines, index)
        self._blank = False
        return index + 1

    def _line(self, lines: list[str], index: int) -> None:
        """A line of text, of a list or of a definition."""
        raw = lines[index]
        signs = "".join(raw.split())
        if len(signs) > 2 and signs[0] in "-*_" and signs == signs[0] * len(signs):
            self._flush()
            self._rule = signs[0] == "-"
            return
        if item := list_item(raw, in_text=bool(self._paragraph) and not self._items.open):
            self._flush()
            self._items.begin(item, lines, index)
            self._paragraph = [item.text]
            return
        if (term := _TERM.match(raw)) and (self._items.term or self._paragraph):
            if self._items.term:
                self._flush()
            else:
                self._items.term = " ".join(self._paragraph).rstrip(": \t")
            self._paragraph = [f"{self._items.term}: {raw[term.end() :]}"]
            return
        if self._blank and not _INDENTED.match(raw):
            self._items.close()
            self._pages.gap()
        self._paragraph.append(raw.strip())

    def _code(self, lines: list[str], index: int, mark: str) -> int:
        """A fenced block, whole; without a closing fence up to the end, as CommonMark has it."""
        self._flush()
        end = index + 1
        while end < len(lines) and not _closes(lines[end], mark):
            end += 1
        for line in lines[index + 1 : end]:
            self._pages.verbatim(line)
        self._pages.gap()
        return end + 1

    def _indented(self, lines: list[str], index: int) -> int:
        if self._paragraph or self._items.open or not self._blank:
            return index
        end = index
        while end < len(lines) and _INDENTED.match(lines[end]):
            self._pages.verbatim(lines[end].expandtabs(4)[4:])
            end += 1
        if end > index:
            self._pages.gap()
        return end

    def _heading(self, lines: list[str], index: int) -> int:
        match = _HEADING.fullmatch(lines[index])
        if match is None or (match[1] == "#" and _COUNTED.match(match[2] or "")):
            return index
        self._flush()
        self._items.close()
        text = _CLOSING.sub("", _ATTRIBUTES.sub("", match[2] or ""))
        self._head(text, len(match[1]))
        return index + 1

    def _head(self, text: str, level: int) -> None:
        line = self._shown(text)
        self.title = self.title or clean_line(line)
        self._pages.heading(line, level)
        self._notes()

    def _underlined(self, lines: list[str], index: int) -> int:
        match = _SETEXT.fullmatch(lines[index])
        if match is None or not 0 < len(self._paragraph) <= _TITLE_LINES or self._items.open:
            return index
        text = " ".join(self._paragraph)
        self._paragraph = []
        self._head(_ATTRIBUTES.sub("", text), 1 if match[1][0] == "=" else 2)
        return index + 1

    def _table(self, lines: list[str], index: int) -> int:
        """A table of any tool; the lines above it are its caption."""
        found: Found | None = pipe_table(lines, index) or drawn_table(lines, index)
        if found is None:
            found = spaced_table(lines, index, self._paragraph, ruled=self._rule)
            if found is not None and found.names_above:
                self._paragraph = []
        if found is None:
            return index
        self._flush()
        table = found.table(self._cell)
        self._pages.table(table.header, table.rows, table.groups)
        self._notes()
        return found.end

    def _html(self, lines: list[str], index: int) -> int:
        match = _HTML.match(lines[index])
        if match is None or self._items.open or index < self._no_html_before:
            return index
        end = _closed(lines, index, match["tag"].lower()) if self._unclosed < _UNCLOSED else 0
        if not end:
            self._unclosed += 1
            end = next((n for n in range(index, len(lines)) if not lines[n].strip()), len(lines))
        markup = "\n".join(lines[index:end])
        if ">" not in markup:  # no element begins there, nor in the lines below
            self._no_html_before = end
            return index
        self._flush()
        self.warnings += fragment(markup, self._pages)
        return end

    def _flush(self) -> None:
        """Write the paragraph or the item under way."""
        lines, self._paragraph = self._paragraph, []
        if lines:
            text = self._shown("\n".join(_broken(line) for line in lines))
            self._items.write(self._pages, text.split("\n"))
            self._notes()
        elif not self._items.open:
            self._pages.gap()

    def _shown(self, text: str) -> str:
        return "\n".join(resolved(line) for line in self.inline(text).split("\n"))

    def _cell(self, text: str) -> str:
        return one_line(self._shown(text).replace("\n", BREAK))

    def _notes(self) -> None:
        """Write the notes of the block that was written, beside it."""
        for label in tuple(self.inline.used):
            self._note(label)
        self.inline.used.clear()

    def _note(self, label: str) -> None:
        text = self._shown(self._defined.notes[label])
        self._pages.line(f"{resolved(raised(label))} {text}")


def _broken(line: str) -> str:
    """``line`` without the mark of a hard break."""
    return line[:-1] if line.endswith("\\") and not line.endswith("\\\\") else line


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return bare.startswith(mark) and not bare.strip(mark[0])


def _closed(lines: list[str], index: int, tag: str) -> int:
    """Behind the end of the element ``tag`` that begins at ``index``; 0 where nothing ends it."""
    opening = re.compile(rf"<{tag}(?=[\s/>])", re.IGNORECASE)
    closing = re.compile(rf"</{tag}[ \t]{{0,9}}>", re.IGNORECASE)
    depth = 0
    for at in range(index, len(lines)):
        depth += len(opening.findall(f"{lines[at]}\n")) - len(closing.findall(lines[at]))
        if depth <= 0:
            return at + 1
    return 0
