"""The format of the index file, as its writer and its reader know it.

Apart from both, so that a laptop that searches carries no code that reads manuals.
"""

from __future__ import annotations

SCHEMA_VERSION = 5
APPLICATION_ID = 0x464B4C42  # "FKLB", so that `file` and search can tell it from other databases

# about: `language` is the code for text without a recognised language, `languages` (JSON) how
#   many passages there are of each language; `perhaps` and `answered` the certainty from which on
#   something is perhaps, and is, the answer, and `calibration` the figures they were chosen by
#   (JSON), where it was calibrated.
# document: `file` is its path below the folder of manuals and `sha256` that of its content; beside
#   the index of a release stands the original, `manuals/<sha256><suffix of file>`.
# left_out: documents that were not indexed, and why.
# page: `label` is the printed number, "" where it is `number`; `recognised` is 1 where OCR read the
#   page; `text` is packed (library/packing.py).
# bundle: some passages of one page, packed with a unit separator between them; `id` is that of the
#   first. Where a page has one bundle, the text of the page is its dictionary. A sheet of many rows
#   has several, each packed by itself, so that a search unpacks little of it.
# passage: `place` counts the passages of its page from 0; `language` is the code that its words
#   were stemmed by; `kind` is '' for what answers, 'contents' for a table of contents, 'index' for
#   a list of keywords with their pages, 'history' for what changed between revisions; `above` are
#   the headings above its own, outermost first.
# term: how many passages hold a stem (code = 0) or a code (code = 1).
# holding: which passages hold a common stem or code, as deflated bits (library/holding.py).
# word: the words of the manuals without accents, their stems, and how many passages hold them;
#   `letters` (spelling.letters) and `reversed`, the stem from its end, find what is spelt alike.
# synonym: stems of a word or of several, and what else they are called, a line each.
TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    id INTEGER PRIMARY KEY, document TEXT NOT NULL, title TEXT NOT NULL,
    revision TEXT NOT NULL, date TEXT NOT NULL, superseded_by TEXT NOT NULL,
    file TEXT NOT NULL, sha256 TEXT NOT NULL, language TEXT NOT NULL,
    UNIQUE (document, revision)
);
CREATE TABLE left_out (file TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE page (
    id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document (id),
    number INTEGER NOT NULL, label TEXT NOT NULL, recognised INTEGER NOT NULL,
    text BLOB NOT NULL,
    UNIQUE (document_id, number)
);
CREATE TABLE bundle (
    id INTEGER PRIMARY KEY, page_id INTEGER NOT NULL REFERENCES page (id),
    with_page INTEGER NOT NULL, passages BLOB NOT NULL
);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY, page_id INTEGER NOT NULL REFERENCES page (id),
    place INTEGER NOT NULL, heading TEXT NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL,
    above TEXT NOT NULL
);
CREATE TABLE term (
    code INTEGER NOT NULL, text TEXT NOT NULL, passages INTEGER NOT NULL,
    PRIMARY KEY (code, text)
) WITHOUT ROWID;
CREATE TABLE holding (
    code INTEGER NOT NULL, text TEXT NOT NULL, held BLOB NOT NULL, PRIMARY KEY (text, code)
);
CREATE TABLE word (
    text TEXT NOT NULL, stem TEXT NOT NULL, passages INTEGER NOT NULL, letters INTEGER NOT NULL,
    reversed TEXT NOT NULL, PRIMARY KEY (text, stem)
) WITHOUT ROWID;
CREATE TABLE synonym (text TEXT PRIMARY KEY, also TEXT NOT NULL) WITHOUT ROWID;
"""
INDEXES = "CREATE INDEX word_reversed ON word (reversed, letters, passages);"
# Beside them stands the FTS5 table `search` (title, heading, text, codes) without content of its
# own: stems and pairs of characters of the normal text, not the text as written. Its rowid is
# passage.id. Marks that are written on letters (Thai) are part of a word.
SEARCH = (
    "CREATE VIRTUAL TABLE search USING fts5(title, heading, text, codes, content='',"
    " tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
)
