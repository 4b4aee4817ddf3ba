"""Lines of Markdown before its blocks: comments, and what notes and references are defined as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fieldkit.library.readers.markdown_inline import normal

_FENCE = re.compile(r"[ \t]*+(`{3,}+(?=[^`]*+$)|~{3,}+)")
_QUOTE = re.compile(r" {0,3}(?:>(?![ \t]*+\d)[ \t]?)++")
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]{1,40})\]:[ \t]*+(.*)")
_REFERENCE = re.compile(
    r" {0,3}\[([^\[\]^][^\[\]]{0,200})\]:[ \t]*+(?:<([^<>]{1,2000})>|(\S+))(.*)"
)
_TITLE = re.compile(r"[ \t]++(?:\"[^\"]*+\"|'[^']*+'|\([^()]*+\))[ \t]*+|[ \t]*+")
_ADDRESS = re.compile(r"[/#:@]|\.[A-Za-z]")
_USED = re.compile(r"\[\^([^\]\s]{1,40})\](?!:)")
_NOTE_LINES = 50
_SHIELD = "\x1f"  # goes when the line is cleaned


@dataclass(slots=True)
class Definitions:
    """The text of each note, and the labels of references that are defined."""

    notes: dict[str, str] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def end_of(self, line: str, lines: Sequence[str], index: int) -> int:
        """Behind the definition at ``lines[index]``; ``index`` where none is."""
        if match := _NOTE.fullmatch(line):
            return _note_end(lines, index) if match[1] in self.notes else index
        return index + 1 if _reference(line) else index

    def unused_of(self, sheet: str) -> Iterator[str]:
        """The notes that ``sheet`` defines and nothing refers to."""
        for line in sheet.split("\n"):
            match = _NOTE.fullmatch(line)
            if match and match[1] in self.notes and match[1] not in self.used:
                yield match[1]


def definitions(sheets: Iterable[str]) -> Definitions:
    """What the pages of a document define."""
    found = Definitions()
    for sheet in sheets:
        lines = uncommented(sheet.split("\n"))
        found.used.update(_USED.findall(sheet))
        for index, line in enumerate(lines):
            if "]:" not in line[:250]:
                continue
            if match := _NOTE.fullmatch(line):
                rest = lines[index + 1 : _note_end(lines, index)]
                text = " ".join([match[2], *map(str.strip, rest)])
                found.notes.setdefault(match[1], text.strip())
            elif label := _reference(line):
                found.references.add(label)
    return found


def _reference(line: str) -> str:
    """The label that ``line`` defines; "" where it is text, such as ``[1]: 24 V``."""
    match = _REFERENCE.fullmatch(line)
    if match is None or not _TITLE.fullmatch(match[4]):
        return ""
    return normal(match[1]) if match[2] or _ADDRESS.search(match[3]) else ""


def _note_end(lines: Sequence[str], index: int) -> int:
    """Behind the note that begins at ``index``: it goes on in lines that are indented."""
    end = index + 1
    while end < min(len(lines), index + _NOTE_LINES):
        if lines[end].startswith(("    ", "\t", "  ")) and lines[end].strip():
            end += 1
        elif not lines[end].strip() and lines[end + 1 : end + 2] and lines[end + 1][:4].isspace():
            end += 1 if lines[end + 1].strip() else 0
            if not lines[end].strip():
                break
        else:
            break
    return end


def uncommented(lines: Sequence[str]) -> list[str]:
    """``lines`` without comments, which may go over several; code keeps its own.

    A comment that nothing ends is text.
    """
    last = next((n for n in range(len(lines) - 1, -1, -1) if "-->" in lines[n]), -1)
    kept: list[str] = []
    fence = ""
    inside = False
    for index, line in enumerate(lines):
        if not inside and (fence or _FENCE.match(line)):
            fence = _fenced(line, fence)
            kept.append(line)
            continue
        shown, inside = _shown(line, inside=inside, ends=index < last, last=index == last)
        if shown.strip() or not line.strip():
            kept.append(shown)
        elif kept and kept[-1].strip():
            kept.append("" if not inside else shown)
    return kept


def unquoted(lines: Sequence[str]) -> list[str]:
    """``lines`` without the marks of quotations; code keeps its own.

    ``> 5 bar`` is no quotation.
    """
    kept: list[str] = []
    fence = ""
    in_quote = False
    for line in lines:
        match = _QUOTE.match(line) if in_quote or not fence else None
        bare = line[match.end() :] if match else line
        if fence and in_quote and match is None:
            fence = ""  # the quotation ends, and the code in it
        if fence or _FENCE.match(bare):
            in_quote = in_quote if fence else match is not None
            fence = _fenced(bare, fence)
        kept.append(bare)
    return kept


def shielded(text: str) -> str:
    """``text`` with a control character before comments in its code: they mark no pages."""
    if "<!--" not in text:
        return text
    lines = text.split("\n")
    fence = ""
    for index, line in enumerate(lines):
        if fence or _FENCE.match(line):
            fence = _fenced(line, fence)
            if line.lstrip().startswith("<!--"):
                lines[index] = f"{_SHIELD}{line}"
    # A fence that nothing ends is no reason to lose the pages.
    return text if fence else "\n".join(lines)


def _fenced(line: str, fence: str) -> str:
    """The mark of the fence that is open behind ``line``."""
    if not fence:
        match = _FENCE.match(line)
        return match[1] if match else ""
    bare = line.strip()
    return "" if bare.startswith(fence) and not bare.strip(fence[0]) else fence


def _shown(line: str, *, inside: bool, ends: bool, last: bool) -> tuple[str, bool]:
    """What is shown of ``line``, and whether a comment is open behind it.

    ``ends``: a later line can end a comment; ``last``: this is the last line that can.
    """
    parts: list[str] = []
    at = ticks = 0
    while True:
        if inside:
            end = line.find("-->", at)
            if end < 0:
                return "".join(parts), True
            at, inside = end + 3, False
        begin = line.find("<!--", at)
        ticks += line.count("`", at, max(begin, at))
        closed = ends or (last and line.find("-->", begin + 4) >= 0)
        if begin < 0 or ticks % 2 or not closed:  # after an odd backtick it is code
            return "".join(parts) + line[at:], False
        parts.append(line[at:begin])
        at, inside = begin + 4, True
