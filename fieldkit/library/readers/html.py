"""Web pages: what a reader of the page sees, with its headings, lists and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.encoding import Decoded, Undecodable, decoded_text
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.html_shown import Shown
from fieldkit.library.readers.html_style import Styles
from fieldkit.library.readers.html_walk import Walk
from fieldkit.library.readers.model import (
    MARKUP,
    TEXT_BYTES,
    Document,
    Kind,
    ReadingWarning,
    content,
    unreadable,
)
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.text import windows_signs
from fieldkit.library.readers.warned import left_out

_HEAD_BYTES = 4096  # WHATWG: 1024 are enough for a declaration
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w:.-]{1,40})", re.IGNORECASE
)
_XML = re.compile(rb"\s{0,9}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w:.-]{1,40})")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
# What is behind the end of the body belongs to it (WHATWG HTML, "after after body").
_END = re.compile(r"</(?:body|html)\s{0,9}>", re.IGNORECASE)
# Tags without content that libxml2 takes for elements with some.
_VOID = re.compile(r"</?(?:wbr|source|track|keygen)(?=[\s/>])[^<>]{0,1000}>", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:0{0,20}(1[2-5]\d)|[xX]0{0,20}([89][0-9A-Fa-f]))(?![0-9A-Fa-f]);?")
_MOST_DRAWINGS = 5  # warnings
_DEEP = "its elements are nested too deeply"
_REVISIONS = ("revision", "version", "dcterms.hasversion", "dc.version")
_DATES = (
    "revised", "dcterms.modified", "article:modified_time", "last-modified", "date", "dc.date",
    "dcterms.date", "dcterms.issued", "dcterms.created", "article:published_time",
)  # fmt: skip


class _Broken(Exception):
    """Markup cannot be read; the message says why."""


def read_html(path: Path) -> Document:
    """Read a web page; raises InvalidInput."""
    decoded, warnings = _decoded(path, content(path, TEXT_BYTES))
    pages = Pages()
    try:
        root = _parsed(decoded.text)
        walk = _walked(root, pages)
    except (_Broken, TooLarge) as error:
        raise unreadable(path, str(error)) from error
    found = pages.finish()
    said = _said(root)
    stated = _first(said, _REVISIONS)
    warnings = (*warnings, *printed.doubts(found[0].text, path, stated))
    title = next((clean_line(found.text or "") for found in root.iter("title")), "")
    return Document(
        document=clean_line(path.stem),
        title=title or walk.title or clean_line(path.stem),
        revision=stated or printed.revision(found[0].text),
        date=printed.stamp(_first(said, _DATES)) or printed.date(found[0].text),
        pages=found,
        markdown=True,
        warnings=(*warnings, *_remarks(walk.shown, decoded.text)),
    )


def fragment(text: str, pages: Pages) -> Sequence[ReadingWarning]:
    """Read markup in another format's ``text`` into the current page of ``pages``.

    Markup that cannot be read is left out, with a warning. Raises TooLarge.
    """
    try:
        walk = _walked(_parsed(text), pages)
    except _Broken as error:
        message = f"HTML is left out: {error}"
        return (ReadingWarning(kind=Kind.DAMAGED, message=message, page=pages.number),)
    return tuple(_remarks(walk.shown, text, pages.number))


def _walked(root: Any, pages: Pages) -> Walk:
    sheets = [sheet.text or "" for sheet in root.iter("style") if _for_screens(sheet)]
    walk = Walk(pages, Shown(Styles(sheets)))
    try:
        walk.read(root)
    except RecursionError as error:
        raise _Broken(_DEEP) from error
    return walk


def _for_screens(sheet: Any) -> bool:
    return (sheet.get("media") or "all").strip().lower() in ("all", "screen")


def _remarks(shown: Shown, text: str, page: int = 0) -> Iterator[ReadingWarning]:
    yield from left_out(shown.left_out, page)
    for drawn in shown.drawings[:_MOST_DRAWINGS]:
        message = f'the text of a drawing is left out: "{drawn}"'
        yield ReadingWarning(kind=Kind.LEFT_OUT, message=message, page=page)
    if text.rfind("<!--") > text.rfind("-->"):
        message = "a comment that nothing ends hides the rest of the page"
        yield ReadingWarning(kind=Kind.LEFT_OUT, message=message, page=page)


def _parsed(text: str) -> Any:
    from lxml import etree

    if text.count("<") > MARKUP:
        raise _Broken(f"it has more than {MARKUP} tags; split it")
    if not text.strip():
        raise _Broken("it holds no text")
    text = _REFERENCE.sub(_referred, windows_signs(text)).replace("\0", "")
    text = _VOID.sub("", _END.sub("", text))
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError as error:
        raise _Broken(f"not a web page: {error}") from error
    if root is None:
        raise _Broken("it holds no text")
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise _Broken(_DEEP)
    return root


def _referred(match: re.Match[str]) -> str:
    """What a numeric reference to a control character of C1 shows."""
    number = int(match[1]) if match[1] else int(match[2], 16)
    return windows_signs(chr(number)) if 0x80 <= number < 0xA0 else match[0]


def _decoded(path: Path, data: bytes) -> tuple[Decoded, tuple[ReadingWarning, ...]]:
    """The text, by its byte order mark, its declaration, or what it reads as."""
    head = _COMMENT.sub(b"", data[:_HEAD_BYTES])
    match = _CHARSET.search(head) or _XML.match(head)
    declared = match[1].decode("ascii", "replace") if match else ""
    try:
        found = decoded_text(data, declared)
    except Undecodable as error:
        raise unreadable(path, str(error)) from error
    return found, (*_unknown(declared, found), *found.warnings)


def _unknown(declared: str, found: Decoded) -> Iterator[ReadingWarning]:
    import webencodings

    if declared and webencodings.lookup(declared) is None:
        message = f"its encoding {declared!r} is not known; it is read as {found.encoding}"
        yield ReadingWarning(kind=Kind.DETAIL, message=message)


def _said(root: Any) -> dict[str, str]:
    """What the page's ``meta`` elements say, by name."""
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("http-equiv") or ""
        said.setdefault(name.lower(), clean_line(meta.get("content") or ""))
    return said


def _first(said: dict[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")
