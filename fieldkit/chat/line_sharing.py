"""What the line mode does about people: reports for IT, and who sits at the assistant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fieldkit.chat.commands import number
from fieldkit.chat.flagging import KIND_NAMES, read_what, shown, usual_kind
from fieldkit.chat.i18n import _
from fieldkit.chat.outfile import AlreadyThere
from fieldkit.chat.reports import Reports, read_order
from fieldkit.chat.seat import Change, Seat, label
from fieldkit.chat.session import Session
from fieldkit.chat.talk import Talk
from fieldkit.console import Console
from fieldkit.core.feedback import KINDS
from fieldkit.core.text import clean_line


class LineSharing:
    """Obeys ``/wrong``, ``/feedback``, ``/who``, ``/name`` and ``/forget``."""

    def __init__(
        self,
        talk: Talk,
        *,
        console: Console,
        session: Session,
        reports: Reports,
        seat: Seat,
    ) -> None:
        self._talk = talk
        self._out = console.out
        self._session = session
        self._reports = reports
        self._seat = seat

    def _wrong(self, what: str) -> None:
        last = self._talk.last
        if last is None:
            self._out(_("There is no answer to flag."))
            return
        draft = self._reports.draft(last.kept, self._session.turns)
        kind, comment = read_what(what)
        kind = kind or self._asked_kind(usual_kind(last.kept))
        if not kind:
            self._out(_("Nothing is kept."))
            return
        if not comment:
            comment = self._talk.line(_("Comment, for IT; or nothing:") + " ") or ""
        question = _("Keep the rest of the conversation, too?")
        conversation = bool(draft.others) and self._talk.confirmed(question)
        record = draft.record(kind, comment, conversation=conversation)
        self._out(_("This is kept, encrypted for IT:"))
        self._out(shown(record))
        if self._talk.confirmed(_("Keep it?")):
            self._out(self._reports.keep(record))
        else:
            self._out(_("Nothing is kept."))

    def _asked_kind(self, usual: str) -> str:
        """The kind that is chosen by number; "" where none is."""
        for position, kind in enumerate(KINDS, 1):
            self._out(f"{position}. {_(KIND_NAMES[kind])}")
        prompt = _("What is wrong? A number, or nothing for {usual}:").format(
            usual=KINDS.index(usual) + 1
        )
        typed = self._talk.line(f"{prompt} ")
        if typed == "":
            return usual
        chosen = number(typed or "", len(KINDS))
        return KINDS[chosen - 1] if chosen else ""

    def _feedback(self, order: str) -> None:
        what, name = read_order(order)
        if what == "delete":
            if self._talk.confirmed(_("Delete the reports that were handed over?")):
                self._out(self._reports.forget_handed())
            else:
                self._out(_("Kept."))
        elif what:
            again = what == "again"
            self._write(
                lambda name, replace=False: self._reports.export(
                    name, again=again, replace=replace
                ),
                name,
            )
        else:
            self._out(self._reports.waiting())

    def _who(self, name: str) -> None:
        people, here = self._seat.people, self._seat.person
        if not name:
            for person in people.everybody():
                this = ", " + _("here now") if person.key == here.key else ""
                self._out(f"{label(person)}{this}")
            self._out(_("/who NAME lets somebody else in; each has a history of their own."))
            return
        found = people.named(name)
        if found is not None and found.key == here.key:
            self._out(_("It is you: {name}.").format(name=label(found)))
        elif found is not None:
            self._talk.successor = Change(person=found)
        else:
            question = _("There is nobody called {name}. Add {name}?").format(name=clean_line(name))
            if self._talk.confirmed(question):
                self._talk.successor = Change(person=people.add(name))
            else:
                self._out(_("Nobody was added."))

    def _name(self, name: str) -> None:
        person = self._seat.people.rename(self._seat.person, name)
        self._seat = replace(self._seat, person=person)
        self._out(_("You are {name} now.").format(name=label(person)))

    def _forget(self, name: str) -> None:
        people, here = self._seat.people, self._seat.person
        person = people.named(name) if name else here
        if person is None:
            self._out(_("There is nobody called {name}.").format(name=clean_line(name)))
            return
        question = _("Delete {name} with all conversations and preferences for good?")
        if not self._talk.confirmed(question.format(name=label(person))):
            self._out(_("Kept."))
        elif person.key == here.key:
            self._talk.successor = Change(person=self._seat.next_after(person), forget=person)
        else:
            people.remove(person)
            told = _("{name} is deleted, with everything of theirs.")
            self._out(told.format(name=label(person)))

    def _write(self, way: Callable[..., Path], name: str) -> None:
        try:
            path = way(name)
        except AlreadyThere as there:
            question = _("{path} exists. Replace it?").format(path=clean_line(str(there.path)))
            if not self._talk.confirmed(question):
                self._out(_("Nothing was written."))
                return
            path = way(name, replace=True)
        self._out(_("Written: {path}").format(path=clean_line(str(path))))
