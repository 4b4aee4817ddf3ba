"""One question and its answer in the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldkit.chat.bindings import keys_of
from fieldkit.chat.doubts import doubts
from fieldkit.chat.i18n import N_, _, figure
from fieldkit.chat.pages import Sources
from fieldkit.chat.session import Ended, Found
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.widgets.citations import number_at
from fieldkit.chat.widgets.rowtable import RowTable
from fieldkit.chat.wording import in_words, label
from fieldkit.core.citation import REFUSAL, Passage
from fieldkit.core.generation import Stats
from fieldkit.core.refusal import InWords
from fieldkit.core.text import clean, clean_line

if TYPE_CHECKING:
    from fieldkit.chat.widgets.markdown import AnswerMarkdown

# Bold text that is complete; the signs of any other stay until the line is whole.
_BOLD = re.compile(r"(?<![^\s(])\*\*(?=[^\s*.,;:!?)])([^*]++)(?<=[^\s(])\*\*(?![^\s.,;:!?)])")
_NEAREST = N_("These pages come nearest:")
_UNFINISHED = {
    "aborted": N_("stopped"),
    "length": N_("cut off at the length limit"),
    "saving": N_("kept short to save the battery; {regenerate} writes all of it"),
    "failed": N_("cut off: the engine failed"),
    "": N_("interrupted"),
}


class GrowingLine(Static):
    """The line that an answer is being written on, without the signs around bold text."""

    def __init__(self, *, classes: str) -> None:
        super().__init__("", classes=f"{classes} -empty", markup=False)
        self._lines = 0

    def put(self, text: str) -> None:
        """Show ``text``; the screen is laid out again only when its height changes."""
        content = Content(_BOLD.sub(r"\1", text))
        width = self.content_size.width
        lines = content.get_height({}, width) if text and width else 0
        self.set_class(not text, "-empty")
        self.update(content, layout=lines != self._lines or not lines)
        self._lines = lines


class TurnView(Vertical):
    """Shows a question, its answer as it streams, and where the answer comes from.

    ``passages`` are what the sources pane shows when this turn is selected; ``replaces`` says
    that the turn before goes when this one begins to be answered; ``kept_as`` is its number in the
    history once it is done, negative where it is not kept, 0 where it failed.
    """

    class Chosen(Message):
        """The technician clicked this turn, perhaps the ``number`` of one of its sources."""

        def __init__(self, turn: TurnView, number: int | None) -> None:
            super().__init__()
            self.turn = turn
            self.number = number

    def __init__(self, question: str, *, replaces: bool = False) -> None:
        super().__init__()
        self.question = clean(question)
        self.replaces = replaces
        self.kept_as = 0
        self.passages: tuple[Passage, ...] = ()
        self.cited: tuple[Passage, ...] = ()
        self.answer = ""
        self.done = False
        self._words = InWords(_)
        self._markdown: AnswerMarkdown | None = None
        self._line = ""  # the line being written, which is no Markdown yet

    def compose(self) -> ComposeResult:
        """Lay out the question, the note while waiting, and the footer."""
        yield Static(Content(self.question), classes="question", markup=False)
        yield Static("", classes="note", markup=False)
        yield GrowingLine(classes="line")
        yield Static("", classes="doubts", markup=False)
        yield Static("", classes="pages", markup=False)
        yield Static("", classes="footer", markup=False)

    def on_mount(self) -> None:
        """Show what is there."""
        self._show("doubts", "")
        self._show("pages", "")
        self._show("footer", "")
        if not self.done:
            self.wait("")

    def on_click(self, event: events.Click) -> None:
        """Select this turn's sources, or go to the one that was clicked."""
        event.stop()
        self.post_message(self.Chosen(self, number_at(self.screen, event)))

    def find(self, found: Found) -> None:
        """Take what the answer will rest on."""
        self.passages = found.passages
        self._words.state, self._words.pages = found.state, len(found.passages)

    def wait(self, text: str) -> None:
        """Say what the answer waits for."""
        self._show("note", clean_line(text))

    async def say(self, text: str) -> None:
        """Add a piece of the answer.

        Only whole lines become Markdown: laying that out for every word takes more than twice the
        processor time, which the model needs.
        """
        text = self._words.add(clean(text))
        self.answer += text
        if self._markdown is None:
            if not self.answer.strip():
                return
            text = self.answer.lstrip()
            await self._start("")
        whole, newline, self._line = (self._line + text).rpartition("\n")
        if newline and self._markdown is not None:
            self._markdown.append(whole + newline)
        self.query_one(GrowingLine).put(self._line)

    async def end(self, ended: Ended) -> None:
        """Show the answer as it is kept, and its sources."""
        kept = ended.kept
        self.done = True
        self.kept_as = kept.id
        self.passages = kept.passages
        self._words.state, self._words.pages = kept.state, len(kept.passages)
        self.cited = ended.cited
        self.wait("")
        self._end_line()
        text = clean(kept.answer).strip()
        if ended.refused:
            await self._show_refusal(text)
        elif text:
            await self._show_answer(text)
        elif kept.finish in {"search", "failed"}:
            self._show("note", _("No answer was written. This is what the manuals hold:"))
            self._show("pages", _listed(self.passages))
            if not self.passages:
                self._show("footer", _("No page of the manuals matches."))
            return
        self._footer(ended)
        await self._show_rows(ended)

    async def fail(self) -> None:
        """Keep what was said and mark it; the reason is told beside it."""
        self.done = True
        self.wait("")
        self._end_line()
        if self.answer:
            self._show("footer", _(_UNFINISHED["failed"]))

    def unkept(self) -> StoredTurn:
        """What failed, as long as the conversation is on the screen; it has no id."""
        return StoredTurn(
            id=0,
            question=self.question,
            answer=self.answer,
            passages=self.passages,
            stats=None,
            finish="failed",
            created=datetime.now(UTC),
        )

    def is_again(self, other: TurnView) -> bool:
        """Whether this shows the turn that ``other`` showed."""
        return bool(self.kept_as) and self.kept_as == other.kept_as

    def copied(self) -> str:
        """Return the answer and its sources as plain text for the clipboard."""
        sources = [f"[{n}] {_label(p)}" for n, p in enumerate(self.passages, 1)]
        answer = in_words(self.answer, self._words.state, len(self.passages)).strip()
        return "\n".join([answer, *([""] if sources else []), *sources])

    async def _start(self, text: str) -> None:
        from fieldkit.chat.widgets.markdown import AnswerMarkdown

        self.wait("")
        self._markdown = AnswerMarkdown(text)
        await self.mount(self._markdown, before=self.query_one(GrowingLine))

    def _end_line(self) -> None:
        """What stands on the last line is the answer's, too."""
        line, self._line = self._line, ""
        if line and self._markdown is not None:
            self._markdown.append(line)
        for growing in self.query(GrowingLine):  # none any more while the turn is taken away
            growing.put("")

    async def _show_answer(self, text: str) -> None:
        if self._markdown is None:
            await self._start(text)
        elif text != self.answer.strip():
            self._markdown.update(text)
        self.answer = text

    async def _show_refusal(self, text: str) -> None:
        """Say it plainly, whatever words the model adds to it."""
        if self._markdown is not None:
            await self._markdown.remove()
            self._markdown = None
        self.answer = text
        self.add_class("-refused")
        rest = text.removeprefix(REFUSAL).strip()
        said = in_words(f"{REFUSAL} {rest}", self._words.state, len(self.passages))
        self._show("note", said.strip())

    @property
    def sources_title(self) -> str:
        """What the passages of this turn are to its answer."""
        if self.has_class("-refused"):
            return _("Nearest pages")
        if self.done and self.answer and not self.cited:
            return _("Sources (the answer names none)")
        return _("Sources")

    def _footer(self, ended: Ended) -> None:
        lines = []
        if ended.refused:
            if self.passages:
                lines = [_(_NEAREST), _listed(self.passages)]
        elif self.cited:
            lines = [_listed(self.cited, self.passages)]
        elif self.answer and self.passages:
            told = _("The answer names no page. It was given these:")
            lines = [told, _listed(self.passages)]
        state = keys_of(self).fill(_(_UNFINISHED.get(ended.kept.finish, "")))
        facts = " · ".join(part for part in (state, _figures(ended.kept.stats)) if part)
        self._show("doubts", "\n".join(doubts(ended.kept)))
        self._show("pages", "\n".join(lines))
        self._show("footer", facts)
        if state:
            self.add_class("-unfinished")

    async def _show_rows(self, ended: Ended) -> None:
        """Show the rows of tables that answer, below the pages that are cited."""
        from fieldkit.chat.app import AssistantApp

        if not ended.cited or not isinstance(self.app, AssistantApp):
            return
        app, kept = self.app, ended.kept
        sources = Sources.of(
            kept.passages, ended.cited, kept.question, app.assistant.language, kept.answer
        )
        order = list(kept.passages)
        shown = [
            RowTable(rows.answering, f"[{order.index(passage) + 1}]")
            for passage in ended.cited
            for rows in sources.rows(app.library, passage)
            if rows.answering.rows
        ]
        if shown:
            await self.mount(*shown, after=self.query_one(".pages"))

    def _show(self, part: str, text: str) -> None:
        widget = self.query_one(f".{part}", Static)
        widget.update(Content(clean(text)))
        widget.set_class(not text, "-empty")


def _label(passage: Passage) -> str:
    return clean_line(label(passage))


def _listed(passages: Sequence[Passage], numbered_in: Sequence[Passage] = ()) -> str:
    """One line a passage, with the number the answer cites it by."""
    order = list(numbered_in or passages)
    return "\n".join(f"[{order.index(p) + 1}] {_label(p)}" for p in passages)


def _figures(stats: Stats | None) -> str:
    if stats is None or not stats.completion_tokens:
        return ""
    return _("first word after {seconds} s, {rate} tok/s").format(
        seconds=figure(stats.ttft_s, 1), rate=figure(stats.decode_tps)
    )
