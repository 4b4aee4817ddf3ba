"""Own documents are found by what they mean, once their vectors are made; nobody waits for those.

The embedder here knows three matters; its vectors have one number for each, and one for none.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit.chat.learning import Learning
from fieldkit.core.citation import Passage, State
from fieldkit.errors import EngineFailure, FieldkitError
from fieldkit.library import documents, own_catalog
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.meaning import Meant
from fieldkit.library.own import OwnDocuments
from fieldkit.library.own_meaning import STORE, OwnMeanings
from fieldkit.library.search import Library
from fieldkit.library.shelf import Shelf

MATTERS = (
    ("emergency", "muster", "gather", "assemble"),
    ("coffee", "espresso", "brew"),
    ("oil", "lubricant", "grease"),
)
GATHER = "where do we assemble"  # shares no word with the note that answers
NOTE = "# Muster point\nEverybody walks to the muster point behind the red container."
COFFEE = "# Espresso\nThe machine stands in the galley and needs clean water."
WAIT_S = 20.0


def vector(text: str) -> list[float]:
    """One number a matter that ``text`` is about, one for its length, which says nothing."""
    lower = text.lower()
    about = [float(sum(word in lower for word in words)) for words in MATTERS]
    return [*about, 1.0 + len(text) % 7 / 10]


class Embed:
    """The embedder of questions."""

    problem: FieldkitError | None = None

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str, /) -> Sequence[float] | None:
        self.asked.append(text)
        return vector(text)

    def passages(self, texts: Sequence[str], /) -> Sequence[Sequence[float]] | None:
        return [vector(text) for text in texts]

    def close(self) -> None:
        pass


class Maker:
    """The embedder of passages: counts them, and stops after ``most`` where that is given."""

    def __init__(self, most: int = 1000) -> None:
        self.texts: list[str] = []
        self.most = most

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        if len(self.texts) >= self.most:
            return None
        self.texts += texts
        return [vector(text) for text in texts]


def manual() -> Document:
    """Forty pages about this and that."""
    pages = [f"# Part {n}\nItem {n} of the winch is held by {n + 3} bolts." for n in range(1, 40)]
    pages.append("# Lubricant\nThe gearbox holds lubricant of grade 220.")
    return Document(
        document="WX-1", title="Winch", revision="A", date="", markdown=True,
        pages=tuple(Page(number=n, text=text) for n, text in enumerate(pages, 1)),
    )  # fmt: skip


class Place:
    """A company's library with vectors, and a folder of own documents."""

    def __init__(self, folder: Path, embedder: str = "a" * 64) -> None:
        self.library = folder / "library.sqlite"
        self.folder = folder / "documents"
        self.notes = folder / "notes"
        self.notes.mkdir(exist_ok=True)
        self.problems: list[FieldkitError] = []
        self.release(embedder)

    def release(self, embedder: str | None) -> None:
        """Make the company's index as a release with this ``embedder`` has it."""
        meant = Meant(
            embedder=embedder or "",
            question="query: ",
            passage="passage: ",
            vectors=lambda texts: [vector(text) for text in texts],
        )
        build(self.library, [manual()], meant=meant if embedder else None)

    def add(self, **notes: str) -> None:
        paths = [self.notes / f"{name}.md" for name in notes]
        for path, text in zip(paths, notes.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        self.own().add(paths)

    def own(self) -> OwnDocuments:
        return OwnDocuments(
            self.folder, read=documents.read, language="en", tell=lambda _told: None
        )

    def meanings(self) -> OwnMeanings:
        with Library.open(self.library) as library:
            kind = library.kind
        assert kind is not None
        return OwnMeanings(self.folder, "en", kind)

    def found(self, question: str = GATHER, embed: Embed | None = None) -> list[Passage]:
        with self.shelf() as shelf:
            shelf.find_by_meaning(embed or Embed())
            return list(shelf.search(question, floor=0.0))

    def shelf(self) -> Shelf:
        return Shelf.open(self.library, self.folder, self.problems.append)

    def files(self) -> list[str]:
        return sorted(path.name.partition("-")[0] for path in self.folder.glob("*-*.sqlite3"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def names(found: Sequence[Passage]) -> list[str]:
    return [passage.document for passage in found]


def test_an_own_document_is_found_by_meaning_once_its_vectors_are_made(place: Place) -> None:
    place.add(note=NOTE, coffee=COFFEE)
    embed = Embed()
    with place.shelf() as shelf:
        assert shelf.find_by_meaning(embed)
        assert "note" not in names(shelf.search(GATHER, floor=0.0))
        assert place.meanings().make(Maker())
        first, *_ = shelf.find(GATHER).passages  # the shelf was open all the time
        assert (first.document, first.own) == ("note", True)
        assert shelf.find(GATHER).state is State.PERHAPS
        assert not shelf.incomplete
        assert shelf.words_only is None
    assert all(text == f"query: {GATHER}" for text in embed.asked)
    assert len(embed.asked) == 3  # once a search, for both libraries
    assert place.problems == []


def test_words_find_it_while_there_are_no_vectors(place: Place) -> None:
    place.add(note=NOTE)
    assert place.found("muster point")[0].document == "note"


def test_what_the_manuals_say_by_meaning_is_not_pushed_away(place: Place) -> None:
    place.add(coffee=COFFEE)
    place.meanings().make(Maker())
    assert place.found("which grease")[0].document == "WX-1"
    assert place.found("how to brew")[0].document == "coffee"


def test_a_further_document_costs_only_its_own_passages(place: Place) -> None:
    place.add(note=NOTE)
    first = Maker()
    assert place.meanings().make(first)
    assert place.meanings().make(Maker(0))  # whole: nothing to do
    place.add(coffee=COFFEE)
    second = Maker()
    assert place.meanings().make(second)
    assert ["Muster" in text for text in first.texts] == [True]
    assert ["Espresso" in text for text in second.texts] == [True]
    assert all(text.startswith("passage: ") for text in [*first.texts, *second.texts])
    assert names(place.found())[:1] == ["note"]
    assert place.files().count("meaning") == 1


def test_who_was_stopped_goes_on_where_that_was(place: Place) -> None:
    place.add(**{f"n{number}": f"# Note {number}\nText {number}." for number in range(7)})
    place.add(note=NOTE)
    begun = Maker()
    assert not place.meanings().make(begun, lambda _done, _all: len(begun.texts) < 4)
    assert "meaning" not in place.files()
    assert "note" not in names(place.found())  # half of them count for nothing
    rest = Maker()
    told: list[tuple[int, int]] = []

    def going(done: int, whole: int) -> bool:
        told.append((done, whole))
        return True

    assert place.meanings().make(rest, going)
    assert (len(begun.texts), len(rest.texts)) == (4, 4)
    assert told[0] == (4, 8)
    assert place.found()[0].document == "note"


def test_an_embedder_that_fails_or_cannot_leaves_everything_as_it_was(place: Place) -> None:
    def fails(_texts: Sequence[str]) -> Sequence[Sequence[float]]:
        raise EngineFailure("it died", hint="Start it again.")

    place.add(note=NOTE)
    with pytest.raises(EngineFailure):
        place.meanings().make(fails)
    assert not place.meanings().make(Maker(0))
    with pytest.raises(FieldkitError, match="made no vector"):
        place.meanings().make(lambda texts: [[0.0] * 4 for _ in texts])
    assert place.found("muster point")[0].document == "note"
    assert place.meanings().make(Maker())


def test_another_embedder_makes_all_anew(place: Place) -> None:
    place.add(note=NOTE)
    assert place.meanings().make(Maker())
    place.release("b" * 64)
    assert "note" not in names(place.found())  # those of the other say nothing
    again = Maker()
    assert place.meanings().make(again)
    assert len(again.texts) == 1
    assert place.found()[0].document == "note"
    assert place.files().count("meaning") == 1
    with closing(sqlite3.connect(place.folder / STORE)) as store:
        assert store.execute("SELECT DISTINCT embedder FROM vector").fetchall() == [("b" * 64,)]


def test_a_removed_document_leaves_no_vector(place: Place) -> None:
    place.add(note=NOTE, coffee=COFFEE)
    place.meanings().make(Maker())
    place.own().remove("note")
    assert "meaning" not in place.files()
    assert place.meanings().make(Maker(0))  # the rest is known
    assert "note" not in names(place.found())
    assert place.found("how to brew")[0].document == "coffee"
    with closing(sqlite3.connect(place.folder / STORE)) as store:
        assert store.execute("SELECT count(*) FROM vector").fetchone() == (1,)
    place.own().remove("coffee")
    assert not (place.folder / STORE).exists()
    assert "meaning" not in place.files()


def test_two_at_once_do_not_wait_for_each_other(place: Place) -> None:
    place.add(note=NOTE)
    inside, leave = threading.Event(), threading.Event()

    def slow(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        inside.set()
        leave.wait(WAIT_S)
        return [vector(text) for text in texts]

    outcome: list[bool] = []
    worker = threading.Thread(target=lambda: outcome.append(place.meanings().make(slow)))
    worker.start()
    assert inside.wait(WAIT_S)
    other = Maker()
    assert not place.meanings().make(other)
    assert other.texts == []
    assert place.found("muster point")[0].document == "note"  # nor does a search wait
    leave.set()
    worker.join(WAIT_S)
    assert outcome == [True]
    assert place.meanings().make(Maker(0))


def test_a_document_that_comes_meanwhile_ends_it_and_is_made_next_time(place: Place) -> None:
    place.add(note=NOTE)

    def added(_done: int, _all: int) -> bool:
        place.add(coffee=COFFEE)
        return True

    first = Maker()
    assert not place.meanings().make(first, lambda d, a: not first.texts and added(d, a))
    assert place.meanings().make(Maker())
    assert place.found("how to brew")[0].document == "coffee"


def damaged(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def shortened(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM vector")
        database.commit()


@pytest.mark.parametrize("spoil", [damaged, shortened])
def test_damaged_vectors_cost_nothing_but_meaning(
    place: Place, spoil: Callable[[Path], None]
) -> None:
    place.add(note=NOTE)
    assert place.meanings().make(Maker())
    (path,) = place.folder.glob("meaning-*")
    spoil(path)
    assert place.found("muster point")[0].document == "note"
    assert not path.exists()
    damaged(place.folder / STORE)
    assert place.meanings().make(Maker())
    assert place.found()[0].document == "note"


def test_without_an_embedder_nothing_changes(place: Place) -> None:
    place.release(None)
    place.add(note=NOTE)
    with place.shelf() as shelf:
        assert not shelf.find_by_meaning(Embed())
        assert shelf.own_meanings is None
        assert "note" in names(shelf.search("muster point"))
    assert min(path.name for path in place.folder.iterdir() if path.is_file()).startswith(
        own_catalog.FILE
    )
    assert not (place.folder / STORE).exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_vectors_are_private_to_their_user(place: Place) -> None:
    before = os.umask(0)
    try:
        place.add(note=NOTE)
        place.meanings().make(Maker())
    finally:
        os.umask(before)
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


class Next:
    """A tuner that counts."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self, tell: Callable[[str], None]) -> None:
        tell("tuning")
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")


def ended(learning: Learning) -> None:
    learning._thread is None or learning._thread.join(WAIT_S)


def test_the_assistant_makes_them_while_nobody_asks(place: Place) -> None:
    place.add(note=NOTE)
    told: list[str] = []
    with place.shelf() as shelf:
        embed, tuner = Embed(), Next()
        shelf.find_by_meaning(embed)
        learning = Learning(shelf, embed).before(tuner)
        learning.start(told.append)
        ended(learning)
        assert tuner.calls == []
        assert shelf.search(GATHER, floor=0.0)[0].document == "note"
        learning.start(told.append)  # nothing more to do: the tuner's turn
        learning.stop()
        assert (tuner.calls, told) == (["start", "stop"], ["tuning"])
        place.add(coffee=COFFEE)
        learning.start(told.append)
        ended(learning)
        learning.close()
        assert shelf.search("how to brew", floor=0.0)[0].document == "coffee"


def test_the_assistant_leaves_the_processor_when_it_is_needed(place: Place) -> None:
    place.add(**{f"n{number}": f"# Note {number}\nText {number}." for number in range(9)})
    with place.shelf() as shelf:
        learning: Learning

        class Stopping(Embed):
            count = 0

            def passages(self, texts: Sequence[str], /) -> Sequence[Sequence[float]] | None:
                self.count += len(texts)
                learning.stop()
                return [vector(text) for text in texts]

        embed = Stopping()
        shelf.find_by_meaning(embed)
        learning = Learning(shelf, embed)
        learning.start(lambda _text: None)
        ended(learning)
        assert embed.count < 9
        assert "meaning" not in place.files()


def test_the_assistant_makes_none_on_a_low_battery_or_without_an_embedder(place: Place) -> None:
    place.add(note=NOTE)
    with place.shelf() as shelf:
        embed = Embed()
        shelf.find_by_meaning(embed)
        for learning in (Learning(shelf, embed, may=lambda: False), Learning(shelf, None)):
            learning.start(lambda _text: None)
            ended(learning)
            learning.close()
    assert not (place.folder / STORE).exists()


def test_who_searches_imports_nothing_that_reads_documents() -> None:
    program = (
        "import sys, fieldkit.library.shelf\n"
        "print(*(name for name in sys.modules if name.startswith('fieldkit.library.readers.')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["fieldkit.library.readers.model"]
