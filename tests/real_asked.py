"""The questions over real manuals that the default judgement is chosen on, and their documents.

The manuals stay outside this repository; ``tests/question_sets/outside.py`` names the folder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from fieldkit.library.documents import Document, read_folders
from tests.question_sets import outside
from tests.question_sets.outside import OutsideQuestion, OutsideSet

FOLDER = outside.CHOSEN_ON[2]


def folder() -> Path | None:
    """Where the manuals are on this machine, None where nobody says."""
    named = os.environ.get(FOLDER, "")
    return Path(named) if named else None


def questions() -> tuple[OutsideQuestion, ...]:
    """All of them, those of one file together."""
    return _chosen_on().questions


def documents(where: Path) -> tuple[Sequence[Document], list[str]]:
    """The documents that are in ``where`` as they were, and the names of those that are not."""
    asked = _chosen_on()
    missing = asked.missing(where)
    known = {each.file for each in asked.documents} - set(missing)
    found = read_folders([where], skip=True).documents if known else ()
    return [document for document in found if Path(document.file).name in known], missing


def _chosen_on() -> OutsideSet:
    return next(each for each in outside.sets() if each.chosen_on)
