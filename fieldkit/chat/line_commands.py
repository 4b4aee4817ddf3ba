"""What the line mode does when a command is typed instead of a question."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.chat import i18n, language, licences, preferences
from fieldkit.chat.action import Action
from fieldkit.chat.actions import LINE_ACTIONS
from fieldkit.chat.battery import BatteryWatch, chosen, told
from fieldkit.chat.commands import COMMANDS, Typed, number
from fieldkit.chat.doubts import WITHDRAWN
from fieldkit.chat.driver import Driver
from fieldkit.chat.elsewhere import missing
from fieldkit.chat.i18n import N_, _, ngettext
from fieldkit.chat.line_sharing import LineSharing
from fieldkit.chat.line_shelf import LineShelf
from fieldkit.chat.pages import Pages
from fieldkit.chat.pagetext import page_text
from fieldkit.chat.paperwork import Paperwork
from fieldkit.chat.quotation import quote_lines
from fieldkit.chat.reports import Reports
from fieldkit.chat.seat import Seat
from fieldkit.chat.session import Session
from fieldkit.chat.shelving import ALL
from fieldkit.chat.store import Hit, Store
from fieldkit.chat.talk import Talk
from fieldkit.chat.wording import label, problem, said_in
from fieldkit.console import Console
from fieldkit.core.release import Assistant
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import FieldkitError

# Colours, clipboard and reading ahead belong to a screen.
_OF_THE_SCREEN = {"/keys", "/theme", "/copy", "/code", "/ahead", "/printed"}
KNOWN: tuple[Action, ...] = tuple(
    action for action in (*COMMANDS, *LINE_ACTIONS) if action.command not in _OF_THE_SCREEN
)
_GONE = N_("The history is not available.")
_NOTHING_ASKED = N_("Nothing was asked yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is installed and around it, as far as commands need it."""

    assistant: Assistant
    folder: Path
    library: Pages
    paperwork: Paperwork
    reports: Reports
    seat: Seat
    watch: BatteryWatch
    preferences: Path | None
    shelf: LineShelf


