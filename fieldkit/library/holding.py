"""Which passages hold a word, as one bit a passage: for words that many passages hold.

FTS5 reports it, too, but passes every passage with the word each time, and a long question asks it
for thirty words. So the index keeps the answer for each common word and code; rare ones are left
to FTS5, which is as quick for them.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection

from fieldkit.library.expressions import any_of
from fieldkit.library.query import Rows

# A word is common that at least so many passages hold, and at least one of so many.
_LEAST = 64
_SHARE = 256
_LEVEL = 6

Word = tuple[bool, str]  # whether it is a code, and the stem or the code


def write(database: sqlite3.Connection, passages: int) -> None:
    """Fill the table ``holding`` of an index that has its other tables and ``passages``."""
    least = max(_LEAST, -(-passages // _SHARE))
    common = database.execute(
        "SELECT code, text FROM term WHERE passages >= ? ORDER BY code, text", (least,)
    ).fetchall()
    for code, text in common:
        (keys,) = database.execute(
            "SELECT group_concat(rowid) FROM search WHERE search MATCH ?",
            (any_of([text], code=bool(code)),),
        ).fetchone()
        bits = bytearray(passages // 8 + 1)
        for key in map(int, keys.split(",") if keys else ()):
            bits[key >> 3] |= 1 << (key & 7)
        database.execute(
            "INSERT INTO holding VALUES (?, ?, ?)", (code, text, zlib.compress(bits, _LEVEL))
        )


def holding(rows: Rows, words: Collection[Word]) -> dict[Word, int]:
    """Of those of ``words`` that are common, the passages: bit 5 is set where passage 5 has it.

    ``rows`` runs a statement on the index. Raises ValueError where the index is damaged.
    """
    found = rows(
        "SELECT code, text, held FROM holding WHERE text IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted({text for _, text in words})),),
    )
    try:
        return {
            (bool(code), text): int.from_bytes(zlib.decompress(held), "little")
            for code, text, held in found
            if (bool(code), text) in words
        }
    except zlib.error as error:
        raise ValueError(str(error)) from error
