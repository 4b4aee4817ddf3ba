r"""The Markdown of an answer: what counts as formatting, and what is a character of the text.

CommonMark takes many signs for formatting that a manual needs as signs: the stars of
``M12*1.75*30``, the minus of "- 40 °C". Here a sign formats only where it can mean nothing else:

- a star or underscore at the border of a word, for emphasis; a backtick likewise, for code;
- ``#`` before a heading in words, or ``##`` and more before any heading;
- lines of three backticks around code;
- the second line of a table and the bars between its cells, and ``\|`` for a bar within a cell;
- the star before an item, in a list of several.

All else is shown as written: quotation signs, rules, backslashes, ``~~``, HTML, character
references. Nothing acts: there are no links and no images.
"""

from __future__ import annotations

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import fence as commonmark_fence
from markdown_it.rules_block import list_block as commonmark_list
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from fieldkit.chat.tablerows import cells_of, ruled

# "[1]" is a citation and stays as it is written. Character references are not decoded, because
# "&#x202e;" would bring back what the sanitizer took out.
_AS_WRITTEN = (
    "autolink", "blockquote", "code", "entity", "escape", "hr", "html_block", "html_inline",
    "image", "lheading", "link", "reference",
)  # fmt: skip
_HEADING = re.compile(r"(#{2,6})[ \t]+(?=\S)|(#)[ \t]+(?=[^\W\d_]{2})")
_INDENT = 4  # columns; what is indented more belongs to the paragraph before
_NESTED = 14  # two for each list within a list
# What may stand between a sign of emphasis and the rest of the line, besides a space.
_BEFORE = frozenset("([{\"'“«¿¡—*_\u2018\u201a\u201e\u2013")
_AFTER = frozenset(")]}\"'”“».,;:!?…—*_\u2018\u2019\u2013")
_NEVER_FIRST = frozenset(")]}.,;:!?…")
_IN_NAMES = frozenset(".,:")
_NEVER_LAST = frozenset("([{")


def parser() -> MarkdownIt:
    """Make the parser of answers."""
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(list(_AS_WRITTEN))
    made.block.ruler.at("heading", _heading, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    made.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    made.block.ruler.before("paragraph", "answer_table", _table, {"alt": ["paragraph"]})
    made.inline.ruler.at("emphasis", _emphasis)
    made.inline.ruler.at("backticks", _code)
    return made


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _fence(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Code between lines of backticks; tildes are text."""
    return _line(state, first).startswith("`") and commonmark_fence(state, first, last, silent)


def _list(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A list; the parser would leave out what is nested too deep, so that is text."""
    return state.level < _NESTED and commonmark_list(state, first, last, silent)


def _heading(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A heading; "# 8 screws" and "# of turns: 12." are text."""
    del last
    line = _line(state, first).rstrip()
    level = heading_level(line)
    if not level or silent:
        return bool(level)
    state.line = first + 1
    token = state.push("heading_open", f"h{level}", 1)
    token.markup = "#" * level
    token.map = [first, state.line]
    _push_inline(state, line[level:].lstrip(), first)
    state.push("heading_close", f"h{level}", -1).markup = "#" * level
    return True


def heading_level(line: str) -> int:
    """The level of the heading that ``line`` is, 0 for a line of text."""
    match = _HEADING.match(line)
    if match is None or (match[2] and (line[match.end()].islower() or line[-1] in ".;,]")):
        return 0
    return len(match[1] or match[2])


def _push_inline(state: StateBlock, text: str, line: int) -> Token:
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = text, [line, line + 1], []
    return token


def _table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A table; unlike GitHub's it keeps the cells that no column is named for."""
    if first + 1 >= last or state.sCount[first + 1] < state.blkIndent:
        return False
    settings = ruled(_line(state, first), _line(state, first + 1))
    if not settings or state.sCount[first] - state.blkIndent >= _INDENT:
        return False
    if silent:
        return True
    table = state.push("table_open", "table", 1)
    state.push("thead_open", "thead", 1)
    _push_row(state, first, settings, "th")
    state.push("thead_close", "thead", -1)
    state.push("tbody_open", "tbody", 1)
    line = first + 2
    while line < last and state.sCount[line] >= state.blkIndent and "|" in _line(state, line):
        _push_row(state, line, settings, "td")
        line += 1
    state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    table.map = [first, line]
    state.line = line
    return True


def _push_row(state: StateBlock, line: int, settings: list[str], tag: str) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for number, cell in enumerate(cells_of(_line(state, line))):
        opened = state.push(f"{tag}_open", tag, 1)
        if number < len(settings):
            opened.attrs = {"style": f"text-align:{settings[number]}"}
        _push_inline(state, cell, line)
        state.push(f"{tag}_close", tag, -1)
    state.push("tr_close", "tr", -1)


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Stars and underscores at the borders of words; all others are pushed as text."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    opens, closes = borders(state.src, state.pos, end)
    length = end - state.pos
    for _ in range(length):
        token = state.push("text", "", 0)
        token.content = marker
        if length <= 3 and (opens or closes):
            state.delimiters.append(
                Delimiter(
                    marker=ord(marker),
                    length=length,
                    token=len(state.tokens) - 1,
                    end=-1,
                    open=opens,
                    close=closes,
                )
            )
    state.pos = end
    return True


def borders(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether the signs in ``text[start:end]`` can open emphasis, and whether they can close it."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if after and after in _IN_NAMES and text[end + 1 : end + 2].isalnum():
        after = text[end + 1]  # "__init__.py"
    opens = _apart(before, _BEFORE) and not _blank(after) and after not in _NEVER_FIRST
    closes = _apart(after, _AFTER) and not _blank(before) and before not in _NEVER_LAST
    return opens, closes


def _blank(character: str) -> bool:
    return not character or character.isspace()


def _apart(character: str, signs: frozenset[str]) -> bool:
    """Whether a word can end at ``character``; Chinese and Japanese write no spaces."""
    return (
        _blank(character) or character in signs or unicodedata.east_asian_width(character) in "WF"
    )


def _code(state: StateInline, silent: bool) -> bool:
    """Code between backticks at the borders of words; the feet of "5` to 6`" are text."""
    start, text = state.pos, state.src
    if text[start] != "`":
        return False
    opened = start
    while opened < state.posMax and text[opened] == "`":
        opened += 1
    mark = text[start:opened]
    closing = (
        _closing(text, mark, opened, state.posMax)
        if _ends(text[start - 1 : start] if start else "")
        else -1
    )
    if closing < 0:
        if not silent:
            state.append_pending(mark)
        state.pos = opened
        return True
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.markup = mark
        token.content = text[opened:closing].replace("\n", " ")
    state.pos = closing + len(mark)
    return True


def _ends(character: str) -> bool:
    return not character.isalnum() or unicodedata.east_asian_width(character) in "WF"


def _closing(text: str, mark: str, start: int, end: int) -> int:
    """Where the run of backticks that ``mark`` opens is closed, -1 for nowhere."""
    for match in re.compile(r"`+").finditer(text, start, end):
        if match[0] == mark:
            return match.start() if _ends(text[match.end() : match.end() + 1]) else -1
    return -1
