"""The file of the history: its tables, its search index, and how it is opened.

A release that is rolled back to must be able to open what a newer one wrote. So the search index
and the newer columns are no new version of the file: they are added where they are missing,
triggers keep the index whichever release writes, and an older release works on without looking at
them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fieldkit.chat.i18n import _
from fieldkit.chat.shred import take_away
from fieldkit.errors import Busy, FieldkitError, InvalidInput

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

# ``said`` holds what was said once an answer is complete: indexing it while it streams would write
# it five times a second.
_SEARCH_INDEX: tuple[str, ...] = (
    (
        "CREATE VIRTUAL TABLE said USING"
        " fts5(question, answer, tokenize = 'unicode61 remove_diacritics 2')"
    ),
    "INSERT INTO said (rowid, question, answer) SELECT id, question, answer FROM turns",
    "CREATE INDEX turns_unfinished ON turns (id) WHERE finish = ''",
    (
        "CREATE TRIGGER turns_said AFTER INSERT ON turns BEGIN"
        " INSERT INTO said (rowid, question, answer) VALUES (new.id, new.question, new.answer); END"
    ),
    (
        "CREATE TRIGGER turns_answered AFTER UPDATE OF answer ON turns WHEN new.finish <> '' BEGIN"
        " UPDATE said SET answer = new.answer WHERE rowid = new.id; END"
    ),
    (
        "CREATE TRIGGER turns_unsaid AFTER DELETE ON turns BEGIN"
        " DELETE FROM said WHERE rowid = old.id; END"
    ),
)


class HistoryUnusable(FieldkitError):
    """The history cannot be opened or written; the assistant works on without it."""


def open_history(path: Path) -> sqlite3.Connection:
    """Open the history at ``path``, private to its user; made or brought up to date where needed.

    Raises HistoryUnusable, and InvalidInput when a newer fieldkit wrote it in another way.
    """
    with presented(path):
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
            _bring_up_to_date(db, path)
        except BaseException:
            db.close()
            raise
        return db


def open_reading(path: Path) -> sqlite3.Connection:
    """Open the history at ``path``, which is there, without the right to change it."""
    with presented(path):
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
        db.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        return db


@contextmanager
def presented(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into a message with a next step."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise HistoryUnusable(
            _("the history {path} cannot be used: {error}").format(
                path=path, error=getattr(error, "strerror", None) or error
            ),
            hint=_(
                "Check free space and permissions, or move the file away to start a new history."
            ),
        ) from error


def forget_deleted(db: sqlite3.Connection) -> None:
    """Write the search index anew: a deletion only marks words in it, and they stay readable."""
    db.execute("INSERT INTO said (said) VALUES ('optimize')")


def erase_history(path: Path) -> None:
    """Remove the history at ``path`` for good: overwritten, then taken away.

    Raises Busy while anybody has it open, whoever in which process, and HistoryUnusable.
    """
    if not path.is_file():
        return
    with presented(path):
        _let_go(path)
        take_away(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal", ""))


def _let_go(path: Path) -> None:
    """Leave WAL mode, which SQLite allows only where one connection alone has the file open."""
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA busy_timeout = 0")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Busy(
                _("the history is open in another window"),
                hint=_("Close the assistant there first."),
            ) from error
        if type(error) is not sqlite3.DatabaseError:  # else damaged: it can only be taken away
            raise
    finally:
        db.close()


def _bring_up_to_date(db: sqlite3.Connection, path: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise InvalidInput(
                _("the history {path} was written by a newer fieldkit").format(path=path),
                hint=_("Use the newer release, or move the file away to start a new history."),
            )
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            for statement in script.split(";"):
                if statement.strip():
                    db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        _add_columns(db)
        _index(db)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _add_columns(db: sqlite3.Connection) -> None:
    """Add what is kept of newer answers; "" where it is not known.

    How sure one was, the manuals' languages, the quote, the check, and how many passages the model
    was given.
    """
    columns = {name for _, name, *_ in db.execute("PRAGMA table_info(turns)")}
    for column in ("state", "languages", "quote", "checked", "given"):
        if column not in columns:
            db.execute(f"ALTER TABLE turns ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


def _index(db: sqlite3.Connection) -> None:
    """Make the search index, or add the answers that a killed process left unfinished."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'said'").fetchone():
        for statement in _SEARCH_INDEX:
            db.execute(statement)
        return
    unfinished = db.execute(
        "SELECT t.id, t.answer FROM turns t JOIN said ON said.rowid = t.id"
        " WHERE t.finish = '' AND t.answer <> said.answer"
    ).fetchall()
    db.executemany(
        "UPDATE said SET answer = ? WHERE rowid = ?",
        [(answer, number) for number, answer in unfinished],
    )
