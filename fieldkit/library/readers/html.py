"""Web pages: what a reader of the page sees, with its headings, lists and tables."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.html_table import is_layout, read_table
from fieldkit.library.readers.model import (
    MARKUP,
    TEXT_BYTES,
    Document,
    content,
    unreadable,
)  # fmt: skip
from fieldkit.library.readers.pages import Pages

_SKIPPED = frozenset({
    "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "math", "nav",
    "noscript", "object", "script", "select", "style", "svg", "template", "textarea", "title",
    "video",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_HEADING = re.compile(r"h([1-6])")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_REVISIONS = ("revision", "version", "dcterms.hasversion", "dc.version")
_DATES = (
    "revised", "dcterms.modified", "article:modified_time", "last-modified", "date", "dc.date",
    "dcterms.date", "dcterms.issued", "dcterms.created", "article:published_time",
)  # fmt: skip


def read_html(path: Path) -> Document:
    """Read a web page; raises InvalidInput."""
    root = _parsed(path)
    walk = _Walk()
    try:
        walk.into(root)
        walk.end()
    except RecursionError as error:
        raise unreadable(path, "its elements are nested too deeply") from error
    except TooLarge as error:
        raise unreadable(path, str(error)) from error
    pages = walk.pages.finish()
    said = _said(root)
    title = next((clean_line(found.text or "") for found in root.iter("title")), "")
    return Document(
        document=clean_line(path.stem),
        title=title or walk.title or clean_line(path.stem),
        revision=_first(said, _REVISIONS) or printed.revision(pages[0].text),
        date=printed.stamp(_first(said, _DATES)) or printed.date(pages[0].text),
        pages=pages,
        markdown=True,
    )


def _parsed(path: Path) -> Any:
    from lxml import etree

    data = content(path, TEXT_BYTES)
    text = _decoded(path, data).replace("\0", "")
    if text.count("<") > MARKUP:
        raise unreadable(path, f"it has more than {MARKUP} tags; split it")
    if not text.strip():
        raise unreadable(path, "it holds no text")
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise unreadable(path, f"not a web page: {error}") from error
    if root is None:
        raise unreadable(path, "it holds no text")
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise unreadable(path, "its elements are nested too deeply")
    return root


def _decoded(path: Path, data: bytes) -> str:
    """The text, by its byte order mark, its own word, or as UTF-8."""
    named = _CHARSET.search(data[:4096])
    encoding = _BOMS.get(data[:2]) or (named and named[1].decode("ascii")) or "utf-8-sig"
    try:
        return data.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except LookupError as error:
        raise unreadable(path, f"its encoding {encoding!r} is not known") from error
    except UnicodeError as error:
        raise unreadable(path, f"it is not {encoding}; save it as UTF-8") from error


def _said(root: Any) -> dict[str, str]:
    """What the page's ``meta`` elements say, by name."""
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("http-equiv") or ""
        said.setdefault(name.lower(), clean_line(meta.get("content") or ""))
    return said


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


class _Walk:
    """Goes through a page in reading order and collects its blocks."""

    def __init__(self) -> None:
        self.pages = Pages()
        self.title = ""
        self._text: list[str] = []
        self._item: str | None = None  # the number of an item whose text is to come; "" a bullet
        self._term = ""

    def end(self) -> None:
        """End the block under way."""
        text = clean_line("".join(self._text))
        self._text.clear()
        if not text:
            return
        if self._term:
            text, self._term = f"{self._term}: {text}", ""
        if self._item is None:
            self.pages.paragraph(text)
        else:
            self.pages.item(text, self._item)
            self._item = None

    def into(self, element: Any) -> None:
        """Read the content of ``element``."""
        self._text.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, child.tag.lower())
            self._text.append(child.tail or "")

    def _element(self, element: Any, tag: str) -> None:
        if tag in _SKIPPED or _hidden(element):
            return
        if tag in _INLINE:
            self.into(element)
        elif tag == "br":
            self._text.append(" ")
        else:
            self.end()
            self._block(element, tag)
            self.end()

    def _block(self, element: Any, tag: str) -> None:
        if match := _HEADING.fullmatch(tag):
            self._heading(seen_text(element), int(match[1]))
        elif tag in {"ol", "ul", "menu"}:
            self._list(element, numbered=tag == "ol")
        elif tag == "dt":
            self._term = clean_line(seen_text(element)).rstrip(":")
        elif tag == "table" and not is_layout(element):
            self._table(element)
        else:
            self.into(element)

    def _heading(self, text: str, level: int) -> None:
        if level == 1 and not self.title:
            self.title = clean_line(text)
        self.pages.heading(text, level)

    def _list(self, element: Any, *, numbered: bool) -> None:
        start = element.get("start") or ""
        number = int(start) if start.isdecimal() and len(start) < 6 else 1
        for child in element:
            if child.tag == "li":
                self._item = str(number) if numbered else ""
                self.into(child)
                self.end()
                self._item = None
                number += 1
            elif isinstance(child.tag, str):
                self._element(child, child.tag.lower())
        self.pages.gap()

    def _table(self, element: Any) -> None:
        for caption in element.findall("caption"):
            self.pages.paragraph(seen_text(caption))
        table = read_table(element, seen_text)
        self.pages.table(table.header, table.rows)


def seen_text(element: Any) -> str:
    """The text of ``element`` as one line, without what is not shown."""
    return clean_line("".join(_texts(element)))


def _texts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            tag = child.tag.lower()
            if tag not in _SKIPPED and not _hidden(child):
                # Blocks stand apart: <p>20</p><p>Nm</p> is no "20Nm".
                yield "" if tag in _INLINE else " "
                yield from _texts(child)
                yield "" if tag in _INLINE else " "
        yield child.tail or ""


def _hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
