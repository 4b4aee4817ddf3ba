"""Question sets over manuals that nobody here wrote; the manuals are not part of this repository.

A set is a folder: ``documents.toml`` names each file with its language and SHA-256, every other
``*.toml`` holds questions. An environment variable names the folder of the files. A question was
written in a technician's words, and its answer checked against an extraction of the page that is
not this program's own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from fieldkit.core.citation import Passage
from fieldkit.library.normal import normal

_HERE = Path(__file__).parent
# A shorter answer stands on too many pages to tell that a passage of another page answers, too.
_TELLING = 4
# Of a long answer as much has to stand in a passage: a table row may be cut.
_BEGINNING = 25
_SIGNS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideDocument:
    """A file that the questions are about; ``sha256`` is of the edition they were written on."""

    file: str
    language: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideQuestion:
    """A question over documents outside.

    ``places`` are the files that print the answer, each with the pages of the PDF (none where the
    format has none); any of ``answers`` stands on each of them, and ``beside`` with it. Without
    ``places`` no document answers, and ``near`` is the one that comes closest. ``language`` is the
    question's.
    """

    id: str
    text: str
    language: str
    kind: str
    places: tuple[tuple[str, tuple[int, ...]], ...] = ()
    answers: tuple[str, ...] = ()
    beside: str = ""
    near: str = ""

    def is_at(self, passage: Passage, file: str) -> bool:
        """Whether ``passage``, of a document read from ``file``, is where the answer stands.

        It is on one of the pages, or it is of the right document and holds the answer. Where pages
        are known, an answer of fewer than four letters or digits says nothing.
        """
        for name, pages in self.places:
            if name != PurePath(file).name:
                continue
            if passage.page and passage.page in pages:
                return True
            text = squashed(passage.text)
            telling = (squashed(answer) for answer in self.answers)
            if squashed(self.beside) in text and any(
                answer[:_BEGINNING] in text
                for answer in telling
                if len(answer) >= _TELLING or not pages
            ):
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideSet:
    """A set of questions, and the documents that they are about."""

    name: str
    documents: tuple[OutsideDocument, ...]
    questions: tuple[OutsideQuestion, ...]
    chosen_on: bool
    variable: str

    def manuals(self) -> Path | None:
        """The folder of the documents, if the environment names one that holds them all."""
        folder = Path(os.environ.get(self.variable, ""))
        named = self.variable in os.environ and folder.is_dir()
        return folder if named and not self.missing(folder) else None

    def missing(self, folder: Path) -> list[str]:
        """The files of the set that ``folder`` does not hold, or holds in another edition."""
        return [
            each.file
            for each in self.documents
            if not (folder / each.file).is_file() or _sha256(folder / each.file) != each.sha256
        ]

    def where(self) -> str:
        """Where the documents were looked for and what was not there, to be shown."""
        if self.variable not in os.environ:
            return (
                f"{self.variable} does not name the folder of its {len(self.documents)} documents"
            )
        folder = Path(os.environ[self.variable])
        absent = self.missing(folder)
        return (
            f"{len(absent)} of its {len(self.documents)} documents are not in {folder}"
            f" ({self.variable}) as they were: {', '.join(absent[:3])}"
        )


CHOSEN_ON = ("real", "real manuals: chosen on them", "FIELDKIT_REAL_MANUALS")
HELD_OUT = (
    "real_held_out",
    "real manuals, held out: nothing was chosen on them",
    "FIELDKIT_HELD_OUT_MANUALS",
)


def sets() -> tuple[OutsideSet, ...]:
    """The sets of this repository: the one that things are chosen on, and the one held out."""
    return tuple(
        read(_HERE / folder, name=name, variable=variable, chosen_on=folder == CHOSEN_ON[0])
        for folder, name, variable in (CHOSEN_ON, HELD_OUT)
        if (_HERE / folder / "documents.toml").is_file()
    )


def read(folder: Path, *, name: str, variable: str, chosen_on: bool) -> OutsideSet:
    """Read the set in ``folder``; raises KeyError or ValueError where it is not one."""
    documents = _toml(folder / "documents.toml")["document"]
    files = sorted(folder.glob("*.toml"))
    return OutsideSet(
        name=name,
        documents=tuple(OutsideDocument(**each) for each in documents),
        questions=tuple(
            _question(entry)
            for file in files
            if file.name != "documents.toml"
            for entry in _toml(file)["question"]
        ),
        chosen_on=chosen_on,
        variable=variable,
    )


def read_json(path: Path) -> tuple[OutsideQuestion, ...]:
    """Read questions from a JSON list.

    Each entry has ``id``, ``lang``, ``question``, ``answer`` (null: nothing answers it), ``file``,
    and, where known, ``page`` of a PDF, ``also`` ([file, page] that print the same), ``kind``.
    Raises KeyError or ValueError where it is no such list.
    """
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(_of_json(entry) for entry in entries)


def _of_json(entry: Mapping[str, Any]) -> OutsideQuestion:
    answer = entry["answer"]
    pages: dict[str, list[int]] = {}
    if answer is not None:
        for file, page in [(entry["file"], entry.get("page")), *entry.get("also", [])]:
            pages.setdefault(file, []).extend([page] if page else [])
    return OutsideQuestion(
        id=entry["id"],
        text=entry["question"],
        language=entry["lang"],
        kind=entry.get("kind", ""),
        places=tuple((file, tuple(numbers)) for file, numbers in pages.items()),
        answers=(answer,) if answer is not None else (),
        near=entry.get("near", ""),
    )


def _question(entry: Mapping[str, Any]) -> OutsideQuestion:
    places: Iterable[Mapping[str, Any]] = ()
    if entry.get("answerable", True):
        places = (entry, *entry.get("also", ()))
    return OutsideQuestion(
        id=entry["id"],
        text=entry["text"],
        language=entry["language"],
        kind=entry["kind"],
        places=tuple((each["file"], tuple(each.get("pages", ()))) for each in places),
        answers=tuple(entry["answer"]) if places else (),
        beside=entry.get("beside", ""),
        near=entry.get("near", ""),
    )


def squashed(text: str) -> str:
    """Letters and digits of ``text`` alone, in small letters, as the index normalises them."""
    return _SIGNS.sub("", normal(text).lower())


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
