"""Manuals and own documents are searched together, and neither stands in the other's way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fieldkit.core.citation import Passage
from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.library import documents, own_catalog
from fieldkit.library.documents import Document, Page
from fieldkit.library.finding import Finder
from fieldkit.library.index import build
from fieldkit.library.joining import merged
from fieldkit.library.own import OwnDocuments
from fieldkit.library.search import Library, Ranked
from fieldkit.library.shelf import Shelf
from tests.library_set import Yard, markdown

YARD = Yard()
PUMP = Document(
    document="PX-204",
    title="PX-204 mud pump",
    revision="C",
    date="",
    markdown=True,
    pages=(
        Page(number=1, text="# Torque\nThe fluid end studs are tightened to 320 Nm."),
        Page(number=2, text="# Relief valve\nThe relief valve opens at 350 bar."),
        Page(number=3, text="# Lubrication\nThe power end holds 38 liters of gear oil."),
    ),
)


class Place:
    """A company's library and a folder of own documents."""

    def __init__(self, folder: Path) -> None:
        self.library = folder / "library.sqlite"
        self.folder = folder / "documents"
        self.notes = folder / "notes"
        self.notes.mkdir()
        self.problems: list[FieldkitError] = []
        build(self.library, [PUMP])

    def add(self, name: str, text: str) -> None:
        path = self.notes / name
        path.write_text(text, encoding="utf-8")
        self.own().add([path])

    def own(self) -> OwnDocuments:
        return OwnDocuments(
            self.folder, read=documents.read, language="en", tell=lambda _told: None
        )

    def shelf(self) -> Shelf:
        return Shelf.open(self.library, self.folder, self.problems.append)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_without_own_documents_it_is_the_library(place: Place) -> None:
    with place.shelf() as shelf, Library.open(place.library) as library:
        assert shelf.documents() == library.documents()
        assert shelf.search("torque of the studs") == library.search("torque of the studs")
        assert shelf.page("PX-204", 2) == library.page("PX-204", 2)
        assert shelf.language is library.language
        assert not shelf.incomplete
        with pytest.raises(KeyError):
            shelf.page("gone", 1)
    assert not place.folder.exists()


def test_both_are_found_and_an_own_document_says_so(place: Place) -> None:
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    with place.shelf() as shelf:
        (gate, *_) = shelf.search("code of the yard gate")
        (torque, *_) = shelf.search("torque of the fluid end studs")
        assert (gate.document, gate.own, gate.label) == (
            "gate",
            True,
            "gate, Yard gate, added by you",
        )
        assert (torque.document, torque.own) == ("PX-204", False)
        assert shelf.page("gate", gate.page).startswith("# Yard gate")
        assert [(manual.document, manual.own) for manual in shelf.documents()] == [
            ("PX-204", False),
            ("gate", True),
        ]


def test_what_is_added_and_removed_meanwhile_is_noticed(place: Place) -> None:
    with place.shelf() as shelf:
        assert shelf.search("code of the yard gate") == ()
        place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
        assert shelf.search("code of the yard gate")[0].own
        place.add("gate.md", "# Yard gate\nThe code of the yard gate is 1234.")
        assert "1234" in shelf.search("code of the yard gate")[0].text
        place.own().remove("gate")
        assert shelf.search("code of the yard gate") == ()


def test_an_own_document_of_a_manual_s_name_is_told_from_it(place: Place) -> None:
    place.add("PX-204.md", "# Cold start\nPrime the PX-204 twice below zero.")
    with place.shelf() as shelf:
        (found,) = shelf.search("cold start below zero")
        assert found.document == "PX-204 (2)"
        assert "Prime" in shelf.page("PX-204 (2)", 0)
        assert "320 Nm" in shelf.page("PX-204", 1)
        assert [manual.document for manual in shelf.documents()] == ["PX-204", "PX-204 (2)"]


def test_an_own_revision_supersedes_no_manual(place: Place) -> None:
    place.add("px.md", "---\ndocument: PX-204\nrevision: Z\n---\n# Torque\nStuds: 500 Nm, I think.")
    with place.shelf() as shelf:
        (best, *_) = shelf.search("torque of the fluid end studs", 3)
        assert (best.document, best.superseded_by) == ("PX-204", "")


