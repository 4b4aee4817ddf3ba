"""Questions over real manuals that nobody here wrote; the manuals stay outside this repository.

``tests/question_sets/real`` holds the questions and names the documents by their sha256; the
environment variable ``FIELDKIT_REAL_MANUALS`` names the folder that holds those.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.citation import Passage
from fieldkit.library.documents import Document, read_folders
from fieldkit.library.normal import normal

FOLDER = "FIELDKIT_REAL_MANUALS"
_QUESTIONS = Path(__file__).parent / "question_sets" / "real"
_DOCUMENTS = "documents.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealQuestion:
    """One question: where it is answered (``places``: file and page, 0 for a file without pages).

    ``answer`` are the strings of which a right passage holds one, none where nothing answers it;
    ``language`` is the one it is asked in.
    """

    language: str
    text: str
    places: tuple[tuple[str, int], ...]
    answer: tuple[str, ...]

    def is_at(self, passage: Passage, file: str) -> bool:
        """Whether ``passage``, which is of ``file``, is one that answers."""
        if any(file == name and page and page == passage.page for name, page in self.places):
            return True
        here = any(file == name for name, _ in self.places)
        text = _letters(passage.text)
        return here and any(_letters(answer) in text for answer in self.answer)


def folder() -> Path | None:
    """Where the manuals are on this machine, None where nobody says."""
    named = os.environ.get(FOLDER, "")
    return Path(named) if named else None


def questions() -> tuple[RealQuestion, ...]:
    """All of them, those of one file together."""
    found = []
    for path in sorted(_QUESTIONS.glob("*.toml")):
        if path.name != _DOCUMENTS:
            entries = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
            found += [_question(entry) for entry in entries]
    return tuple(found)


def _question(entry: Mapping[str, Any]) -> RealQuestion:
    if not entry.get("answerable", True):
        return RealQuestion(language=entry["language"], text=entry["text"], places=(), answer=())
    at = [entry, *entry.get("also", ())]
    places = [(each["file"], page) for each in at for page in each.get("pages", (0,))]
    return RealQuestion(
        language=entry["language"],
        text=entry["text"],
        places=tuple(places),
        answer=tuple(entry["answer"]),
    )


def documents(where: Path) -> tuple[Sequence[Document], list[str]]:
    """The documents that are in ``where`` as they were, and the names of those that are not."""
    entries = tomllib.loads((_QUESTIONS / _DOCUMENTS).read_text(encoding="utf-8"))["document"]
    missing = [
        entry["file"]
        for entry in entries
        if not (path := where / entry["file"]).is_file()
        or hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]
    ]
    known = {entry["file"] for entry in entries} - set(missing)
    found = read_folders([where], skip=True).documents if known else ()
    return [document for document in found if Path(document.file).name in known], missing


def _letters(text: str) -> str:
    return "".join(char for char in normal(text).casefold() if char.isalnum())
