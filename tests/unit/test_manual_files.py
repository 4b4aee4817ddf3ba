"""Which files of a folder from real life are manuals: links, odd names, what cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fieldkit.errors import InvalidInput
from fieldkit.library import manual_files
from fieldkit.library.manual_files import Found, LeftOut, find

FORMATS = {".md", ".pdf"}


def write(path: Path, content: str = "Text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def files(found: Found) -> list[str]:
    return [file.file for file in found.files]


def reasons(left_out: tuple[LeftOut, ...]) -> dict[str, str]:
    return {each.file: each.reason for each in left_out}


def test_files_are_in_the_order_of_their_paths_and_named_below_the_folder(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.pdf", "a/B.MD", "A/x.md"):
        write(tmp_path / name)
    assert files(find([tmp_path], FORMATS)) == ["A/x.md", "a/B.MD", "a/z.pdf", "b.md"]


def test_hidden_files_and_those_of_an_open_document_are_passed_over(tmp_path: Path) -> None:
    for name in ("~$PX-204.md", ".PX-204.md", ".git/a.md", "__MACOSX/._a.md", "~$x/a.md", "a.md"):
        write(tmp_path / name)
    found = find([tmp_path], FORMATS)
    assert files(found) == ["a.md"]
    assert (found.unreadable, found.left_out, found.ignored) == ((), (), ())


def test_several_folders_are_named_below_what_they_have_in_common(tmp_path: Path) -> None:
    write(tmp_path / "manuals" / "en" / "PX-204.md")
    write(tmp_path / "manuals" / "es" / "PX-204.md")
    folders = [tmp_path / "manuals" / "en", tmp_path / "manuals" / "es"]
    assert files(find(folders, FORMATS)) == ["en/PX-204.md", "es/PX-204.md"]
    again = [*folders, tmp_path / "manuals", tmp_path / "manuals" / "es" / ".." / "en"]
    assert files(find(again, FORMATS)) == ["en/PX-204.md", "es/PX-204.md"]


def test_a_file_may_be_given_in_place_of_a_folder(tmp_path: Path) -> None:
    assert files(find([write(tmp_path / "a" / "PX-204.md")], FORMATS)) == ["PX-204.md"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("PX-204.doc", ".doc files are not read; save it as .docx"),
        ("parts.XLS", ".xls files are not read; save it as .xlsx"),
        ("slides.pptx", ".pptx files are not read; save it as .pdf"),
    ],
)
def test_documents_of_other_programs_are_left_out_with_what_to_do(
    tmp_path: Path, name: str, reason: str
) -> None:
    write(tmp_path / name)
    assert reasons(find([tmp_path], FORMATS).left_out) == {name: reason}


@pytest.mark.parametrize(
    ("name", "what"),
    [("drawing.dwg", ".dwg"), ("README", "no extension"), ("photo.\x1b[1mjpg", ".[1mjpg")],
)
def test_other_files_are_no_manuals(tmp_path: Path, name: str, what: str) -> None:
    write(tmp_path / name)
    (ignored,) = find([tmp_path], FORMATS).ignored
    assert ignored.reason == f"{what} is not a format of manuals"


def test_links_are_followed_within_the_folders_only(tmp_path: Path) -> None:
    write(tmp_path / "secret.md")
    write(tmp_path / "elsewhere" / "a.md")
    inside = write(tmp_path / "manuals" / "a.md").parent
    (inside / "again.md").symlink_to("a.md")
    (inside / "loop").symlink_to(".")
    (inside / "out.md").symlink_to("../secret.md")
    (inside / "folder").symlink_to("../elsewhere")
    (inside / "one.md").symlink_to("two.md")
    (inside / "two.md").symlink_to("one.md")
    (inside / "gone.pdf").symlink_to("nowhere.pdf")
    (inside / "gone.png").symlink_to("nowhere.png")
    found = find([inside], FORMATS)
    assert files(found) == ["a.md"]
    out = "it is a symbolic link out of the folders of manuals, to a "
    nowhere = "it is a symbolic link that leads nowhere"
    assert reasons(found.unreadable) == {
        "folder": out + "folder; name that folder, too",
        "gone.pdf": nowhere,
        "one.md": nowhere,
        "out.md": out + "file; copy it here",
        "two.md": nowhere,
    }
    assert reasons(found.ignored) == {"gone.png": nowhere}
    both = find([inside, tmp_path / "elsewhere"], FORMATS)
    assert files(both) == ["elsewhere/a.md", "manuals/a.md"]
    assert "manuals/folder" not in reasons(both.unreadable)


def test_a_folder_that_is_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path / "real" / "a.md")
    (tmp_path / "manuals").symlink_to("real")
    assert files(find([tmp_path / "manuals"], FORMATS)) == ["a.md"]


@pytest.mark.skipif(os.name != "posix", reason="named pipes of POSIX")
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    found = find([tmp_path], FORMATS)
    assert reasons(found.unreadable) == {"pipe.pdf": "it is not a regular file"}


def test_a_folder_that_cannot_be_opened_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "open" / "a.md")
    write(tmp_path / "shut" / "b.md")
    scan = os.scandir

    def scandir(path: str | Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(manual_files.os, "scandir", scandir)
    found = find([tmp_path], FORMATS)
    assert files(found) == ["open/a.md"]
    reason = "the folder cannot be opened: this account may not read it"
    assert reasons(found.unreadable) == {"shut": reason}


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes")
def test_names_that_are_not_utf_8_or_hold_controls_can_be_shown(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (
        b"Pr\xfcfung.md",
        b"\x1b[31mred\n.md",
        "u\u0308ber.md".encode(),
        b"n" * 252 + b".md",
    ):
        Path(os.fsdecode(folder + b"/" + name)).write_text("Text.")
    assert sorted(files(find([tmp_path], FORMATS))) == [
        "Pr\\xfcfung.md", "[31mred .md", "n" * 252 + ".md", "\u00fcber.md",
    ]  # fmt: skip


def test_deeply_nested_folders_are_walked(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(800):
        folder = folder / "d"
        folder.mkdir()
    write(folder / "a.md")
    assert files(find([tmp_path], FORMATS)) == ["d/" * 800 + "a.md"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none: there is no such folder"):
        find([tmp_path, tmp_path / "none"], FORMATS)


def test_far_too_many_files_are_an_error_and_no_long_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.md")
    monkeypatch.setattr(manual_files, "_MOST", 3)
    with pytest.raises(InvalidInput, match="more than 3 files"):
        find([tmp_path], FORMATS)
