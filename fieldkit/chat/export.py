"""Conversations as Markdown for people: the whole of one, or a sheet for the next shift.

Answers are quoted, so that nothing in them can begin a heading of ours or leave a code block open;
outside code blocks nothing in them is a link, an image or HTML where a viewer renders the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from fieldkit.chat.doubts import doubts
from fieldkit.chat.session import Ended
from fieldkit.chat.store import StoredTurn
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean, clean_line

CAUTION = "A language model wrote the answers from the manuals; what counts is the pages they name."
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
# What makes a tag, a link, an image or a character reference, and a backslash before any of these,
# which would undo the one that is put there. "[1]" is a citation and stays.
_ACTS = re.compile(
    r"\\(?=[\\<!\[\]&])|<(?=[A-Za-z/!?])|!?\[(?!\d{1,2}\])|\](?=[(:]|\[(?!\d{1,2}\]))|&(?=#?\w+;)"
)
_OPEN = {
    "aborted": "Stopped before the answer was complete.",
    "length": "Cut off at the length limit.",
    "failed": "Cut off: the engine failed.",
    "": "Interrupted.",
}


def conversation(
    turns: Sequence[StoredTurn], *, title: str, assistant: str, model: str, now: datetime
) -> str:
    """A conversation with every question, answer and the pages they rest on; times are local."""
    blocks = [
        f"# {_line(title) or 'Conversation'}",
        f"{_line(assistant)}, {_line(model)}. Written {_stamp(now)}.\n{CAUTION}",
    ]
    for number, turn in enumerate(turns, 1):
        blocks.append(f"## {number}. {_line(turn.question)}")
        if "\n" in turn.question.strip():
            blocks.append(_quoted(turn.question))
        blocks.append(f"Asked {_stamp(turn.created)}.")
        blocks += _said(turn)
    return "\n\n".join(blocks) + "\n"


def handover(turns: Sequence[StoredTurn], *, assistant: str, start: datetime, now: datetime) -> str:
    """A sheet for the next shift: asked since ``start``, what the manuals say, open points.

    Open is what was refused or not answered to the end; times are local.
    """
    open_turns = [turn for turn in turns if _is_open(turn)]
    closed = [turn for turn in turns if not _is_open(turn)]
    blocks = [
        f"# Shift handover, {now.astimezone():%Y-%m-%d}",
        f"{_line(assistant)}. From {_stamp(start)} to {_stamp(now)}.\n{CAUTION}",
        "From: ____________________    To: ____________________",
        "## What was asked, and what the manuals say",
    ]
    for turn in closed:
        blocks.append(f"### {_time(turn.created)}  {_line(turn.question)}")
        blocks += _said(turn)
    if not closed:
        blocks.append("Nothing.")
    blocks.append("## Open points")
    blocks.append("\n".join(map(_open_point, open_turns)) if open_turns else "None.")
    return "\n\n".join(blocks) + "\n"


def _said(turn: StoredTurn) -> Iterator[str]:
    """The answer, how it ended, and its sources."""
    ended = Ended.of(turn)
    if turn.answer.strip():
        yield _quoted(turn.answer)
    for doubt in doubts(turn):
        yield f"**Check the page.** {_line(doubt)}"
    if turn.finish in _OPEN:
        yield f"*{_OPEN[turn.finish]}*"
    if ended.cited:
        yield _sources("Sources", ended.cited, turn.passages)
    elif turn.passages:
        near = ended.refused or not turn.answer.strip()
        yield _sources("Nearest pages" if near else "Answered from", turn.passages, turn.passages)


def _is_open(turn: StoredTurn) -> bool:
    return turn.finish in _OPEN or Ended.of(turn).refused


def _open_point(turn: StoredTurn) -> str:
    refused = Ended.of(turn).refused
    why = "The manuals do not answer this." if refused else _OPEN[turn.finish]
    pages = "; ".join(_line(passage.label) for passage in turn.passages)
    nearest = f" Nearest pages: {pages}." if pages else ""
    return f"- [ ] {_time(turn.created)}  {_line(turn.question)}  \n  {why}{nearest}"


def _sources(title: str, shown: Iterable[Passage], numbered_in: Sequence[Passage]) -> str:
    order = list(numbered_in)
    lines = [f"- [{order.index(passage) + 1}] {_line(passage.label)}" for passage in shown]
    return "\n".join([f"{title}:", "", *lines])


def _quoted(text: str) -> str:
    """``text`` as a block quote of inert Markdown."""
    return "\n".join(f"> {line}".rstrip() for line in _inert(clean(text).strip()))


def _inert(text: str) -> Iterator[str]:
    """The lines of a Markdown text; outside code blocks links, images and HTML are only text."""
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.fullmatch(line)
        if fence:
            if match and match[1].startswith(fence) and not match[2].strip():
                fence = ""
            yield line
        elif match and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
            yield line
        else:
            yield _escaped(line)


def _line(text: str) -> str:
    """``text`` as one line of inert Markdown."""
    return _escaped(clean_line(text))


def _escaped(line: str) -> str:
    return _ACTS.sub(lambda match: "".join(f"\\{char}" for char in match[0]), line)


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
