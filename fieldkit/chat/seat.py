"""Who sits at the assistant, and how somebody else takes the seat.

Another person gets everything anew: history, preferences, documents, and an engine that has read
nothing of what was said before. So a front end ends with a ``Change`` and is begun once more.
"""

from __future__ import annotations

from dataclasses import dataclass

from fieldkit.chat.i18n import _
from fieldkit.chat.people import NO_NAME, People, Person
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, UsageProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who sits down next; ``forget`` is deleted before, once nothing of theirs is open."""

    person: Person
    forget: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One of the ``people`` at the assistant.

    ``ask``: whoever is there is asked first; ``note`` is to be told at the start.
    """

    people: People
    person: Person
    ask: bool = False
    note: str = ""

    @property
    def shared(self) -> bool:
        """Whether there are others."""
        return len(self.people.everybody()) > 1

    @property
    def shown(self) -> str:
        """The name to show beside the assistant's, "" where there is only one person."""
        return label(self.person) if self.shared else ""

    def after(self, change: Change) -> Seat:
        """The seat as ``change`` has it; what cannot be done is told by the new seat's note."""
        note = ""
        if change.forget is not None:
            try:
                self.people.remove(change.forget)
            except FieldkitError as error:
                note = problem(error)
            else:
                name = label(change.forget)
                note = _("{name} is deleted, with everything of theirs.").format(name=name)
        self.people.remember(change.person)
        return Seat(people=self.people, person=change.person, note=note)

    def next_after(self, leaving: Person) -> Person:
        """Who sits down when ``leaving`` is deleted: another person, or nobody in particular."""
        others = [p for p in self.people.everybody() if p.key != leaving.key]
        return others[0] if others else self.people.nobody


def label(person: Person) -> str:
    """What a person is called on the screen."""
    return clean_line(person.name) or _(NO_NAME)


def seat_for(people: People, name: str | None, *, ask: bool) -> Seat:
    """The seat of the person called ``name``, or of who was here last.

    ``ask``: several people are asked who it is, unless a name is given. Raises UsageProblem where
    nobody has that name.
    """
    if name is None:
        return Seat(people=people, person=people.last(), ask=ask and len(people.everybody()) > 1)
    person = people.named(name)
    if person is None:
        import difflib

        there = people.everybody()
        known = [label(entry) for entry in there if entry.name or len(there) > 1]
        near = difflib.get_close_matches(name, known, 1)
        listed = ", ".join(near or known)
        raise UsageProblem(
            _("there is nobody called {name}").format(name=clean_line(name)),
            hint=_("Known here: {names}. /who NAME in the assistant adds a person.").format(
                names=listed or _("nobody")
            ),
        )
    return Seat(people=people, person=person)
