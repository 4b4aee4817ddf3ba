"""Own documents from within the chat: a child process changes them, the chat tells what came."""

from __future__ import annotations

import json
import queue
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from fieldkit.chat import i18n
from fieldkit.chat.shelving import Outcome, Shelving, many_question, typed_path
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.shelf import Shelf

SAID = "# Yard gate\nThe code of the yard gate is 4711."
WAIT_S = 60.0

Begin = Callable[[Callable[[str], None], Callable[[Outcome], None]], None]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    pump = Document(
        document="PX-204",
        title="PX-204 mud pump",
        revision="C",
        date="",
        pages=(Page(number=7, text="Torque\nThe fluid end studs are tightened to 320 Nm."),),
    )
    build(tmp_path / "manuals.sqlite", [pump])
    return tmp_path / "manuals.sqlite"


@pytest.fixture
def shelf(library: Path) -> Iterator[Shelf]:
    with Shelf.open(library, library.parent / "documents", lambda _error: None) as opened:
        yield opened


@pytest.fixture
def shelving(shelf: Shelf, library: Path) -> Iterator[Shelving]:
    made = Shelving(library.parent / "documents", library, incomplete=lambda: shelf.incomplete)
    yield made
    made.close()


def come_of(begin: Begin) -> tuple[list[str], list[str]]:
    """What is shown meanwhile, and what is told in the end."""
    shown: list[str] = []
    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    begin(shown.append, ended.put)
    told = ended.get(timeout=WAIT_S).sentences()
    return [text for text in shown if text], told


def test_a_document_is_added_found_and_removed(
    shelf: Shelf, shelving: Shelving, tmp_path: Path
) -> None:
    (tmp_path / "gate.md").write_text(SAID)
    shown, told = come_of(lambda *hear: shelving.add(f"'{tmp_path / 'gate.md'}'", *hear))
    assert told == ["Added to your documents: gate.md"]
    assert shown == ["Reading gate.md", "Indexing your documents"]
    assert shelf.search("code of the yard gate")[0].own
    assert [entry.name for entry in shelving.listed()] == ["gate.md"]
    _, told = come_of(lambda *hear: shelving.remove("gate", *hear))
    assert told == ["Removed from your documents: gate.md"]
    assert shelf.search("code of the yard gate") == ()
    _, told = come_of(lambda *hear: shelving.remove("gate", *hear))
    assert "'gate'" in told[0]


def test_what_is_refused_is_told_with_the_reason(shelving: Shelving, tmp_path: Path) -> None:
    _, told = come_of(lambda *hear: shelving.add(str(tmp_path / "gone.md"), *hear))
    assert told == [f"Not added: {tmp_path / 'gone.md'}: there is no such file."]
    _, told = come_of(lambda *hear: shelving.add(str(tmp_path / "gone"), *hear))
    assert told == [f"Not added: {tmp_path / 'gone'}: there is no such file."]
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 garbage")
    _, told = come_of(lambda *hear: shelving.add(str(tmp_path / "bad.pdf"), *hear))
    assert ": not a sound PDF: " in told[0]
    assert told[0].endswith(".")
    assert not told[0].endswith("..")


def test_a_failure_is_told_in_the_language_of_the_interface(shelving: Shelving) -> None:
    i18n.use("es")
    _, told = come_of(lambda *hear: shelving.remove("gate", *hear))
    assert told[0].startswith("Ningún documento añadido por usted se llama 'gate'.")
    assert "/documents en el asistente" in told[0]


def test_a_folder_that_cannot_be_written_is_told(shelving: Shelving, tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("in the way")
    (tmp_path / "gate.md").write_text(SAID)
    i18n.use("es")
    _, told = come_of(lambda *hear: shelving.add(str(tmp_path / "gate.md"), *hear))
    assert told[0].startswith(f"{tmp_path / 'documents'}: sus documentos no se pueden modificar: ")
    assert told[0].endswith("Compruebe el espacio libre y los permisos.")


def test_damage_is_mended_once(shelf: Shelf, shelving: Shelving, tmp_path: Path) -> None:
    (tmp_path / "gate.md").write_text(SAID)
    come_of(lambda *hear: shelving.add(str(tmp_path / "gate.md"), *hear))
    (index,) = (tmp_path / "documents").glob("index-*")
    index.write_bytes(b"damaged")
    _, told = come_of(shelving.mend)
    assert told == ["Your own documents were damaged or not indexed. Now they are indexed."]
    assert shelf.search("code of the yard gate")[0].own


def child(program: str) -> Callable[..., Sequence[str]]:
    return lambda *_words: [sys.executable, "-c", program]


def lines(*told: dict[str, str]) -> str:
    return "\n".join(f"print({json.dumps(json.dumps(each))})" for each in told)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (child("import os; os.kill(os.getpid(), 9)"), "This was stopped"),
        (child(lines({"what": "failed", "message": "no space left", "hint": "Free some."})),
         "No space left. Free some."),
        (child("raise SystemExit(1)"), "This failed unexpectedly"),
        (child("print('not json')\n" + lines({"what": "added", "name": "a\x1b]0;x\x07.md"})),
         "Added to your documents: a]0;x.md"),
        (lambda *_words: ["/there/is/no/such/program"], "No such file"),
    ],
)  # fmt: skip
def test_a_child_that_fails_ends_nothing_else(
    tmp_path: Path, command: Callable[..., Sequence[str]], expected: str
) -> None:
    made = Shelving(tmp_path, tmp_path, incomplete=lambda: False, command=command)
    _, told = come_of(lambda *hear: made.add("x", *hear))
    assert expected in told[-1]
    assert not {"\x1b", "\x07"} & set("".join(told))


