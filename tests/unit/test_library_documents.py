"""Reading manuals: Markdown with pages, plain text, and files that cannot be read."""

import re
from pathlib import Path

import pytest

from fieldkit.errors import ExitCode, InvalidInput
from fieldkit.library.documents import read, read_folders

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
    assert len(manuals.warnings) == 1
    assert "drawing.dwg: not indexed" in manuals.warnings[0]


def test_every_bad_manual_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, "bad.txt", bytes(range(1, 30)) * 9)
    write(tmp_path, "empty.md", "")
    write(tmp_path, "one.md", MANUAL)
    write(tmp_path, "two.md", MANUAL)
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    bad, empty, twice = raised.value.problems
    assert "bad.txt" in bad
    assert "empty.md" in empty
    assert "two.md: document TX-9 is also" in twice


def test_a_folder_without_manuals_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_folders([tmp_path])
    assert raised.value.problems == (f"no manual in {tmp_path}",)


def test_the_demo_manuals_have_pages_enough_and_no_warnings() -> None:
    manuals = read_folders([DEMO])
    assert manuals.warnings == ()
    assert sum(len(document.pages) for document in manuals.documents) >= 25
    assert all(document.revision and document.date for document in manuals.documents)
