"""The history of conversations: SQLite, private to its user, safe to share between processes.

Every write is one transaction in WAL mode, so a process that is killed loses at most what it had
not written yet, and two assistants that are open at once wait for each other instead of failing.
Text is stored as it was said; it is sanitized again where it is shown.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from fieldkit.core.citation import Passage, refused
from fieldkit.core.conversation import Turn
from fieldkit.core.generation import Stats
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, InvalidInput

TITLE_LENGTH = 60
_BUSY_MS = 10_000

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        created TEXT NOT NULL,
        updated TEXT NOT NULL
    );
    CREATE INDEX conversations_by_update ON conversations (updated);
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY,
        conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        question TEXT NOT NULL,
        answer TEXT NOT NULL DEFAULT '',
        passages TEXT NOT NULL DEFAULT '[]',
        stats TEXT,
        finish TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL
    );
    CREATE INDEX turns_by_conversation ON turns (conversation, id);
    """,
)
"""Each entry takes the database from version *n* to *n + 1*; never edit one that was released."""


class HistoryUnusable(FieldkitError):
    """The history cannot be opened or written; the assistant works on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One line of the list of conversations; times are UTC, ``turns`` counts questions."""

    id: int
    title: str
    created: datetime
    updated: datetime
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTurn:
    """One question and what came of it.

    ``finish`` is ``stop``, ``length`` or ``aborted`` as the engine said, ``failed`` when the engine
    died, ``search`` when only the manuals were searched, and empty while the answer is pending or
    when the process ended in the middle of it.
    """

    id: int
    question: str
    answer: str
    passages: tuple[Passage, ...]
    stats: Stats | None
    finish: str
    created: datetime

    @property
    def turn(self) -> Turn:
        """The turn as the prompt needs it; pages that were only near are not evidence."""
        only_near = self.stats is None and refused(self.answer)
        passages = () if only_near else self.passages
        return Turn(question=self.question, passages=passages, answer=self.answer)


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """The conversations of one user, in one file.

    May be used from several threads. Methods raise HistoryUnusable when the disk or the file does
    not let them do their work, and KeyError for an id that does not exist.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = _now) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.RLock()
        self._db = _open(path)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    def create(self, title: str) -> int:
        """Start a conversation; returns its id. The title becomes one short sanitized line."""
        now = self._clock().isoformat()
        with self._writing() as db:
            cursor = db.execute(
                "INSERT INTO conversations (title, created, updated) VALUES (?, ?, ?)",
                (short_title(title), now, now),
            )
            return _row_id(cursor)

    def append(self, conversation: int, question: str, passages: Sequence[Passage] = ()) -> int:
        """Add a question to a conversation; returns the turn's id."""
        now = self._clock().isoformat()
        with self._writing() as db:
            _touch(db, conversation, now)
            cursor = db.execute(
                "INSERT INTO turns (conversation, question, passages, created) VALUES (?, ?, ?, ?)",
                (conversation, _storable(question), _dump_passages(passages), now),
            )
            return _row_id(cursor)

    def update(
        self, turn: int, answer: str, *, finish: str = "", stats: Stats | None = None
    ) -> None:
        """Write what is known of an answer so far; ``finish`` stays empty while it streams."""
        dumped = json.dumps(asdict(stats)) if stats else None
        with self._writing() as db:
            cursor = db.execute(
                "UPDATE turns SET answer = ?, finish = ?, stats = ? WHERE id = ?",
                (_storable(answer), finish, dumped, turn),
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
                "INSERT INTO turns"
                " (conversation, question, answer, passages, stats, finish, created)"
                " SELECT ?, question, answer, passages, stats, finish, created FROM turns"
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
                "SELECT id, question, answer, passages, stats, finish, created FROM turns"
                " WHERE conversation = ? ORDER BY id",
                (conversation,),
            ).fetchall()
        return tuple(
            StoredTurn(
                id=row[0],
                question=row[1],
                answer=row[2],
                passages=_load_passages(row[3]),
                stats=_load_stats(row[4]),
                finish=row[5],
                created=_time(row[6]),
            )
            for row in rows
        )

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

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _presented(self.path):
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
        with self._lock, _presented(self.path):
            yield self._db


def short_title(text: str) -> str:
    """``text`` as a title: one sanitized line of at most ``TITLE_LENGTH`` characters."""
    line = clean_line(text) or "Untitled"
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _open(path: Path) -> sqlite3.Connection:
    with _presented(path):
        # The folder holds nothing but the history, so its mode is ours to set.
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix":
            path.parent.chmod(0o700)
        # Created here rather than by SQLite: WAL and journal files inherit this mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if os.name == "posix":
            path.chmod(0o600)
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            with suppress(sqlite3.OperationalError):  # another process is switching it right now
                db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            _migrate(db, path)
        except BaseException:
            db.close()
            raise
        return db


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise InvalidInput(
                f"the history {path} was written by a newer fieldkit",
                hint="Use the newer release, or move the file away to start a new history.",
            )
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            for statement in script.split(";"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


@contextmanager
def _presented(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a message with a next step."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise HistoryUnusable(
            f"the history {path} cannot be used: {error}",
            hint="Check free space and permissions, or move the file away to start a new history.",
        ) from error


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
    return json.dumps([asdict(passage) for passage in passages])


def _load_passages(text: str) -> tuple[Passage, ...]:
    """Passages as stored; what another version wrote differently is left out, not fatal."""
    try:
        return tuple(Passage(**entry) for entry in json.loads(text))
    except (ValueError, TypeError):
        return ()


def _load_stats(text: str | None) -> Stats | None:
    try:
        return Stats(**json.loads(text)) if text else None
    except (ValueError, TypeError):
        return None
