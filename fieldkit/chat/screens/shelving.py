"""The side of the main screen that adds, lists and removes the technician's own documents."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from fieldkit.chat.i18n import _
from fieldkit.chat.screens.sharing import SharingScreen
from fieldkit.chat.shelving import ALL, Outcome, Shelving, many_question
from fieldkit.chat.wording import problem
from fieldkit.errors import FieldkitError


class ShelvingScreen(SharingScreen):
    """Hands changes to the thread of ``Shelving`` and notes in the conversation what came of it."""

    class Changed(Message):
        """Something to show of a change; crosses from its thread."""

        def __init__(self, show: Callable[[], None]) -> None:
            super().__init__()
            self.show = show

    def on_shelving_screen_changed(self, message: Changed) -> None:
        """Show it."""
        message.show()

    def action_add_document(self, path: str = "") -> None:
        """Add a file or a folder to the own documents."""
        if not path:
            self._offer("/add ")
        elif (shelving := self._shelving()) is not None:
            self._add_documents(shelving, path)

    def _add_documents(self, shelving: Shelving, path: str, *, yes: bool = False) -> None:
        """Add ``path``; where that is much, after a yes."""

        def done(outcome: Outcome) -> None:
            if (many := outcome.many) is None:
                self._shelving_done(outcome)
                return

            def ask() -> None:
                self._confirm(
                    many_question(many),
                    _("Add"),
                    lambda: self._add_documents(shelving, path, yes=True),
                )

            self.post_message(self.Changed(ask))

        shelving.add(path, self._shelving_progress, done, yes=yes)

    def action_documents(self) -> None:
        """Show the own documents."""
        if (shelving := self._shelving()) is None:
            return
        try:
            documents = shelving.listed()
        except FieldkitError as error:
            self._tell(problem(error))
            return
        from fieldkit.chat.screens.documents import DocumentsScreen

        def left(adding: bool | None) -> None:
            if adding:
                self._offer("/add ")

        self.app.push_screen(DocumentsScreen(documents, self.action_remove_document), left)

    def action_remove_document(self, name: str = "") -> None:
        """Remove an own document by its name."""
        if not name:
            self._offer("/remove ")
        elif (shelving := self._shelving()) is not None:

            def remove() -> None:
                shelving.remove(name, self._shelving_progress, self._shelving_done)

            if name == ALL:
                self._confirm(_("Remove all documents of your own?"), _("Remove"), remove)
            else:
                remove()

    def mend_documents(self) -> None:
        """Mend own documents that cannot be searched, in the background."""
        if (shelving := self.app.shelving) is not None:
            shelving.mend(self._shelving_progress, self._shelving_done)

    def _shelving(self) -> Shelving | None:
        if self.app.shelving is None:
            self._tell(_("Your own documents are not available."))
        return self.app.shelving

    def _shelving_progress(self, text: str) -> None:
        """Show what is being done; called on another thread."""
        self.post_message(self.Changed(lambda: self._status.change(note=text)))

    def _shelving_done(self, outcome: Outcome) -> None:
        """Tell what came of it; called on another thread."""
        kind = "error" if outcome.failure or outcome.refused else "info"

        def show() -> None:
            self._transcript.note("\n".join(outcome.sentences()), kind)

        self.post_message(self.Changed(show))
