"""The people who share one account of a laptop: each with a folder of their own.

It separates, it does not protect: whoever can use the account can open every folder in it. The
first person has the account's own folder, as there was before there were others, so a release that
is rolled back to still finds that history. A name is never part of a path.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from fieldkit.chat.history_file import HistoryUnusable, erase_history
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.paths import HISTORY, KEYS
from fieldkit.chat.preferences import PREFERENCES
from fieldkit.chat.shred import take_away
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, UsageProblem
from fieldkit.library.own_catalog import FOLDER as OWN_DOCUMENTS

PEOPLE = "people"  # below the account's data folder
NAME_LENGTH = 40
MOST = 50
NO_NAME = N_("(no name)")
# What of the account's folder belongs to the first person.
FIRST_S = (Path(HISTORY).parts[0], PREFERENCES, KEYS, OWN_DOCUMENTS, "person.json")
_CARD = "person.json"
_LAST = "last.json"
_CARD_BYTES = 4096
_KEY = re.compile(r"[0-9a-f]{12}")
_LEAVING = ".leaving-"  # a folder that is being taken away
_COMING = ".coming-"


class PeopleUnusable(FieldkitError):
    """The folder of the people cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``key`` is "" for the first person, ``name`` is "" for nobody in particular.

    ``home`` holds what is theirs: history, preferences, documents.
    """

    key: str
    name: str
    home: Path


class People:
    """The people of the account whose data folder is ``root``; several processes may use it.

    Methods that change something raise PeopleUnusable, and UsageProblem for a name that will not
    do.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folder = root / PEOPLE

    @property
    def first(self) -> Person:
        """The person whose folder is the account's own."""
        return Person(key="", name=_card(self.root / _CARD), home=self.root)

    @property
    def nobody(self) -> Person:
        """The first person as before anybody said a name."""
        return Person(key="", name="", home=self.root)

    def everybody(self) -> tuple[Person, ...]:
        """All people, by name; the first is among them while there is anything of theirs."""
        others = sorted(self._others(), key=lambda person: (same(person.name), person.key))
        first = self.first
        known = first.name or not others or (self.root / HISTORY).exists()
        return (first, *others) if known else tuple(others)

    def last(self) -> Person:
        """Who was here last; the first of all where that is not known."""
        key = _text(self._folder / _LAST, "key")
        people = self.everybody()
        return next((person for person in people if person.key == key), people[0])

    def remember(self, person: Person) -> None:
        """Note who is here, for ``last``; a note that cannot be kept is done without."""
        if person.key or self._folder.is_dir():
            with contextlib.suppress(OSError):
                self._own_folder()
                _write(self._folder / _LAST, {"key": person.key})

    def named(self, name: str) -> Person | None:
        """The person of this name, however it is capitalized or composed.

        Who has none is found by what lists say instead.
        """
        wanted = same(name)
        nameless = {same(NO_NAME), same(_(NO_NAME))}
        for person in self.everybody() if wanted else ():
            if same(person.name) == wanted or (not person.name and wanted in nameless):
                return person
        return None

    def add(self, name: str) -> Person:
        """Make a folder for a new person."""
        name = self._free(name)
        if len(self._others()) >= MOST:
            raise UsageProblem(
                _("there are {count} people already").format(count=MOST),
                hint=_("Delete somebody who left, with /forget."),
            )
        key = os.urandom(6).hex()
        try:
            self._own_folder()
            self._sweep()
            coming = Path(tempfile.mkdtemp(dir=self._folder, prefix=_COMING))  # mode 0700
            _write(coming / _CARD, {"name": name})
            coming.rename(self._folder / key)
        except OSError as error:
            raise _unusable(self._folder, error) from error
        return Person(key=key, name=name, home=self._folder / key)

    def rename(self, person: Person, name: str) -> Person:
        """Give ``person`` another name."""
        name = self._free(name, besides=person)
        try:
            person.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(person.home / _CARD, {"name": name})
        except OSError as error:
            raise _unusable(person.home, error) from error
        return Person(key=person.key, name=name, home=person.home)

    def remove(self, person: Person) -> None:
        """Delete everything of ``person`` for good: overwritten, then taken away.

        Raises Busy while anybody has the history open, and then everything is as it was.
        """
        try:
            erase_history(person.home / HISTORY)
        except HistoryUnusable as error:
            raise PeopleUnusable(error.message, hint=error.hint) from error
        try:
            if person.key:
                leaving = self._folder / f"{_LEAVING}{person.key}"
                if person.home.is_dir():
                    person.home.rename(leaving)
                take_away([leaving])
            else:
                take_away(self.root / name for name in FIRST_S)
        except OSError as error:
            raise _unusable(person.home, error) from error

    def _others(self) -> list[Person]:
        try:
            homes = [path for path in self._folder.iterdir() if _KEY.fullmatch(path.name)]
        except OSError:
            return []
        return [
            Person(key=home.name, name=_card(home / _CARD) or home.name, home=home)
            for home in homes
            if home.is_dir() and not home.is_symlink()
        ]

    def _free(self, name: str, besides: Person | None = None) -> str:
        name = valid_name(name)
        holder = self.named(name)
        if holder is not None and (besides is None or holder.key != besides.key):
            raise UsageProblem(
                _("{name} is here already").format(name=name), hint=_("Take another name.")
            )
        return name

    def _own_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix":
            self._folder.chmod(0o700)

    def _sweep(self) -> None:
        """Take away what a killed process left half deleted."""
        take_away(path for path in self._folder.iterdir() if path.name.startswith(_LEAVING))


def valid_name(text: str) -> str:
    """``text`` as a name: one line in composed Unicode; raises UsageProblem when it is none."""
    name = clean_line(unicodedata.normalize("NFC", text))
    if not any(map(str.isalnum, name)):
        raise UsageProblem(_("a name needs a letter or a digit"), hint=_("Type the name again."))
    if len(name) > NAME_LENGTH:
        raise UsageProblem(
            _("a name has at most {count} characters").format(count=NAME_LENGTH),
            hint=_("Type a shorter one."),
        )
    return name


def same(name: str) -> str:
    """What two ways to write one name share: case, width, and invisible characters aside."""
    folded = unicodedata.normalize("NFKC", clean_line(name)).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


def _card(path: Path) -> str:
    """The name in the file at ``path``; "" where there is none that will do."""
    try:
        return valid_name(_text(path, "name"))
    except UsageProblem:
        return ""


def _text(path: Path, key: str) -> str:
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(_CARD_BYTES))[key]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def _write(path: Path, data: dict[str, str]) -> None:
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _unusable(path: Path, error: OSError) -> PeopleUnusable:
    return PeopleUnusable(
        _("{path} cannot be used: {reason}").format(path=path, reason=error.strerror or error),
        hint=_("Check free space and permissions."),
    )
