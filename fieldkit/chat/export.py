"""Conversations as Markdown for people: the whole of one, or a sheet for the next shift.

Answers are quoted, so that nothing in them can begin a heading of ours or leave a code block open;
outside code blocks nothing in them is a link, an image or HTML where a viewer renders the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from fieldkit.chat.doubts import checked_of, doubts, notes
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.quotation import quote_lines
from fieldkit.chat.quoting import inert, line_of
from fieldkit.chat.session import Ended
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.wording import in_words, label, said_in
from fieldkit.core.citation import REFUSAL, Passage, State
from fieldkit.core.text import clean_line

CAUTION = N_(
    "A language model wrote the answers from the manuals; what counts is the pages they name."
)
_OPEN = {
    "aborted": N_("Stopped before the answer was complete."),
    "length": N_("Cut off at the length limit."),
    "saving": N_("Kept short to save the battery."),
    "failed": N_("Cut off: the engine failed."),
    "": N_("Interrupted."),
}


def conversation(
    turns: Sequence[StoredTurn], *, title: str, assistant: str, model: str, now: datetime
) -> str:
    """A conversation with every question, answer and the pages they rest on; times are local."""
    written = _("Written {moment}.").format(moment=_stamp(now))
    blocks = [
        f"# {_line(title) or _('Conversation')}",
        f"{_line(assistant)}, {_line(model)}. {written}\n{_(CAUTION)}",
    ]
    for number, turn in enumerate(turns, 1):
        blocks.append(f"## {number}. {_line(turn.question)}")
        if "\n" in turn.question.strip():
            blocks.append(_quoted(turn.question))
        blocks.append(_("Asked {moment}.").format(moment=_stamp(turn.created)))
        blocks += _said(turn)
    return "\n\n".join(blocks) + "\n"


def handover(turns: Sequence[StoredTurn], *, assistant: str, start: datetime, now: datetime) -> str:
    """A sheet for the next shift: asked since ``start``, what the manuals say, open points.

    Open is what was refused, not answered to the end, withdrawn, or is not surely what the manuals
    say; the last two are among what was asked, too. Times are local.
    """
    open_turns = [turn for turn in turns if _why_open(turn)]
    said = [turn for turn in turns if not _is_unanswered(turn)]
    heading = _("Shift handover, {date}").format(date=f"{now.astimezone():%Y-%m-%d}")
    hours = _("From {start} to {end}.").format(start=_stamp(start), end=_stamp(now))
    blocks = [
        f"# {heading}",
        f"{_line(assistant)}. {hours}\n{_(CAUTION)}",
        _("From: ____________________    To: ____________________"),
        "## " + _("What was asked, and what the manuals say"),
    ]
    for turn in said:
        blocks.append(f"### {_time(turn.created)}  {_line(turn.question)}")
        blocks += _said(turn)
    if not said:
        blocks.append(_("Nothing."))
    blocks.append("## " + _("Open points"))
    blocks.append("\n".join(map(_open_point, open_turns)) if open_turns else _("None."))
    return "\n\n".join(blocks) + "\n"


def _said(turn: StoredTurn) -> Iterator[str]:
    """What the manual says, the answer, how it ended, and its sources."""
    ended = Ended.of(turn)
    yield from _quote(turn)
    if said := said_in(turn).strip():
        yield _quoted(said)
    for doubt in doubts(turn):
        yield f"**{_('Check the page.')}** {_line(doubt)}"
    for note in notes(turn):
        yield _line(note)
    if turn.finish in _OPEN:
        yield f"*{_(_OPEN[turn.finish])}*"
    if ended.cited:
        yield _sources(_("Sources:"), ended.cited, turn.passages)
    elif turn.passages:
        near = ended.refused or not turn.answer.strip()
        yield _sources(
            _("Nearest pages:") if near else _("Answered from:"), turn.passages, turn.passages
        )


def _quote(turn: StoredTurn) -> Iterator[str]:
    """What the manual says, in a block of its own below where it is from; each of several."""
    block: list[str] = []
    for line in [*quote_lines(turn.quote, turn.passages, turn.state), ""]:
        if line.startswith(" "):
            block.append(line.strip())
            continue
        if block:
            yield _quoted("\n".join(block))
        block = []
        if line:
            yield _line(line)


def _is_unanswered(turn: StoredTurn) -> bool:
    return turn.finish in _OPEN or Ended.of(turn).refused


def _why_open(turn: StoredTurn) -> str:
    """Why somebody has to look at the page, in sentences; "" where nobody has to."""
    if Ended.of(turn).refused:
        return in_words(REFUSAL, turn.state, 0)
    if turn.finish in _OPEN:
        return _(_OPEN[turn.finish])
    checked = checked_of(turn)
    open_to_doubt = turn.state is State.PERHAPS or (checked is not None and checked.flagged)
    return " ".join(doubts(turn)) if open_to_doubt else ""


def _open_point(turn: StoredTurn) -> str:
    why = _line(_why_open(turn))
    pages = "; ".join(_line(label(passage)) for passage in turn.passages)
    nearest = " " + _("Nearest pages: {pages}.").format(pages=pages) if pages else ""
    return f"- [ ] {_time(turn.created)}  {_line(turn.question)}  \n  {why}{nearest}"


def _sources(title: str, shown: Iterable[Passage], numbered_in: Sequence[Passage]) -> str:
    order = list(numbered_in)
    lines = [f"- [{order.index(passage) + 1}] {_line(label(passage))}" for passage in shown]
    return "\n".join([title, "", *lines])


def _quoted(text: str) -> str:
    """``text`` as a block quote of inert Markdown."""
    return "\n".join(f"> {line}" if line else ">" for line in inert(text))


def _line(text: str) -> str:
    """``text`` as one line of inert Markdown."""
    return line_of(clean_line(text))


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
