"""The side of the main screen about people: reports for IT, and who sits at the assistant."""

from __future__ import annotations

from dataclasses import replace

from fieldkit.chat.i18n import _
from fieldkit.chat.people import Person
from fieldkit.chat.screens.tools import ToolsScreen
from fieldkit.chat.seat import Change, Seat, label
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError


class SharingScreen(ToolsScreen):
    """Flags answers and lets somebody else take the seat."""

    def _greet(self) -> None:
        """Tell what became of the change of seats, and ask who is there where that is open."""
        seat = self.app.seat
        if seat is not None and seat.note:
            self.notify(seat.note, markup=False, timeout=8)
        if seat is not None and seat.ask:
            self.ask_who(starting=True)

    def action_wrong(self, what: str = "") -> None:
        """Show the form that flags the selected answer, the last one if none is selected."""
        reports, turn = self.app.reports, self._flagged()
        if reports is None or turn is None:
            self._tell(_("There is no answer to flag."))
            return
        from fieldkit.chat.flagging import read_what, usual_kind
        from fieldkit.chat.screens.wrong import WrongScreen

        try:
            draft = reports.draft(turn, self.app.said)
        except FieldkitError as error:
            self._tell(problem(error))
            return
        kind, comment = read_what(what)
        screen = WrongScreen(draft, reports.keep, kind=kind or usual_kind(turn), comment=comment)

        def kept(told: str | None) -> None:
            if told:
                self.notify(told, markup=False, timeout=8)

        self.app.push_screen(screen, kept)

    def action_feedback(self, order: str = "") -> None:
        """Say how many reports wait, write them for the stick, or delete what was handed over."""
        reports = self.app.reports
        if reports is None:
            self._tell(_("There are no reports here."))
            return
        from fieldkit.chat.reports import read_order

        try:
            what, name = read_order(order)
            if what == "delete":
                question = _("Delete the reports that were handed over?")
                self._confirm(question, _("Delete"), self._delete_handed)
            elif what:
                again = what == "again"
                self._write(
                    lambda name, *, replace: reports.export(name, again=again, replace=replace),
                    name,
                )
            else:
                self.notify(reports.waiting(), markup=False, timeout=8)
        except FieldkitError as error:
            self._tell(problem(error))

    def action_who(self, name: str = "") -> None:
        """Show the people, or let the one of this name take the seat."""
        seat = self.app.seat
        if seat is None:
            self._tell(_("Nobody else can be here."))
        elif not name:
            self.ask_who()
        elif (person := seat.people.named(name)) is None:
            question = _("There is nobody called {name}. Add {name}?").format(name=clean_line(name))
            self._confirm(question, _("Add"), lambda: self._add(seat, name))
        elif person.key == seat.person.key:
            self._tell(_("It is you: {name}.").format(name=label(person)))
        else:
            self.app.leave_to(Change(person=person))

    def action_name(self, name: str = "") -> None:
        """Give whoever is here another name."""
        seat = self.app.seat
        if seat is None:
            self._tell(_("Nobody else can be here."))
        elif not name:
            self._offer("/name ")
        else:
            try:
                person = seat.people.rename(seat.person, name)
            except FieldkitError as error:
                self._tell(problem(error))
                return
            self._renamed(replace(seat, person=person))
            told = _("You are {name} now.").format(name=label(person))
            self.notify(told, markup=False, timeout=3)

    def action_forget(self, name: str = "") -> None:
        """Delete a person, whoever is here if no name is given, when told so once more."""
        seat = self.app.seat
        person = None if seat is None else seat.people.named(name) if name else seat.person
        if seat is None or person is None:
            self._tell(_("There is nobody called {name}.").format(name=clean_line(name)))
            return
        leaving = person
        question = _("Delete {name} with all conversations and preferences for good?")
        self._confirm(
            question.format(name=label(person)),
            _("Delete"),
            lambda: self._forget(seat, leaving),
        )

    def ask_who(self, *, starting: bool = False) -> None:
        """Show the people of this account."""
        from fieldkit.chat.screens.people import PeopleScreen

        seat = self.app.seat
        if seat is None:
            return
        screen = PeopleScreen(seat, starting=starting)

        def answered(change: Change | None) -> None:
            if change is not None:
                self.app.leave_to(change)
            elif screen.renamed is not None:
                self._renamed(replace(seat, person=screen.renamed))

        self.app.push_screen(screen, answered)

    def _add(self, seat: Seat, name: str) -> None:
        try:
            person = seat.people.add(name)
        except FieldkitError as error:
            self._tell(problem(error))
        else:
            self.app.leave_to(Change(person=person))

    def _forget(self, seat: Seat, person: Person) -> None:
        if person.key == seat.person.key:
            self.app.leave_to(Change(person=seat.next_after(person), forget=person))
            return
        try:
            seat.people.remove(person)
        except FieldkitError as error:
            self._tell(problem(error))
        else:
            told = _("{name} is deleted, with everything of theirs.").format(name=label(person))
            self.notify(told, markup=False, timeout=8)
            self._renamed(seat)

    def _renamed(self, seat: Seat) -> None:
        """Show the names as they are now."""
        self.app.seat = seat
        self._head(self.app.driver_title)

    def _delete_handed(self) -> None:
        reports = self.app.reports
        assert reports is not None
        try:
            self.notify(reports.forget_handed(), markup=False, timeout=8)
        except FieldkitError as error:
            self._tell(problem(error))

    def _flagged(self) -> StoredTurn | None:
        """The answer that is selected, or the last one; None where there is none yet."""
        said = self.app.said
        wanted = self._selected.kept_as if self._selected is not None else 0
        chosen = next((turn for turn in said if wanted and turn.id == wanted), None)
        return chosen or (said[-1] if said else None)
