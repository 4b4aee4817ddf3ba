"""``fieldkit page``: text, picture and original of a page, and what is said where there is none."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from fieldkit.console import Console
from fieldkit.engine.child import own_command
from fieldkit.errors import ExitCode, FieldkitError, InvalidInput, UsageProblem
from fieldkit.library.pictures import NoPicture, Pictures
from fieldkit.page_command import Wanted, run


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A manual, as the library knows it."""

    document: str
    revision: str = ""
    title: str = ""
    pages: tuple[int, ...] = (1, 2, 3)
    superseded_by: str = ""
    own: bool = False
    file: str = ""
    sha256: str = ""
    labels: Mapping[int, str] = field(default_factory=dict)


class Library:
    """Manuals whose pages name themselves."""

    def __init__(self, *manuals: Filed) -> None:
        self.manuals = manuals

    def documents(self) -> tuple[Filed, ...]:
        return self.manuals

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        return f"# {document} {revision} {number}\n\n| A | B |\n|---|---|\n| 1 | 2 |"

    def number_of(self, document: str, page: str, revision: str | None = None) -> int:
        manual = next(m for m in self.manuals if (m.document, m.revision) == (document, revision))
        numbers = {label: number for number, label in manual.labels.items()}
        number = numbers.get(page, int(page) if page.isdecimal() else -1)
        if number not in manual.pages:
            raise KeyError(page)
        return number