COPY = "\n\n".join(f"<!-- page {page.number} -->\n{page.text}" for page in PUMP.pages)
HEAD = "---\ndocument: {name}\nrevision: C\n---\n"


@pytest.mark.parametrize("name", ["PX-204", "my pump"])
def test_a_copy_of_a_manual_is_told_of_and_not_shown(place: Place, name: str) -> None:
    place.add("copy.md", HEAD.format(name=name) + COPY)
    with place.shelf() as shelf, Library.open(place.library) as library:
        for question in ("relief valve opens at?", "torque of the studs", "gear oil"):
            alone, together = library.find(question, 3), shelf.find(question, 3)
            best = together.passages[0]
            assert (best.document, best.page) == ("PX-204", alone.passages[0].page)
            assert best.copied
            assert "a copy of yours says the same" in best.label
            assert name == "my pump" or not any(passage.own for passage in together.passages)
            assert together.state is alone.state


def test_a_changed_copy_of_the_same_revision_comes_after_the_manual(place: Place) -> None:
    changed = COPY.replace("The relief valve opens at 350 bar", "Relief valve opens at 300 bar")
    place.add("copy.md", HEAD.format(name="PX-204") + changed)
    with place.shelf() as shelf:
        first, *_, last = shelf.find("relief valve opens at", 3).passages
        assert ("350 bar" in first.text, first.own, first.copied) == (True, False, False)
        assert (last.document, last.own) == ("PX-204 (2)", True)


def test_a_word_that_only_own_documents_have_weighs_as_a_rare_one(place: Place) -> None:
    """In an index of one passage every word is common; both together know better."""
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    with place.shelf() as shelf:
        (found,) = shelf.search("what is the code of the yard gate at night")
        assert found.own


def test_a_follow_up_finds_own_documents_too(place: Place) -> None:
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    with place.shelf() as shelf:
        assert Finder(shelf).find("code of the yard gate", limit=2).passages[0].own


TINY = (
    "# Notes\nTorque, oil, pressure, filter, start, stop, fault, code, valve, bolt, how much,"
    " which, when, tighten, replace, check, level, alarm, hours, liters, bar, the unit, the pump."
)


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, Shelf]]:
    """A company's library, and the same with a tiny file of words that questions are made of."""
    place = Place(tmp_path_factory.mktemp("yard"))
    for manual in YARD.manuals:
        (place.notes / f"{manual.document}.md").write_text(markdown(manual), encoding="utf-8")
    build(place.library, documents.read_folders([place.notes]).documents)
    place.add("tiny.txt", TINY)
    with Library.open(place.library) as library, place.shelf() as shelf:
        yield library, shelf


def test_a_tiny_private_file_pushes_no_manual_out(yard: tuple[Library, Shelf]) -> None:
    library, shelf = yard
    for asked in YARD.asked:
        alone = library.search(asked.text, 3)
        together = shelf.search(asked.text, 3)
        manuals = [passage for passage in together if not passage.own]
        assert manuals == list(alone[: len(manuals)])
        assert manuals[:1] == list(alone[:1])
        assert len(together) - len(manuals) <= 1
    first = [shelf.search(asked.text, 3)[0].own for asked in YARD.asked]
    assert sum(first) <= 0.01 * len(first)


def test_own_documents_bring_no_evidence_for_what_nobody_knows(
    yard: tuple[Library, Shelf],
) -> None:
    library, shelf = yard
    alone = [bool(library.search(asked.text)) for asked in YARD.unanswerable]
    together = [bool(shelf.search(asked.text)) for asked in YARD.unanswerable]
    assert sum(together) <= sum(alone) + 0.02 * len(alone)


def ranked(name: str, coverage: float, *, superseded: bool = False) -> Ranked:
    passage = Passage(
        document=name,
        title=name,
        revision="",
        page=1,
        heading="",
        text="",
        superseded_by="rev B" if superseded else "",
    )
    return Ranked(passage, coverage, coverage)


