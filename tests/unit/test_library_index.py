"""The index file: complete, reproducible, whole or absent; and what opening refuses."""

import hashlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.citation import State
from fieldkit.errors import DiskFull, ExitCode, IntegrityProblem
from fieldkit.library import index
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.schema import SCHEMA_VERSION
from fieldkit.library.search import Library, Manual


def document(name: str = "TX-9", text: str = "## Torque\nBolts: 20 Nm.") -> Document:
    return Document(
        document=name,
        title=f"{name} pump",
        revision="B",
        date="2026-02-01",
        pages=(Page(number=1, text=text), Page(number=3, text="## Care\nOil it.")),
        markdown=True,
    )


def test_an_index_holds_documents_pages_and_passages(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    summary = build(path, [document(), document("TX-10")])
    assert (summary.documents, summary.pages, summary.passages) == (2, 4, 4)
    assert summary.size == path.stat().st_size
    with Library.open(path) as library:
        assert library.documents()[1] == Manual(
            document="TX-10", title="TX-10 pump", revision="B", date="2026-02-01", pages=(1, 3)
        )
        assert library.page("TX-9", 1) == "## Torque\nBolts: 20 Nm."
        with pytest.raises(KeyError, match=r"TX-9 p\. 2"):
            library.page("TX-9", 2)


def test_equal_manuals_give_equal_bytes(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        build(tmp_path / name, [document(), document("TX-10")])
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_building_again_replaces_the_index_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    build(path, [document()])
    build(path, [document("TX-10")])
    assert [p.name for p in tmp_path.iterdir()] == ["library.sqlite3"]
    with Library.open(path) as library:
        assert [manual.document for manual in library.documents()] == ["TX-10"]


def test_a_failed_build_keeps_the_old_index(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    build(path, [document()])
    before = path.read_bytes()
    with pytest.raises(sqlite3.IntegrityError):
        build(path, [document("SAME"), document("SAME")])
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["library.sqlite3"]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be written"):
        build(tmp_path / "gone" / "library.sqlite3", [document()])


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "TABLES", f"PRAGMA max_page_count = 8;{index.TABLES}")
    with pytest.raises(DiskFull) as raised:
        build(tmp_path / "library.sqlite3", [document(text="## A\n" + "word " * 50_000)])
    assert raised.value.exit_code == ExitCode.DISK_FULL
    assert list(tmp_path.iterdir()) == []


def test_opening_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    build(path, [document()])
    path.chmod(0o444)
    before = path.read_bytes()
    with Library.open(path) as library:
        assert library.search("torque of the bolts")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["library.sqlite3"]


def test_a_path_with_uri_characters_opens(tmp_path: Path) -> None:
    path = tmp_path / "a folder?with#odd%20name" / "library.sqlite3"
    path.parent.mkdir()
    build(path, [document()])
    with Library.open(path) as library:
        assert library.search("bolts")


def _other_database(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE t (x)")
    database.commit()
    database.close()


def _newer(path: Path) -> None:
    build(path, [document()])
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.commit()
    database.close()


def _cut(path: Path) -> None:
    build(path, [document()])
    path.write_bytes(path.read_bytes()[:6000])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: None, "is missing"),
        (lambda path: path.write_bytes(b""), "not an index"),
        (lambda path: path.write_bytes(b"no database at all" * 100), "not an index"),
        (_other_database, "not an index"),
        (_newer, f"version {SCHEMA_VERSION + 1}"),
        (_cut, "is damaged"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, spoil, message: str) -> None:
    path = tmp_path / "library.sqlite3"
    spoil(path)
    with pytest.raises(IntegrityProblem, match=message) as raised, Library.open(path) as library:
        library.search("bolts")
    assert raised.value.exit_code == ExitCode.INTEGRITY
    assert raised.value.hint


def test_a_page_that_was_read_by_ocr_says_so(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    scanned = Page(number=2, text="## Scanned\nRelief valve 350 bar.", recognised=True)
    build(path, [replace(document(), pages=(*document().pages[:1], scanned))])
    with Library.open(path) as library:
        assert [p.recognised for p in library.search("relief valve 350 bar")] == [True]
        (typed,) = library.search("torque of the bolts")
        assert not typed.recognised


def labelled(**changes: object) -> Document:
    pages = tuple(
        Page(number=number, text=f"Page {number}.", label=label)
        for number, label in enumerate(("i", "ii", "1", "2", "2-3", ""), 1)
    )
    manual = Document(document="TX-9", title="TX-9", revision="", date="", pages=pages)
    return replace(manual, **changes)  # type: ignore[arg-type]  # fields of a document


def test_an_index_knows_files_printed_pages_and_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    manual = labelled(file="pumps/TX-9.pdf", sha256="ab" * 32)
    build(path, [manual], left_out=[("scans/old.pdf", "it holds no text")])
    with Library.open(path) as library:
        (found,) = library.documents()
        assert (found.file, found.sha256) == ("pumps/TX-9.pdf", "ab" * 32)
        assert found.labels == {1: "i", 2: "ii", 3: "1", 4: "2", 5: "2-3"}
        assert library.left_out() == (("scans/old.pdf", "it holds no text"),)
        (passage,) = library.search("page 4")[:1]
        assert (passage.page, passage.page_label, passage.place) == (4, "2", "TX-9, p. 2 (PDF 4)")


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("2", 4), ("1", 3), ("ii", 2), ("II", 2), ("2-3", 5), ("2\u20133", 5), (" 2 ", 4),
        ("6", 6), ("5", 5),
    ],
)  # fmt: skip
def test_a_page_is_found_by_its_printed_number(tmp_path: Path, printed: str, number: int) -> None:
    build(tmp_path / "a", [labelled()])
    with Library.open(tmp_path / "a") as library:
        assert library.number_of("TX-9", printed) == number


@pytest.mark.parametrize(
    ("document", "page"), [("TX-9", "7"), ("TX-9", "iii"), ("TX-8", "1"), ("TX-9", "")]
)
def test_a_page_that_is_not_there_is_a_key_error(tmp_path: Path, document: str, page: str) -> None:
    build(tmp_path / "a", [labelled()])
    with Library.open(tmp_path / "a") as library, pytest.raises(KeyError):
        library.number_of(document, page)


def test_a_printed_page_is_that_of_the_newest_revision(tmp_path: Path) -> None:
    older = labelled(revision="A", date="2020-01-01")
    pages = (Page(number=1, text="New.", label="2"),)
    newer = labelled(revision="B", date="2026-01-01", pages=pages)
    build(tmp_path / "a", [older, newer])
    with Library.open(tmp_path / "a") as library:
        assert library.number_of("TX-9", "2") == 1
        assert library.number_of("TX-9", "2", "A") == 4


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Pump {}", "## Cover\nCover bolts: 85 Nm.\n## Oil\nUse 8 l."),
        ("Manual", "# Pump {}\n## Cover\nCover bolts: 85 Nm.\n## Oil\nUse 8 l."),
    ],
)
def test_a_code_of_the_title_or_first_heading_holds_for_all_passages(
    tmp_path: Path, title: str, text: str
) -> None:
    documents = [
        replace(
            document(f"file{number}"),
            title=title.format(name),
            pages=(Page(number=1, text=text.format(name)),),
        )
        for number, name in enumerate(("KD-71", "KD-72"))
    ]
    build(tmp_path / "index", documents)
    with Library.open(tmp_path / "index") as library:
        found = library.search("KD 72 cover bolts", 1)
        assert [(passage.document, passage.heading) for passage in found] == [("file1", "Cover")]
        other = library.find("KD-73 cover bolts")
        assert (other.state is State.ANSWERED, other.missing) == (False, ("KD-73",))


def test_a_heading_of_one_chapter_of_several_names_no_others(tmp_path: Path) -> None:
    text = "# Pump P-204\nFill it.\n# Valve V-17\nCover bolts: 85 Nm."
    path = tmp_path / "index"
    build(path, [replace(document(), pages=(Page(number=1, text=text),))])
    with Library.open(path) as library:
        assert library.search("P-204 cover bolts", floor=0.9) == ()
