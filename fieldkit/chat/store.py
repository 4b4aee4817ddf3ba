"""The history of conversations: SQLite, private to its user, safe to share between processes.

Every write is one transaction in WAL mode, so a process that is killed loses at most what it had
not written yet, and two assistants that are open at once wait for each other instead of failing.
Text is stored as it was said; it is sanitized again where it is shown.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fieldkit.chat.history_file import (
    HistoryUnusable,
    forget_deleted,
    open_history,
    open_reading,
    presented,
)
from fieldkit.chat.i18n import _
from fieldkit.chat.stored import dumped, loaded
from fieldkit.core.citation import Passage, State, refused
from fieldkit.core.cited import cited_in
from fieldkit.core.claims import Checked
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Stats
from fieldkit.core.quote import Quote
from fieldkit.core.text import clean_line

__all__ = ["Conversation", "HistoryUnusable", "Hit", "Store", "StoredTurn", "short_title"]

TITLE_LENGTH = 60
SAVING = "saving"
_MOST_MATCHES = 500  # turns; the best one of each conversation is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One line of the list of conversations; times are UTC, ``turns`` counts questions."""

    id: int
    title: str
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A conversation in which something was found: where it was said, "" if only in the title.

    ``turn`` is the id of the turn in which it was said, 0 where there is none.
    """

    conversation: Conversation
    excerpt: str
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """One question and what came of it.

    ``finish`` is ``stop``, ``length`` or ``aborted`` as the engine said, ``failed`` when the engine
    died, ``saving`` when it was kept short to save the battery, ``search`` when only the manuals
    were searched, and empty while the answer is pending or when the process ended in the middle.
    ``state`` says whether what was found answers; None where that was not kept. ``languages`` are
    those of the manuals where the question was in none of them. ``quote`` is what of the passages
    is shown above the answer, and ``checked`` the check of the answer; None where there is none.
    ``given`` is how many of the passages, from the first, the model was given; None: all.
    """

    id: int
    question: str
    answer: str
    passages: tuple[Passage, ...]
    stats: Stats | None
    finish: str
    created: datetime
    state: State | None = None
    languages: tuple[str, ...] = ()
    quote: Quote | None = None
    checked: Checked | None = None
    given: int | None = None

    @property
    def cited(self) -> tuple[Passage, ...]:
        """The passages that the answer rests on, in order of mention."""
        return cited_in(self.answer, self.checked, self.passages)

    @property
    def withdrawn(self) -> bool:
        """Whether the quote is shown in place of the answer, whose main value is wrong."""
        return self.quote is not None and self.checked is not None and self.checked.replaced

    @property
    def valid_answer(self) -> str:
        """The answer, or the quote with its mark where that is shown in place of the answer."""
        if self.withdrawn and self.quote is not None:
            return f"{self.quote.text} [{self.quote.passage}]"
        return self.answer

    @property
    def turn(self) -> Turn:
        """The turn as the prompt needs it; pages that were only near are not evidence."""
        only_near = self.stats is None and refused(self.answer)
        passages = () if only_near else self.passages[: self.given]
        return Turn(question=self.question, passages=passages, answer=self.valid_answer)


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """The conversations of one user, in one file.

    May be used from several threads. One that is only for ``reading`` sees what others write, and
    waits for none of them. Methods raise HistoryUnusable when the disk or the file does
    not let them do their work, and KeyError for an id that does not exist.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime] = _now, reading: bool = False
    ) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._db = open_reading(path) if reading else open_history(path)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    def interrupt(self) -> None:
        """Break off what is being read, from another thread: it raises HistoryUnusable."""
        self._db.interrupt()

    def create(self, title: str) -> int:
        """Start a conversation; returns its id. The title becomes one short sanitized line."""
        now = self._clock().isoformat()
        with self._writing() as db:
            cursor = db.execute(
                "INSERT INTO conversations (title, created, updated) VALUES (?, ?, ?)",
                (short_title(title), now, now),
            )
            return _row_id(cursor)

    def append(
        self,
        conversation: int,
        question: str,
        passages: Sequence[Passage] = (),
        state: State | None = None,
        languages: Sequence[str] = (),
        quote: Quote | None = None,
    ) -> int:
        """Add a question to a conversation; returns the turn's id."""
        now = self._clock().isoformat()
        with self._writing() as db:
            _touch(db, conversation, now)
            cursor = db.execute(
                "INSERT INTO turns"
                " (conversation, question, passages, created, state, languages, quote)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    conversation,
                    _storable(question),
                    _dump_passages(passages),
                    now,
                    state or "",
                    _storable(" ".join(languages)),
                    dumped(quote),
                ),
            )
            return _row_id(cursor)

    def update(
        self,
        turn: int,
        answer: str,
        *,
        finish: str = "",
        stats: Stats | None = None,
        checked: Checked | None = None,
        given: int | None = None,
    ) -> None:
        """Write what is known of an answer so far; ``finish`` stays empty while it streams."""
        values = (
            _storable(answer),
            finish,
            json.dumps(asdict(stats)) if stats else None,
            dumped(checked),
            "" if given is None else str(given),
            turn,
        )
        with self._writing() as db:
            cursor = db.execute(
                "UPDATE turns SET answer = ?, finish = ?, stats = ?, checked = ?, given = ?"
                " WHERE id = ?",
                values,
            )
            if cursor.rowcount == 0:
                raise KeyError(turn)

    def remove(self, turn: int) -> None:
        """Take one question and its answer out of its conversation."""
        with self._writing() as db:
            cursor = db.execute("DELETE FROM turns WHERE id = ?", (turn,))
            if cursor.rowcount == 0:
                raise KeyError(turn)

    def branch(self, turn: int) -> int:
        """Copy a conversation up to and including ``turn``; returns the new conversation's id."""
        now = self._clock().isoformat()
        with self._writing() as db:
            cursor = db.execute(
                "INSERT INTO conversations (title, created, updated)"
                " SELECT c.title, ?, ? FROM conversations c"
                " JOIN turns t ON t.conversation = c.id WHERE t.id = ?",
                (now, now, turn),
            )
            if cursor.rowcount == 0:
                raise KeyError(turn)
            conversation = _row_id(cursor)
            db.execute(
                f"INSERT INTO turns (conversation, {_COLUMNS}) SELECT ?, {_COLUMNS} FROM turns"  # noqa: S608 - constants
                " WHERE conversation = (SELECT conversation FROM turns WHERE id = ?) AND id <= ?"
                " ORDER BY id",
                (conversation, turn, turn),
            )
            return conversation

    def conversations(self, limit: int = 200) -> tuple[Conversation, ...]:
        """The conversations, the last used first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT c.id, c.title, c.created, c.updated, COUNT(t.id) FROM conversations c"
                " LEFT JOIN turns t ON t.conversation = c.id GROUP BY c.id"
                " ORDER BY c.updated DESC, c.id DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(
            Conversation(
                id=row[0], title=row[1], created=_time(row[2]), updated=_time(row[3]), turns=row[4]
            )
            for row in rows
        )

    def load(self, conversation: int) -> tuple[StoredTurn, ...]:
        """The turns of a conversation, oldest first."""
        with self._reading() as db:
            if not db.execute(
                "SELECT 1 FROM conversations WHERE id = ?", (conversation,)
            ).fetchone():
                raise KeyError(conversation)
            rows = db.execute(
                _TURNS + " WHERE conversation = ? ORDER BY id", (conversation,)
            ).fetchall()
        return tuple(map(_turn, rows))

    def rename(self, conversation: int, title: str) -> None:
        """Give a conversation another title."""
        with self._writing() as db:
            cursor = db.execute(
                "UPDATE conversations SET title = ? WHERE id = ?",
                (short_title(title), conversation),
            )
            if cursor.rowcount == 0:
                raise KeyError(conversation)

    def delete(self, conversation: int) -> None:
        """Remove a conversation and its turns; their pages are overwritten (secure_delete)."""
        with self._writing() as db:
            cursor = db.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
            if cursor.rowcount == 0:
                raise KeyError(conversation)
            forget_deleted(db)

    def search(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        """The conversations that hold all words of ``text``, best first; then those titled so.

        Plain words, never search syntax; the last one may be the beginning of a word.
        """
        words = _words(text)
        if not words:
            return ()
        with self._reading() as db:
            rows = db.execute(
                "SELECT t.conversation, snippet(said, -1, '', '', '…', 12), t.id FROM said"
                " JOIN turns t ON t.id = said.rowid WHERE said MATCH ? ORDER BY said.rank LIMIT ?",
                (_matching(words), _MOST_MATCHES),
            ).fetchall()
        listed = {entry.id: entry for entry in self.conversations(limit=-1)}
        found: dict[int, tuple[str, int]] = {}
        for conversation, excerpt, turn in rows:
            found.setdefault(conversation, (clean_line(excerpt), turn))
        for entry in listed.values():
            if all(word.casefold() in entry.title.casefold() for word in words):
                found.setdefault(entry.id, ("", 0))
        hits = [
            Hit(conversation=listed[number], excerpt=excerpt, turn=turn)
            for number, (excerpt, turn) in found.items()
            if number in listed
        ]
        return tuple(hits[:limit])

    def since(self, moment: datetime) -> tuple[StoredTurn, ...]:
        """What was asked from ``moment`` on, in all conversations, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                _TURNS + " WHERE created >= ? ORDER BY id",
                (moment.astimezone(UTC).isoformat(),),
            ).fetchall()
        return tuple(map(_turn, rows))

    def questions(self, limit: int = 200) -> tuple[str, ...]:
        """The questions that were asked last, newest first, each once."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT question FROM turns ORDER BY id DESC LIMIT ?", (limit,)
            ).fetchall()
        return tuple(dict.fromkeys(row[0] for row in rows))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, presented(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, presented(self.path):
            yield self._db


def short_title(text: str) -> str:
    """``text`` as a title: one sanitized line of at most ``TITLE_LENGTH`` characters."""
    line = clean_line(text) or _("Untitled")
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


_MARKS = {"own", "recognised", "page_label", "quote", "kind", "quote_score"}
_COLUMNS = (
    "question, answer, passages, stats, finish, created, state, languages, quote, checked, given"
)
_TURNS = f"SELECT id, {_COLUMNS} FROM turns"  # noqa: S608 - constants


def _turn(row: tuple[Any, ...]) -> StoredTurn:
    return StoredTurn(
        id=row[0],
        question=row[1],
        answer=row[2],
        passages=_load_passages(row[3]),
        stats=_load_stats(row[4]),
        finish=row[5],
        created=_time(row[6]),
        state=_load_state(row[7]),
        languages=tuple(row[8].split()),
        quote=loaded(Quote, row[9]),
        checked=loaded(Checked, row[10]),
        given=int(row[11]) if row[11].isdecimal() else None,
    )


def _words(text: str) -> list[str]:
    return [word for word in clean_line(text).split() if any(map(str.isalnum, word))]


def _matching(words: Sequence[str]) -> str:
    """An FTS5 query in which nothing but the quotes and the last star are ours to obey."""
    return " ".join('"' + word.replace('"', '""') + '"' for word in words) + "*"


def _touch(db: sqlite3.Connection, conversation: int, now: str) -> None:
    cursor = db.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, conversation))
    if cursor.rowcount == 0:
        raise KeyError(conversation)


def _row_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _storable(text: str) -> str:
    """Lone surrogates (from a terminal in another encoding) cannot be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _dump_passages(passages: Sequence[Passage]) -> str:
    return json.dumps([_dump_passage(passage) for passage in passages])


def _dump_passage(passage: Passage) -> dict[str, Any]:
    """Without the marks that do not hold: a release before them would drop the passage."""
    entry = asdict(replace(passage, quote_score=0.0))
    return {name: value for name, value in entry.items() if value or name not in _MARKS}


def _load_passages(text: str) -> tuple[Passage, ...]:
    """Passages as stored; what another version wrote differently is left out, not fatal."""
    try:
        return tuple(Passage(**entry) for entry in json.loads(text))
    except (ValueError, TypeError):
        return ()


def _load_state(text: str) -> State | None:
    try:
        return State(text)
    except ValueError:
        return None


def _load_stats(text: str | None) -> Stats | None:
    try:
        return Stats(**json.loads(text)) if text else None
    except (ValueError, TypeError):
        return None
