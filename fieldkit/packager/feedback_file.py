"""Reads what comes back by stick: files of age messages in their ASCII armour, one a record.

Anybody who has a release can write such a file, so all of it is untrusted: it is read line by line,
nothing in it may be larger than a record can be, and what is wrong with one record is told and
does not keep the others from being read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError
from pyrage import DecryptError, decrypt, x25519

from fieldkit.core.feedback import ARMOURED_BYTES, BEGIN, END, FORMAT, RECORD_BYTES
from fieldkit.errors import InvalidInput
from fieldkit.packager.feedback_record import FeedbackRecord

MOST_RECORDS = 20_000
MOST_BYTES = 1 << 28  # of one file; all together may have twice as many
_LINE_BYTES = 256
_BEGIN, _END = BEGIN.encode(), END.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The records by id, as they came, and what could not be read."""

    records: tuple[FeedbackRecord, ...]
    duplicates: int
    problems: tuple[str, ...]


def read(paths: Sequence[Path], identities: Sequence[x25519.Identity]) -> Read:
    """The records of all files; a record that came more than once counts once.

    Raises InvalidInput when a file cannot be opened, or holds more than anybody wrote.
    """
    records: dict[str, FeedbackRecord] = {}
    duplicates = total = 0
    problems: list[str] = []
    for path in paths:
        count = 0
        for number, found in enumerate(_messages(path), 1):
            count = number
            total += len(found)
            if number > MOST_RECORDS or total > 2 * MOST_BYTES:
                raise InvalidInput(
                    f"{path}: holds more than can be read at once",
                    hint="Read the files one by one; no laptop writes so much.",
                )
            record = found if isinstance(found, str) else _opened(found, identities)
            if isinstance(record, str):
                problems.append(f"{path}, record {number}: {record}")
            elif record.id in records:
                duplicates += 1
            else:
                records[record.id] = record
        if not count:
            problems.append(f"{path}: holds no record; it is no feedback file, or an empty one")
    return Read(records=tuple(records.values()), duplicates=duplicates, problems=tuple(problems))


def _messages(path: Path) -> Iterator[bytes | str]:
    """Each armoured message of the file, or what is wrong with it."""
    try:
        if not path.is_file():
            raise InvalidInput(f"{path}: is no file", hint="Name what the laptop wrote.")
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path}: is too large to be a feedback file")
        with path.open("rb") as file:
            yield from _split(file)
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror or error}") from error


def _split(file: BinaryIO) -> Iterator[bytes | str]:
    block: list[bytes] | None = None
    size = 0
    strange = False
    while line := file.readline(_LINE_BYTES):
        text = line.strip()
        if text == _BEGIN:
            if block is not None:
                yield "it is cut off"
            block, size, strange = [], 0, False
        elif block is None:
            if text and not strange:
                strange = True
                yield "there is something else before it"
            continue
        assert block is not None
        size += len(line)
        if size <= ARMOURED_BYTES:
            block.append(line)
        if text == _END:
            yield b"".join(block) if size <= ARMOURED_BYTES else "it is too large to be one"
            block = None
    if block is not None:
        yield "it is cut off: the stick was pulled too early, or the copy is not whole"


def _opened(message: bytes, identities: Sequence[x25519.Identity]) -> FeedbackRecord | str:
    try:
        content = decrypt(message, identities)
    except DecryptError as error:
        if "No matching keys" in str(error):
            return "it was encrypted to another key than this one"
        return f"it is damaged ({error})"
    return _record(content)


def _record(content: bytes) -> FeedbackRecord | str:
    if len(content) > RECORD_BYTES:
        return "it is too large to be one"
    try:
        data = json.loads(content.decode("utf-8"))
        version = data["fieldkit_feedback"]
        if version != FORMAT:
            return f"it has format {str(version)[:20]!r}, which this fieldkit does not know"
        return FeedbackRecord.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"it is not as a record should be: {place[:80]}: {first['msg'][:120]}"
    except (ValueError, TypeError, KeyError, RecursionError):
        return "it holds no record"
