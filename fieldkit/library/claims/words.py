"""The words that turn, soften or restrict a statement: one table per language, and its matcher.

A table is text: one line per tag, ``TAG: phrase, phrase``. A ``*`` at the end of a word is for any
ending. Lines ``+name`` and ``-name`` are pairs of opposites, named alike in all languages,
``=name`` are colours, and ``END+name`` holds for the last word of a clause only. All words are
folded: lower case, without accents.
"""

from __future__ import annotations

import functools
import importlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fieldkit.library.language import Language, language

CHECKED = ("da", "de", "en", "es", "fr", "it", "nl", "no", "pt", "sv")
_ALIASES = {"nb": "no", "nn": "no"}

_GLUED = (  # units that are written without a blank
    r"(?:[km]?w|[km]?v|m?a|m?ah|nm|[mck]?m|bar|[km]?hz|ghz|[km]?g|m?l|m?s|min|h|[km]?pa|psi|rpm|kwh)"
)
_TOKEN = re.compile(
    r"(?P<number>[-\u2212]?\d{1,40}(?:[.,\u00a0\u202f' ]\d{1,12}){0,6})(?!\d)"
    rf"(?:(?![^\W\d_])|(?={_GLUED}(?!\w)))"
    r"|(?P<word>[^\W_]{1,40}(?:-\d{1,8}[^\W_]{0,8})?)"
    r"|(?P<sign>[<>\u2264\u2265]=?)"
    r"|(?P<stop>[.;:!?()\n\u2022,\u2013\u2014])"
)
_LEADING_MINUS = re.compile(r"[\w)]\Z")
_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f'](?=\d{3}(?!\d))")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})[.,](\d{3})(?![\d.,])")
_UNLIKE = frozenset(("e", "ou", "si"))  # with an accent another word: \u00e9, o\u00f9, s\u00ed
_MOST = 1500  # tokens of a text that are looked at


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark of a text: its place, its folded text, and its tag ("" for none).

    ``tag``: NUMBER, STOP, COMMA, one of a table's tags, or "" for a word of content. A phrase of
    several words is one token.
    """

    start: int
    end: int
    text: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The table of one language: phrases by their first word, and how it forms words."""

    code: str
    spoken: Language
    exact: dict[str, list[tuple[tuple[str, ...], str]]]
    endings: dict[str, list[tuple[tuple[str, ...], str]]]
    marks: frozenset[str]  # words that only this language has, to know it by


def fold(text: str) -> str:
    """``text`` in lower case without accents, of the same length."""
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


@functools.lru_cache(maxsize=4096)
def _folded(sign: str) -> str:
    lower = unicodedata.normalize("NFD", sign.lower())
    return lower[0] if lower and lower[0].isalnum() else sign


@functools.cache
def table(code: str) -> Words | None:
    """The table of a language's code like ``de`` or ``pt-BR``; None without one."""
    short = code.partition("-")[0].partition("_")[0].lower()
    short = _ALIASES.get(short, short)
    if short not in CHECKED:
        return None
    text: str = importlib.import_module(f"fieldkit.library.claims.words_{short}").TEXT
    exact: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    endings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    marks: frozenset[str] = frozenset()
    for tag, phrases in _lines(text):
        if tag == "MARKS":
            marks |= frozenset(" ".join(phrases).split())
            continue
        for phrase in phrases:
            parts = tuple(fold(phrase).split())
            first = parts[0]
            where, key = (endings, first[:-1]) if first.endswith("*") else (exact, first)
            where.setdefault(key, []).append((parts, tag))
    for found in (*exact.values(), *endings.values()):
        found.sort(key=lambda item: -len(item[0]))
    return Words(short, language(short), exact, endings, marks)


def _lines(text: str) -> Iterator[tuple[str, list[str]]]:
    tag, gathered = "", ""
    for line in text.splitlines():
        head, colon, rest = line.strip().partition(":")
        if colon and re.fullmatch(r"(?:END)?[+=-]?\w+", head):
            if tag:
                yield tag, _phrases(gathered)
            tag, gathered = head, rest
        else:
            gathered += " " + line.strip()
    if tag:
        yield tag, _phrases(gathered)


def _phrases(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",") if phrase.strip()]


def tokens(text: str, words: Words) -> list[Token]:
    """The tokens of ``text``; what no phrase of ``words`` tags and no stop word is has tag ""."""
    plain = fold(text)
    raw = _raw(plain)
    found: list[Token] = []
    at = 0
    while at < len(raw):
        kind, start, end, word = raw[at]
        if kind == "sign":
            found.append(Token(start, end, word, "MAX" if word[0] in "<\u2264" else "MIN"))
            at += 1
            continue
        if kind != "word":
            tag = "COMMA" if word == "," else "STOP" if kind == "stop" else "NUMBER"
            value = number(plain[start:end]) if kind == "number" else word
            found.append(Token(start, end, value, tag))
            at += 1
            continue
        length, tag = _longest(raw, at, words)
        if word == "se" and plain[start - 1 : start] == "-":
            length, tag = 1, "OTHER"  # "pode-se": no "if"
        if length == 1 and word in _UNLIKE and text[start:end].lower() != word:
            tag = "OTHER"
        if length:
            end = raw[at + length - 1][2]
            found.append(Token(start, end, plain[start:end], tag))
        else:
            found.append(Token(start, end, word, "" if _content(word, words) else "OTHER"))
            length = 1
        at += length
    return found


def number(text: str) -> str:
    """A number as it is compared: ``1,500`` as 1500, ``3,4`` as 3.4, ``3.0`` as 3."""
    plain = _GROUPED.sub("", text.replace("\u2212", "-"))
    plain = _THOUSANDS.sub(r"\1\2", plain).replace(",", ".").replace(" ", "").replace("'", "")
    if plain.count(".") == 1:
        plain = plain.rstrip("0").rstrip(".")
    return plain


def _raw(plain: str) -> list[tuple[str, int, int, str]]:
    found: list[tuple[str, int, int, str]] = []
    for match in _TOKEN.finditer(plain):
        kind, start, end = match.lastgroup or "", match.start(), match.end()
        if (
            kind == "number"
            and match[0][0] in "-\u2212"
            and _LEADING_MINUS.search(plain[:start][-1:])
        ):
            start += 1
        found.append((kind, start, end, plain[start:end]))
        if len(found) >= _MOST:
            break
    return found


def _content(word: str, words: Words) -> bool:
    return word not in words.spoken.stop_words and (len(word) > 1 or word.isdigit())


def _longest(raw: list[tuple[str, int, int, str]], at: int, words: Words) -> tuple[int, str]:
    """How many words from ``at`` a phrase takes, and its tag; 0 and "" where none does."""
    word = raw[at][3]
    best, tag = 0, ""
    for parts, name in words.exact.get(word, ()):
        if len(parts) > best and _fits(raw, at, parts):
            best, tag = len(parts), name
            break
    for cut in range(len(word), 1, -1):
        for parts, name in words.endings.get(word[:cut], ()):
            if len(parts) > best and _fits(raw, at, parts):
                best, tag = len(parts), name
                break
    return best, tag


def _fits(raw: list[tuple[str, int, int, str]], at: int, parts: tuple[str, ...]) -> bool:
    if at + len(parts) > len(raw):
        return False
    for (kind, _start, _end, word), part in zip(raw[at : at + len(parts)], parts, strict=False):
        if kind != "word":
            return False
        if part.endswith("*"):
            if not word.startswith(part[:-1]):
                return False
        elif word != part:
            return False
    return True
