"""The side of the main screen that works on conversations: commands, search, files, clipboard."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from pathlib import Path

from fieldkit.chat import i18n, keyfile, language
from fieldkit.chat.commands import Typed, Unknown, number
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.outfile import AlreadyThere
from fieldkit.chat.recall import Recall
from fieldkit.chat.screens.listening import ListeningScreen
from fieldkit.chat.store import HistoryUnusable, Hit, short_title
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError

_NOTHING_ASKED = N_("Nothing was asked yet.")


class ToolsScreen(ListeningScreen):
    """Obeys what is typed after a slash, and what keys and palette call by the same names."""

    def __init__(self) -> None:
        super().__init__()
        self._earlier = Recall()

    async def obey(self, command: Typed | Unknown, text: str) -> None:
        """Do what was typed as ``text``; what cannot be done is given back with the reason."""
        if isinstance(command, Unknown) or command.problem:
            self._tell(command.problem)
            self._composer.put(text)
            return
        method = getattr(self, f"action_{command.action.name}")
        result = method(command.argument) if command.action.argument else method()
        if isawaitable(result):
            await result

    async def ask(self, question: str, *, again: bool = False, search: bool = False) -> None:
        """Put a question into the conversation, or in place of its last, and hand it on.

        ``search``: only the manuals are searched.
        """
        turn = TurnView(question, replaces=again)
        waits = "" if self._engine_running else _("Waiting for the model to load")
        # Handed over before anything is awaited, so that a key pressed now finds it waiting.
        self._waiting.append(turn)
        if search:
            self.app.driver.search(question)
        else:
            self.app.driver.ask(question, again=again)
        await self._transcript.add(turn)
        if not turn.done:
            turn.wait(_("Waiting for the answer before") if self._active else waits)

    async def action_search_manuals(self, words: str = "") -> None:
        """Show the pages that hold the words."""
        if words:
            await self.ask(words, search=True)
        else:
            self._offer("/search ")

    def action_find(self, words: str = "") -> None:
        """Show the conversations in which the words were said."""
        self._conversations(words, finding=True)

    def action_conversations(self) -> None:
        """Show the earlier conversations."""
        self._conversations("", finding=False)

    def action_branch(self, which: str = "") -> None:
        """Go on from an answer, the selected one if no number is given, in a new conversation."""
        said = self.app.said
        position = number(which, len(said))
        kept_as = said[position - 1].id if position else 0
        if not which and self._selected is not None:
            kept_as = self._selected.kept_as
        if not kept_as:
            self._tell(_("There is no such answer to go on from."))
            return
        self._composer.focus()
        self.app.driver.branch(kept_as)
        self.notify(_("A new conversation goes on from here."), markup=False, timeout=3)

    def action_rename(self, title: str = "") -> None:
        """Give the conversation another title."""
        if not self.app.said:
            self._tell(_(_NOTHING_ASKED))
        elif not title:
            self._offer(f"/rename {clean_line(self.app.driver_title)}")
        else:
            try:
                self.app.rename(title)
            except HistoryUnusable as error:
                self._tell(problem(error))
            self._head(short_title(title))

    def action_delete(self) -> None:
        """Delete the conversation when the technician says so once more."""
        if not self.app.said:
            self._tell(_("There is nothing to delete."))
            return
        title = clean_line(self.app.driver_title)
        question = _('Delete "{title}" for good?').format(title=title)
        self._confirm(question, _("Delete"), self.app.driver.delete)

    def action_export(self, name: str = "") -> None:
        """Write the conversation as Markdown."""
        self._write(self.app.paperwork.export, name)

    def action_handover(self, name: str = "") -> None:
        """Write the sheet for the next shift."""
        self._write(self.app.paperwork.handover, name)

    def action_copy_answer(self) -> None:
        """Copy the selected answer and its sources."""
        turn = self._selected
        copied = turn.copied() if turn else ""
        if not copied:
            self._tell(_("There is no answer to copy."))
        else:
            self._copy(
                copied,
                _("Answer and sources copied."),
                _("Answer and sources sent to the terminal."),
            )

    async def action_toggle_withdrawn(self) -> None:
        """Show or hide the selected answer that was withdrawn."""
        turn = self._selected
        if turn is None or not await turn.toggle_withdrawn():
            self._tell(_("This answer was not withdrawn."))

    def action_copy_code(self) -> None:
        """Copy the last code block or table of the selected answer."""
        from fieldkit.chat.blocks import last_block

        block = last_block(self._selected.answer) if self._selected else ""
        if block:
            self._copy(block, _("Code block copied."), _("Code block sent to the terminal."))
        else:
            self._tell(_("There is no code block in this answer."))

    def action_copy_selection(self) -> None:
        """Copy what is marked with the mouse."""
        marked = self.get_selected_text()
        if marked:
            self._copy(marked, _("Copied."), _("Sent to the terminal."))
        else:
            self._tell(_("Nothing is marked. Drag over text with the mouse."))

    async def action_language(self, wanted: str = "") -> None:
        """Speak another language: the one that is named, or the next."""
        code = i18n.matching(wanted) if wanted else language.after(i18n.current())
        if not code:
            self._tell(language.unknown(wanted))
        elif self._active or self._waiting:
            self._tell(self._hint(_("Wait for the answer, or stop it with {stop}.")))
        else:
            told = language.named(self.app.speak(code))
            await self._translate()
            self.notify(told, markup=False, timeout=3)

    async def _translate(self) -> None:
        """Write everything on the screen anew."""

    def action_keys(self) -> None:
        """Show all keys, and write the file in which they can be changed if there is none."""
        from fieldkit.chat.screens.keys import KeysScreen

        self.app.push_screen(KeysScreen(self._about_keys()))

    def _about_keys(self) -> str:
        path = self.app.keys_path
        if path is None:
            return _("Keys cannot be changed here.")
        try:
            written = keyfile.write_template(path)
        except FieldkitError as error:
            return problem(error)
        file = clean_line(str(path))
        if written:
            return _("Written, to change keys from the next start on: {file}").format(file=file)
        return _("Keys are changed in {file}, from the next start on.").format(file=file)

    def action_model(self, which: str = "") -> None:
        """Show the model and the licence texts, or one text."""
        from fieldkit.chat.licences import facts, licences
        from fieldkit.chat.screens.model import ModelScreen

        app = self.app
        last = app.said[-1].stats if app.said else None
        texts = licences(app.release_dir)
        position = number(which, len(texts))
        if which and position is None:
            self._tell(_("There is no such licence text."))
        else:
            rows = facts(app.assistant, self._info, last)
            app.push_screen(ModelScreen(rows, texts, first=position or 0))

    def _conversations(self, words: str, *, finding: bool) -> None:
        store = self.app.store
        if store is None:
            self._tell(_("The history is not available."))
            return
        from fieldkit.chat.screens.conversations import ConversationsScreen

        screen = ConversationsScreen(
            store,
            self.app.conversation,
            forget=self.app.driver.delete,
            words=words if finding else None,
        )

        def picked(hit: Hit | None) -> None:
            title = screen.renamed.get(self.app.conversation or 0)
            if hit is not None:
                self.app.driver.resume(hit.conversation.id, found=hit.turn)
            elif title:
                self.app.rename(title)
                self._head(title)

        self.app.push_screen(screen, picked)

    def _write(self, way: Callable[..., Path], name: str, *, replace: bool = False) -> None:
        try:
            path = way(name, replace=replace)
        except AlreadyThere as there:
            question = _("{path} exists. Replace it?").format(path=there.path)
            self._confirm(question, _("Replace"), lambda: self._write(way, name, replace=True))
        except FieldkitError as error:
            self._tell(problem(error))
        else:
            told = _("Written: {path}").format(path=clean_line(str(path)))
            self.notify(told, markup=False, timeout=8)

    def _confirm(self, question: str, word: str, then: Callable[[], None]) -> None:
        from fieldkit.chat.screens.confirm import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                then()

        self.app.push_screen(ConfirmScreen(question, word), answered)

    def action_paste(self) -> None:
        """Paste what the system's clipboard holds into the input."""
        self._composer.focus()
        self.app.paste(self._paste)

    def _paste(self, text: str) -> None:
        if text:
            self._composer.paste(text)
        else:
            self._tell(_("There is nothing to paste. The terminal's own key may know more."))

    def _copy(self, text: str, copied: str, sent: str) -> None:
        """Copy, and say honestly what came of it."""

        def tell(held: bool) -> None:
            if held:
                self.notify(copied, markup=False, timeout=2)
            else:
                hint = _("If nothing pastes, mark it with Shift and the mouse, or export it.")
                self.notify(f"{sent} {hint}", markup=False, timeout=6)

        self.app.copy(text, tell)

    def _offer(self, text: str) -> None:
        """Let a command be finished in the input."""
        if self._composer.text.strip():
            self._tell(_("Send or clear what is typed first."))
            return
        self._composer.put(text)
        self._composer.focus()

    def _asked_before(self) -> list[str]:
        """The questions on the screen and in the history, newest first."""
        asked = self._transcript.questions[::-1]
        if self.app.store is not None:
            try:
                asked += self.app.store.questions()
            except HistoryUnusable:  # told when something is to be kept
                return asked
        return asked

    def _may_replace(self) -> bool:
        """Whether the last question can be asked again now; if not, the technician is told why."""
        if self._active or self._waiting:
            self._tell(self._hint(_("Wait for the answer, or stop it with {stop}.")))
        elif not self._engine_running:
            self._tell(_("The engine is not running."))
        elif not self._transcript.questions:
            self._tell(_(_NOTHING_ASKED))
        else:
            return True
        return False

    def _tell(self, text: str) -> None:
        self.notify(text, severity="warning", markup=False)
