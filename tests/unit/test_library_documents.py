"""Reading manuals: Markdown with pages, plain text, and files that cannot be read."""

import hashlib
import os
import re
from pathlib import Path

import pytest

from fieldkit.errors import ExitCode, FieldkitError, InvalidInput
from fieldkit.library.documents import Document, Page, read, read_folders, with_text
from fieldkit.library.reader_process import ReaderProcess
from fieldkit.library.readers.model import FILE_BYTES, Kind, ReadingWarning
from tests.bad_readers import reader_command

DEMO = Path(__file__).parents[2] / "profiles" / "demo" / "manuals"

MANUAL = """---
document: TX-9
title: TX-9 transfer pump
revision: B
date: 2026-02-01
---
<!-- page 1 -->
# Safety
Wear gloves.

<!-- page 2 -->
# Torque
Bolts: 20 Nm.
"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_markdown_gives_identity_and_pages(tmp_path: Path) -> None:
    document = read(write(tmp_path, "tx9.md", MANUAL))
    assert (document.document, document.title) == ("TX-9", "TX-9 transfer pump")
    assert (document.revision, document.date) == ("B", "2026-02-01")
    assert [page.number for page in document.pages] == [1, 2]
    assert document.pages[1].text == "# Torque\nBolts: 20 Nm."
    assert document.warnings == ()


def test_markdown_without_front_matter_is_named_after_its_file(tmp_path: Path) -> None:
    document = read(write(tmp_path, "winch.md", "# Winch manual\nOil it.\n"))
    assert (document.document, document.title, document.revision) == ("winch", "Winch manual", "")
    assert [page.number for page in document.pages] == [0]


def test_revision_and_date_are_taken_from_the_first_page_where_nothing_else_says(
    tmp_path: Path,
) -> None:
    text = "# Winch manual\nIssue 4, 1 March 2026\n\nOil it.\n"
    for name in ("winch.md", "winch.txt"):
        document = read(write(tmp_path, name, text))
        assert (document.revision, document.date) == ("4", "2026-03-01")


@pytest.mark.parametrize(
    ("name", "identity", "revision"),
    [
        ("PX-204_rev-C.md", "PX-204", "C"),
        ("PX-204 Rev 12.txt", "PX-204", "12"),
        ("PX-204 revb.md", "PX-204", "B"),
        ("reverse gear.md", "reverse gear", ""),
        ("rev C.md", "rev C", ""),
    ],
)
def test_a_revision_in_the_file_s_name_is_no_part_of_the_identity(
    tmp_path: Path, name: str, identity: str, revision: str
) -> None:
    document = read(write(tmp_path, name, "Oil it.\n"))
    assert (document.document, document.revision) == (identity, revision)


def test_a_rule_in_the_text_is_not_front_matter(tmp_path: Path) -> None:
    document = read(write(tmp_path, "a.md", "Before.\n---\nAfter.\n"))
    assert document.pages[0].text == "## Before.\nAfter."


def test_an_unknown_front_matter_key_is_reported(tmp_path: Path) -> None:
    document = read(write(tmp_path, "a.md", "---\nrevison: C\n---\nText.\n"))
    assert [str(warning) for warning in document.warnings] == ["front matter 'revison' is not used"]
    document = read(write(tmp_path, "b.md", "---\nweight: 3\ntags: [a, b]\n---\nText.\n"))
    assert [str(warning) for warning in document.warnings] == [
        "front matter 'weight', 'tags' are not used"
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("one\ftwo\fthree", [1, 2, 3]),
        ("<!-- page 7 -->\none\ftwo", [7, 8]),
        ("cover\n<!-- page 2 -->\ntwo", [1, 2]),
        ("<!-- page 1 -->\na\n<!-- page 3 -->\nc\n<!-- page 1 -->\nb", [1, 3]),
        ("no pages here", [0]),
    ],
)
def test_page_numbers(tmp_path: Path, text: str, numbers: list[int]) -> None:
    document = read(write(tmp_path, "a.md", text))
    assert [page.number for page in document.pages] == numbers


def test_plain_text_splits_at_form_feeds_and_takes_any_newline(tmp_path: Path) -> None:
    document = read(write(tmp_path, "notes.txt", "First\r\npage\fSecond\rpage"))
    assert [page.text for page in document.pages] == ["First\npage", "Second\npage"]
    assert not document.markdown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_encodings_that_editors_write(tmp_path: Path, encoding: str) -> None:
    document = read(write(tmp_path, "a.txt", "Öl bei 80 °C wechseln".encode(encoding)))
    assert document.pages[0].text == "Öl bei 80 °C wechseln"


def test_escape_sequences_do_not_survive(tmp_path: Path) -> None:
    text = "---\ntitle: A\x1b[31mB\n---\nRed \x1b[31malert\x07 \u202eevil"
    document = read(write(tmp_path, "a.md", text))
    assert document.title == "A[31mB"
    assert document.pages[0].text == "Red [31malert evil"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("program.txt", b"MZ" + bytes(range(1, 30)) * 9, "it is not text"),
        ("empty.md", "\n\n", "it holds no text"),
        ("cut.pdf", b"%PDF-1.4\n1 0 obj", "not a sound PDF"),
        ("zero.pdf", b"", "not a sound PDF"),
        ("drawing.dwg", b"AC", "is not a format of manuals"),
        ("table.xlsx", b"PK", "not a sound office file"),
    ],
)
def test_a_manual_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes | str, reason: str
) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(InvalidInput, match=re.escape(reason)) as raised:
        read(path)
    assert str(path) in raised.value.message
    assert raised.value.exit_code == ExitCode.INVALID
    assert raised.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"gone\.md: cannot be read"):
        read(tmp_path / "gone.md")


def test_folders_are_read_in_order_and_leftovers_are_named(tmp_path: Path) -> None:
    write(tmp_path, "b/second.txt", "Second.")
    write(tmp_path, "a/first.md", MANUAL)
    write(tmp_path, "a/drawing.dwg", b"\0")
    write(tmp_path, "a/.hidden.md", "Hidden.")
    manuals = read_folders([tmp_path])
    assert [document.document for document in manuals.documents] == ["TX-9", "second"]
    assert [(each.file, each.reason) for each in manuals.ignored] == [
        ("a/drawing.dwg", ".dwg is not a format of manuals")
    ]
    assert (manuals.warnings, manuals.left_out) == ((), ())


def test_a_document_knows_its_file_and_the_hash_of_its_content(tmp_path: Path) -> None:
    write(tmp_path, "pumps/PX-204.md", "Text.")
    (document,) = read_folders([tmp_path]).documents
    assert document.file == "pumps/PX-204.md"
    assert document.sha256 == hashlib.sha256(b"Text.").hexdigest()


def test_every_bad_manual_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "bad.txt", bytes(range(1, 30)) * 9)
    write(tmp_path, "empty.md", "")
    write(tmp_path, "one.md", MANUAL)
    write(tmp_path, "two.md", f"{MANUAL}\nAnd more.\n")
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    bad, empty, twice = raised.value.problems
    assert "bad.txt" in bad
    assert "empty.md" in empty
    assert "two.md: document TX-9 is also" in twice


def unreadable_files(folder: Path) -> dict[str, str]:
    """Write a file of each kind that cannot be read; what is said of each."""
    write(folder, "bad.txt", b"Torque \0\1\2 Nm")
    write(folder, "broken.pdf", b"%PDF-1.4 not really")
    write(folder, "empty.md", "")
    write(folder, "zero.docx", b"")
    (folder / "gone.md").symlink_to("nowhere.md")
    return {
        "bad.txt": "it is not text",
        "broken.pdf": "not a sound PDF",
        "empty.md": "it holds no text",
        "gone.md": "it is a symbolic link that leads nowhere",
        "zero.docx": "not a sound office file",
    }


def test_what_cannot_be_read_is_left_out_where_that_is_chosen(tmp_path: Path) -> None:
    expected = unreadable_files(tmp_path)
    write(tmp_path, "one.md", MANUAL)
    manuals = read_folders([tmp_path], skip=True)
    assert [document.document for document in manuals.documents] == ["TX-9"]
    assert [each.file for each in manuals.left_out] == sorted(expected)
    for each in manuals.left_out:
        assert expected[each.file] in each.reason


def test_otherwise_all_of_it_is_listed_with_the_choice(tmp_path: Path) -> None:
    expected = unreadable_files(tmp_path)
    write(tmp_path, "one.md", MANUAL)
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    assert len(raised.value.problems) == len(expected)
    for problem, (file, reason) in zip(
        raised.value.problems, sorted(expected.items()), strict=True
    ):
        assert problem.startswith(f"{tmp_path}/{file}: ")
        assert reason in problem
    assert 'unreadable = "skip"' in raised.value.hint
    assert "--unreadable skip" in raised.value.hint


def test_where_nothing_can_be_read_leaving_out_is_no_choice(tmp_path: Path) -> None:
    expected = unreadable_files(tmp_path)
    for skip in (False, True):
        with pytest.raises(InvalidInput) as raised:
            read_folders([tmp_path], skip=skip)
        assert len(raised.value.problems) == len(expected)
        assert "skip" not in raised.value.hint


def test_a_document_of_another_program_is_left_out_and_stops_nothing(tmp_path: Path) -> None:
    write(tmp_path, "one.md", MANUAL)
    write(tmp_path, "two.doc", b"\xd0\xcf\x11\xe0")
    (left_out,) = read_folders([tmp_path]).left_out
    assert (left_out.file, left_out.reason) == (
        "two.doc", ".doc files are not read; save it as .docx"
    )  # fmt: skip


def test_a_file_that_changes_once_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, "a.md", "Old: 300 Nm.")
    reads = []

    def slow(file: Path) -> Document:
        document = read(file)
        reads.append(document)
        if len(reads) == 1:
            path.write_text("New: 320 Nm.")
        return document

    (document,) = read_folders([tmp_path], read=slow).documents
    assert document.pages[0].text == "New: 320 Nm."
    assert document.sha256 == hashlib.sha256(b"New: 320 Nm.").hexdigest()
    assert len(reads) == 2


def test_a_file_that_keeps_changing_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "steady.md", "Text.")
    path = write(tmp_path, "busy.md", "Text.")

    def busy(file: Path) -> Document:
        document = read(file)
        if file == path:
            path.write_text(path.read_text() + " More.")
        return document

    (left_out,) = read_folders([tmp_path], read=busy, skip=True).left_out
    assert left_out.file == "busy.md"
    assert left_out.reason == "it changes while it is read; wait until it is written"


def test_a_file_that_vanishes_or_may_not_be_read_is_left_out(tmp_path: Path) -> None:
    for name in ("kept", "gone", "shut"):
        write(tmp_path, f"{name}.md", "Text.")

    def hashed(file: Path) -> str:
        if file.stem == "gone":
            file.unlink(missing_ok=True)
        if file.stem == "shut":
            raise PermissionError(13, "Permission denied", str(file))
        return hashlib.sha256(file.read_bytes()).hexdigest()

    manuals = read_folders([tmp_path], sha256=hashed, skip=True)
    assert [document.file for document in manuals.documents] == ["kept.md"]
    assert [(each.file, each.reason) for each in manuals.left_out] == [
        ("gone.md", "it is no longer there"),
        ("shut.md", "this account may not read it"),
    ]


def test_a_file_that_is_too_large_is_left_out_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "small.md", "Text.")
    with write(tmp_path, "large.pdf", "").open("r+b") as file:
        file.truncate(FILE_BYTES + 1)  # a hole: it takes no disk
    (left_out,) = read_folders([tmp_path], skip=True).left_out
    assert (left_out.file, left_out.reason) == (
        "large.pdf", "it is larger than 512 MiB; split it"
    )  # fmt: skip


def test_a_file_that_crashes_or_hangs_its_reader_is_left_out(tmp_path: Path) -> None:
    for name in ("crash", "hang", "noise"):
        write(tmp_path, f"{name}.html", "<p>Text.</p>")
    with ReaderProcess(reader_command("misbehaving"), seconds=5) as process:
        manuals = read_folders([tmp_path], read=process, skip=True)
    assert [document.file for document in manuals.documents] == ["noise.html"]
    assert [(each.file, each.reason) for each in manuals.left_out] == [
        ("crash.html", "the program that reads it crashed; it is damaged"),
        ("hang.html", "reading it takes longer than 5 s"),
    ]


def test_a_program_that_cannot_start_is_no_fault_of_a_manual(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "Text.")

    def broken(_file: Path) -> Document:
        raise FieldkitError("no process can be started to read documents")

    with pytest.raises(FieldkitError, match="no process can be started"):
        read_folders([tmp_path], read=broken, skip=True)


def test_garbled_text_is_the_reason_where_there_is_no_other(tmp_path: Path) -> None:
    path = write(tmp_path, "a.pdf", "")
    garbled = ReadingWarning(kind=Kind.UNUSABLE_TEXT, message="its font has no map", page=1)
    empty = Document(
        document="a", title="a", revision="", date="",
        pages=(Page(number=1, text=""),), warnings=(garbled,),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="its font has no map"):
        with_text(empty, path)


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes")
def test_names_that_are_not_utf_8_stay_different(tmp_path: Path) -> None:
    for name in (b"m\xe4.md", b"m\xf6.md", b"\xff.md"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(f"Text {name!r}.")
    (tmp_path / "\x1b.md").write_text("Text.")
    named = {document.document for document in read_folders([tmp_path]).documents}
    assert named == {"m\\xe4", "m\\xf6", "\\xff", "unnamed"}


def test_a_folder_without_manuals_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    assert raised.value.problems == (f"no manual in {tmp_path}",)


def test_the_demo_manuals_have_pages_enough_and_no_warnings() -> None:
    manuals = read_folders([DEMO])
    assert manuals.warnings == ()
    assert sum(len(document.pages) for document in manuals.documents) >= 25
    assert all(document.revision and document.date for document in manuals.documents)