def test_closing_ends_what_is_being_read(tmp_path: Path) -> None:
    program = 'import sys; print(\'{"what": "reading", "name": "a"}\', flush=True);'
    program += " sys.stdin.read()"
    made = Shelving(tmp_path, tmp_path, incomplete=lambda: False, command=child(program))
    shown: queue.SimpleQueue[str] = queue.SimpleQueue()
    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    made.add("x", shown.put, ended.put)
    assert shown.get(timeout=WAIT_S) == "Reading a"
    made.close()
    assert "stopped" in ended.get(timeout=WAIT_S).failure


def test_many_names_are_told_in_one_sentence() -> None:
    outcome = Outcome(names={"added": [f"{n}.md" for n in range(9)]})
    outcome.refused = [(f"{n}.jpg", "it is empty") for n in range(8)]
    told = outcome.sentences()
    assert told[0] == "Added to your documents: 0.md, 1.md, 2.md, 3.md, 4.md and 4 more"
    assert told[-1] == "Not added either: 3 more."
    assert len(told) == 7


def test_what_a_terminal_makes_of_a_dropped_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pump notes.md"
    path.write_text(SAID)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for typed in (
        str(path),
        f"'{path}'",
        f'"{path}" ',
        str(path).replace(" ", "\\ "),
        "~/pump notes.md",
        "pump notes.md",
    ):
        assert typed_path(typed) == path


def test_many_documents_are_counted_and_asked_about(shelving: Shelving, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(51):
        (folder / f"{number:02}.md").write_text(f"{SAID} {number}")
    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    shelving.add(str(folder), lambda _text: None, ended.put)
    outcome = ended.get(timeout=WAIT_S)
    assert outcome.many is not None
    assert outcome.many[0] == 51
    assert outcome.sentences() == []
    assert shelving.listed() == ()
    assert many_question((51, 4_000_000)) == "Add 51 documents, 4 MB?"
    assert many_question((1, 101_000_000)) == "Add 1 document, 101 MB?"
    shown, told = come_of(lambda *hear: shelving.add(str(folder), *hear, yes=True))
    assert "Reading 11.md, 12 of 51" in shown
    assert told[0].startswith("Added to your documents: 00.md, 01.md")
    assert len(shelving.listed()) == 51
    _, told = come_of(lambda *hear: shelving.remove("--all", *hear))
    assert told[0].startswith("Removed from your documents: 00.md")
    assert shelving.listed() == ()


def test_what_was_added_last_is_taken_back(shelving: Shelving, tmp_path: Path) -> None:
    for name in ("gate", "winch", "crane"):
        (tmp_path / f"{name}.md").write_text(f"{SAID} {name}")
        come_of(lambda *hear, name=name: shelving.add(str(tmp_path / f"{name}.md"), *hear))
    _, told = come_of(lambda *hear: shelving.remove("--last", *hear))
    assert told == ["Removed from your documents: crane.md"]
    assert [entry.name for entry in shelving.listed()] == ["gate.md", "winch.md"]
    _, told = come_of(lambda *hear: shelving.remove("--last", *hear))
    assert "nothing left of the last addition" in told[0]


@pytest.mark.skipif(sys.platform == "win32", reason="other folders are the system's there")
@pytest.mark.parametrize("place", ["/", "/home", "/proc/self", "/usr/../usr"])
def test_the_whole_disk_is_not_added(shelving: Shelving, place: str) -> None:
    _, told = come_of(lambda *hear: shelving.add(place, *hear, yes=True))
    assert "is a folder of the whole system" in told[0]
    assert shelving.listed() == ()


def test_what_was_added_until_a_stop_can_be_searched(
    shelf: Shelf, shelving: Shelving, tmp_path: Path
) -> None:
    folder = tmp_path / "several"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.md").write_text(f"{SAID} {number}")

    def show(text: str) -> None:
        if "5 of 40" in text:
            shelving.cancel()

    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    shelving.add(str(folder), show, ended.put)
    outcome = ended.get(timeout=WAIT_S)
    assert "stopped; what was added until then stays" in outcome.sentences()[-1]
    assert 4 <= len(shelving.listed()) < 40
    assert not shelf.incomplete
    assert shelf.search("code of the yard gate")[0].own
