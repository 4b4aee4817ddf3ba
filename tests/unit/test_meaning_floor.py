"""From which likeness on meaning is evidence: found on questions that no page answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit.core.citation import State
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.meaning import Meant
from fieldkit.library.search import Library
from fieldkit.packager import meaning_floor
from fieldkit.packager.evaluate import Question

STRANGE = [Question(text=f"strange {number}") for number in range(meaning_floor.LEAST_QUESTIONS)]


def vectors(texts: Sequence[str]) -> list[list[float]]:
    """Oil is one direction, water another, and what is strange a third, "strange 7" least so."""
    return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    if "strange" in text:
        return [0.6, 0.8, 1.0] if text.endswith("strange 7") else [0.1, 0.1, 1.0]
    return [float("oil" in text or "grease" in text), float("water" in text), 0.0]


class Embed:
    problem = None

    def __call__(self, text: str, /) -> list[float]:
        return _vector(text)


@pytest.fixture
def documents() -> list[Document]:
    pages = tuple(Page(number=n, text=f"# H{n}\nFill in {what}.") for n, what in
                  enumerate(("oil", "water"), 1))  # fmt: skip
    return [
        Document(document="A-1", title="Pump", revision="", date="", markdown=True, pages=pages)
    ]


def test_it_is_a_little_more_than_a_strange_question_reaches(
    tmp_path: Path, documents: list[Document]
) -> None:
    path = tmp_path / "library.sqlite"
    meant = Meant(embedder="x", question="q: ", vectors=vectors)
    build(path, documents, meant=meant, calibrate=meaning_floor.by(STRANGE, meant))
    with closing(sqlite3.connect(path)) as database:
        about = dict(database.execute("SELECT name, value FROM about"))
    # The cosine of "strange 7" and what is said of water.
    assert float(about["meaning_floor"]) == pytest.approx(0.8 / 2**0.5 + 0.02, abs=0.01)
    with Library.open(path) as library:
        assert library.search("grease") == ()
        library.find_by_meaning(Embed())
        assert library.find("grease").state is State.ANSWERED
        assert library.search("grease")[0].page == 1
        assert library.likeness("grease") == pytest.approx(1.0)
        assert library.search("strange 7") == ()


def test_too_few_questions_or_no_embedder_give_none() -> None:
    meant = Meant(embedder="x", vectors=vectors)
    answered = [Question(text="oil?", document="A-1", page=1, answer=("oil",))] * 30
    assert meaning_floor.by([*answered, *STRANGE[1:]], meant) is None
    assert meaning_floor.by(STRANGE, None) is None


def test_what_two_find_is_noted_together() -> None:
    both = meaning_floor.both(lambda _: {"a": "1"}, None, lambda _: {"b": "2"})
    assert both is not None
    assert both(Path("index")) == {"a": "1", "b": "2"}
    assert meaning_floor.both(None, None) is None