@pytest.mark.parametrize(
    ("company", "own", "limit", "expected"),
    [
        ([("a", 0.9), ("b", 0.8)], [], 3, "ab"),
        ([], [("x", 0.9), ("y", 0.8)], 3, "xy"),
        ([("a", 0.9), ("b", 0.9)], [("x", 0.9), ("y", 0.9)], 3, "axb"),
        ([("a", 0.5)], [("x", 0.9), ("y", 0.8)], 3, "xya"),
        ([("a", 0.5)], [("x", 0.9), ("y", 0.8)], 2, "xa"),
        ([("a", 0.5)], [("x", 0.9)], 1, "x"),
        ([("a", 0.9)], [("x", 0.9)], 1, "a"),
        ([("a", 0.6), ("b", 1.0)], [("x", 0.8)], 3, "abx"),
        ([("a", 0.9, True)], [("x", 0.4)], 2, "xa"),
        ([("a", 0.4)], [("x", 0.9, True)], 2, "ax"),
    ],
)
def test_two_lists_become_one(
    company: list[tuple[str, float]], own: list[tuple[str, float]], limit: int, expected: str
) -> None:
    def made(entries: list[tuple[str, float]]) -> list[Ranked]:
        return [ranked(name, cover, superseded=bool(rest)) for name, cover, *rest in entries]

    found = merged(made(company), made(own), limit)
    assert "".join(each.passage.document for each in found) == expected


def garbage(path: Path) -> None:
    path.write_bytes(b"not an index")


def spoilt(path: Path) -> None:
    """Keep what opening looks at, and overwrite the rest."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def unsearchable(path: Path) -> None:
    """An index that opens, and fails when it is searched."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE term")


@pytest.mark.parametrize("damage", [garbage, spoilt, unsearchable, Path.unlink])
def test_a_damaged_own_index_keeps_nobody_from_the_manuals(
    place: Place, damage: Callable[[Path], None]
) -> None:
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    (path,) = place.folder.glob("index-*")
    damage(path)
    with place.shelf() as shelf:
        assert shelf.search("torque of the fluid end studs")[0].document == "PX-204"
        assert shelf.search("code of the yard gate") == ()
        assert [manual.document for manual in shelf.documents()] == ["PX-204"]
        assert shelf.incomplete
        assert len(place.problems) == (0 if damage is Path.unlink else 1)
        place.own().repair()
        assert shelf.search("code of the yard gate")[0].own
        assert not shelf.incomplete


def test_a_damaged_catalog_keeps_nobody_from_the_manuals(place: Place) -> None:
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    with place.shelf() as shelf:
        (place.folder / own_catalog.FILE).write_bytes(b"not a catalog " * 400)
        assert shelf.search("torque of the fluid end studs")[0].document == "PX-204"
        assert shelf.incomplete
        assert "catalog" in place.problems[0].message
        place.own().repair()
        assert shelf.search("code of the yard gate")[0].own


def test_damage_of_the_manuals_own_index_is_told(place: Place) -> None:
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    place.library.write_bytes(b"not an index")
    with pytest.raises(IntegrityProblem, match=r"library\.sqlite"):
        place.shelf()


def test_threads_search_while_documents_come_and_go(place: Place) -> None:
    place.add("gate.md", "# Yard gate\nThe code of the yard gate is 4711.")
    failures: list[BaseException] = []
    stop = threading.Event()

    def search(shelf: Shelf) -> None:
        while not stop.is_set():
            try:
                assert shelf.search("torque of the fluid end studs")
                shelf.documents()
            except BaseException as error:  # noqa: BLE001 - told to the test
                failures.append(error)
                return

    with place.shelf() as shelf:
        threads = [threading.Thread(target=search, args=(shelf,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(8):
            place.add("gate.md", f"# Yard gate\nThe code of the yard gate is {number}.")
        stop.set()
        for thread in threads:
            thread.join(30)
        assert failures == []
        assert shelf.search("code of the yard gate")[0].text.endswith("7.")
    assert place.problems == []
