"""Planted answers: true ones and wrong ones to questions about manuals, with their passages.

A file holds lines of JSON: ``id``, ``language`` (the answer's), ``manuals``, ``question``,
``passages``, ``answer``, ``label`` (``true`` or ``wrong``), ``kind`` (of the fault, or of the true
answer), ``wrong_span`` (where the fault is, "" in a true answer and for a whole one) and ``note``.

A passage is ``{document, page, heading, text}``. Where the item has ``manuals``, it has no text
but ``part``, which counts those of that page and heading, from 1. The text is then taken from an
index of these manuals, which is made when it is needed: ``demo``, ``yard``, ``field``, ``station``
and ``camp`` are manuals of this repository; ``real`` and ``held_out`` are documents of others, in
the folders that FIELDKIT_REAL_MANUALS and FIELDKIT_HELD_OUT_MANUALS name; there a passage also has
its ``file``.

``unseen_*.jsonl``: whoever works on the check does not read them.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.citation import Passage
from fieldkit.library import index
from fieldkit.library.documents import Document, read_folders
from fieldkit.library.search import Library
from tests.question_sets import sets

FOLDER = Path(__file__).parent
UNSEEN = "unseen_"
OUTSIDE = {"real": "FIELDKIT_REAL_MANUALS", "held_out": "FIELDKIT_HELD_OUT_MANUALS"}
_BESIDE: dict[str, Callable[[Path], Sequence[Document]]] = {
    "demo": lambda _folder: sets.demo().documents,
    "yard": lambda folder: sets.yard(folder).documents,
    "field": lambda folder: sets.chosen_on(folder)[-1].documents,
    "station": lambda _folder: sets.held_out()[0].documents,
    "camp": lambda _folder: sets.held_out()[1].documents,
}
GIVEN = "given"
MANUALS = (*_BESIDE, *OUTSIDE, GIVEN)

Place = tuple[str, int, str, int]


def files() -> list[Path]:
    """The files of planted answers; others there hold what parts of the check are tried on."""
    return [path for path in sorted(FOLDER.glob("*.jsonl")) if _holds_answers(path)]


def _holds_answers(path: Path) -> bool:
    with path.open(encoding="utf-8") as file:
        return {"id", "passages", "answer", "label"} <= json.loads(file.readline()).keys()


class NoManuals(Exception):
    """The manuals that a passage is of, or the passage, are not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One planted answer.

    ``places`` are its passages, and ``files`` those they are in, of documents of others. An item
    with ``GIVEN`` for its manuals holds its passages itself. ``language`` may be "".
    """

    id: str
    language: str
    manuals: str
    question: str
    places: tuple[Place, ...]
    answer: str
    wrong: bool
    kind: str
    wrong_span: str
    files: tuple[str, ...] = ()
    given: tuple[Passage, ...] = ()

    @property
    def fault(self) -> tuple[int, int]:
        """Where the fault is in the answer, (0, 0) in a true one."""
        if not self.wrong:
            return 0, 0
        start = self.answer.find(self.wrong_span)
        return start, start + len(self.wrong_span or self.answer)


def read(path: Path) -> tuple[Item, ...]:
    """The items of a file; raises KeyError or ValueError where it is not one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_item(json.loads(line)) for line in lines if line.strip())


def _item(entry: Mapping[str, Any]) -> Item:
    if entry["label"] not in ("true", "wrong"):
        raise ValueError(f"{entry['id']}: label {entry['label']!r}")
    return Item(
        id=entry["id"],
        language=entry.get("language", ""),
        manuals=entry.get("manuals", GIVEN),
        question=entry["question"],
        places=tuple(
            (each["document"], each["page"], each["heading"], each.get("part", 1))
            for each in entry["passages"]
        ),
        answer=entry["answer"],
        wrong=entry["label"] == "wrong",
        kind=entry["kind"],
        wrong_span=entry["wrong_span"],
        files=tuple(each["file"] for each in entry["passages"] if "file" in each),
        given=() if "manuals" in entry else tuple(map(_passage, entry["passages"])),
    )


def _passage(entry: Mapping[str, Any]) -> Passage:
    return Passage(
        document=entry["document"],
        title="",
        revision="",
        page=entry["page"],
        heading=entry["heading"],
        text=entry["text"],
    )


class Shelf:
    """The passages that ``items`` name, from indexes that are made for them."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._files: dict[str, set[str]] = {name: set() for name in OUTSIDE}
        for item in items:
            if item.manuals in OUTSIDE:
                self._files[item.manuals].update(item.files)
        self._passages: dict[str, dict[Place, Passage]] = {}

    def passages(self, item: Item) -> tuple[Passage, ...]:
        """The passages of ``item``; raises NoManuals, which says what is not there."""
        if item.given:
            return item.given
        known = self._of(item.manuals)
        absent = [place for place in item.places if place not in known]
        if absent:
            raise NoManuals(f"{item.id}: no passage {absent[0]}")
        return tuple(known[place] for place in item.places)

    def _of(self, manuals: str) -> dict[Place, Passage]:
        if manuals not in self._passages:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "manuals").mkdir()
                documents = self._documents(manuals, folder / "manuals")
                self._passages[manuals] = placed(_indexed(documents, folder / "index.sqlite"))
        return self._passages[manuals]

    def _documents(self, manuals: str, folder: Path) -> Sequence[Document]:
        if manuals not in OUTSIDE:
            return _BESIDE[manuals](folder)
        variable = OUTSIDE[manuals]
        place = Path(os.environ.get(variable, ""))
        wanted = sorted(self._files[manuals])
        absent = [
            file for file in wanted if variable not in os.environ or not (place / file).is_file()
        ]
        if absent:
            raise NoManuals(
                f"{variable} does not name a folder with {absent[0]}"
                f" ({len(absent)} of {len(wanted)} documents are not there)"
            )
        for file in wanted:
            shutil.copy(place / file, folder / file)
        return read_folders([folder]).documents


def placed(passages: Sequence[Passage]) -> dict[Place, Passage]:
    """``passages`` by their places."""
    known: dict[Place, Passage] = {}
    for passage in passages:
        place = (passage.document, passage.page, passage.heading)
        part = 1
        while (*place, part) in known:
            part += 1
        known[(*place, part)] = passage
    return known


def _indexed(documents: Sequence[Document], path: Path) -> list[Passage]:
    index.build(path, documents, language="en")
    database = sqlite3.connect(path)
    try:
        keys = [int(row[0]) for row in database.execute("SELECT id FROM passage ORDER BY id")]
    finally:
        database.close()
    with Library.open(path) as library:
        found: dict[int, Passage] = {}
        for start in range(0, len(keys), 500):
            found |= library.load_many(keys[start : start + 500])
    return [found[key] for key in keys]
