"""Documents that a technician adds: copied, read, indexed; nothing lost, whatever happens."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit.errors import Busy, DiskFull, UsageProblem
from fieldkit.library import documents, index, own_catalog, own_files
from fieldkit.library.documents import Document, Page
from fieldkit.library.own import FILES, OwnDocuments, Told
from fieldkit.library.own_catalog import Catalog, entries, index_path
from fieldkit.library.search import Library


class Desk:
    """Own documents in a folder, what was read, and what was told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data" / "documents"
        self.folder.parent.mkdir()
        self.desk = folder
        self.read: list[str] = []
        self.told: list[Told] = []

    def own(self, language: str = "en") -> OwnDocuments:
        return OwnDocuments(self.folder, read=self._read, language=language, tell=self.told.append)

    def add(self, *names: str) -> int:
        return self.own().add([self.desk / name for name in names])

    def write(self, name: str, text: str = "# Relief valve\nIt opens at 350 bar.") -> Path:
        path = self.desk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def found(self, question: str) -> list[str]:
        """The documents that are found, by their identity."""
        path = index_path(self.folder, entries(self.folder), "en")
        with Library.open(path) as library:
            return [passage.document for passage in library.search(question)]

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in entries(self.folder)]

    @property
    def happened(self) -> list[tuple[str, str]]:
        told = [(each.what, each.name) for each in self.told if each.what != "reading"]
        self.told.clear()
        return told

    def _read(self, path: Path) -> documents.Document:
        self.read.append(path.name)
        return documents.read(path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_document_is_copied_and_found(desk: Desk) -> None:
    source = desk.write("valve.md")
    assert desk.add("valve.md") == 0
    source.unlink()  # the stick is gone
    assert desk.happened == [("added", "valve.md"), ("indexing", "")]
    assert desk.found("when does the relief valve open") == ["valve"]
    (entry,) = entries(desk.folder)
    copy = desk.folder / FILES / "valve.md"
    assert (entry.source, entry.size, entry.pages) == (str(source), copy.stat().st_size, 1)
    assert list((desk.folder / "incoming").iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_everything_is_private_to_its_user(desk: Desk) -> None:
    desk.write("valve.md").chmod(0o644)
    desk.folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        desk.add("valve.md")
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in desk.folder.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o700


def test_one_changed_file_is_read_again_alone(desk: Desk) -> None:
    for name in "abc":
        desk.write(f"{name}.md", f"# Note {name}\nText of {name}.")
    desk.add("a.md", "b.md", "c.md")
    desk.write("b.md", "# Note b\nThe spare key hangs behind the panel.")
    desk.read.clear()
    desk.told.clear()
    desk.add("a.md", "b.md", "c.md")
    assert desk.read == ["b.md"]
    assert desk.happened == [
        ("unchanged", "a.md"),
        ("replaced", "b.md"),
        ("unchanged", "c.md"),
        ("indexing", ""),
    ]
    assert desk.found("where is the spare key") == ["b"]
    assert len(list(desk.folder.glob("index-*"))) == 1


def test_nothing_new_makes_no_new_index(desk: Desk) -> None:
    desk.write("a.md")
    desk.add("a.md")
    (before,) = desk.folder.glob("index-*")
    moment = before.stat().st_mtime_ns
    desk.told.clear()
    desk.add("a.md")
    assert desk.happened == [("unchanged", "a.md")]
    assert [path.stat().st_mtime_ns for path in desk.folder.glob("index-*")] == [moment]


def test_of_a_folder_what_can_be_read_is_added(desk: Desk) -> None:
    desk.write("stick/a.md", "# A\nText of a.")
    desk.write("stick/deeper/b.txt", "Text of b.")
    desk.write("stick/.hidden/c.md")
    desk.write("stick/photo.jpg")
    assert desk.add("stick") == 0
    assert desk.names == ["a.md", "b.txt"]
    (desk.desk / "empty").mkdir()
    desk.told.clear()
    assert desk.add("empty") == 1
    assert desk.told[0].what == "refused"


def test_two_files_of_one_name_are_both_kept(desk: Desk) -> None:
    desk.write("north/notes.md", "# Notes\nThe north gate code is 4711.")
    desk.write("south/notes.md", "# Notes\nThe south gate code is 1234.")
    desk.add("north/notes.md", "south/notes.md")
    assert desk.names == ["notes (2).md", "notes.md"]
    assert desk.found("code of the south gate")[0] == "notes (2)"
    desk.told.clear()
    desk.add("south/notes.md")
    assert desk.happened == [("unchanged", "notes (2).md")]


def test_what_cannot_be_added_is_named_with_the_reason_and_the_others_go_on(desk: Desk) -> None:
    desk.write("photo.jpg")
    desk.write("empty.md", "")
    desk.write("blank.md", " \n")
    desk.write("broken.pdf", "%PDF-1.4 not really")
    desk.write("good.md")
    os.mkfifo(desk.desk / "pipe.md")
    refused = ["photo.jpg", "empty.md", "blank.md", "broken.pdf", "gone.md", "pipe.md"]
    assert desk.add(*refused, "good.md") == len(refused)
    reasons = {Path(told.name).name: told.detail for told in desk.told if told.what == "refused"}
    assert list(reasons) == refused
    assert "can be read" in reasons["photo.jpg"]
    assert reasons["empty.md"] == "it is empty"
    assert "holds no text" in reasons["blank.md"]
    assert "PDF" in reasons["broken.pdf"]
    assert reasons["gone.md"] == "there is no such file"
    assert reasons["pipe.md"] == "it is not a file"
    assert desk.names == ["good.md"]
    assert [path.name for path in (desk.folder / FILES).iterdir()] == ["good.md"]


def test_a_file_that_is_too_large_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "FILE_BYTES", 1 << 20)
    desk.write("large.txt", "word " * 300_000)
    assert desk.add("large.txt") == 1
    assert "larger than 1 MiB" in desk.told[0].detail
    assert list((desk.folder / FILES).iterdir()) == []


def test_a_hostile_name_becomes_a_harmless_one(desk: Desk) -> None:
    for name in ("\x1b]0;x\x07evil.md", "a\nb.md", "..md.md", "x" * 240 + ".md"):
        desk.write(name, f"# {len(name)}\nText.")
    desk.write("plain.md")
    assert desk.own().add(sorted(desk.desk.glob("*.md"))) == 0
    assert all(name.isprintable() and not name.startswith(".") for name in desk.names)
    assert len(desk.names) == 5
    assert all(told.name.isprintable() for told in desk.told)


def test_a_document_is_removed_by_its_name(desk: Desk) -> None:
    desk.write("Valve.md")
    desk.write("other.md", "# Other\nGrease the bearing weekly.")
    desk.add("Valve.md", "other.md")
    desk.told.clear()
    desk.own().remove("valve")
    assert desk.happened == [("removed", "Valve.md"), ("indexing", "")]
    assert desk.names == ["other.md"]
    assert [path.name for path in (desk.folder / FILES).iterdir()] == ["other.md"]
    assert b"relief valve" not in (desk.folder / own_catalog.FILE).read_bytes().lower()
    with pytest.raises(UsageProblem, match="valve"):
        desk.own().remove("valve")
    desk.own().remove("other.md")
    assert list(desk.folder.glob("index-*")) == []


def test_a_full_disk_is_told_and_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.md", "# A\nThe spare key hangs behind the panel.")
    desk.add("a.md")
    desk.write("b.md")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(DiskFull) as raised:
            desk.add("b.md")
    assert raised.value.hint
    assert desk.names == ["a.md"]
    assert desk.found("where is the spare key") == ["a"]
    assert list((desk.folder / "incoming").iterdir()) == []
    assert desk.add("b.md") == 0
    assert desk.names == ["a.md", "b.md"]


def test_a_full_disk_while_the_index_is_made_keeps_what_was_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull("full", hint="Free some space.")

    desk.write("a.md")
    with monkeypatch.context() as patched:
        patched.setattr(index, "build", full)
        with pytest.raises(DiskFull):
            desk.add("a.md")
    assert desk.names == ["a.md"]
    desk.read.clear()
    desk.own().repair()
    assert desk.read == []
    assert desk.found("when does the relief valve open") == ["a"]


def damage_catalog(folder: Path) -> None:
    (folder / own_catalog.FILE).write_bytes(b"not a database " * 400)


def lose_catalog(folder: Path) -> None:
    (folder / own_catalog.FILE).unlink()


def damage_content(folder: Path) -> None:
    with sqlite3.connect(folder / own_catalog.FILE) as database:
        database.execute("UPDATE document SET content = x'00'")
    database.close()
    lose_index(folder)


def lose_index(folder: Path) -> None:
    for path in folder.glob("index-*"):
        path.unlink()


def damage_index(folder: Path) -> None:
    for path in folder.glob("index-*"):
        path.write_bytes(b"not an index")


@pytest.mark.parametrize(
    "damage", [damage_catalog, lose_catalog, damage_content, lose_index, damage_index]
)
def test_what_is_damaged_is_made_anew_from_the_copies(
    desk: Desk, damage: Callable[[Path], None]
) -> None:
    desk.write("a.md")
    desk.write("b.md", "# B\nGrease the bearing weekly.")
    desk.add("a.md", "b.md")
    damage(desk.folder)
    desk.own().repair()
    assert desk.names == ["a.md", "b.md"]
    assert desk.found("when does the relief valve open") == ["a"]


def test_adding_mends_a_damaged_catalog_first(desk: Desk) -> None:
    desk.write("a.md")
    desk.add("a.md")
    damage_catalog(desk.folder)
    desk.write("b.md", "# B\nGrease the bearing weekly.")
    assert desk.add("b.md") == 0
    assert desk.names == ["a.md", "b.md"]


def test_a_copy_that_cannot_be_read_any_more_is_told_and_stays(desk: Desk) -> None:
    desk.write("a.md")
    desk.write("b.md", "# B\nGrease the bearing weekly.")
    desk.add("a.md", "b.md")
    (desk.folder / FILES / "b.md").write_text("")
    lose_catalog(desk.folder)
    desk.told.clear()
    desk.own().repair()
    assert [Path(told.name).name for told in desk.told if told.what == "refused"] == ["b.md"]
    assert desk.names == ["a.md", "b.md"]
    assert desk.found("when does the relief valve open") == ["a"]


def test_a_copy_that_failed_is_not_tried_at_each_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("a.md")
    desk.write("b.md", "# B\nGrease the bearing weekly.")
    with monkeypatch.context() as older:
        older.setattr(own_catalog, "_READING", 1)
        desk.add("a.md", "b.md")
    (desk.folder / FILES / "b.md").write_text("")
    desk.own().repair(again=False)
    assert desk.found("when does the relief valve open") == ["a"]
    assert [entry.pages for entry in entries(desk.folder)] == [1, 0]
    desk.read.clear()
    desk.own().repair(again=False)
    assert desk.read == []
    desk.own().repair()
    assert desk.read == ["b.md"]
    desk.write("c.md", "# C\nText.")
    desk.add("b.md", "c.md")  # from where it came: it replaces the copy
    assert [entry.pages for entry in entries(desk.folder)] == [1, 1, 1]


def test_what_an_older_release_read_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("a.md")
    with monkeypatch.context() as older:
        older.setattr(own_catalog, "_READING", 1)
        desk.add("a.md")
    assert not index_path(desk.folder, entries(desk.folder), "en").exists()
    desk.read.clear()
    desk.own().repair(again=False)
    assert desk.read == ["a.md"]
    assert desk.found("when does the relief valve open") == ["a"]


def test_another_language_or_release_has_an_index_of_its_own(desk: Desk) -> None:
    desk.write("a.md")
    desk.add("a.md")
    desk.own("de").repair()
    paths = {index_path(desk.folder, entries(desk.folder), code) for code in ("en", "de")}
    assert len(paths) == 2
    assert [path.exists() for path in sorted(paths)].count(True) == 1


def test_many_windows_at_once(desk: Desk) -> None:
    for number in range(12):
        desk.write(f"{number}.md", f"# Note\nBay {number} holds pump P-{number}00.")
    threads = [
        threading.Thread(target=desk.add, args=(f"{number}.md", f"{(number + 1) % 12}.md"))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(desk.names) == sorted(f"{number}.md" for number in range(12))
    desk.own().repair()
    assert desk.found("where is P-700") == ["7"]


def test_a_lock_that_is_held_too_long_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.md")
    desk.add("a.md")
    desk.write("a.md", "# Changed\nIt opens at 400 bar.")
    monkeypatch.setattr(own_catalog, "_BUSY_S", 0.01)
    with Catalog(desk.folder) as other, other.changing(), pytest.raises(Busy):
        desk.add("a.md")
    assert desk.add("a.md") == 0


def test_what_a_killed_process_left_is_swept_away_later(desk: Desk) -> None:
    desk.write("a.md")
    desk.add("a.md")
    left = desk.folder / "incoming" / "left"
    left.mkdir()
    (left / "half.pdf").write_text("half")
    desk.own().repair()
    assert left.exists()  # it may be another window's
    os.utime(left, (0, 0))
    desk.own().repair()
    assert not left.exists()


def test_without_own_documents_nothing_is_made(desk: Desk) -> None:
    desk.own().repair()
    assert entries(desk.folder) == ()
    assert not desk.folder.exists()


def test_a_catalog_of_a_newer_release_is_left_alone(desk: Desk) -> None:
    desk.write("a.md")
    desk.add("a.md")
    with sqlite3.connect(desk.folder / own_catalog.FILE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = (desk.folder / own_catalog.FILE).read_bytes()
    with pytest.raises(Exception, match="newer fieldkit"):
        desk.own().repair()
    assert (desk.folder / own_catalog.FILE).read_bytes() == before


def test_pages_without_text_are_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    typed, scanned = Page(number=1, text="The gate code is 4711."), Page(number=2, text="")
    half = Document(document="a", title="a", revision="", date="", pages=(typed, scanned))
    monkeypatch.setattr(desk, "_read", lambda _path: half)
    desk.write("a.md")
    assert desk.add("a.md") == 0
    (added,) = [told for told in desk.told if told.what == "added"]
    assert added.detail == "1 of 2 pages hold no text, such as scans"


def test_names_of_documents_may_be_claimed_twice(desk: Desk) -> None:
    for name in "ab":
        desk.write(
            f"{name}.md", f"---\ndocument: PX-1\nrevision: A\n---\n# Bay {name}\nText {name}."
        )
    desk.add("a.md", "b.md")
    with Library.open(index_path(desk.folder, entries(desk.folder), "en")) as library:
        assert [manual.document for manual in library.documents()] == ["PX-1", "PX-1 (2)"]
