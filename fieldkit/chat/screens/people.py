"""The people of this account: who is there, new ones, other names, deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.people import NAME_LENGTH, Person
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.seat import Change, Seat, label
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError

_KEYS = N_("Enter picks   {add} new   {rename} renames   {delete} deletes   {close}")
_IDS = {name: f"people_screen.{name}" for name in ("add", "rename", "delete", "close")}


class PeopleScreen(Dialog[Change | None]):
    """Lets somebody else take the ``seat``; dismisses with None if nobody does.

    ``starting``: it is shown before anything was asked. ``renamed`` is the person on the seat under
    another name, if it was changed.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("people_screen")

    def __init__(self, seat: Seat, *, starting: bool = False) -> None:
        super().__init__()
        self._seat = seat
        self._starting = starting
        self._people: tuple[Person, ...] = ()
        self._naming: Person | None = None
        self._deleting: Person | None = None
        self.renamed: Person | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list and the line for a name."""
        with Vertical(id="people-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Who is working?") if self._starting else _("People")
            yield OptionList(id="people", markup=False, compact=True)
            yield Input(id="people-input", compact=True, max_length=NAME_LENGTH)
            yield Static(
                _("Each has a history of their own. There are no passwords."),
                id="people-hint",
                markup=False,
            )
            yield Static(self._keys(), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Begin at who was here last."""
        line = self.query_one(Input)
        line.cursor_blink = False
        line.display = False
        self._refresh()
        options = self.query_one(OptionList)
        keys = [person.key for person in self._people]
        if self._seat.person.key in keys:
            options.highlighted = keys.index(self._seat.person.key)
        options.focus()

    def _keys(self) -> str:
        return keys_of(self).fill(_(_KEYS), **_IDS)

    def action_close(self) -> None:
        """Leave the input first, then the screen."""
        if self.query_one(Input).display:
            self._leave_input()
        else:
            self.dismiss(None)

    def action_add(self) -> None:
        """Ask for the name of somebody new."""
        self._naming = None
        self._enter_input("")

    def action_rename(self) -> None:
        """Ask for another name."""
        person = self._highlighted()
        if person is not None:
            self._naming = person
            self._enter_input(clean_line(person.name))

    def action_delete(self) -> None:
        """Delete the highlighted person when asked twice."""
        person = self._highlighted()
        if person is None:
            return
        if self._deleting is None or self._deleting.key != person.key:
            self._deleting = person
            told = _("{delete} again deletes everything of {name}")
            key = keys_of(self).first("people_screen.delete")
            self._say(told.format(delete=key, name=label(person)))
        elif person.key == self._seat.person.key:
            self.dismiss(Change(person=self._seat.next_after(person), forget=person))
        else:
            self._change(lambda: self._seat.people.remove(person))
            self._refresh()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """It is this one."""
        event.stop()
        person = self._people[event.option_index]
        same = person.key == self._seat.person.key
        self.dismiss(None if same else Change(person=person))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another entry: a deletion that was asked for once is off."""
        event.stop()
        person = self._highlighted()
        if self._deleting is not None and (person is None or person.key != self._deleting.key):
            self._deleting = None
            self._say(self._keys())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add or rename."""
        event.stop()
        people, naming, name = self._seat.people, self._naming, event.value
        if naming is None:
            added: list[Person] = []
            if self._change(lambda: added.append(people.add(name))):
                self.dismiss(Change(person=added[0]))
            return
        if self._change(lambda: self._rename(naming, name)):
            self._leave_input()
            self._refresh()

    def _rename(self, person: Person, name: str) -> None:
        renamed = self._seat.people.rename(person, name)
        if person.key == self._seat.person.key:
            self.renamed = renamed

    def _enter_input(self, value: str) -> None:
        line = self.query_one(Input)
        line.placeholder = _("Name")
        line.value = value
        line.display = True
        line.focus()

    def _leave_input(self) -> None:
        self.query_one(Input).display = False
        self.query_one(OptionList).focus()

    def _highlighted(self) -> Person | None:
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._people) else self._people[index]

    def _change(self, change: Callable[[], None]) -> bool:
        try:
            change()
        except FieldkitError as error:
            self.notify(problem(error), severity="error", markup=False)
            return False
        return True

    def _refresh(self) -> None:
        self._people = self._seat.people.everybody()
        self._deleting = None
        options = self.query_one(OptionList)
        index = options.highlighted or 0
        options.clear_options()
        options.add_options(Option(self._line(person)) for person in self._people)
        options.highlighted = min(index, len(self._people) - 1)
        self._say(self._keys())

    def _line(self, person: Person) -> Content:
        mark = "> " if person.key == self._seat.person.key else "  "
        return Content.assemble(Content.styled(mark, "dim"), Content(label(person)))

    def _say(self, text: str) -> None:
        self.query_one(".keys", Static).update(Content(text))