class LineCommands(LineSharing):
    """Obeys ``/help`` and all the others; what they print are plain lines."""

    def __init__(
        self,
        talk: Talk,
        *,
        console: Console,
        driver: Driver,
        session: Session,
        store: Store | None,
        release: Release,
    ) -> None:
        super().__init__(
            talk, console=console, session=session, reports=release.reports, seat=release.seat
        )
        self._driver = driver
        self._store = store
        self._release = release
        self._listed: tuple[Hit, ...] = ()

    def obey(self, typed: Typed) -> None:
        """Do what was typed; what goes wrong is told, and the conversation goes on."""
        if typed.problem:
            self._out(typed.problem)
            return
        method = getattr(self, f"_{typed.action.command[1:]}")
        try:
            method(typed.argument) if typed.action.argument else method()
        except FieldkitError as error:
            self._out(problem(error))

    def _help(self) -> None:
        self._out(_("Type a question and press Enter. The answer names the pages it comes from."))
        for action in KNOWN:
            self._out(f"{action.usage}: {_(action.in_lines or action.help)}")
        self._out(
            _("Ctrl-C stops an answer; a second Ctrl-C leaves. So does the end of the input.")
        )

    def _stop(self) -> None:
        self._out(_("Nothing is being answered. Ctrl-C stops an answer."))

    def _sources(self) -> None:
        passages = self._talk.last.kept.passages if self._talk.last else ()
        if not passages:
            self._out(_("The last answer has no sources."))
        for position, passage in enumerate(passages, 1):
            self._out(f"[{position}] {clean_line(label(passage))}")
            self._out(clean(passage.text).strip())

    def _page(self, which: str) -> None:
        passages = self._talk.last.kept.passages if self._talk.last else ()
        position = number(which, len(passages))
        if position is None:
            self._out(_("There is no such source. /sources lists those of the last answer."))
            return
        passage = passages[position - 1]
        try:
            page = self._release.library.page(passage.document, passage.page, passage.revision)
        except KeyError:  # the history can be older than the manuals
            self._out(_("This page is not in the installed manuals any more. The passage was:"))
            page = passage.text
        self._out(clean_line(label(passage)))
        self._out(page_text(page, "").text)

    def _again(self) -> None:
        if self._talk.last is None:
            self._out(_(_NOTHING_ASKED))
        else:
            self._talk.ask(self._talk.last.kept.question, again=True)

    def _edit(self, question: str) -> None:
        if self._talk.last is None:
            self._out(_(_NOTHING_ASKED))
        elif not question:
            question = clean(self._talk.last.kept.question)
            self._out(_("The last question: {question}").format(question=question))
            self._out(_("/edit QUESTION asks another one in its place."))
        else:
            self._talk.ask(question, again=True)

    def _search(self, words: str) -> None:
        self._talk.search(words)

    def _new(self) -> None:
        self._talk.change(self._driver.new)
        self._out(_("New conversation."))

    def _branch(self, which: str) -> None:
        turns = tuple(self._session.turns)
        position = number(which, len(turns)) if which else len(turns)
        if not position:
            self._out(_("There is no such answer to go on from."))
            return
        opened = self._talk.change(lambda: self._driver.branch(turns[position - 1].id))
        count = len(opened.turns)
        told = ngettext(
            "New conversation: {count} question of this one.",
            "New conversation: {count} questions of this one.",
            count,
        )
        self._out(told.format(count=count))

    def _conversations(self) -> None:
        if self._store is None:
            self._out(_(_GONE))
            return
        self._list([Hit(conversation=entry, excerpt="") for entry in self._store.conversations()])

    def _find(self, words: str) -> None:
        if self._store is None:
            self._out(_(_GONE))
            return
        self._list(self._store.search(words))

    def _resume(self, which: str) -> None:
        position = number(which, len(self._listed))
        if position is None:
            self._out(_("/conversations or /find lists conversations with their numbers."))
            return
        hit = self._listed[position - 1]
        wanted = hit.conversation.id
        opened = self._talk.change(lambda: self._driver.resume(wanted, found=hit.turn))
        self._out(f"{clean_line(opened.title) or _('It is gone')}: {_count(len(opened.turns))}.")
        if opened.turns:
            last = opened.turns[-1]
            if found := [turn for turn in opened.turns if hit.turn and turn.id == hit.turn]:
                last = found[0]
                self._out(_("Found: {question}").format(question=clean(last.question)))
            else:
                self._out(_("The last was: {question}").format(question=clean(last.question)))
            for line in quote_lines(last.quote, last.passages, last.state):
                self._out(line)
            self._out(f"{_('Assistant:')} {clean(said_in(last) or _(WITHDRAWN)).strip()}")

    def _rename(self, title: str) -> None:
        if not self._session.turns:
            self._out(_(_NOTHING_ASKED))
            return
        self._session.rename(title)
        self._out(_("Renamed: {title}").format(title=clean_line(self._session.title)))

    def _delete(self) -> None:
        if not self._session.turns:
            self._out(_("There is nothing to delete."))
            return
        title = clean_line(self._session.title)
        said = _count(len(self._session.turns))
        question = _('Delete "{title}" ({questions}) for good?')
        if self._talk.confirmed(question.format(title=title, questions=said)):
            self._talk.change(self._driver.delete)
            self._out(_("Deleted."))
        else:
            self._out(_("Kept."))

    def _export(self, name: str) -> None:
        self._write(self._release.paperwork.export, name)

    def _handover(self, name: str) -> None:
        self._write(self._release.paperwork.handover, name)

    def _language(self, wanted: str) -> None:
        if not wanted:
            for code, name in i18n.LANGUAGES.items():
                this = ", " + _("this one") if code == i18n.current() else ""
                self._out(f"{code}: {name}{this}")
        elif code := i18n.matching(wanted):
            language.keep(self._release.preferences, i18n.use(code))
            self._out(language.named(i18n.current()))
        else:
            self._out(language.unknown(wanted))

    def _model(self, which: str) -> None:
        texts = licences.licences(self._release.folder)
        if which:
            position = number(which, len(texts))
            self._out(texts[position - 1].text() if position else _("There is no such text."))
            return
        stats = self._talk.last.kept.stats if self._talk.last else None
        for name, value in licences.facts(self._release.assistant, self._talk.info, stats):
            self._out(f"{name}: {value}")
        for position, text in enumerate(texts, 1):
            self._out(_("Licence text {number}: {name}").format(number=position, name=text.name))
        if texts:
            self._out(_("/model NUMBER shows a text."))

    def _battery(self, word: str) -> None:
        watch, path = self._release.watch, self._release.preferences
        if word:
            watch.mode = chosen(word, watch.mode)
            if path is not None:
                with suppress(OSError):  # a choice that cannot be kept holds until the end
                    preferences.save(path, replace(preferences.load(path), battery=watch.mode))
        self._out(told(watch.power))

    def _add(self, path: str) -> None:
        self._release.shelf.add(path, self._talk.confirmed)

    def _remove(self, name: str) -> None:
        if name != ALL or self._talk.confirmed(_("Remove all documents of your own?")):
            self._release.shelf.remove(name)

    def _documents(self) -> None:
        self._release.shelf.documents()
        if left_out := missing(self._release.library.left_out()):
            self._out(_("Not searched"))
        for line in left_out:
            self._out(f"    {line}")

    def _restart(self) -> None:
        if self._driver.running:
            self._out(_("The engine is running."))
        else:
            self._driver.restart()

    def _list(self, hits: Sequence[Hit]) -> None:
        self._listed = tuple(hits)
        if not hits:
            self._out(_("Nothing found."))
            return
        for position, hit in enumerate(hits, 1):
            entry = hit.conversation
            this = ", " + _("this one") if entry.id == self._session.conversation else ""
            facts = f"{entry.updated.astimezone():%Y-%m-%d %H:%M}, {_count(entry.turns)}{this}"
            self._out(f"{position}. {clean_line(entry.title)} ({facts})")
            if hit.excerpt:
                self._out(f"   {clean_line(hit.excerpt)}")
        self._out(_("/resume NUMBER goes on with one."))


def _count(questions: int) -> str:
    return ngettext("{count} question", "{count} questions", questions).format(count=questions)
