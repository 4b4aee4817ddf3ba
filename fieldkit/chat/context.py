"""What the front ends of the assistant are given: nothing in them looks around for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldkit.chat.paths import HISTORY, KEYS, documents_dir
from fieldkit.chat.people import People
from fieldkit.chat.preferences import PREFERENCES
from fieldkit.chat.seat import Change, Seat
from fieldkit.chat.shelving import Shelving
from fieldkit.console import Console
from fieldkit.core.battery import Battery
from fieldkit.core.generation import Engine
from fieldkit.core.release import Assistant
from fieldkit.library.meaning import Embed
from fieldkit.library.own_catalog import FOLDER
from fieldkit.library.pictures import Pictures

if TYPE_CHECKING:
    from fieldkit.chat.reports import Reports


class Tuner(Protocol):
    """Looks for the fastest settings while nobody asks anything.

    Both methods are called on the engine driver's thread, one after the other, and return quickly.
    """

    def start(self, tell: Callable[[str], None]) -> None:
        """Begin, or go on after ``stop``, in the background; do nothing while it runs or when done.

        Called again every minute, so it may leave when it finds the processor busy. ``tell`` gets
        what the status line is to say, "" for nothing more; from any thread.
        """
        ...

    def stop(self) -> None:
        """Leave the processor to the engine at once; does nothing when it does not run."""
        ...


class Embedder(Embed, Protocol):
    """What makes vectors of questions, so that pages are found by what they mean."""

    def passages(self, texts: Sequence[str], /) -> Sequence[Sequence[float]] | None:
        """Vectors of a few texts, made while no question waits; None where it cannot."""
        ...

    def close(self) -> None:
        """End it; safe to call twice."""
        ...


class Clipboard(Protocol):
    """The system's clipboard; both methods may take seconds and raise nothing."""

    def copy(self, text: str) -> bool:
        """Whether the clipboard holds ``text`` now."""
        ...

    def paste(self) -> str | None:
        """What the clipboard holds, not sanitized; None where there is none."""
        ...


def _always() -> bool:
    return True


def _none() -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What goes on while nobody asks, and the folders around: see ``ChatContext``.

    No ``preferences``: none are kept; no ``release``: there are no licence texts to show; no
    ``clipboard``: only the terminal's own is used; no ``battery``: it is not looked at; no
    ``seat``: it is nobody's; no ``reports``: answers cannot be flagged; no ``shelving``: own
    documents cannot be changed; no ``keys`` file: only the release changes keys; no
    ``pictures``: pages are not shown as they are printed; no ``viewer``: no original is opened.
    """

    read_ahead: Callable[[], bool] = _always
    tuner: Tuner | None = None
    preferences: Path | None = None
    release: Path | None = None
    documents: Path = field(default_factory=documents_dir)
    clipboard: Clipboard | None = None
    battery: Callable[[], Battery | None] | None = None
    seat: Seat | None = None
    reports: Callable[[], Reports] | None = None
    shelving: Shelving | None = None
    keys: Path | None = None
    pictures: Pictures | None = None
    viewer: Callable[[Path], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatContext:
    """One assistant, ready to be talked to.

    ``release_dir`` is the folder that holds ``assistant.json``; ``engine_factory`` makes an engine
    that is not started yet, and ``embedder_factory`` an embedder, if the release has one;
    ``data_dir`` is the folder of the person who is there: history, preferences, documents of their
    own. ``seat`` says who that is; without one it is the first person of the account whose folder
    it is. ``read_ahead`` says
    whether the machine lets the engine read while a question is typed (not on battery saver); it is
    asked before each question. ``tuner``, if any, runs while the assistant is idle.
    ``documents_dir`` is where exports go that are named without a folder. ``clipboard`` is the
    system's, if it can be reached. ``battery`` reads the machine's, None where it has none; it may
    take its time, and is not called from a thread that must not wait. ``viewer`` opens a file in
    another program, if there is one.
    """

    assistant: Assistant
    release_dir: Path
    engine_factory: Callable[[], Engine]
    embedder_factory: Callable[[], Embedder | None] = _none
    data_dir: Path
    console: Console = field(default_factory=Console)
    read_ahead: Callable[[], bool] = _always
    tuner: Tuner | None = None
    documents_dir: Path = field(default_factory=documents_dir)
    clipboard: Clipboard | None = None
    battery: Callable[[], Battery | None] | None = None
    seat: Seat | None = None
    viewer: Callable[[Path], None] | None = None

    @property
    def seated(self) -> Seat:
        """Who is there."""
        if self.seat is not None:
            return self.seat
        people = People(self.data_dir)
        return Seat(people=people, person=people.first)

    def after(self, change: Change) -> ChatContext:
        """The same assistant with somebody else at it; nothing of the one before may be open."""
        seat = self.seated.after(change)
        return replace(self, seat=seat, data_dir=seat.person.home)

    @property
    def reports(self) -> Reports:
        """The reports of this account, whoever of its people is there; imported when asked for."""
        from fieldkit.chat.feedback_box import FEEDBACK, FeedbackBox
        from fieldkit.chat.flagging import origin_of
        from fieldkit.chat.reports import Reports

        folder = self.seated.people.root / FEEDBACK
        return Reports(
            FeedbackBox(folder, self.assistant.feedback_recipients),
            lambda: origin_of(self.assistant, self.release_dir),
            self.documents_dir,
        )

    @property
    def library_path(self) -> Path:
        """The index of the manuals."""
        return self.release_dir / self.assistant.library

    @property
    def own_documents(self) -> Path:
        """The folder of the documents that the technician added."""
        return self.data_dir / FOLDER

    @property
    def history_path(self) -> Path:
        """The database of conversations."""
        return self.data_dir / HISTORY

    @property
    def preferences_path(self) -> Path:
        """What the user chose for himself."""
        return self.data_dir / PREFERENCES

    @property
    def background(self) -> Background:
        """What goes on while nobody asks, and the folders."""
        return Background(
            read_ahead=self.read_ahead,
            tuner=self.tuner,
            preferences=self.preferences_path,
            release=self.release_dir,
            documents=self.documents_dir,
            clipboard=self.clipboard,
            battery=self.battery,
            seat=self.seated,
            reports=lambda: self.reports,
            keys=self.data_dir / KEYS,
            viewer=self.viewer,
        )
