"""``fieldkit check``: answers in a file against their passages; no model, no release."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fieldkit.console import Console
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean_line
from fieldkit.errors import ExitCode, UsageProblem

LINE_BYTES = 16 * 1024 * 1024
STDIN = "-"
# Signs that JSON leaves as they are, and that end a line or move a terminal's cursor.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORM = "Each line is one JSON object with id, question, passages and answer."


class NotALine(Exception):
    """A line is no answer that can be checked; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer to check; ``id`` is printed as it was given."""

    id: str | int
    question: str
    passages: tuple[Passage, ...]
    answer: str


def run(file: str, console: Console) -> int:
    """Check each line of ``file`` (``-``: stdin) and print one line for it, in the same order.

    A line is ``{id, question, passages: [{document, page, heading, text}], answer}``; other keys
    are ignored, and so are empty lines. Printed is ``{id, flagged, claims}``. Raises UsageProblem
    with the number of the first line that is no such object, after the lines before it.
    """
    from fieldkit.library.claims.check import check

    count = flagged = 0
    for given in _read(file):
        checked = check(given.answer, given.passages, given.question)
        line = {
            "id": given.id,
            "flagged": checked.flagged,
            "claims": [claim.to_json() for claim in checked.claims],
        }
        console.out(_json(line))
        if console.broken:
            return ExitCode.OK
        count += 1
        flagged += checked.flagged
    console.err(f"{count} {'answer' if count == 1 else 'answers'} checked, {flagged} flagged.")
    return ExitCode.OK


def parsed(line: bytes) -> Given:
    """What ``line`` holds; raises NotALine."""
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotALine("it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise NotALine(f"it is not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise NotALine(
            "it is JSON that is nested too deep, or holds a number that is too long"
        ) from error
    if not isinstance(entry, dict):
        raise NotALine("it is JSON, but no object")
    name = entry.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise NotALine("id must be a text or a whole number")
    passages = entry.get("passages")
    if not isinstance(passages, list):
        raise NotALine("passages must be a list")
    return Given(
        id=name,
        question=_text(entry, "question"),
        passages=tuple(_passage(each, n) for n, each in enumerate(passages, start=1)),
        answer=_text(entry, "answer"),
    )


def _json(line: dict[str, Any]) -> str:
    """``line`` as JSON that is one line to every program."""
    text = json.dumps(line, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _read(file: str) -> Iterator[Given]:
    """What each line holds; raises UsageProblem for a file or a line that cannot be read."""
    name = "stdin" if file == STDIN else clean_line(file)
    with contextlib.ExitStack() as stack:
        try:
            source: BinaryIO = (
                sys.stdin.buffer if file == STDIN else stack.enter_context(Path(file).open("rb"))
            )
            yield from _lines(source, name)
        except OSError as error:
            raise UsageProblem(
                f"{name}: cannot be read: {error.strerror or error}",
                hint="Name a file of lines of JSON, or - for stdin.",
            ) from error


def _lines(source: BinaryIO, name: str) -> Iterator[Given]:
    number = 0
    while line := source.readline(LINE_BYTES + 1):
        number += 1
        if not line.strip():
            continue
        try:
            if len(line) > LINE_BYTES:
                raise NotALine(f"it is longer than {LINE_BYTES // 1024 // 1024} MiB")
            given = parsed(line)
        except NotALine as error:
            raise UsageProblem(f"{name}, line {number}: {error}", hint=_FORM) from error
        yield given


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise NotALine(f"{key} must be a text")
    return value


def _passage(entry: object, number: int) -> Passage:
    """A passage; ``page`` is a number, or a text as it is printed; it may be missing."""
    if not isinstance(entry, dict):
        raise NotALine(f"passage {number} must be an object with document, page, heading and text")
    for key in ("document", "heading", "text"):
        if not isinstance(entry.get(key, "" if key == "heading" else None), str):
            raise NotALine(f"{key} of passage {number} must be a text")
    page = entry.get("page")
    counted = isinstance(page, int) and not isinstance(page, bool) and page >= 0
    if not counted and not isinstance(page, str | None):
        raise NotALine(f"page of passage {number} must be a number from 0, a text, or null")
    return Passage(
        document=entry["document"],
        title="",
        revision="",
        page=page if isinstance(page, int) else 0,
        heading=entry.get("heading", ""),
        text=entry["text"],
        page_label=page if isinstance(page, str) else "",
    )