class Desk:
    """The command over a folder with originals; what it prints is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "manuals").mkdir()
        (folder / "own" / "files").mkdir(parents=True)
        self.out, self.err = io.StringIO(), io.StringIO()
        self.pictures = Pictures(folder, folder / "own", own_command("reader"))
        pump = self.filed("pumps/PX-204.pdf", pdf(), document="PX-204", revision="C")
        self.library = Library(
            replace(pump, revision="B", superseded_by="rev C"),
            replace(pump, labels={2: "ii", 3: "2-3"}, title="Mud pump"),
            self.filed("w.docx", b"words", document="Walk way", pages=(0,)),
            Filed(document="LOST-1", file="x.pdf", sha256="0" * 64),
            Filed(document="notes", own=True, file="notes.pdf"),
        )

    def filed(self, file: str, content: bytes, **facts: object) -> Filed:
        sha256 = hashlib.sha256(content).hexdigest()
        (self.folder / "manuals" / f"{sha256}{Path(file).suffix}").write_bytes(content)
        return Filed(file=file, sha256=sha256, **facts)  # type: ignore[arg-type] # test convenience

    def __call__(self, document: str, page: str = "", **wanted: object) -> int:
        asked = {
            "revision": None, "in_file": False, "image": None, "original": None, "replace": False,
            **wanted,
        }  # fmt: skip
        console = Console(stdout=self.out, stderr=self.err)
        return run(
            self.library,
            self.pictures,
            console,
            Wanted(document=document, page=page, **asked),  # type: ignore[arg-type]
        )


def pdf() -> bytes:
    made = FPDF(unit="pt", format=(144, 72))
    for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):
        made.add_page()
        made.set_fill_color(*colour)
        made.rect(0, 0, 72, 72, style="F")
    return bytes(made.output())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.pictures.close()


def refused(desk: Desk, *words: str, **wanted: object) -> FieldkitError:
    with pytest.raises(FieldkitError) as raised:
        desk(*words, **wanted)
    return raised.value


@pytest.mark.parametrize(
    ("words", "wanted", "place"),
    [
        (("PX-204", "1"), {}, "PX-204 rev C, p. 1"),
        (("px-204", "ii"), {}, "PX-204 rev C, p. ii (PDF 2)"),
        (("PX-204", "p. 2-3"), {}, "PX-204 rev C, p. 2-3 (PDF 3)"),
        (("PX-204", "3"), {"in_file": True}, "PX-204 rev C, p. 2-3 (PDF 3)"),
        (("PX-204", "3"), {"revision": "b"}, "PX-204 rev B, p. 3"),
        (("Walk way",), {}, "Walk way"),
    ],
)
def test_a_page_is_printed_as_text(
    desk: Desk, words: tuple[str, ...], wanted: dict[str, object], place: str
) -> None:
    assert desk(*words, **wanted) == ExitCode.OK
    assert desk.err.getvalue() == f"{place}\n"
    assert desk.out.getvalue().endswith("A  B\n1  2\n")


def test_a_page_is_drawn_as_it_is_printed(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "out" / "page.png"
    desk("PX-204", "ii", image=target)
    with Image.open(target) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (400, 200))
        assert drawn.getpixel((100, 100)) == (0, 255, 0)
        assert drawn.getpixel((300, 100)) == (255, 255, 255)
    assert [path.name for path in target.parent.iterdir()] == ["page.png"], "nothing beside it"


def test_a_file_is_replaced_only_when_told_so(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "page.png"
    target.write_text("mine")
    for wanted in ({"image": target}, {"original": target}):
        error = refused(desk, "PX-204", "1", **wanted)
        assert isinstance(error, UsageProblem)
        assert "--force" in error.hint
        assert target.read_text() == "mine"
    desk("PX-204", "1", image=target, replace=True)
    assert target.read_bytes().startswith(b"\x89PNG")


def test_an_original_is_copied_out(desk: Desk, tmp_path: Path) -> None:
    desk("Walk way", original=tmp_path / "copy.docx")
    assert (tmp_path / "copy.docx").read_bytes() == b"words"
    desk("PX-204", original=tmp_path / "copy.pdf")
    assert (tmp_path / "copy.pdf").read_bytes().startswith(b"%PDF")


def test_own_documents_are_drawn_from_their_copies(desk: Desk, tmp_path: Path) -> None:
    assert isinstance(refused(desk, "notes", "3", image=tmp_path / "x.png"), NoPicture)
    (desk.folder / "own" / "files" / "notes.pdf").write_bytes(pdf())
    desk("notes", "3", image=tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as drawn:
        assert drawn.getpixel((100, 100)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("words", "wanted", "message", "hint"),
    [
        (("PX-24", "1"), {}, "no document 'PX-24'", "nearest are: PX-204"),
        (("mud", "1"), {}, "no document 'mud'", "nearest are: PX-204"),
        (("zzz", "1"), {}, "no document", "There are: PX-204, Walk way, LOST-1, notes."),
        (("PX-204", "1"), {"revision": "F"}, "no revision F", "Its revisions are: B, C."),
        (("PX-204", "2-4"), {}, "has no page 2-4", "The nearest are: 2-3."),
        (("PX-204", "9"), {"in_file": True}, "no PDF page 9", "go from 1 to 3."),
        (("PX-204", "ii"), {"in_file": True}, "no PDF page ii", "go from 1 to 3."),
        (("PX-204",), {}, "no page is named", "go from 1 to 2-3."),
        (("Walk way", "4"), {}, "has no page 4", "It has no pages"),
    ],
)
def test_unknown_names_are_told_with_the_nearest(
    desk: Desk, words: tuple[str, ...], wanted: dict[str, object], message: str, hint: str
) -> None:
    error = refused(desk, *words, **wanted)
    assert error.exit_code == ExitCode.USAGE
    assert message in error.message
    assert hint in error.hint


def test_what_has_no_printed_pages_says_how_to_get_it(desk: Desk, tmp_path: Path) -> None:
    error = refused(desk, "Walk way", image=tmp_path / "x.png")
    assert error.exit_code == ExitCode.INVALID
    assert "Walk way is a DOCX file" in error.message
    assert "`fieldkit page 'Walk way' --original FILE`" in error.hint
    assert "no original of LOST-1" in refused(desk, "LOST-1", "1", image=tmp_path / "x").message


def test_a_damaged_original_is_told(desk: Desk, tmp_path: Path) -> None:
    manual = desk.filed("bad.pdf", b"%PDF-1.4 nothing", document="BAD", pages=(1,))
    desk.library = Library(manual)
    error = refused(desk, "BAD", "1", image=tmp_path / "x.png")
    assert isinstance(error, InvalidInput)
    assert "page 1 cannot be drawn" in error.message
    assert not (tmp_path / "x.png").exists()


def test_a_huge_page_is_drawn_coarser(desk: Desk, tmp_path: Path) -> None:
    made = FPDF(unit="pt", format=(14_400, 14_400))
    made.add_page()
    desk.library = Library(desk.filed("a.pdf", bytes(made.output()), document="A", pages=(1,)))
    desk("A", "1", image=tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as drawn:
        assert drawn.width * drawn.height <= 16_100_000
