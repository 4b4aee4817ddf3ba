"""``fieldkit documents add`` with an embedder that was trained on the demo.

The demo's site handbook is the technician's own document here, the other manuals the company's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import product_data, resources
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.errors import FieldkitError
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.meaning import Meant
from fieldkit.library.shelf import Shelf
from fieldkit.resources import DATA_DIR_VARIABLE
from tests.embedders import DEMO
from tests.fakes import ASSISTANT
from tests.paraphrases import ASKED

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

MANUALS = resources.folder("profiles") / "demo" / "manuals"
OWN = "SH-1"
QUESTIONS = [(text, page) for text, document, page, _ in ASKED if document == OWN]
_LIMIT_S = 120.0


class Laptop:
    """A release with an embedder, and a user's folder."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        release = folder / "release"
        release.mkdir()
        self._library = release / "manuals.sqlite"
        shutil.copy(DEMO, release / "embedder.gguf")
        settings = replace(
            ASSISTANT, library="manuals.sqlite", model="gone.gguf", embedder="embedder.gguf"
        )
        (release / "assistant.json").write_text(settings.to_json(), encoding="utf-8")
        manuals = read_folders([MANUALS]).documents
        (self.own,) = (MANUALS / manual.file for manual in manuals if manual.document == OWN)
        with closing(EmbedderClient(DEMO)) as client:
            client.start()
            meant = Meant(embedder="d" * 64, vectors=client.embed)
            company = [manual for manual in manuals if manual.document != OWN]
            build(self._library, company, meant=meant)
        self._environment = {
            **os.environ,
            "FIELDKIT_RELEASE": str(release),
            DATA_DIR_VARIABLE: str(self.data),
        }

    def begin(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "fieldkit", *words],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[str, str]:
        child = self.begin(*words)
        out, err = child.communicate(timeout=_LIMIT_S)
        assert child.returncode == 0, err
        return out, err

    def shelf(self) -> Shelf:
        return Shelf.open(self._library, self.documents, lambda _error: None)

    @property
    def documents(self) -> Path:
        """The folder of own documents."""
        return self.data / product_data.PRODUCTS / product_data.key_of(ASSISTANT) / "documents"

    def whole(self) -> bool:
        return len(list(self.data.rglob("meaning-*.sqlite3"))) == 1


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


class Asking:
    """An embedder that is waited for."""

    problem: FieldkitError | None = None

    def __init__(self, client: EmbedderClient) -> None:
        self._client = client

    def __call__(self, text: str, /) -> Sequence[float]:
        return self._client.embed([text])[0]


def among_three(shelf: Shelf) -> int:
    """How many of ``QUESTIONS`` have their page among the first three."""
    return sum(
        (OWN, page) in {(found.document, found.page) for found in shelf.search(text, floor=0.0)}
        for text, page in QUESTIONS
    )


def test_an_own_document_is_found_in_other_words(laptop: Laptop) -> None:
    said = laptop.run("documents", "add", str(laptop.own))[1]
    assert said.count("Reading what they mean") == 1
    assert laptop.whole()
    with laptop.shelf() as shelf, closing(EmbedderClient(DEMO)) as client:
        by_words = among_three(shelf)
        client.start()
        assert shelf.find_by_meaning(Asking(client))
        by_meaning = among_three(shelf)
    assert len(QUESTIONS) == 12
    assert by_words <= 2  # these share no word with their page, at most a synonym
    assert by_meaning >= 5  # in one library with the manuals 6 are found
    found = json.loads(laptop.run("search", "What do I quench petrol flames with?", "--json")[0])
    first = found["results"][0]
    assert (first["document"], first["pdf_page"], first["own"]) == (OWN, 2, True)
    said = laptop.run("documents", "add", str(laptop.own))[1]
    assert "Reading what they mean" not in said  # nothing is missing


def test_whoever_is_killed_leaves_it_whole_and_the_next_goes_on(laptop: Laptop) -> None:
    child = laptop.begin("documents", "add", str(laptop.own))
    assert child.stderr is not None
    for line in child.stderr:
        if "Reading what they mean" in line:
            child.kill()
            break
    child.communicate(timeout=_LIMIT_S)
    found = json.loads(laptop.run("search", "muster point", "--json")[0])
    assert OWN in {each["document"] for each in found["results"]}  # by words, at once
    laptop.run("documents", "rebuild")
    assert laptop.whole()


def test_two_that_add_at_once_end_well(laptop: Laptop, tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# Spare key\nThe key hangs behind the panel.\n", encoding="utf-8")
    both = [laptop.begin("documents", "add", str(path)) for path in (laptop.own, note)]
    for child in both:
        _, err = child.communicate(timeout=_LIMIT_S)
        assert child.returncode == 0, err
    laptop.run("documents", "rebuild")
    assert laptop.whole()
    assert list((laptop.documents / "incoming").iterdir()) == []
