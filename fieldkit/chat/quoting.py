"""An answer as Markdown for any viewer, which then shows what the assistant shows of it.

A viewer follows CommonMark or GitHub: it would take "M12*1.75*30" for slanted text and "- 40 °C"
for a list. What ``answer_markdown`` does not take for formatting is escaped here, and outside code
blocks nothing is a link, an image or HTML.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fieldkit.chat.tablerows import cells_of, ruled
from fieldkit.core.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FENCE = re.compile(r" {0,3}(`{3,})([^`]*)")
_START = re.compile(r"([-+*]|\d{1,9}[.)])(?=[ \t]|$)|(#{1,6})(?=[ \t]|$)|(>)|([=-])(?=[-=|: \t]*$)")
_NUMBER = re.compile(r"\d{1,9}(?=[.)])")
_WORDS = re.compile(r"[ \t]+[^\W\d_]|[ \t]+[*_`\"'][^\W\d_]")
# What makes a tag, a link, an image or a character reference; a backslash that a viewer would take
# for the escape of what follows it; signs of emphasis, code and crossed-out text. "[1]" is a
# citation and stays, and so does an underscore within a word.
_ACTS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)|<(?=[A-Za-z/!?])|!?\[(?!\d{1,2}\])|\](?=[(:]|\[(?!\d{1,2}\]))"
    r"|&(?=#?\w+;)|[*`]|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])"
)
_LINE = re.compile(
    r"\\(?=[\\<!\[\]&])|<(?=[A-Za-z/!?])|!?\[(?!\d{1,2}\])|\](?=[(:]|\[(?!\d{1,2}\]))|&(?=#?\w+;)"
)


def inert(text: str) -> Iterator[str]:
    """The lines of an answer, in which a viewer hides no character and nothing acts."""
    lines = clean(text).strip().split("\n")
    expected, in_list, at = 1, False, 0
    while at < len(lines):
        if (size := _code_size(lines, at)) or (size := _table_size(lines, at)):
            block = lines[at : at + size]
            yield from block if _FENCE.fullmatch(block[0]) else _table(block)
            at += size
            continue
        line = lines[at].strip()
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        in_list = (in_list and (not line or bool(indent))) or _item(line, expected)
        ends = at + 1 == len(lines) or not (line and lines[at + 1].strip()) or _level(line)
        yield (indent if in_list else "") + _begun(line, expected) + ("" if ends else "  ")
        if line and not indent:
            number = _NUMBER.match(line)
            expected = int(number[0]) + 1 if number and _item(line, expected) else 1
        at += 1


def line_of(text: str) -> str:
    """One line of text in which nothing acts; its signs of emphasis stay as they are."""
    return _LINE.sub(_backslashed, text)


def _backslashed(match: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in match[0])


def _code_size(lines: Sequence[str], at: int) -> int:
    """How many lines the code block has that begins at line ``at``; 0 where none does."""
    opening = _FENCE.fullmatch(lines[at])
    if opening is None:
        return 0
    for number in range(at + 1, len(lines)):
        closing = _FENCE.fullmatch(lines[number])
        if closing and closing[1].startswith(opening[1]) and not closing[2].strip():
            return number + 1 - at
    return len(lines) - at


def _table_size(lines: Sequence[str], at: int) -> int:
    if at + 1 == len(lines) or not ruled(lines[at], lines[at + 1]):
        return 0
    rows = itertools.takewhile(lambda line: "|" in line, lines[at + 2 :])
    return 2 + sum(1 for _ in rows)


def _table(lines: Sequence[str]) -> Iterator[str]:
    """A table whose row of names is as long as its longest row: a viewer drops what is beyond."""
    rows = [cells_of(line) for line in lines]
    columns = max(map(len, rows))
    rows[1] += ["---"] * (columns - len(rows[1]))
    for number, row in enumerate(rows):
        cells = row if number == 1 else [_inline(cell).replace("|", "\\|") for cell in row]
        yield f"| {' | '.join([*cells, *[''] * (columns - len(cells))])} |"


def _level(line: str) -> int:
    from fieldkit.chat.answer_markdown import heading_level

    return heading_level(line)


def _item(line: str, number: int) -> bool:
    """Whether ``line`` is an item whose sign a viewer may draw in its own way.

    It counts the items of a numbered list itself, so the next must be ``number``.
    """
    match = _START.match(line)
    if match is None or match[1] is None:
        return False
    if match[1][0].isdigit():
        return int(match[1][:-1]) == number
    return bool(_WORDS.match(line, match.end()))


def _begun(line: str, number: int) -> str:
    """A line of text, with a backslash before a sign that a viewer would take away."""
    match = _START.match(line)
    if match is None:
        return _inline(line)
    sign, rest = match[0], line[match.end() :]
    if _level(line) or _item(line, number):
        return sign + rest[: len(rest) - len(rest.lstrip())] + _begun(rest.lstrip(), 1)
    escaped = f"{sign[:-1]}\\{sign[-1]}" if sign[0].isdigit() else f"\\{sign}"
    return escaped + _inline(rest)


def _inline(text: str) -> str:
    """A text whose emphasis and code are those of ``answer_markdown``."""
    pieces = []
    for token in _parse(text):
        match token.type:
            case "text":
                pieces.append(_ACTS.sub(_backslashed, token.content))
            case "code_inline":
                pieces.append(f"{token.markup}{token.content}{token.markup}")
            case _:
                pieces.append(token.markup)
    return "".join(pieces)


def _parse(text: str) -> Sequence[Token]:
    return _parser().parseInline(text)[0].children or ()


@functools.cache
def _parser() -> MarkdownIt:
    from fieldkit.chat.answer_markdown import parser

    return parser()
