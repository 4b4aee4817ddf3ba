"""The format of the index file, as its writer and its reader know it.

Apart from both, so that a laptop that searches carries no code that reads manuals.
"""

from __future__ import annotations

SCHEMA_VERSION = 1
APPLICATION_ID = 0x464B4C42  # "FKLB", so that `file` and search can tell it from other databases

TABLES = """
CREATE TABLE document (
    id INTEGER PRIMARY KEY, document TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    revision TEXT NOT NULL, date TEXT NOT NULL
);
CREATE TABLE page (
    document_id INTEGER NOT NULL REFERENCES document (id), number INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (document_id, number)
) WITHOUT ROWID;
CREATE TABLE passage (
    id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document (id),
    page INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL
);
"""
# Beside them stands the FTS5 table `search` (title, heading, text, codes) without content of its
# own; its rowid is passage.id. How it splits words depends on the language of the manuals.
SEARCH_COLUMNS = ("title", "heading", "text", "codes")
