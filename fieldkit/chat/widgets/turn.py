"""One question and its answer in the conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldkit.chat.bindings import keys_of
from fieldkit.chat.doubts import WITHDRAWN, checked_of, doubts
from fieldkit.chat.i18n import N_, _, figure
from fieldkit.chat.marking import NOTHING, Marking, Style, marking, remarks_of
from fieldkit.chat.pages import Sources
from fieldkit.chat.quotation import quote_lines
from fieldkit.chat.session import Ended, Found
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.tablerows import Rows
from fieldkit.chat.widgets.citations import number_at
from fieldkit.chat.widgets.placing import note_style, origins, placed
from fieldkit.chat.widgets.quoted import QuoteView
from fieldkit.chat.widgets.rowtable import RowTable
from fieldkit.chat.wording import in_words, label
from fieldkit.core.citation import NOT_SURE, REFUSAL, Passage, State
from fieldkit.core.cited import Undangled, without_dangling
from fieldkit.core.claims import Checked
from fieldkit.core.generation import Stats
from fieldkit.core.quote import Quote
from fieldkit.core.refusal import InWords
from fieldkit.core.text import clean, clean_line

if TYPE_CHECKING:
    from fieldkit.chat.widgets.markdown import AnswerMarkdown

# Bold text that is complete; the signs of any other stay until the line is whole.
_BOLD = re.compile(r"(?<![^\s(])\*\*(?=[^\s*.,;:!?)])([^*]++)(?<=[^\s(])\*\*(?![^\s.,;:!?)])")
_ASSISTANT = N_("Assistant")
_UNSURE = N_("Assistant, not sure: check the page")
_WITHDRAWN = N_("Assistant, withdrawn: not what the manual says")
_TRY = N_("Try the words of the manual, a fault code or a part number.")
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

    COMPONENT_CLASSES: ClassVar[set[str]] = {*Style, "answer--note", "answer--fault"}

    def __init__(self, *, classes: str) -> None:
        super().__init__("", classes=f"{classes} -empty", markup=False)
        self._lines = 0

    def put(self, text: str, marking: Marking = NOTHING) -> None:
        """Show ``text`` and its ``marking``; laid out again only when its height changes."""
        content = Content(_BOLD.sub(r"\1", text))
        if marking.any:
            content = placed(content, origins(content.plain, text), marking)
            noted = (Content.styled(note, note_style(note)) for _at, note in marking.notes)
            content = Content("\n").join([content, *noted])
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
        self._marks = Undangled()
        self._markdown: AnswerMarkdown | None = None
        self._line = ""  # the line being written, which is no Markdown yet
        self._state: State | None = None
        self._checked: Checked | None = None
        self._marking = NOTHING
        self._withdrawn = ""

    def compose(self) -> ComposeResult:
        """Lay out the question, the quote, the note while waiting, and the footer."""
        yield Static(Content(self.question), classes="question", markup=False)
        yield QuoteView()
        yield Static("", classes="note", markup=False)
        yield Static("", classes="speaker -empty", markup=False)
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
        """Take what the answer will rest on, and show what the manual says of it."""
        self._take(found.passages, found.state, found.quote)

    def _take(
        self, passages: tuple[Passage, ...], state: State | None, quote: Quote | None
    ) -> None:
        self.passages = passages
        self._state = self._words.state = state
        self._words.pages = len(passages)
        self._marks.passages = passages
        for view in self.query(QuoteView):  # none any more while the turn is taken away
            view.show(self._as_printed(quote), passages, state)

    def _as_printed(self, quote: Quote | None) -> Quote | None:
        """``quote`` with its row as its page has it, where that is in the manuals."""
        from fieldkit.chat.app import AssistantApp

        app = self.app
        if not isinstance(app, AssistantApp):
            return quote
        sources = Sources.of(self.passages, (), self.question, app.assistant.language)
        return sources.printed(app.library, quote)

    def wait(self, text: str) -> None:
        """Say what the answer waits for."""
        self._show("note", clean_line(text))

    async def say(self, text: str) -> None:
        """Add a piece of the answer.

        Only whole lines become Markdown: laying that out for every word takes more than twice the
        processor time, which the model needs.
        """
        text = self._words.add(self._marks.add(clean(text)))
        self.answer += text
        if self._markdown is None:
            if not self.answer.strip():
                return
            text = self.answer.lstrip()
            await self._start("")
        whole, newline, self._line = (self._line + text).rpartition("\n")
        if newline and self._markdown is not None:
            self._markdown.append(whole + newline)
        self._put_line()

    def judge(self, checked: Checked) -> None:
        """Show what the check says of the sentences that ended."""
        self._checked = checked
        self._marking = marking(checked, self.answer.lstrip())
        if self._markdown is not None:
            self._markdown.mark(self._marking)
            self._put_line()

    def _put_line(self) -> None:
        """Show the line that is being written, and what the check says of it."""
        before = len(self._markdown.source) if self._markdown is not None else 0
        part = self._marking.part(before, before + len(self._line) + 1)
        for line in self.query(GrowingLine):  # none any more while the turn is taken away
            line.put(self._line, part)

    async def end(self, ended: Ended) -> None:
        """Show the answer as it is kept, and its sources."""
        kept = ended.kept
        self.done = True
        self.kept_as = kept.id
        self._take(kept.passages, kept.state, kept.quote)
        self._checked = checked_of(kept)
        self.cited = ended.cited
        self.wait("")
        self._end_line()
        text = clean(without_dangling(kept.answer, kept.passages)).strip()
        if ended.refused:
            await self._show_refusal(text)
        elif kept.withdrawn and self.quoted:
            await self._withdraw(text)
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
            state=self._state,
            quote=self.query_one(QuoteView).quote,
            checked=self._checked,
        )

    def is_again(self, other: TurnView) -> bool:
        """Whether this shows the turn that ``other`` showed."""
        return bool(self.kept_as) and self.kept_as == other.kept_as

    def copied(self) -> str:
        """Return the quote, the answer and its sources as plain text; "" where there is neither."""
        sources = [f"[{n}] {_label(p)}" for n, p in enumerate(self.passages, 1)]
        answer = in_words(self.answer, self._words.state, len(self.passages)).strip()
        quote = self.query_one(QuoteView).quote
        parts = [quote_lines(quote, self.passages, self._state)]
        if self._withdrawn:
            parts.append([_(WITHDRAWN)])
        if answer:
            parts.append([_plain(self.query_one(".speaker", Static)), answer])
        if answer or self._withdrawn:
            parts[-1] += remarks_of(self._checked)
        blocks = [block for part in parts if (block := "\n".join(filter(None, part)))]
        return "\n\n".join([*blocks, *(["\n".join(sources)] if sources else [])]) if blocks else ""

    async def _start(self, text: str) -> None:
        from fieldkit.chat.widgets.markdown import AnswerMarkdown

        self.wait("")
        self._speak(_(_UNSURE if self._state is State.PERHAPS else _ASSISTANT))
        self._markdown = AnswerMarkdown(text)
        await self.mount(self._markdown, before=self.query_one(GrowingLine))

    def _speak(self, who: str) -> None:
        """Say whose words follow, where the manual's are above them."""
        self._show("speaker", who if self.quoted else "")
        self.set_class(bool(who) and self.quoted, "-spoken")

    @property
    def quoted(self) -> bool:
        """Whether the manual is quoted above the answer."""
        return any(view.quote is not None for view in self.query(QuoteView))

    async def _withdraw(self, text: str) -> None:
        """Show the quote in place of the answer, and say why."""
        await self._unsay()
        self._withdrawn = text
        hint = keys_of(self).fill(_("{toggle_withdrawn} shows it, marked."))
        self._show("note", "\n".join([_(WITHDRAWN), *remarks_of(self._checked), hint]))
        self.add_class("-withdrawn")

    async def toggle_withdrawn(self) -> bool:
        """Show the answer that was withdrawn, or hide it again; False where none was."""
        if not self._withdrawn:
            return False
        if self._markdown is not None:
            await self._withdraw(self._withdrawn)
        else:
            await self._show_answer(self._withdrawn)
            self._show("note", _(WITHDRAWN))
            self._speak(_(_WITHDRAWN))
            self.call_after_refresh(self.query_one(".speaker").scroll_visible, animate=False)
        return True

    async def _unsay(self) -> None:
        if self._markdown is not None:
            await self._markdown.remove()
            self._markdown = None
        self.answer = ""
        self._speak("")

    def _end_line(self) -> None:
        """What stands on the last line is the answer's, too."""
        line, self._line = self._line, ""
        if line and self._markdown is not None:
            self._markdown.append(line)
        self._put_line()

    async def _show_answer(self, text: str) -> None:
        if self._markdown is None:
            await self._start(text)
        elif text != self.answer.strip():
            self._markdown.update(text)
        self.answer = text
        self._marking = marking(self._checked, text)
        if self._markdown is not None and self._marking.any:
            self._markdown.mark(self._marking)

    async def _show_refusal(self, text: str) -> None:
        """Say it plainly, whatever words the model adds to it."""
        await self._unsay()
        self.answer = text
        self.add_class("-refused")
        rest = text.removeprefix(REFUSAL).strip()
        said = in_words(f"{REFUSAL} {rest}", self._words.state, len(self.passages))
        # "The manuals may answer this on these pages." is above the quote then.
        known = self.quoted and self._state is State.PERHAPS and not rest
        self._show("note", "" if known else said.strip())

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
                perhaps = self.quoted and self._state is State.PERHAPS
                lines = [*([] if perhaps else [_(_NEAREST)]), _listed(self.passages)]
        elif self.cited:
            lines = [_listed(self.cited, self.passages)]
        elif self.answer and self.passages:
            told = _("The answer names no page. It was given these:")
            lines = [told, _listed(self.passages)]
        state = keys_of(self).fill(_(_UNFINISHED.get(ended.kept.finish, "")))
        facts = " · ".join(part for part in (state, _figures(ended.kept.stats)) if part)
        doubted = doubts(ended.kept, marked=True)
        if self.quoted:  # said above the answer
            doubted = [line for line in doubted if line != _(NOT_SURE)]
        self._show("doubts", "\n".join(doubted))
        self._show("pages", "\n".join(lines))
        tried = _(_TRY) if ended.refused and ended.kept.state is State.NONE else ""
        self._show("footer", "\n".join(filter(None, (tried, facts))))
        if state:
            self.add_class("-unfinished")

    async def _show_rows(self, ended: Ended) -> None:
        """Show the rows of tables that answer, below the pages that are cited."""
        from fieldkit.chat.app import AssistantApp

        if not ended.cited or not isinstance(self.app, AssistantApp):
            return
        app, kept = self.app, ended.kept
        sources = Sources.of(
            kept.passages, ended.cited, kept.question, app.assistant.language, kept.valid_answer
        )
        order = list(kept.passages)
        shown = [
            RowTable(rows, f"[{order.index(passage) + 1}]")
            for passage in ended.cited
            for rows in map(self._not_quoted, sources.rows(app.library, passage))
            if rows.rows
        ]
        if shown:
            await self.mount(*shown, after=self.query_one(".pages"))

    def _not_quoted(self, rows: Rows) -> Rows:
        """The rows that answer and that the quote does not show already."""
        quote = self.query_one(QuoteView).quote
        quoted = [cell for _name, cell in quote.row if cell] if quote else []
        kept = (
            row
            for row in rows.answering.rows
            if quoted not in [list(filter(None, cells)) for cells in (row.cells, row.named_cells)]
        )
        return replace(rows, rows=tuple(kept))

    def _show(self, part: str, text: str) -> None:
        widget = self.query_one(f".{part}", Static)
        widget.update(Content(clean(text)))
        widget.set_class(not text, "-empty")


def _plain(widget: Static) -> str:
    """The text that a part of the turn shows."""
    content = widget.content
    return content.plain if isinstance(content, Content) else str(content)


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
